"""On a schedule: have a look taken at whatever should have ended by now."""

import gc
import os
from dataclasses import asdict
from functools import cache
from typing import Any

gc.disable()  # until ``wiring.started``: nothing that importing makes is garbage

from aws_lambda_powertools.utilities.typing import LambdaContext

from verification import wiring
from verification.aws.queue import HintQueue
from verification.edge.failures import telling
from verification.settings import Name, Settings
from verification.store import OutcomeStore, Table
from verification.use_cases.sweep_overdue import SweepOverdue

logger = wiring.logger()


class FunctionSettings(Settings):
    table_name: Name
    queue_url: Name


@cache
def sweep_overdue() -> SweepOverdue:
    settings = FunctionSettings.load(os.environ)
    store = OutcomeStore(Table(wiring.aws("dynamodb"), settings.table_name))
    return SweepOverdue(store, HintQueue(wiring.aws("sqs"), settings.queue_url))


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:  # noqa: ARG001
    with telling():
        return asdict(sweep_overdue()(wiring.deadline(context)))


wiring.started("dynamodb", "sqs")
