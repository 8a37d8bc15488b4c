"""GET /verification: tell an app how a person's verification stands."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from verification import wiring
from verification.domain.journeys import load_journeys
from verification.edge.http import Request, answering
from verification.edge.http.verification_response import verification_response
from verification.settings import Name, Settings
from verification.store import OutcomeStore, Table
from verification.use_cases.get_verification import GetVerification

logger = wiring.logger()
metrics = wiring.metrics()


class FunctionSettings(Settings):
    table_name: Name
    journeys: str = ""
    user_key_secret_id: Name


@cache
def get_verification() -> GetVerification:
    settings = FunctionSettings.load(os.environ)
    store = OutcomeStore(Table(wiring.aws("dynamodb"), settings.table_name))
    pepper = wiring.pepper(settings.user_key_secret_id)
    return GetVerification(load_journeys(settings.journeys), pepper, store)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    def answer(request: Request) -> dict[str, Any]:
        verification = get_verification()(request.caller, request.query("journey"))
        return verification_response(verification, request)

    return answering(event, answer)
