"""Uploading a person's data and finalizing: repeated while that may help, with the one token."""

from collections.abc import Callable

import pytest

from jumio_simulator.testing import RunningSimulator
from tests.support.jumio import LONG, REQUEST, SHORT, TRIES, Jumio, client, in_time
from verification.domain.deadline import Deadline
from verification.domain.errors import (
    NotAtProvider,
    Problem,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
)

DATA = {"email": "ada@people.example", "address": {"country": "AUT"}}


@pytest.fixture
def screening(simulator: RunningSimulator) -> Jumio:
    its_client = client(simulator.url)
    request = {**REQUEST, "workflowDefinition": {"key": 10066}}
    opened = its_client.open_execution(request, account_id=None, deadline=Deadline(LONG))
    simulator.admin.clear_journal()
    return Jumio(simulator, its_client, opened)


def upload(jumio: Jumio, seconds: float = LONG) -> None:
    deadline = Deadline(seconds)
    in_time(lambda: jumio.client.upload_prepared_data(jumio.opened, DATA, deadline=deadline))


def finalize(jumio: Jumio, seconds: float = LONG) -> None:
    in_time(lambda: jumio.client.finalize(jumio.opened, deadline=Deadline(seconds)))


CALLS = {"parts.upload": upload, "executions.finalize": finalize}
every = pytest.mark.parametrize(("endpoint", "call"), CALLS.items(), ids=CALLS.keys())


def status(jumio: Jumio) -> str:
    (execution,) = jumio.simulator.admin.executions()
    return str(execution["status"])


def test_data_are_sent_as_jumio_documents(screening: Jumio) -> None:
    upload(screening)
    assert status(screening) == "INITIATED"
    finalize(screening)
    assert status(screening) in {"ACQUIRED", "PROCESSED"}
    sent, ended = screening.simulator.admin.journal()
    assert (sent["method"], sent["body"], sent["headers"]["content-type"]) == (
        "POST",
        DATA,
        "application/json",
    )
    assert sent["path"].endswith(f"/{screening.opened.credential_id}/parts/PREPARED_DATA")
    assert (ended["method"], ended["body"]) == ("PUT", {})


def test_the_execution_has_a_token_of_its_own_for_that(screening: Jumio) -> None:
    upload(screening)
    finalize(screening)
    assert screening.sent("token") == 0


@pytest.mark.parametrize("mode", ["rst", "close"])
@pytest.mark.parametrize(
    ("endpoint", "kind"),
    [
        *((endpoint, kind) for endpoint in CALLS for kind in ("reset", "status")),
        ("parts.upload", "reset_after_commit"),
        ("parts.upload", "truncated"),
    ],
)
def test_what_was_not_answered_is_sent_again(
    screening: Jumio, waits: list[float], endpoint: str, kind: str, mode: str
) -> None:
    screening.simulator.admin.add_fault(endpoint, kind, TRIES - 1, mode=mode)
    CALLS[endpoint](screening)
    assert screening.sent(endpoint) == TRIES
    assert len(waits) == TRIES - 1


def test_finalizing_again_what_is_finalized_is_refused(screening: Jumio) -> None:
    """Whoever calls has to read whether it was done."""
    upload(screening)
    screening.simulator.admin.add_fault("executions.finalize", "reset_after_commit")
    with pytest.raises(ProviderRejected):
        finalize(screening)
    assert status(screening) in {"ACQUIRED", "PROCESSED"}


def test_a_part_that_is_there_already_is_replaced(screening: Jumio, waits: list[float]) -> None:
    upload(screening)
    screening.simulator.admin.add_fault("parts.upload", "status", status=409)
    upload(screening)
    assert (screening.sent("parts.upload"), screening.sent("parts.replace")) == (2, 1)
    assert waits == []


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (400, ProviderRejected),
        (401, ProviderRejected),
        (403, ProviderRejected),
        (404, NotAtProvider),
    ],
)
@every
def test_a_refusal_is_not_argued_with(
    screening: Jumio,
    waits: list[float],
    endpoint: str,
    call: Callable[[Jumio], None],
    code: int,
    problem: type[Problem],
) -> None:
    for refusing in (endpoint, "parts.replace"):
        screening.simulator.admin.add_fault(refusing, "status", status=code, count=9)
    with pytest.raises(ProviderRejected) as refusal:
        call(screening)
    assert type(refusal.value) is problem
    assert (screening.sent(endpoint), screening.sent("token"), waits) == (1, 0, [])


@every
@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({"kind": "rate_limited"}, ProviderBusy),
        ({"kind": "status", "status": 503}, ProviderUnavailable),
        ({"kind": "reset"}, ProviderUnavailable),
    ],
)
def test_it_is_not_repeated_for_ever(
    screening: Jumio,
    waits: list[float],
    endpoint: str,
    call: Callable[[Jumio], None],
    fault: dict[str, object],
    problem: type[Problem],
) -> None:
    screening.simulator.admin.add_fault(endpoint, **fault, count=99)  # type: ignore[arg-type]
    with pytest.raises(Problem) as refusal:
        call(screening)
    assert type(refusal.value) is problem
    assert (screening.sent(endpoint), len(waits)) == (TRIES, TRIES - 1)


@every
def test_without_an_answer_in_time_it_ends(
    screening: Jumio, endpoint: str, call: Callable[[Jumio, float], None]
) -> None:
    screening.simulator.admin.add_fault(endpoint, "latency", seconds=2 * SHORT, count=9)
    with pytest.raises(ProviderUnavailable):
        call(screening, SHORT)


def test_what_is_finalized_takes_nothing_more(screening: Jumio) -> None:
    upload(screening)
    finalize(screening)
    for call in CALLS.values():
        with pytest.raises(ProviderRejected):
            call(screening)
