"""Invoked by an operator: what Jumio has read off an approved person's document."""

import gc
import os
from functools import cache, partial
from typing import Any

gc.disable()  # until ``wiring.started``: nothing that importing makes is garbage

from aws_lambda_powertools.utilities.typing import LambdaContext

from verification import wiring
from verification.edge.failures import telling
from verification.edge.operators import question_of
from verification.settings import JourneySettings, JumioSettings, Name, Settings
from verification.store import OutcomeStore, People, Table
from verification.use_cases.read_facts import Question, ReadFacts
from verification.wiring.journeys import configured_journeys
from verification.wiring.jumio import jumio_client

logger = wiring.logger()


class FunctionSettings(Settings, JumioSettings, JourneySettings):
    table_name: Name
    user_key_secret_id: Name


@cache
def read_facts() -> ReadFacts:
    settings = FunctionSettings.load(os.environ)
    table = Table(wiring.aws("dynamodb"), settings.table_name)
    store = OutcomeStore(table)
    people = People(table, partial(wiring.peppers, settings.user_key_secret_id))
    return ReadFacts(configured_journeys(settings), people, store, jumio_client(settings))


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with telling():
        person, question = question_of(event)
        return read_facts()(person, Question(**question), wiring.deadline(context))


wiring.started("dynamodb", "secretsmanager")
