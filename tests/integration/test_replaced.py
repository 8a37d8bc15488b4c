"""Two attempts of one person: the older one ends late, and only its approval counts."""

from dataclasses import replace

import pytest

from tests.support.bff import ISSUER, PEPPER
from tests.support.pipeline import Pipeline
from verification.domain.effects import Effect
from verification.domain.execution import State
from verification.domain.identity import Caller
from verification.store import ConditionFailed
from verification.store.outcomes import News


@pytest.mark.parametrize("scenario", ["declined: fake document", "needs review", "never starts"])
def test_the_late_end_of_a_replaced_execution_changes_nothing_for_the_person(
    pipeline: Pipeline, scenario: str
) -> None:
    old, new = pipeline.open(), pipeline.open(renew=True)
    before = pipeline.told().body, pipeline.bff.item("ada", "SESSION#identity")

    pipeline.play(old, scenario)
    pipeline.call_back(old)
    pipeline.work_off()

    assert (pipeline.told().body, pipeline.bff.item("ada", "SESSION#identity")) == before
    (told,) = pipeline.consumer.outcomes()
    assert told[0] == old["customerInternalReference"]
    pipeline.play(new, "approved")
    pipeline.call_back(new)
    pipeline.work_off()
    assert pipeline.status() == "approved"


@pytest.mark.parametrize("newer", ["declined: fake document", "needs review", "approved", None])
@pytest.mark.parametrize("old_first", [True, False])
def test_the_approval_of_a_replaced_execution_counts(
    pipeline: Pipeline, newer: str | None, old_first: bool
) -> None:
    old, new = pipeline.open(), pipeline.open(renew=True)
    pipeline.play(old, "approved")
    if newer:
        pipeline.play(new, newer)

    for execution in (old, new) if old_first else (new, old):
        pipeline.call_back(execution)
        pipeline.work_off()

    assert pipeline.status() == "approved"
    assert pipeline.bff.item("ada", "SESSION#identity") is None
    assert len({one["id"] for one in pipeline.consumer.events()}) == (2 if newer else 1)


def test_a_new_attempt_after_an_approval_that_may_be_repeated_is_not_undone(
    pipeline: Pipeline,
) -> None:
    first = pipeline.open(journey="repeated")
    pipeline.play(first, "approved")
    pipeline.call_back(first)
    pipeline.work_off()
    second = pipeline.open(journey="repeated")

    pipeline.call_back(first)  # Jumio says it again
    pipeline.work_off()

    assert pipeline.status(journey="repeated") == "pending"
    pipeline.play(second, "declined: fake document")
    pipeline.call_back(second)
    pipeline.work_off()
    assert pipeline.status(journey="repeated") == "declined"


def test_who_has_read_the_old_session_does_not_remove_the_new_one(pipeline: Pipeline) -> None:
    """Items around an execution are not read in one moment."""
    bff = pipeline.bff
    user_key = PEPPER.user_key(Caller(ISSUER, "ada"))
    old = pipeline.open()["customerInternalReference"]
    before = bff.outcomes.known(user_key, old)
    pipeline.open(renew=True)
    after = bff.outcomes.known(user_key, old)
    assert before is not None
    assert after is not None
    now = int(pipeline.clock())
    news = News(State.EXPIRED, None, now, now, Effect(State.EXPIRED, after.progress))

    with pytest.raises(ConditionFailed):
        bff.outcomes.advance(replace(after, session=before.session), news)

    assert bff.ask().status == 200
