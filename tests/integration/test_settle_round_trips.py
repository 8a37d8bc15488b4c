"""What settling costs: nothing is read back that was just written."""

from collections import Counter
from typing import Any

import pytest

from tests.integration.test_review import under_review
from tests.support.faults import READ, WRITE, Faults
from tests.support.operators import decide
from tests.support.pipeline import Pipeline
from verification.store.outcomes import Known, News

ENDS = ["approved", "declined: unreadable", "needs review", "technical error"]


@pytest.fixture
def written(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Known, Known]]:
    """What each write says is on record now, and what is."""
    outcomes, pairs = pipeline.bff.outcomes, []
    advance = outcomes.advance

    def compared(known: Known, news: News) -> Known:
        told = advance(known, news)
        read = outcomes.known(known.execution.user_key, known.execution.reference)
        assert read is not None
        pairs.append((told, read))
        return told

    monkeypatch.setattr(outcomes, "advance", compared)
    return pairs


@pytest.mark.parametrize("scenario", ENDS)
def test_what_is_known_after_a_write_is_what_is_on_record(
    pipeline: Pipeline, written: list[tuple[Known, Known]], scenario: str
) -> None:
    execution = pipeline.open()
    pipeline.play(execution, scenario)
    pipeline.call_back(execution)
    pipeline.work_off()
    ((told, read),) = written
    assert told == read


@pytest.mark.parametrize("decision", ["approve", "decline"])
def test_what_is_known_after_an_operators_word_is_what_is_on_record(
    pipeline: Pipeline, written: list[tuple[Known, Known]], decision: str
) -> None:
    execution = under_review(pipeline)
    decide(pipeline, execution, decision)
    told, read = written[-1]
    assert told.execution.manual
    assert told == read


def test_an_outcome_is_read_once_and_written_twice(pipeline: Pipeline) -> None:
    """A read is two calls: the journey's name is in the execution."""
    faults = Faults(pipeline.bff.dynamodb)
    with faults.resting():
        execution: dict[str, Any] = pipeline.open()
        pipeline.play(execution, "approved")
        pipeline.call_back(execution)
    assert pipeline.work() == {"batchItemFailures": []}
    assert Counter({READ: 2, WRITE: 2}) == faults.calls
