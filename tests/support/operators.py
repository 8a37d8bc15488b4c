"""Operators who decide about people, as their functions do."""

import json
from typing import Any

from tests.support.bff import ISSUER
from tests.support.events import event
from tests.support.pipeline import Pipeline
from verification.domain.deadline import Deadline
from verification.edge.operators import decision_of, question_of, whom_of
from verification.store.records import RecordStore
from verification.use_cases.decide_review import DecideReview, Word
from verification.use_cases.read_facts import Question, ReadFacts
from verification.use_cases.tell_story import TellStory, Whom

Json = dict[str, Any]


def decide(
    pipeline: Pipeline, execution: Json, decision: str, /, *, user: str = "ada", **members: str
) -> dict[str, str]:
    """An operator's word about a simulated execution; the receipt."""
    bff = pipeline.bff
    reference = execution["customerInternalReference"]
    said = {"issuer": ISSUER, "subject": user, "execution": reference, "decision": decision}
    person, word = decision_of(event("decide_review", **{**said, **members}))
    use_case = DecideReview(bff.journeys, bff.people, bff.outcomes, pipeline.hints, pipeline.clock)
    return use_case(person, Word(**word))


def ask_facts(pipeline: Pipeline, *fields: str, user: str = "ada", **members: str) -> Json:
    """What an operator hears about a person."""
    bff = pipeline.bff
    said: Json = {"issuer": ISSUER, "subject": user, "fields": list(fields), **members}
    person, question = question_of(event("read_facts", **said))
    read = ReadFacts(bff.journeys, bff.people, bff.outcomes, bff.jumio, pipeline.clock)
    return read(person, Question(**question), Deadline(5))


def story(pipeline: Pipeline, **whom: Any) -> Json:
    """What an operator is told about a person, as JSON."""
    bff = pipeline.bff
    named = whom if whom.keys() - {"ask_jumio"} else {"issuer": ISSUER, "subject": "ada", **whom}
    tell = TellStory(bff.people, RecordStore(bff.table), bff.erasures, bff.jumio)
    told: Json = json.loads(json.dumps(tell(Whom(**whom_of(named)), Deadline(20))))
    return told


class Deployed:
    """CloudFormation, for one stack with these outputs."""

    def __init__(self, **outputs: str) -> None:
        self._outputs = outputs

    def describe_stacks(self, StackName: str) -> Json:  # noqa: N803 as boto3 spells it
        outputs = self._outputs.items()
        named = [{"OutputKey": name, "OutputValue": value} for name, value in outputs]
        return {"Stacks": [{"StackName": StackName, "Outputs": named}]}
