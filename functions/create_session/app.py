"""POST /sessions: hand an app the token or address with which a person starts."""

import gc
import os
from functools import cache, partial
from typing import Any

gc.disable()  # until ``wiring.started``: nothing that importing makes is garbage

from aws_lambda_powertools.logging.correlation_paths import API_GATEWAY_HTTP
from aws_lambda_powertools.utilities.typing import LambdaContext

from verification import wiring
from verification.edge.http import Request, answering
from verification.edge.http.sessions import asked, session_response
from verification.settings import AppSettings, JumioSettings, LimitSettings, Name, Settings
from verification.settings.public import PublicSettings
from verification.store import Breaker, Limiter, OutcomeStore, People, SessionStore, Table
from verification.use_cases.advance_execution import AdvanceExecution
from verification.use_cases.create_session import CreateSession
from verification.use_cases.open_execution import OpenExecution
from verification.use_cases.supply_data import SupplyData
from verification.wiring.attestation import attestor
from verification.wiring.journeys import configured_journeys
from verification.wiring.jumio import jumio_client

logger = wiring.logger()


class FunctionSettings(Settings, AppSettings, JumioSettings, PublicSettings, LimitSettings):
    table_name: Name
    callback_secret_id: Name


@cache
def wired() -> tuple[CreateSession, FunctionSettings]:
    settings = FunctionSettings.load(os.environ)
    table = Table(wiring.aws("dynamodb"), settings.table_name)
    sessions, outcomes = SessionStore(table), OutcomeStore(table)
    journeys = configured_journeys(settings).returning_to(settings.success_url, settings.error_url)
    jumio, key = jumio_client(settings), partial(wiring.signing_key, settings.callback_secret_id)
    advance, limiter = AdvanceExecution(journeys, outcomes, jumio), Limiter(table, settings.limits)
    opening = OpenExecution(sessions, limiter, Breaker(table), jumio, advance, key)
    supplying = SupplyData(sessions, outcomes, advance, jumio)
    people = People(table, partial(wiring.peppers, settings.user_key_secret_id))
    judge = attestor(settings)
    return CreateSession(journeys, people, sessions, opening, supplying, attestor=judge), settings


@logger.inject_lambda_context(correlation_id_path=API_GATEWAY_HTTP, clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    def answer(request: Request) -> dict[str, Any]:
        create_session, settings = wired()
        wanted = asked(request, settings.public_base_url, settings.subject_claim)
        return session_response(create_session(wanted, wiring.deadline(context)))

    return answering(event, answer)


wiring.started("dynamodb", "secretsmanager")
