"""POST /callbacks/{capability}: answer Jumio once its hint is safely queued."""

import os
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from verification import wiring
from verification.gateway import Request, answering, respond
from verification.queue import HintQueue
from verification.settings import Settings
from verification.use_cases.receive_callback import ReceiveCallback

logger = wiring.logger()
metrics = Metrics()


class FunctionSettings(Settings):
    callback_secret_id: str
    queue_url: str


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    def answer(request: Request) -> dict[str, Any]:
        settings = FunctionSettings.load(os.environ)
        queue = HintQueue(wiring.aws("sqs"), settings.queue_url)
        # Wired anew each time: a rotated signing key has to be noticed.
        ReceiveCallback(wiring.accepted_keys(settings.callback_secret_id), queue)(request)
        return respond(200, {})

    return answering(event, answer)
