"""Deleting an account at Jumio: may be repeated, and is done too when there is nothing left."""

import pytest

from tests.support.jumio import LONG, TRIES, Jumio, in_time
from verification.domain.deadline import Deadline
from verification.domain.errors import (
    Misconfigured,
    NotAtProvider,
    Problem,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
)

ENDPOINT = "accounts.delete"


def delete(jumio: Jumio, account_id: str | None = None) -> None:
    whose = account_id or jumio.opened.account_id
    in_time(lambda: jumio.client.delete_account(whose, deadline=Deadline(LONG)))


def test_after_deletion_there_is_nothing_to_read(jumio: Jumio) -> None:
    delete(jumio)
    assert jumio.ending("retrieval.status") is NotAtProvider
    assert jumio.ending("accounts.update") is NotAtProvider


def test_what_jumio_calls_gone_is_deleted(jumio: Jumio, waits: list[float]) -> None:
    jumio.simulator.admin.add_fault(ENDPOINT, "status", status=410)
    delete(jumio)
    assert (jumio.sent(ENDPOINT), waits) == (1, [])


def test_what_is_gone_is_deleted(jumio: Jumio, waits: list[float]) -> None:
    delete(jumio)
    delete(jumio)
    delete(jumio, "00000000-0000-4000-8000-000000000000")
    assert (jumio.sent(ENDPOINT), waits) == (3, [])


@pytest.mark.parametrize("kind", ["reset", "reset_after_commit", "truncated", "status"])
def test_a_deletion_is_repeated_until_it_is_sure(
    jumio: Jumio, waits: list[float], kind: str
) -> None:
    jumio.simulator.admin.add_fault(ENDPOINT, kind, TRIES - 1)
    delete(jumio)
    assert len(waits) == jumio.sent(ENDPOINT) - 1
    assert jumio.ending("retrieval.status") is NotAtProvider


@pytest.mark.parametrize(
    ("fault", "problem", "sent"),
    [
        ({"kind": "status", "status": 403}, ProviderRejected, 1),
        ({"kind": "status", "status": 503}, ProviderUnavailable, TRIES),
        ({"kind": "rate_limited"}, ProviderBusy, TRIES),
        ({"kind": "token_rejected"}, Misconfigured, 2),
    ],
)
def test_a_deletion_that_was_not_made_says_so(
    jumio: Jumio, waits: list[float], fault: dict[str, object], problem: type[Problem], sent: int
) -> None:
    jumio.simulator.admin.add_fault(ENDPOINT, **fault, count=10)  # type: ignore[arg-type]
    with pytest.raises(problem):
        delete(jumio)
    assert jumio.sent(ENDPOINT) == sent
    assert (waits == []) == (sent <= 2)
    jumio.simulator.admin.clear_faults()
    jumio.call("retrieval.status")
