"""Whatever decorates a decision, the decision is recorded, shown and told."""

import math
from typing import Any

import pytest

from tests.support.pipeline import Pipeline
from verification.domain.execution import PROCESSED
from verification.jumio.transport import Reply
from verification.store.operations import Key, put

HUGE = "x" * 500_000
ODD_LABELS: list[Any] = [
    *(None, "", HUGE, "half \ud800", "two\nlines", "ÜBER", 7, 0.5, {}, ["a"], True),
]
ODD_SCORES: list[tuple[Any, dict[str, float]]] = [
    *((odd, {}) for odd in (None, math.nan, math.inf, -math.inf, 1e300, -1e300, 10**400)),
    *((odd, {}) for odd in (HUGE, {}, [50])),
    *((1e-300, {"score": 0}), (0.1 + 0.2, {"score": 0.3}), ("50", {"score": 50})),
]
ODD_NAMES: list[tuple[Any, list[str]]] = [
    *((odd, []) for odd in (None, [], {HUGE: None}, "abc", 7, {"a b": 1})),
    ({"similarity": None, "half \ud800": None}, ["similarity"]),
    (
        {f"x{number}": None for number in range(10_000, 20_000)},
        [f"x100{at:02}" for at in range(50)],
    ),
]


def settle_with(
    pipeline: Pipeline,
    decision: Any,
    capabilities: Any = None,
    status: str = PROCESSED,
    user: str = "ada",
) -> dict[str, Any]:
    """Jumio answers with this, and the hint about it is worked on."""
    execution = pipeline.open(user=user)
    pipeline.call_back(execution)
    said = {"status": {"workflowExecution": {"status": status}}}
    said["details"] = {
        "workflow": {"status": status},
        "decision": decision,
        "capabilities": capabilities,
    }

    def answered(call: str, *_: Any, **__: Any) -> Reply:
        return Reply(200, said[call], None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.bff.jumio, "_repeatable", answered)
        assert pipeline.work() == {"batchItemFailures": []}
    return pipeline.execution(execution, user)


def passed(label: object = "OK", score: object = None) -> dict[str, Any]:
    return {"type": "PASSED", "details": {"label": label}, "risk": {"score": score}}


def test_an_odd_label_is_left_out(pipeline: Pipeline) -> None:
    for number, odd in enumerate(ODD_LABELS):
        item = settle_with(pipeline, passed(odd, 10.0), user=f"user-{number}")
        assert item["decision"] == {"type": "PASSED", "score": 10, "failed": []}
        assert pipeline.status(f"user-{number}") == "approved"
    assert len(pipeline.consumer.outcomes()) == len(ODD_LABELS)


def test_an_odd_score_is_left_out(pipeline: Pipeline) -> None:
    for number, (odd, kept) in enumerate(ODD_SCORES):
        item = settle_with(pipeline, passed(score=odd), user=f"user-{number}")
        assert item["decision"] == {"type": "PASSED", "label": "OK", "failed": [], **kept}
        assert pipeline.status(f"user-{number}") == "approved"


def test_of_odd_names_a_few_that_make_sense_are_kept(pipeline: Pipeline) -> None:
    for number, (odd, kept) in enumerate(ODD_NAMES):
        item = settle_with(pipeline, passed(), odd, user=f"user-{number}")
        assert item["decision"]["failed"] == kept
        assert pipeline.status(f"user-{number}") == "approved"


@pytest.mark.parametrize("kind", [HUGE, "\ud800", "", 7, None])
def test_an_odd_type_behind_an_expiry_is_left_out(pipeline: Pipeline, kind: object) -> None:
    item = settle_with(pipeline, {"type": kind}, status="SESSION_EXPIRED")
    assert "decision" not in item
    assert pipeline.status() == "expired"


@pytest.mark.parametrize("word", ["x" * 100, "half \ufffd", "ÜBER\n"])
def test_an_odd_word_that_we_do_not_know_is_kept_as_far_as_it_can_be(
    pipeline: Pipeline, word: str
) -> None:
    item = settle_with(pipeline, {"type": word})
    assert item["unknown_word"] == word.encode("ascii", "replace").decode()[:100]
    assert pipeline.status() == "pending"


def test_the_table_takes_floats_wherever_they_are(pipeline: Pipeline) -> None:
    key = Key("TEST", "TEST")
    odd = {"list": [1.5, math.nan, {"deep": [math.inf]}], "tuple": (0.5,)}
    pipeline.bff.table.write(put(key, odd))
    assert pipeline.bff.table.read(key)[key] == {
        **key.attributes,
        "list": [1.5, None, {"deep": [None]}],
        "tuple": [0.5],
    }
