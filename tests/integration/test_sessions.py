"""POST /sessions for one person at a time: what they get, and what stays with us."""

import json
from datetime import datetime

import pytest

from tests.support.bff import Bff, Clock
from verification.domain.errors import (
    AlreadyVerified,
    AttemptsExhausted,
    ChannelUnavailable,
    UnknownJourney,
    VerificationInProgress,
)


def account_calls(bff: Bff) -> list[tuple[str, int]]:
    return [
        (entry["method"], entry["status"])
        for entry in bff.simulator.admin.journal(path="/api/v1/accounts*")
        if entry["method"] in ("POST", "PUT")
    ]


def test_a_new_person_gets_a_token_and_nothing_else(bff: Bff) -> None:
    answered = bff.ask("sdk")

    (execution,) = bff.executions()
    assert answered.status == 201
    assert answered.body == {"sdk": {"token": execution["sdkToken"]}}
    assert account_calls(bff) == [("POST", 200)]


def test_a_new_person_gets_an_address_and_nothing_else(bff: Bff) -> None:
    answered = bff.ask("web", locale="de")

    assert answered.status == 201
    assert list(answered.body) == ["web"]
    assert list(answered.body["web"]) == ["href"]
    assert "locale=de" in answered.body["web"]["href"]


def test_asking_again_resumes_the_same_execution_on_either_channel(bff: Bff) -> None:
    first = bff.ask("web")
    again, elsewhere = bff.ask("web"), bff.ask("sdk")

    assert (again.status, elsewhere.status) == (200, 200)
    assert again.body == first.body
    assert elsewhere.body["sdk"]["token"] in first.body["web"]["href"]
    assert len(bff.executions()) == 1


def test_the_account_is_kept_and_updated(bff: Bff) -> None:
    bff.ask()
    first = bff.executions()[0]
    bff.simulator.admin.expire(first["id"])
    bff.settle(first)

    assert bff.ask().status == 201

    assert account_calls(bff) == [("POST", 200), ("PUT", 200)]
    assert {execution["accountId"] for execution in bff.executions()} == {first["accountId"]}
    account = bff.item("ada", "ACCOUNT")
    assert account is not None
    assert account["account_id"] == first["accountId"]
    assert account["subject"] == "ada"


def test_renewing_replaces_the_session_on_the_same_account(bff: Bff) -> None:
    old = bff.ask()
    new = bff.ask(renew=True)

    assert new.status == 201
    assert new.body != old.body
    assert account_calls(bff) == [("POST", 200), ("PUT", 200)]
    assert bff.ask().body == new.body


def test_a_session_that_ran_out_is_replaced(bff: Bff) -> None:
    bff.ask()
    bff.clock.now += 30 * 60

    assert bff.ask().status == 201
    assert len(bff.executions()) == 2


def test_the_end_inside_the_token_counts(bff: Bff) -> None:
    assert isinstance(bff.clock, Clock)
    bff.clock.now += 120  # ours is fast: the token ends sooner than we would think
    bff.ask()
    session = bff.item("ada", "SESSION#identity")
    (execution,) = bff.executions()
    assert session is not None
    ends_at = datetime.fromisoformat(execution["expiresAt"])
    assert session["expires_at"] == session["ttl"] == int(ends_at.timestamp())


def test_two_people_have_two_accounts(bff: Bff) -> None:
    names = ("ada.lovelace", "bob.bobson")
    for name in names:
        bff.ask(user=name)

    references = {execution["userReference"] for execution in bff.executions()}
    assert len({execution["accountId"] for execution in bff.executions()}) == 2
    assert len(references) == 2
    assert not any(name in reference for name in names for reference in references)


def test_jumio_learns_no_more_than_it_needs(bff: Bff) -> None:
    bff.ask("web", user="ada.lovelace", consent={"country": "AT"})

    (call,) = bff.simulator.admin.journal(method="POST", path="/api/v1/accounts")
    body = call["body"]
    reference = body.pop("customerInternalReference")
    callback = body.pop("callbackUrl")
    user_key = body.pop("userReference")
    assert body == {
        "workflowDefinition": {"key": 10011},
        "tokenLifetime": "30m",
        "userConsent": {"userIp": "203.0.113.7", "userLocation": {"country": "AUT"}},
    }
    assert callback.startswith(f"https://bff.example/callbacks/1.{user_key}.{reference}.")
    assert "lovelace" not in json.dumps([reference, callback, user_key])


def test_while_a_result_is_worked_on_there_is_no_session(bff: Bff) -> None:
    bff.ask()
    (execution,) = bff.executions()
    bff.simulator.admin.freeze()
    bff.simulator.admin.play(execution["id"], "approved", to_end=False)
    bff.simulator.admin.advance(5)
    bff.settle(execution)

    for renew in (False, True):
        with pytest.raises(VerificationInProgress):
            bff.ask(renew=renew)
    assert bff.item("ada", "SESSION#identity") is None


def test_an_approved_person_is_not_verified_again(bff: Bff) -> None:
    bff.ask()
    (execution,) = bff.executions()
    bff.simulator.admin.play(execution["id"], "approved")
    bff.settle(execution)

    with pytest.raises(AlreadyVerified):
        bff.ask()
    assert len(bff.executions()) == 1


def test_a_repeatable_journey_can_be_repeated_until_its_attempts_are_used_up(bff: Bff) -> None:
    for _ in range(2):
        bff.ask(journey="repeated")
        execution = bff.executions()[-1]
        bff.simulator.admin.play(execution["id"], "approved")
        bff.settle(execution)

    with pytest.raises(AttemptsExhausted) as refusal:
        bff.ask(journey="repeated")
    assert refusal.value.retry_after is not None
    bff.clock.now += refusal.value.retry_after
    assert bff.ask(journey="repeated").status == 201


def test_a_workflow_without_the_channel_says_so_and_is_opened_only_once(bff: Bff) -> None:
    for channel in ("sdk", "web", "sdk"):
        with pytest.raises(ChannelUnavailable):
            bff.ask(channel, journey="screening")
    assert len(bff.executions()) == 1


def test_an_unknown_journey_is_refused(bff: Bff) -> None:
    with pytest.raises(UnknownJourney):
        bff.ask(journey="nonsense")
    assert bff.executions() == []


def test_an_account_that_jumio_has_deleted_is_replaced(bff: Bff) -> None:
    bff.ask()
    (first,) = bff.executions()
    bff.delete_account(first["accountId"])

    assert bff.ask(renew=True).status == 201

    assert account_calls(bff) == [("POST", 200), ("PUT", 404), ("POST", 200)]
    account = bff.item("ada", "ACCOUNT")
    assert account is not None
    assert account["account_id"] == bff.executions()[-1]["accountId"] != first["accountId"]
