"""What the product asks of AWS only with bad luck, for another journey, or after much time."""

import json
from contextlib import suppress
from functools import partial
from typing import Any

from tests.support.bff import ISSUER, PEPPER
from tests.support.erasing import Eraser
from tests.support.every_use import DAY, change
from tests.support.interruptions import interleaved
from tests.support.operators import decide, story
from tests.support.pipeline import Pipeline
from verification.domain.deadline import Deadline
from verification.domain.errors import Problem
from verification.domain.identity import Caller
from verification.domain.journeys import load_journeys
from verification.domain.schedule import GRACE
from verification.domain.standing import LEASE_SECONDS
from verification.use_cases.erase_subject import EraseSubject

Json = dict[str, Any]


def something_rare_happens(pipeline: Pipeline) -> None:
    """What needs bad luck, another journey, or much time."""
    for rare in (
        _a_clock_was_wrong,
        _a_key_is_bound_to_a_session_that_is_there,
        _an_outcome_comes_while_a_session_is_opened,
        _jumio_takes_the_data_or_does_not,
        _jumio_says_what_nobody_knows,
        _nothing_happens_for_a_while,
        _jumio_is_down_and_comes_back,
        _an_answer_is_lost,
        _an_approval_lapses,
        _a_retention_is_not_over,
        _an_item_is_spoilt,
        _somebody_comes_back_while_erased_again,
        _an_operator_searches,
    ):
        rare(pipeline)


def _configured(pipeline: Pipeline, **step: Any) -> None:
    journey = {"name": "identity", "repeatable": True, "steps": [{"name": "identity", **step}]}
    pipeline.bff.journeys = load_journeys(json.dumps({"version": 1, "journeys": [journey]}))


def _done(pipeline: Pipeline, user: str, scenario: str = "approved", **asked: Any) -> Json:
    execution = pipeline.open(user=user, **asked)
    pipeline.play(execution, scenario)
    pipeline.call_back(execution)
    pipeline.work_off()
    return execution


def _lost(pipeline: Pipeline, user: str) -> Json:
    """Jumio opens something, and its answer never comes."""
    pipeline.bff.simulator.admin.add_fault("accounts.*", "reset_after_commit")
    with suppress(Problem):
        pipeline.bff.ask(user=user)
    return pipeline.bff.executions()[-1]


def _a_clock_was_wrong(pipeline: Pipeline) -> None:
    pipeline.open(user="fast")
    changed = {"lease_until": int(pipeline.clock()) + DAY, "lease_owner": "somebody"}
    change(pipeline, pipeline.bff.item("fast", "ACCOUNT") or {}, **changed)
    pipeline.bff.ask(user="fast")


def _a_key_is_bound_to_a_session_that_is_there(pipeline: Pipeline) -> None:
    pipeline.open(user="keyed")
    pipeline.bff.ask(user="keyed", key="a-key-of-the-app")


def _an_outcome_comes_while_a_session_is_opened(pipeline: Pipeline) -> None:
    execution = pipeline.open(user="raced")

    def outcome() -> None:
        pipeline.play(execution, "declined: fake document")
        pipeline.bff.settle(execution)

    with interleaved("before", pipeline.bff.store, "save", outcome), suppress(Problem):
        pipeline.bff.ask(user="raced", renew=True)


def _jumio_takes_the_data_or_does_not(pipeline: Pipeline) -> None:
    _configured(pipeline, workflowKey=10163, inputs={"email": {"from": "applicant"}})
    data = {"email": "ada@people.example"}
    pipeline.open(user="supplied", applicant=data)
    pipeline.bff.simulator.admin.add_fault("parts.*", "status", status=400, count=2)
    with suppress(Problem):
        pipeline.bff.ask(user="unwelcome", applicant=data)


def _jumio_says_what_nobody_knows(pipeline: Pipeline) -> None:
    _configured(pipeline)
    execution = pipeline.open(user="puzzling")
    body = {"workflowExecution": {"status": "PAUSED"}}
    pipeline.bff.simulator.admin.add_fault("retrieval.status", "status", status=200, body=body)
    pipeline.bff.settle(execution)


def _nothing_happens_for_a_while(pipeline: Pipeline) -> None:
    pipeline.open(user="slow")
    pipeline.let_pass(601)
    pipeline.sweep()
    pipeline.work()


def _jumio_is_down_and_comes_back(pipeline: Pipeline) -> None:
    pipeline.bff.simulator.admin.add_fault("accounts.*", "status", status=500, count=5)
    for number in range(5):
        with suppress(Problem):
            pipeline.bff.ask(user=f"unlucky-{number}")
    pipeline.let_pass(11)
    pipeline.bff.ask(user="lucky")


def _an_answer_is_lost(pipeline: Pipeline) -> None:
    """It is recognised, an orphan, never heard of, or somebody's who was erased."""
    recognised = _lost(pipeline, "lost")
    pipeline.let_pass(LEASE_SECONDS)
    pipeline.bff.settle(recognised)
    _lost(pipeline, "unheard")
    pipeline.let_pass(DAY)
    expired = _lost(pipeline, "expired")
    erased = _lost(pipeline, "erased")
    pipeline.let_pass(LEASE_SECONDS)
    Eraser(pipeline)("erased")
    pipeline.bff.settle(erased)
    pipeline.bff.simulator.admin.expire(expired["id"])
    pipeline.bff.settle(expired)
    pipeline.let_pass(DAY)
    pipeline.sweep()
    pipeline.work()
    pipeline.hints.lose()


def _an_approval_lapses(pipeline: Pipeline) -> None:
    _configured(pipeline, validity=DAY)
    _done(pipeline, "lapsing")
    pipeline.let_pass(DAY + 1)
    pipeline.sweep()
    pipeline.work_off()


def _a_retention_is_not_over(pipeline: Pipeline) -> None:
    both = [
        {"name": "identity", "repeatable": True, "retainDays": 1, "steps": [{"name": "identity"}]},
        {"name": "lasting", "steps": [{"name": "identity"}]},
    ]
    pipeline.bff.journeys = load_journeys(json.dumps({"version": 1, "journeys": both}))
    _done(pipeline, "kept", journey="lasting")
    _done(pipeline, "kept")
    pipeline.let_pass(DAY + GRACE)
    pipeline.sweep()
    pipeline.work_off()


def _an_item_is_spoilt(pipeline: Pipeline) -> None:
    _configured(pipeline)
    execution = pipeline.open(user="odd")
    changed = {"due_at": int(pipeline.clock()), "state": "of a newer version"}
    change(pipeline, pipeline.execution(execution, "odd"), **changed)
    pipeline.sweep()


def _somebody_comes_back_while_erased_again(pipeline: Pipeline) -> None:
    bff = pipeline.bff
    pipeline.open(user="back")
    again = EraseSubject(bff.people, bff.erasures, bff.jumio, pipeline.clock).again
    key, before = PEPPER.user_key(Caller(ISSUER, "back")), int(pipeline.clock())
    pipeline.let_pass(60)
    others = partial(pipeline.open, user="back", renew=True)
    with interleaved("before", bff.erasures, "hold", others), suppress(Problem):
        again(key, before, Deadline(20))


def _an_operator_searches(pipeline: Pipeline) -> None:
    execution = _done(pipeline, "sought", "needs review: watchlist hit")
    decide(pipeline, execution, "approve", user="sought")
    story(pipeline, issuer=ISSUER, subject="sought", ask_jumio=True)
    story(pipeline, reference=execution["customerInternalReference"])
    story(pipeline, account_id=execution["accountId"])
