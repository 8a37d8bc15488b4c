"""Opening an execution while Jumio fails: which error, and never twice what may be done."""

import pytest

from tests.support.jumio import OPENING, SHORT, Jumio
from verification.domain.errors import NotAtProvider, OutcomeUnknown, Problem, ProviderRejected

opening = pytest.mark.parametrize("endpoint", OPENING)


@opening
@pytest.mark.parametrize("mode", ["rst", "close"])
@pytest.mark.parametrize("kind", ["reset", "reset_after_commit", "reset_before_body", "truncated"])
def test_a_lost_answer_is_an_unknown_outcome_and_is_never_asked_for_again(
    jumio: Jumio, waits: list[float], endpoint: str, kind: str, mode: str
) -> None:
    jumio.simulator.admin.add_fault(endpoint, kind, 10, mode=mode)
    assert jumio.ending(endpoint) is OutcomeUnknown
    assert jumio.sent(endpoint) == 1
    assert waits == []


@opening
@pytest.mark.parametrize("kind", ["truncated_json", "malformed_json"])
def test_an_answer_that_cannot_be_read_is_an_unknown_outcome(
    jumio: Jumio, waits: list[float], endpoint: str, kind: str
) -> None:
    jumio.simulator.admin.add_fault(endpoint, kind, 10)
    assert jumio.ending(endpoint) is OutcomeUnknown
    assert (jumio.sent(endpoint), waits) == (1, [])


@opening
@pytest.mark.parametrize("after_commit", [False, True])
@pytest.mark.parametrize("status", [302, 304, 408, 500, 502, 503, 504])
def test_a_status_that_does_not_say_what_was_done_is_an_unknown_outcome(
    jumio: Jumio, waits: list[float], endpoint: str, status: int, after_commit: bool
) -> None:
    fault = {"status": status, "after_commit": after_commit}
    jumio.simulator.admin.add_fault(endpoint, "status", 10, **fault)
    assert jumio.ending(endpoint) is OutcomeUnknown
    assert (jumio.sent(endpoint), waits) == (1, [])


@opening
@pytest.mark.parametrize("after_commit", [False, True])
def test_no_answer_in_time_is_an_unknown_outcome(
    jumio: Jumio, endpoint: str, after_commit: bool
) -> None:
    jumio.simulator.admin.add_fault(
        endpoint, "latency", 10, seconds=2 * SHORT, after_commit=after_commit
    )
    assert jumio.ending(endpoint, SHORT) is OutcomeUnknown
    assert jumio.sent(endpoint) == 1


@opening
@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (400, ProviderRejected),
        (403, ProviderRejected),
        (404, NotAtProvider),
        (410, NotAtProvider),
        (409, ProviderRejected),
        (415, ProviderRejected),
        (422, ProviderRejected),
    ],
)
def test_a_refusal_is_final(
    jumio: Jumio, waits: list[float], endpoint: str, status: int, problem: type[Problem]
) -> None:
    jumio.simulator.admin.add_fault(endpoint, "status", 10, status=status)
    assert jumio.ending(endpoint) is problem
    assert (jumio.sent(endpoint), waits) == (1, [])
