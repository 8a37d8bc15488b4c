"""GET /verification: tell an app how a person's verification stands."""

import gc
import os
from functools import cache, partial
from typing import Any

gc.disable()  # until ``wiring.started``: nothing that importing makes is garbage

from aws_lambda_powertools.logging.correlation_paths import API_GATEWAY_HTTP
from aws_lambda_powertools.utilities.typing import LambdaContext

from verification import wiring
from verification.aws.queue import HintQueue
from verification.edge.http import Request, answering
from verification.edge.http.caller import caller_of
from verification.edge.http.verifications import returned, verification_response
from verification.settings import AppSettings, Name, Settings
from verification.store import OutcomeStore, People, Table
from verification.use_cases.get_verification import GetVerification
from verification.wiring.journeys import configured_journeys

logger = wiring.logger()


class FunctionSettings(Settings, AppSettings):
    table_name: Name
    queue_url: Name


@cache
def wired() -> tuple[GetVerification, str]:
    settings = FunctionSettings.load(os.environ)
    table = Table(wiring.aws("dynamodb"), settings.table_name)
    store = OutcomeStore(table)
    people = People(table, partial(wiring.peppers, settings.user_key_secret_id))
    queue = HintQueue(wiring.aws("sqs"), settings.queue_url)
    get_verification = GetVerification(configured_journeys(settings), people, store, queue)
    return get_verification, settings.subject_claim


@logger.inject_lambda_context(correlation_id_path=API_GATEWAY_HTTP, clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    def answer(request: Request) -> dict[str, Any]:
        get_verification, subject_claim = wired()
        caller = caller_of(request.claims, subject_claim)
        back = returned(request)
        verification = get_verification(caller, request.query("journey"), returned=back)
        return verification_response(verification, request)

    return answering(event, answer)


wiring.started("dynamodb", "secretsmanager", "sqs")
