"""A cold function asks Jumio for an access token while it waits for its turn."""

import pytest

from tests.integration.test_breaker import IN_A_ROW
from tests.support.bff import Bff, jumio_client
from tests.support.waiting import eventually
from verification.domain.errors import ProviderBusy, ProviderUnavailable
from verification.store import ConditionFailed, Limiter


def asked(bff: Bff, endpoint: str) -> int:
    return len(bff.simulator.admin.journal(endpoint=endpoint))


def test_the_token_is_on_its_way_while_the_turn_is_waited_for(bff: Bff) -> None:
    seen = []

    def turn(_: float) -> None:
        eventually(lambda: asked(bff, "token"), bool)
        seen.append((asked(bff, "token"), asked(bff, "accounts.*")))

    bff.sleep = turn
    assert bff.ask().status == 201
    assert seen == [(1, 0)]
    assert (asked(bff, "token"), asked(bff, "accounts.*")) == (1, 1)


def test_who_is_overtaken_has_not_asked_for_a_token(
    bff: Bff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many at once would exceed what Jumio gives out in a second."""
    begin = bff.store.begin

    def overtaken(*_: object) -> None:
        monkeypatch.setattr(bff.store, "begin", begin)
        bff.jumio, ours = jumio_client(bff.simulator), bff.jumio
        assert bff.ask().status == 201
        bff.jumio = ours
        raise ConditionFailed([])

    monkeypatch.setattr(bff.store, "begin", overtaken)
    assert bff.ask().status == 200
    assert asked(bff, "accounts.*") == asked(bff, "token") == 1


def test_who_has_no_turn_has_not_asked_for_a_token(
    bff: Bff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> float:
        raise ProviderBusy("Too many people at this moment.", retry_after=5)

    monkeypatch.setattr(Limiter, "take", busy)
    with pytest.raises(ProviderBusy):
        bff.ask()
    assert asked(bff, "token") == 0


def test_nobody_asks_for_a_token_while_jumio_is_down(bff: Bff) -> None:
    breaker = bff.create_session.open_execution.breaker
    for _ in range(IN_A_ROW):
        breaker.admit({}, bff.clock).ended(ProviderUnavailable("it does not answer"))
    with pytest.raises(ProviderUnavailable):
        bff.ask()
    assert asked(bff, "token") == 0


def test_who_has_a_session_needs_no_token(bff: Bff) -> None:
    bff.ask()
    bff.simulator.admin.clear_journal()
    bff.jumio = jumio_client(bff.simulator)
    assert bff.ask().status == 200
    assert asked(bff, "token") == 0
