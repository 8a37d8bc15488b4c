"""POST /callbacks/{capability}: answer Jumio once its hint is safely queued."""

import gc
import os
from functools import cache, partial
from typing import Any

gc.disable()  # until ``wiring.started``: nothing that importing makes is garbage

from aws_lambda_powertools.logging.correlation_paths import API_GATEWAY_HTTP
from aws_lambda_powertools.utilities.typing import LambdaContext

from verification import wiring
from verification.aws.queue import HintQueue
from verification.domain.sources import Mode, Sources
from verification.edge.http import Request, answering, respond
from verification.edge.http.callback import said
from verification.settings import DataCenter, Name, Settings
from verification.use_cases.receive_callback import ReceiveCallback

logger = wiring.logger()


class FunctionSettings(Settings):
    jumio_data_center: DataCenter
    callback_secret_id: Name
    callback_source_mode: Mode = "report"
    callback_sources: str = ""
    queue_url: Name


@cache
def receive_callback() -> ReceiveCallback:
    settings = FunctionSettings.load(os.environ)
    return ReceiveCallback(
        partial(wiring.accepted_keys, settings.callback_secret_id),
        Sources.of(
            settings.callback_source_mode, settings.jumio_data_center, settings.callback_sources
        ),
        HintQueue(wiring.aws("sqs"), settings.queue_url),
    )


@logger.inject_lambda_context(correlation_id_path=API_GATEWAY_HTTP, clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    def answer(request: Request) -> dict[str, Any]:
        read = partial(said, request)
        receive_callback()(request.path("capability"), request.source_ip, read)
        return respond(200, {})

    return answering(event, answer)


wiring.started("secretsmanager", "sqs")
