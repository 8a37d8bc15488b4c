"""A process dies while others of its kind are at work, for the same person and for others."""

import json
from concurrent.futures import Future
from typing import Any
from uuid import uuid4

from jumio_simulator.admin.client import AdminClient
from local.demo.observer import BusListener, table_items
from tests.support.crew import Member, crew
from tests.support.end_to_end import one_outcome
from tests.support.events import event
from tests.support.outside import account_calls, belongings
from tests.support.stack import RunningStack
from tests.support.waiting import eventually

Json = dict[str, Any]
LONG = 8  # seconds in which somebody can surely be killed
CREATED, OK, CONFLICT = 201, 200, 409

DEATHS = [
    ("token", {}),  # the intent is on record, and Jumio was not asked
    ("accounts.create", {}),  # Jumio was asked, and acts after the death
    ("accounts.create", {"after_commit": True}),  # Jumio has acted, and nobody hears it
]


def start(subject: str, **body: object) -> Json:
    """The gateway's event for somebody who wants to be verified."""
    call = event("create_session", body=json.dumps({"channel": "sdk", **body}))
    call["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] = subject
    return call


def code(answer: Json | None) -> int:
    assert answer is not None, "a process that was not killed has died"
    return int(answer["statusCode"])


def key_of(stack: RunningStack, subject: str) -> str:
    (account,) = [
        item for item in table_items(stack.aws, stack.outputs) if item.get("subject") == subject
    ]
    return str(account["pk"]).removeprefix("USER#")


def test_whoever_dies_opening_a_session_the_others_keep_one_account_per_person(
    stack: RunningStack, simulator: AdminClient
) -> None:
    simulator.patch_options(callbacks={"drop": True})
    with crew(stack, "create_session", 3) as living:
        others = [str(uuid4()) for _ in living]
        for member, other in zip(living, others, strict=True):  # they have all they need
            assert code(member.ask(start(other)).result()) == CREATED

        people = {}
        for endpoint, parameters in DEATHS:
            person = str(uuid4())
            simulator.add_fault(endpoint, "latency", seconds=LONG, **parameters)
            with crew(stack, "create_session", 1) as (victim,):
                dying = victim.ask(start(person))
                eventually(lambda: taken(simulator), bool)
                beside = [code(one.result()) for one in each(living, start(person))]
            assert dying.result() is None
            assert beside == [CONFLICT] * len(living)
            meanwhile = [
                member.ask(start(other, renew=True))
                for member, other in zip(living, others, strict=True)
            ]
            assert [code(one.result()) for one in meanwhile] == [CREATED] * len(living)
            people[person] = endpoint != "token"
            simulator.clear_journal()

        for person in people:
            require_one_session(living, person)

    simulator.patch_options(callbacks={"drop": False})
    for person, jumio_was_asked in people.items():
        opened = require_all_on_record(stack, simulator, person)
        assert opened == 1 + jumio_was_asked


def test_whoever_dies_recording_a_result_the_others_tell_one_outcome(
    stack: RunningStack, simulator: AdminClient, bus: BusListener
) -> None:
    subject = str(uuid4())
    simulator.patch_options(callbacks={"drop": True})
    with crew(stack, "create_session", 1) as (opener,):
        assert code(opener.ask(start(subject)).result()) == CREATED
    key = key_of(stack, subject)
    (execution,) = [one for one in simulator.executions() if one["userReference"] == key]
    simulator.play(execution["id"], "approved")
    hint = {
        "user_key": key,
        "reference": execution["customerInternalReference"],
        "account_id": execution["accountId"],
        "workflow_execution_id": execution["id"],
    }
    message = event("settle_execution")
    message["Records"][0]["body"] = json.dumps(hint)

    with crew(stack, "settle_execution", 5) as (victim, *living):
        simulator.add_fault("retrieval.*", "latency", seconds=LONG)
        dying = victim.ask(message)
        eventually(lambda: taken(simulator), bool)
        beside = each(living, message)
        victim.kill()
        assert dying.result() is None
        assert [one.result() for one in beside] == [{"batchItemFailures": []}] * len(living)

    assert one_outcome(bus, execution) == "approved"
    assert belongings(stack, key)[f"EXECUTION#{hint['reference']}"]["state"] == "approved"


def taken(simulator: AdminClient) -> bool:
    """Whether somebody waits for the slow answer."""
    return any(entry["fault"] == "latency" for entry in simulator.journal())


def each(members: list[Member], call: Json) -> list[Future[Json | None]]:
    """All are given the same at once."""
    return [member.ask(call) for member in members]


def round_of(members: list[Member], subject: str) -> list[int]:
    return [code(one.result()) for one in each(members, start(subject))]


def require_one_session(members: list[Member], person: str) -> None:
    """Everybody asks for the person until the lease of whoever died is over."""
    codes = eventually(lambda: round_of(members, person), lambda codes: CREATED in codes)
    assert codes.count(CREATED) == 1
    assert set(codes) <= {CREATED, OK, CONFLICT}
    assert round_of(members, person) == [OK] * len(members)


def require_all_on_record(stack: RunningStack, simulator: AdminClient, person: str) -> int:
    """Callbacks tell of what was opened unheard; how many executions there are."""
    key = key_of(stack, person)
    opened = [one for one in simulator.executions() if one["userReference"] == key]
    assert len(account_calls(simulator, key)) == 1  # of those that lived
    for execution in opened:
        simulator.play(execution["id"], "approved")
    at_jumio = {one["accountId"] for one in opened}
    kept = eventually(lambda: belongings(stack, key), lambda kept: on_record(kept) == at_jumio)
    assert on_record(kept) == at_jumio
    handed_out = max(opened, key=lambda one: one["createdAt"])
    assert kept["ACCOUNT"]["account_id"] == handed_out["accountId"]
    return len(opened)


def on_record(kept: dict[str, Json]) -> set[str]:
    """The accounts of a person that the table knows, orphans among them."""
    return {str(item["account_id"]) for item in kept.values() if "account_id" in item}
