"""Invoked by an operator with a person, or with a tombstone of theirs: erase them."""

import gc
import os
from dataclasses import asdict
from functools import cache, partial
from typing import Any

gc.disable()  # until ``wiring.started``: nothing that importing makes is garbage

from aws_lambda_powertools.utilities.typing import LambdaContext

from verification import wiring
from verification.edge.failures import telling
from verification.edge.operators import person_of, tombstone_of
from verification.settings import JumioSettings, Name, Settings
from verification.store import ErasureStore, People, Table
from verification.use_cases.erase_subject import EraseSubject
from verification.wiring.jumio import jumio_client

logger = wiring.logger()


class FunctionSettings(Settings, JumioSettings):
    table_name: Name
    user_key_secret_id: Name


@cache
def erase_subject() -> EraseSubject:
    settings = FunctionSettings.load(os.environ)
    table = Table(wiring.aws("dynamodb"), settings.table_name)
    store = ErasureStore(table)
    people = People(table, partial(wiring.peppers, settings.user_key_secret_id))
    return EraseSubject(people, store, jumio_client(settings))


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with telling():
        deadline, tombstone = wiring.deadline(context), tombstone_of(event)
        if tombstone:
            return asdict(erase_subject().again(*tombstone, deadline))
        return asdict(erase_subject()(person_of(event), deadline))


wiring.started("dynamodb", "secretsmanager")
