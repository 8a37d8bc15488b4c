"""POST /sessions: hand an app the token or address with which a person starts."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import Field

from verification import wiring
from verification.gateway import Request, answering, respond
from verification.journeys import load_journeys
from verification.settings import JumioSettings, Settings
from verification.store import Limiter, Limits, SessionStore, Table
from verification.use_cases.create_session import Asked, CreateSession
from verification.use_cases.open_execution import OpenExecution

logger = wiring.logger()
metrics = wiring.metrics()


class FunctionSettings(Settings, JumioSettings):
    table_name: str
    journeys: str = ""
    user_key_secret_id: str
    callback_secret_id: str
    public_base_url: str = ""
    account_calls_per_second: float = Field(1, gt=0)
    account_calls_burst: int = Field(5, ge=1)
    daily_ceiling: int = Field(10_000, ge=1)


@cache
def wired() -> tuple[CreateSession, FunctionSettings]:
    settings = FunctionSettings.load(os.environ)
    table = Table(wiring.aws("dynamodb"), settings.table_name)
    limits = Limits(
        settings.account_calls_per_second, settings.account_calls_burst, settings.daily_ceiling
    )
    store = SessionStore(table)
    open_execution = OpenExecution(
        store,
        Limiter(table, limits),
        wiring.jumio_client(settings),
        wiring.signing_key(settings.callback_secret_id),
    )
    journeys = load_journeys(settings.journeys)
    pepper = wiring.pepper(settings.user_key_secret_id)
    return CreateSession(journeys, pepper, store, open_execution), settings


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    def answer(request: Request) -> dict[str, Any]:
        create_session, settings = wired()
        asked = Asked.of(request, settings.public_base_url)
        answered = create_session(asked, wiring.deadline(context))
        return respond(answered.status, answered.body)

    return answering(event, answer)
