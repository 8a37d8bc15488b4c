"""Invoked by an operator: what happened to one person."""

import gc
import os
from functools import cache, partial
from typing import Any

gc.disable()  # until ``wiring.started``: nothing that importing makes is garbage

from aws_lambda_powertools.utilities.typing import LambdaContext

from verification import wiring
from verification.edge.failures import telling
from verification.edge.operators import whom_of
from verification.settings import JumioSettings, Name, Settings
from verification.store import ErasureStore, People, Table
from verification.store.records import RecordStore
from verification.use_cases.tell_story import TellStory, Whom
from verification.wiring.jumio import jumio_client

logger = wiring.logger()


class FunctionSettings(Settings, JumioSettings):
    table_name: Name
    user_key_secret_id: Name


@cache
def tell_story() -> TellStory:
    settings = FunctionSettings.load(os.environ)
    table = Table(wiring.aws("dynamodb"), settings.table_name)
    people = People(table, partial(wiring.peppers, settings.user_key_secret_id))
    return TellStory(people, RecordStore(table), ErasureStore(table), jumio_client(settings))


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with telling():
        return tell_story()(Whom(**whom_of(event)), wiring.deadline(context))


wiring.started("dynamodb", "secretsmanager")
