"""Several erasures, and whoever comes between: nobody who came back is torn away, nothing is lost.

A process that dies inside ``POST /accounts`` leaves an account at Jumio that only its callback
knows of: at no moment is neither the attempt nor the erasure on record.
"""

from typing import Any, Literal

import pytest

from tests.support.bff import ISSUER, PEPPER
from tests.support.erasing import SUBJECT, Eraser, deleted_at_jumio, items_of, with_history
from tests.support.interruptions import Killed, interleaved, killed
from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from verification.domain.errors import SessionBusy
from verification.domain.identity import Caller
from verification.domain.standing import ERASURE_SECONDS
from verification.store import ConditionFailed
from verification.store.outcomes import Known, News

USER_KEY = PEPPER.user_key(Caller(ISSUER, SUBJECT))
Moment = Literal["before", "after"]


@pytest.fixture
def erase(pipeline: Pipeline) -> Eraser:
    return Eraser(pipeline)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two items a batch, so that there are several."""
    monkeypatch.setattr("verification.store.erasure._BATCH", 2)


def come_back(pipeline: Pipeline) -> None:
    """The person starts afresh, and is approved."""
    again = pipeline.open(user=SUBJECT, key="a-key")
    pipeline.play(again, "approved")
    pipeline.call_back(again)
    pipeline.work_off()
    pipeline.bff.ask(user=SUBJECT, journey="repeated")


@pytest.mark.parametrize("write", range(4))
def test_an_erasure_that_was_overtaken_takes_nothing_from_a_person_who_came_back(
    pipeline: Pipeline, erase: Eraser, write: int
) -> None:
    """Overtaken right before each of its writes after the lease."""
    with_history(pipeline)
    others, table, done = Eraser(pipeline), pipeline.bff.table, [0]
    original, came_back = table.write, []

    def slow(*operations: Any, **named: Any) -> None:
        done[0] += 1
        if done[0] == write + 2:
            table.write = original  # type: ignore[method-assign]
            assert others().result == "erased"
            come_back(pipeline)
            came_back.extend(items_of(pipeline))
        original(*operations, **named)

    table.write = slow  # type: ignore[method-assign]
    with pytest.raises(SessionBusy):
        erase()

    assert came_back
    assert items_of(pipeline) == came_back
    assert pipeline.status(SUBJECT) == "approved"
    assert pipeline.bff.ask(user=SUBJECT, journey="repeated").status == 200


def die_inside_an_opening(pipeline: Pipeline) -> dict[str, Any]:
    with killed("after", pipeline.bff.jumio, "open_execution"):
        pipeline.bff.ask(user=SUBJECT)
    pipeline.let_pass(1100)  # as long as somebody is held back who tries again and again
    return pipeline.bff.executions()[-1]


@pytest.mark.parametrize("writes", range(6))
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("resumed_first", [False, True])
def test_an_account_that_only_its_callback_knows_of_is_never_forgotten(
    pipeline: Pipeline, erase: Eraser, writes: int, moment: Moment, resumed_first: bool
) -> None:
    """The erasure dies at each of its writes; the callback comes then, or after it was resumed."""
    lost = die_inside_an_opening(pipeline)
    with_history(pipeline)
    _die_at_write(pipeline, erase, writes, moment)
    if resumed_first:
        pipeline.let_pass(ERASURE_SECONDS)
        assert erase().unanswered == 1 or not _kept(pipeline)

    pipeline.call_back(lost)
    pipeline.work()
    receipt = erase()
    for _ in range(3):
        pipeline.let_pass(ERASURE_SECONDS)
        pipeline.work_off()

    assert lost["accountId"] in deleted_at_jumio(pipeline)
    assert not _kept(pipeline)
    assert receipt.result in ("erased", "erased-before")


def _die_at_write(pipeline: Pipeline, erase: Eraser, survived: int, moment: Moment) -> None:
    table, done = pipeline.bff.table, [0]
    original = table.write

    def dying(*operations: Any, **named: Any) -> None:
        last = done[0] == survived
        done[0] += 1
        if not last or moment == "after":
            original(*operations, **named)
        if last:
            raise Killed

    table.write = dying  # type: ignore[method-assign]
    try:
        erase()
    except Killed:
        pass
    finally:
        table.write = original  # type: ignore[method-assign]


def _kept(pipeline: Pipeline) -> list[dict[str, Any]]:
    return [one for one in items_of(pipeline) if not one["pk"]["S"].startswith("ERASED#")]


def test_the_receipt_of_a_resumed_erasure_still_tells_of_what_nobody_answered(
    pipeline: Pipeline, erase: Eraser
) -> None:
    for _ in range(2):  # the sweeper looks at one of them next, and nobody at the other
        die_inside_an_opening(pipeline)
    with_history(pipeline)
    _die_at_write(pipeline, erase, 2, "after")
    assert erase().unanswered == 2


def test_more_unanswered_attempts_than_one_transaction_takes_are_erased_too(
    pipeline: Pipeline, erase: Eraser
) -> None:
    pipeline.bff.simulator.admin.patch_options(expired_details="not_executed")
    lost = [die_inside_an_opening(pipeline) for _ in range(5)]
    assert erase().unanswered == len(lost)
    assert not _kept(pipeline)
    for one in lost:
        pipeline.call_back(one)
    pipeline.work_off()
    assert deleted_at_jumio(pipeline) == {one["accountId"] for one in lost}


def test_a_key_that_is_bound_while_an_erasure_runs_does_not_survive_it(
    pipeline: Pipeline, erase: Eraser
) -> None:
    """Whoever was handed the session a moment before binds nothing any more."""
    pipeline.open(user=SUBJECT)
    store, refused = pipeline.bff.store, []

    def operator() -> None:
        def late_key() -> None:
            try:
                original(*arguments, **named)
            except ConditionFailed:
                refused.append(True)

        with interleaved("before", erase.store, "remove", late_key):
            erase()

    original, arguments, named = store.remember, (), {}

    def remember(*given: Any, **more: Any) -> None:
        nonlocal arguments, named
        arguments, named = given, more
        operator()
        raise ConditionFailed([True])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "remember", remember)
        patch.setattr("verification.use_cases.create_session._PATIENCE", -1.0)
        with pytest.raises(SessionBusy):
            pipeline.bff.ask(user=SUBJECT, key="late")

    assert refused == [True]
    assert not _kept(pipeline)


def test_an_outcome_that_is_recorded_while_an_erasure_runs_does_not_survive_it(
    pipeline: Pipeline, erase: Eraser
) -> None:
    """Of a journey that nothing else was on record about: an item that no listing has."""
    lost = die_inside_an_opening(pipeline)
    pipeline.call_back(lost)
    pipeline.work_off()
    pipeline.play(lost, "approved")
    pipeline.call_back(lost)

    store, refused = pipeline.bff.outcomes, []
    original = store.advance

    def advance(known: Known, news: News) -> None:
        """Between the listing and the removal."""

        def late_outcome() -> None:
            try:
                original(known, news)
            except ConditionFailed:
                refused.append(True)

        with interleaved("before", erase.store, "remove", late_outcome):
            erase()
        raise ConditionFailed([True])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "advance", advance)
        pipeline.work()
    pipeline.work_off()

    assert refused == [True]
    assert not _kept(pipeline)


def test_an_erasure_that_was_given_up_does_not_keep_outcomes_from_being_recorded(
    pipeline: Pipeline, erase: Eraser, observed: Observed
) -> None:
    lost = die_inside_an_opening(pipeline)
    pipeline.call_back(lost)
    pipeline.work_off()
    with killed("before", pipeline.bff.jumio, "delete_account"):
        erase()
    pipeline.play(lost, "approved")
    pipeline.call_back(lost)
    assert len(pipeline.work()["batchItemFailures"]) == 1

    pipeline.let_pass(ERASURE_SECONDS)
    pipeline.work_off()

    assert pipeline.status(SUBJECT) == "approved"
