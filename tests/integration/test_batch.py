"""One bad message in a batch: the others end, and what is retained comes back more slowly."""

import io
import json
import logging
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import pytest

from tests.support.observed import Observed
from tests.support.pipeline import Hints, Pipeline
from verification import wiring
from verification.domain.deadline import Deadline
from verification.domain.errors import (
    Misconfigured,
    NotYet,
    ProviderUnavailable,
    TemporarilyUnavailable,
)
from verification.domain.hint import Hint
from verification.domain.standing import LEASE_SECONDS
from verification.edge.batch import work_through

SECRET = "Grace Brewster, Invented Lane 7"
HINT = Hint(
    user_key="1-key", reference="a" * 32, account_id="account-1", workflow_execution_id="workflow-1"
)


@pytest.fixture
def hints(aws: None) -> Hints:
    return Hints()


def put(hints: Hints, **changes: str) -> None:
    hints.put(HINT.model_copy(update=changes).model_dump_json())


def work(hints: Hints, settle: Callable[[Hint, Deadline], None]) -> list[str]:
    """One invocation; the bodies of the messages that were retained."""
    taken = hints.receive()
    answer = work_through(taken, settle, hints, Deadline(10))
    hints.settle_up(taken, answer)
    bodies = {record["messageId"]: record["body"] for record in taken["Records"]}
    assert list(answer) == ["batchItemFailures"]
    return [bodies[one["itemIdentifier"]] for one in answer["batchItemFailures"]]


def raising(errors: dict[str, Exception], settled: list[str]) -> Callable[[Hint, Deadline], None]:
    def settle(hint: Hint, _deadline: Deadline) -> None:
        if hint.reference in errors:
            raise errors[hint.reference]
        settled.append(hint.reference)

    return settle


def test_every_line_of_the_worker_names_the_attempt(
    hints: Hints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the parts of the worker that know no attempt have to say, too."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "a-worker")
    part, output = logging.getLogger("verification.jumio"), io.StringIO()
    package = logging.getLogger("verification")
    for member, value in {"handlers": [], "level": 0, "propagate": True}.items():
        monkeypatch.setattr(package, member, value)
    with redirect_stdout(output):
        wiring.logger()
    put(hints)

    def settle(_hint: Hint, _deadline: Deadline) -> None:
        part.warning("jumio_read_refused", extra={"status": 403})
        raise NotYet("Jumio has nothing to read")

    work(hints, settle)
    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    assert [line["message"] for line in lines] == ["jumio_read_refused", "message_retained"]
    assert {line["reference"] for line in lines} == {HINT.reference}


def test_exactly_the_messages_that_failed_are_retained(hints: Hints, observed: Observed) -> None:
    errors: dict[str, Exception] = {
        "not-yet": NotYet("Jumio has nothing to read"),
        "transient": ProviderUnavailable("no answer"),
        "wrong-setting": Misconfigured("JUMIO_SECRET_ID: missing"),
        "unexpected": KeyError(SECRET),
        "from-aws": TemporarilyUnavailable("BatchGetItem: ThrottlingException"),
    }
    settled: list[str] = []
    for reference in ("good-1", *errors, "good-2"):
        put(hints, reference=reference)
    hints.put(json.dumps({"reference": "poison", "extra": SECRET}))

    retained = work(hints, raising(errors, settled))

    assert settled == ["good-1", "good-2"]
    assert sorted(json.loads(body)["reference"] for body in retained) == sorted([*errors, "poison"])
    assert len(hints) == len(errors) + 1
    assert observed.codes().count("message_retained") == len(errors)
    assert observed.codes().count("message_poisonous") == 1
    assert observed.codes().count("unexpected_error") == 1
    assert observed.metrics()["MessagesPoisonous"] == 1
    assert SECRET not in "".join(observed.lines())


def test_a_batch_of_failures_only_is_no_exception(hints: Hints) -> None:
    for number in range(10):
        put(hints, reference=f"r{number}")

    def settle(_hint: Hint, _deadline: Deadline) -> None:
        raise NotYet("no")

    assert len(work(hints, settle)) == 10


def test_a_batch_without_failures_leaves_nothing(hints: Hints) -> None:
    for number in range(10):
        put(hints, reference=f"r{number}")

    assert work(hints, raising({}, [])) == []
    assert len(hints) == 0


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        "null",
        json.dumps({**HINT.model_dump(), "status": "PROCESSED"}),
        json.dumps({**HINT.model_dump(), "account_id": f"../{SECRET}"}),
        json.dumps({**HINT.model_dump(), "workflow_execution_id": "a/b"}),
        json.dumps({**HINT.model_dump(), "account_id": 7}),
        json.dumps({**HINT.model_dump(), "account_id": "a" * 65}),
        '{"user_key": "\\ud800"}',
    ],
)
def test_poison_is_told_by_code_and_metric_and_never_settled(
    hints: Hints, observed: Observed, body: str
) -> None:
    settled: list[str] = []
    hints.put(body or " ")

    assert len(work(hints, raising({}, settled))) == 1

    assert settled == []
    (keys,) = observed.with_code("message_poisonous")
    assert set(keys) == {"message_id", "received", "message"}
    assert observed.metrics()["MessagesPoisonous"] == 1
    assert SECRET not in "".join(observed.lines())


@pytest.mark.parametrize("error", [NotYet("x"), KeyError("x")])
def test_delays_grow(hints: Hints, error: Exception) -> None:
    put(hints)
    settle = raising({HINT.reference: error}, [])

    for _ in range(7):
        assert len(work(hints, settle)) == 1
        hints.bring_back()

    assert hints.postponed == [5, 15, 45, 135, 405, 600, 600]
    # A hint that is faster than our own record comes back after that is surely written.
    assert sum(hints.postponed[:3]) > LEASE_SECONDS


def test_a_delay_that_sqs_refuses_costs_nothing(
    hints: Hints, observed: Observed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise TemporarilyUnavailable("ChangeMessageVisibility: RequestThrottled")

    put(hints)
    monkeypatch.setattr(hints, "postpone", refuse)

    assert len(work(hints, raising({HINT.reference: NotYet("x")}, []))) == 1
    assert observed.with_code("message_retained")[-1]["postponed"] is False


def test_a_message_says_nothing_but_ids(pipeline: Pipeline) -> None:
    execution = pipeline.open()
    pipeline.call_back(execution, callbackSentAt="2026-11-23T08:19:44.117Z", person=SECRET)

    pipeline.work()

    (body,) = pipeline.hints.bodies
    assert json.loads(body) == {
        "user_key": execution["userReference"],
        "reference": execution["customerInternalReference"],
        "account_id": execution["accountId"],
        "workflow_execution_id": execution["id"],
    }
