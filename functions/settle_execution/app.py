"""From the queue: read from Jumio what a callback hinted at, store it, tell the bus."""

import gc
import os
from functools import cache
from typing import Any

gc.disable()  # until ``wiring.started``: nothing that importing makes is garbage

from aws_lambda_powertools.utilities.typing import LambdaContext

from verification import wiring
from verification.aws.bus import Bus
from verification.aws.queue import HintQueue
from verification.edge.batch import work_through
from verification.edge.failures import telling
from verification.settings import JourneySettings, JumioSettings, Name, Settings
from verification.store import ErasureStore, OutcomeStore, Table
from verification.use_cases.advance_execution import AdvanceExecution
from verification.use_cases.settle_execution import SettleExecution
from verification.wiring.journeys import configured_journeys
from verification.wiring.jumio import jumio_client

logger = wiring.logger()


class FunctionSettings(Settings, JumioSettings, JourneySettings):
    table_name: Name
    bus_name: Name
    publish_progress: bool = False
    queue_url: Name


@cache
def wired() -> tuple[SettleExecution, HintQueue]:
    settings = FunctionSettings.load(os.environ)
    table = Table(wiring.aws("dynamodb"), settings.table_name)
    store = OutcomeStore(table)
    bus = Bus(wiring.aws("events"), settings.bus_name)
    jumio = jumio_client(settings)
    advance = AdvanceExecution(configured_journeys(settings), store, jumio)
    settle = SettleExecution(store, ErasureStore(table), advance, bus, settings.publish_progress)
    return settle, HintQueue(wiring.aws("sqs"), settings.queue_url)


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with telling():
        return work_through(event, *wired(), wiring.deadline(context))


wiring.started("dynamodb", "events", "secretsmanager")
