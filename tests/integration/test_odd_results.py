"""Whatever decorates a decision, the decision is recorded, shown and told."""

import math
from dataclasses import replace
from typing import Any

import pytest

from tests.support.pipeline import Pipeline
from verification.domain.execution import PROCESSED, Decision
from verification.jumio import Reading
from verification.store.table import Key, put

HUGE = "x" * 500_000
ODD_LABELS: list[Any] = [
    *(None, "", HUGE, "half \ud800", "two\nlines", "ÜBER", 7, 0.5, {}, ["a"], True),
]
ODD_SCORES: list[tuple[Any, dict[str, float]]] = [
    *((odd, {}) for odd in (None, math.nan, math.inf, -math.inf, 1e300, -1e300, 10**400)),
    *((odd, {}) for odd in ("50", HUGE, {}, [50])),
    *((1e-300, {"score": 0}), (0.1 + 0.2, {"score": 0.3})),
]
ODD_NAMES: list[tuple[Any, list[str]]] = [
    *((odd, []) for odd in (None, (), (HUGE,), "abc", 7, {"a": 1})),
    (("similarity", 7, None, {}), ["similarity"]),
    (("x",) * 10_000, ["x"] * 50),
]


def settle_with(
    pipeline: Pipeline, decision: Decision, status: str = PROCESSED, user: str = "ada"
) -> dict[str, Any]:
    """Jumio's answer is read as this, and the hint about it is worked on."""
    execution = pipeline.open(user=user)
    pipeline.call_back(execution)

    def read(*_: Any, **__: Any) -> Reading:
        return Reading(status, decision)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.bff.jumio, "read_execution", read)
        assert pipeline.work() == {"batchItemFailures": []}
    return pipeline.execution(execution, user)


def test_an_odd_label_is_left_out(pipeline: Pipeline) -> None:
    for number, odd in enumerate(ODD_LABELS):
        item = settle_with(pipeline, Decision("PASSED", odd, 10.0), user=f"user-{number}")
        assert item["decision"] == {"type": "PASSED", "score": 10, "failed": []}
        assert pipeline.status(f"user-{number}") == "approved"
    assert len(pipeline.consumer.outcomes()) == len(ODD_LABELS)


def test_an_odd_score_is_left_out(pipeline: Pipeline) -> None:
    for number, (odd, kept) in enumerate(ODD_SCORES):
        item = settle_with(pipeline, Decision("PASSED", "OK", odd), user=f"user-{number}")
        assert item["decision"] == {"type": "PASSED", "label": "OK", "failed": [], **kept}
        assert pipeline.status(f"user-{number}") == "approved"


def test_of_odd_names_a_few_that_make_sense_are_kept(pipeline: Pipeline) -> None:
    for number, (odd, kept) in enumerate(ODD_NAMES):
        decision = replace(Decision("PASSED"), failed=odd)
        item = settle_with(pipeline, decision, user=f"user-{number}")
        assert item["decision"]["failed"] == kept
        assert pipeline.status(f"user-{number}") == "approved"


@pytest.mark.parametrize("kind", [HUGE, "\ud800", ""])
def test_an_odd_type_behind_an_expiry_is_left_out(pipeline: Pipeline, kind: str) -> None:
    item = settle_with(pipeline, Decision(kind), status="SESSION_EXPIRED")
    assert "decision" not in item
    assert pipeline.status() == "expired"


@pytest.mark.parametrize("word", [HUGE, "half \ud800", "ÜBER\n"])
def test_an_odd_word_that_we_do_not_know_is_kept_as_far_as_it_can_be(
    pipeline: Pipeline, word: str
) -> None:
    item = settle_with(pipeline, Decision(word))
    assert item["unknown_word"] == word.encode("ascii", "replace").decode()[:100]
    assert pipeline.status() == "pending"


def test_the_table_takes_floats_wherever_they_are(pipeline: Pipeline) -> None:
    key = Key("TEST", "TEST")
    odd = {"list": [1.5, math.nan, {"deep": [math.inf]}], "tuple": (0.5,)}
    pipeline.bff.table.write(put({**key.attributes, **odd}))
    assert pipeline.bff.table.read(key)[key] == {
        **key.attributes,
        "list": [1.5, None, {"deep": [None]}],
        "tuple": [0.5],
    }
