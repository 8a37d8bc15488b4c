"""What one person's item contains, and what fails for one, stops nobody else's."""

from typing import Any

import pytest

from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from verification.domain.errors import TemporarilyUnavailable
from verification.domain.hint import Hint
from verification.domain.schedule import GRACE, RHYTHM

Json = dict[str, Any]
LIFETIME = 30 * 60
ODD: dict[str, Json] = {
    "a state of a newer version": {"state": {"S": "paused"}},
    "a state that is no word": {"state": {"M": {"word": {"S": "pending"}}}},
    "a verdict of a newer version": {"verdict": {"S": "lapsed"}},
    "no state": {"state": None},
    "no journey": {"journey": None},
    "no request": {"request_id": None},
    "a decision that is a text": {"decision": {"S": "PASSED"}},
    "a decision without a type": {"decision": {"M": {}}},
    "an account that is a number": {"account_id": {"N": "7"}},
    "an account that is no id": {"account_id": {"S": "../other"}},
    "looks that are a text": {"looks": {"S": "many"}},
}


def spoil(pipeline: Pipeline, execution: Json, changes: Json) -> None:
    reference = execution["customerInternalReference"]
    (item,) = [one for one in pipeline.bff.items() if one["sk"]["S"].endswith(reference)]
    changed = {name: value for name, value in {**item, **changes}.items() if value is not None}
    pipeline.bff.dynamodb.put_item(TableName=pipeline.bff.table_name, Item=changed)


@pytest.mark.parametrize("changes", ODD.values(), ids=ODD.keys())
def test_an_item_that_cannot_be_read_is_told_and_comes_after_all_others(
    pipeline: Pipeline, observed: Observed, changes: Json
) -> None:
    odd = pipeline.open(user="odd")
    pipeline.let_pass(1)
    for user in ("ada", "bob"):
        pipeline.open(user=user)
    spoil(pipeline, odd, changes)

    pipeline.let_pass(LIFETIME + GRACE)
    pipeline.sweep()
    pipeline.work_off()

    assert pipeline.status("ada") == pipeline.status("bob") == "expired"
    codes = observed.codes()
    assert codes.count("execution_unreadable") + codes.count("look_failed") == 1
    reference = odd["customerInternalReference"]
    told = [*observed.with_code("execution_unreadable"), *observed.with_code("look_failed")]
    assert [one["reference"] for one in told] == [reference]

    assert pipeline.sweep() == 0  # it is not the first one for ever
    pipeline.let_pass(RHYTHM[-1])
    pipeline.sweep()
    codes = observed.codes()
    assert codes.count("execution_unreadable") + codes.count("look_failed") >= 2


def test_unreadable_items_are_counted_as_overdue(pipeline: Pipeline, observed: Observed) -> None:
    spoil(pipeline, pipeline.open(), {"state": {"S": "paused"}})
    pipeline.let_pass(LIFETIME + GRACE)
    assert pipeline.sweep() == 1
    assert observed.metrics()["ExecutionsOverdue"] == 1


def test_what_is_readable_again_is_looked_at_again(pipeline: Pipeline) -> None:
    """As after the newer version was deployed everywhere."""
    execution = pipeline.open()
    spoil(pipeline, execution, {"state": {"S": "paused"}})
    pipeline.let_pass(LIFETIME + GRACE)
    pipeline.sweep()
    spoil(pipeline, execution, {"state": {"S": "pending"}})
    pipeline.let_pass(RHYTHM[-1])
    pipeline.sweep()
    pipeline.work_off()
    assert pipeline.status() == "expired"


@pytest.mark.parametrize("error", [TemporarilyUnavailable("x"), KeyError("x"), ValueError("x")])
def test_one_failure_does_not_end_the_sweep(
    pipeline: Pipeline, observed: Observed, error: Exception
) -> None:
    first = pipeline.open(user="unlucky")["customerInternalReference"]
    pipeline.let_pass(1)
    for user in ("ada", "bob"):
        pipeline.open(user=user)
    pipeline.let_pass(LIFETIME + GRACE)
    original = pipeline.bff.outcomes.look

    def failing(about: Any, *more: Any) -> None:
        if about.reference == first:
            raise error
        original(about, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.bff.outcomes, "look", failing)
        assert pipeline.sweep() == 2
    pipeline.work_off()

    assert pipeline.status("ada") == pipeline.status("bob") == "expired"
    assert observed.with_code("look_failed")[0]["error"] == type(error).__name__
    pipeline.let_pass(RHYTHM[0])
    assert pipeline.sweep() == 1
    pipeline.work_off()
    assert pipeline.status("unlucky") == "expired"


def test_an_odd_item_of_one_person_leaves_the_hints_of_others_alone(pipeline: Pipeline) -> None:
    odd, good = pipeline.open(user="odd"), pipeline.open(user="ada")
    spoil(pipeline, odd, {"state": {"S": "paused"}})
    for execution in (odd, good):
        pipeline.play(execution, "approved")
        pipeline.call_back(execution)

    assert len(pipeline.work()["batchItemFailures"]) == 1

    assert pipeline.status("ada") == "approved"
    assert Hint.model_validate_json(pipeline.hints.bodies[0])
