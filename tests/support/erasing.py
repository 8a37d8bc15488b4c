"""An operator who erases people, and what is left of them."""

import json
from typing import Any

from tests.support.bff import ISSUER, PEPPER
from tests.support.pipeline import Pipeline
from verification.domain.deadline import Deadline
from verification.domain.identity import Caller
from verification.use_cases.erase_subject import Erased, EraseSubject

Json = dict[str, Any]
SUBJECT = "ada.lovelace@people.example"


class Eraser:
    """The operator, and the store that the erasure works on."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.store = pipeline.bff.erasures

    def __call__(self, user: str = SUBJECT, seconds: float = 20) -> Erased:
        bff = self.pipeline.bff
        erase = EraseSubject(bff.people, self.store, bff.jumio, clock=self.pipeline.clock)
        return erase(Caller(ISSUER, user), Deadline(seconds))


def deleted_at_jumio(pipeline: Pipeline) -> set[str]:
    return {one["accountId"] for one in pipeline.bff.executions() if one["deleted"]}


def items_of(pipeline: Pipeline, user: str = SUBJECT) -> list[Json]:
    key = PEPPER.user_key(Caller(ISSUER, user))
    return [item for item in pipeline.bff.items() if key in json.dumps(item)]


def with_history(pipeline: Pipeline) -> list[Json]:
    """A person with a declined, an orphaned and a pending execution, and an idempotency key."""
    declined = pipeline.open(user=SUBJECT)
    pipeline.play(declined, "declined: fake document")
    pipeline.call_back(declined)
    pipeline.work_off()
    pipeline.bff.delete_account(declined["accountId"])  # so that the next one gets another
    pending = pipeline.open(user=SUBJECT, key="an-idempotency-key")
    return [declined, pending]
