"""Invoked by an operator: approve or decline what is under review, or revoke an approval."""

import gc
import os
from functools import cache, partial
from typing import Any

gc.disable()  # until ``wiring.started``: nothing that importing makes is garbage

from aws_lambda_powertools.utilities.typing import LambdaContext

from verification import wiring
from verification.aws.queue import HintQueue
from verification.edge.failures import telling
from verification.edge.operators import decision_of
from verification.settings import JourneySettings, Name, Settings
from verification.store import OutcomeStore, People, Table
from verification.use_cases.decide_review import DecideReview, Word
from verification.wiring.journeys import configured_journeys

logger = wiring.logger()


class FunctionSettings(Settings, JourneySettings):
    table_name: Name
    queue_url: Name
    user_key_secret_id: Name


@cache
def decide_review() -> DecideReview:
    settings = FunctionSettings.load(os.environ)
    table = Table(wiring.aws("dynamodb"), settings.table_name)
    store = OutcomeStore(table)
    hints = HintQueue(wiring.aws("sqs"), settings.queue_url)
    people = People(table, partial(wiring.peppers, settings.user_key_secret_id))
    return DecideReview(configured_journeys(settings), people, store, hints)


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, str]:
    with telling():
        person, word = decision_of(event)
        return decide_review()(person, Word(**word))


wiring.started("dynamodb", "secretsmanager", "sqs")
