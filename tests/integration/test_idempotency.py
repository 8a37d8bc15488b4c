"""The ``Idempotency-Key``: the same request, sent again."""

import json

import pytest

from tests.support.bff import Bff, Clock
from tests.support.interruptions import interleaved, killed
from verification.domain.errors import (
    IdempotencyKeyReused,
    OutcomeUnknown,
    ProviderRejected,
    SessionBusy,
)
from verification.domain.standing import LEASE_SECONDS
from verification.store.table import Key, delete


def test_the_same_request_has_the_same_answer(bff: Bff) -> None:
    first = bff.ask(key="k1")
    assert bff.ask(key="k1") == first
    assert bff.ask(key='"k1"') == first  # quoted, as the draft standard has it


def test_a_renewal_that_is_sent_twice_renews_once(bff: Bff) -> None:
    bff.ask()
    renewed = bff.ask(renew=True, key="k1")

    assert bff.ask(renew=True, key="k1") == renewed
    assert len(bff.executions()) == 2
    assert bff.ask(renew=True, key="k2").body != renewed.body
    assert len(bff.executions()) == 3


def test_another_request_under_the_same_key_is_refused(bff: Bff) -> None:
    bff.ask("sdk", key="k1")
    with pytest.raises(IdempotencyKeyReused):
        bff.ask("web", key="k1")


def test_a_key_that_was_answered_with_a_resumed_session_is_bound_too(bff: Bff) -> None:
    bff.ask()
    assert bff.ask(key="k1").status == 200
    with pytest.raises(IdempotencyKeyReused):
        bff.ask("web", key="k1")


def test_keys_of_different_people_do_not_meet(bff: Bff) -> None:
    bff.ask(user="ada", key="k1")
    assert bff.ask("web", user="bob", key="k1").status == 201


def test_while_the_request_is_running_its_repetition_is_told_to_wait(bff: Bff) -> None:
    with killed("before", bff.jumio, "open_execution"):
        bff.ask(key="k1")
    with pytest.raises(SessionBusy):
        bff.ask(key="k1")


def test_after_a_crash_the_key_is_free_when_the_lease_ends(bff: Bff) -> None:
    with killed("after", bff.jumio, "open_execution"):
        bff.ask(key="k1")
    assert isinstance(bff.clock, Clock)
    bff.clock.now += LEASE_SECONDS
    assert bff.ask(key="k1").status == 201


def test_a_refusal_is_not_remembered(bff: Bff) -> None:
    bff.simulator.admin.add_fault("accounts.create", "status", status=400)
    with pytest.raises(ProviderRejected):
        bff.ask(key="k1")
    assert bff.ask(key="k1").status == 201


def test_an_unknown_outcome_is_not_remembered_as_an_answer(bff: Bff) -> None:
    bff.simulator.admin.add_fault("accounts.create", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        bff.ask(key="k1")
    with pytest.raises(SessionBusy):
        bff.ask(key="k1")


def test_when_the_session_has_ended_so_has_the_key(bff: Bff) -> None:
    first = bff.ask(key="k1")
    assert isinstance(bff.clock, Clock)
    bff.clock.now += 30 * 60
    second = bff.ask(key="k1")
    assert second.status == 201
    assert second.body != first.body


def test_the_record_holds_neither_key_nor_token_nor_address(bff: Bff) -> None:
    token = bff.ask("sdk", key="a-telling-key").body["sdk"]["token"]
    records = [item for item in bff.items() if item["sk"]["S"].startswith("IDEMPOTENCY#")]
    assert len(records) == 1
    text = json.dumps(records)
    assert not [secret for secret in ("a-telling-key", token, "http") if secret in text]


def test_a_key_whose_session_is_over_stands_in_nobodys_way(bff: Bff) -> None:
    bff.ask(key="k1")
    (first,) = bff.executions()
    bff.simulator.admin.play(first["id"], "declined: fake document")
    bff.settle(first)

    assert bff.ask(key="k1").status == 201
    assert len(bff.executions()) == 2


def test_a_key_is_not_bound_to_a_session_that_is_over(bff: Bff) -> None:
    first = bff.ask()

    def taken_away() -> None:
        item = bff.item("ada", "SESSION#identity") or {}
        bff.table.write(delete(Key(item["pk"], item["sk"])))

    with interleaved("before", bff.store, "remember", taken_away):
        again = bff.ask(key="k1")

    assert (again.status, again.body != first.body) == (201, True)
    assert bff.ask(key="k1") == again


MOST_KEYS = 10


def test_however_many_keys_are_sent_a_session_keeps_a_few(bff: Bff) -> None:
    first = bff.ask(key="first")
    for number in range(3 * MOST_KEYS):
        assert bff.ask(key=f"another-{number}").body == first.body
    kept = [item for item in bff.items() if item["sk"]["S"].startswith("IDEMPOTENCY#")]
    assert len(kept) == 1 + MOST_KEYS


def test_a_key_beyond_them_guards_nothing_and_harms_nothing(bff: Bff) -> None:
    bff.ask()
    for number in range(MOST_KEYS + 1):
        bff.ask(key=f"another-{number}")
    beyond = f"another-{MOST_KEYS}"

    assert bff.ask("web", key=beyond).status == 200  # nobody remembers what it was used for
    with pytest.raises(IdempotencyKeyReused):
        bff.ask("web", key="another-0")
    renewed = bff.ask(renew=True, key=beyond)
    assert renewed.status == 201
    assert bff.ask(renew=True, key=beyond) == renewed  # what opens something is always bound


def test_a_new_session_has_room_for_keys_again(bff: Bff) -> None:
    bff.ask()
    for number in range(MOST_KEYS):
        bff.ask(key=f"another-{number}")
    bff.ask(renew=True)
    bff.ask(key="late")
    with pytest.raises(IdempotencyKeyReused):
        bff.ask("web", key="late")


def test_requests_that_meet_bind_no_more_keys_than_one_after_the_other(bff: Bff) -> None:
    bff.ask()
    for number in range(MOST_KEYS - 1):
        bff.ask(key=f"another-{number}")
    with interleaved("before", bff.store, "remember", lambda: bff.ask(key="meanwhile") and None):
        bff.ask(key="late")
    kept = [item for item in bff.items() if item["sk"]["S"].startswith("IDEMPOTENCY#")]
    assert len(kept) == MOST_KEYS
