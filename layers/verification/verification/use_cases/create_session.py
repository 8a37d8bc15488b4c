"""A person wants to be verified: hand out the session they have, or open one.

However often and however concurrently this is asked, one request at a time opens an
execution for a person; everybody else gets what it opened or is told to come back.
"""

import logging
import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self

from verification.deadline import Clock, Deadline
from verification.errors import (
    ChannelUnavailable,
    IdempotencyKeyReused,
    ProviderUnavailable,
    SessionBusy,
)
from verification.execution import State
from verification.gateway.request import Request, validated
from verification.identity import Caller, Pepper
from verification.journeys import Journey, Journeys, Step
from verification.observability import LogCode
from verification.prepared_data import flattened, prepared_data, require_declared
from verification.standing import (
    Session,
    Standing,
    require_new_execution_allowed,
    screening_runs,
)
from verification.store import Claim, ConditionFailed, SessionStore
from verification.use_cases.open_execution import OpenExecution, Opening
from verification.use_cases.screen_person import ScreenPerson
from verification.use_cases.session_request import SessionRequest

_logger = logging.getLogger(__name__)
_PATIENCE = 1.0  # seconds to wait for whoever is opening this person's execution
_SOON = 2  # seconds in which an opening request is usually done
_NO_RESULT = "The verification provider has come to no result."


@dataclass(frozen=True)
class Asked:
    """A request for a session, with what the gateway vouches for."""

    request: SessionRequest
    caller: Caller
    source_ip: str
    callback_base: str
    request_id: str
    idempotency_key: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, request: Request, public_base_url: str) -> Self:
        """What a gateway's request asks for; raises InvalidRequest or Forbidden."""
        return cls(
            request=validated(SessionRequest, request.json_body()),
            caller=request.caller,
            source_ip=request.source_ip,
            callback_base=public_base_url or request.base_url,
            request_id=request.request_id,
            idempotency_key=request.header("idempotency-key"),
            claims=request.claims,
        )


@dataclass(frozen=True)
class Answered:
    """201 for a session that was opened, 200 for one that was there; the body is all of it.

    202 while a screening is running, 204 if screenings were all there was to do.
    """

    status: HTTPStatus
    body: dict[str, dict[str, str]] | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(_SOON)} if self.status is HTTPStatus.ACCEPTED else {}


@dataclass(frozen=True)
class CreateSession:
    """The use case and what it needs."""

    journeys: Journeys
    pepper: Pepper
    store: SessionStore
    open_execution: OpenExecution
    screen_person: ScreenPerson
    clock: Clock = time.time
    sleep: Callable[[float], None] = time.sleep

    def __call__(self, asked: Asked, deadline: Deadline) -> Answered:
        """Raises a Problem if there is no session to hand out."""
        journey = self.journeys.get(asked.request.journey)
        user_key = self.pepper.user_key(asked.caller)
        claim = asked.request.claim(asked.idempotency_key, self.pepper)
        applicant = flattened(asked.request.applicant)
        require_declared(journey, applicant)
        patient_until = self.clock() + _PATIENCE
        screened: set[str] = set()
        while True:
            standing, pace = self.store.read(user_key, journey.name, claim)
            now = self.clock()
            try:
                if found := self._existing(asked, journey, user_key, claim, standing, now):
                    return found
                if screened and standing.progress.state is State.APPROVED:
                    return Answered(HTTPStatus.NO_CONTENT)
                step, unfinished = _next(journey, standing, now, renew=asked.request.renew)
                if standing.account.lease_until <= now:
                    # A key whose session is over has done its work: it guards nothing new.
                    fresh = claim if standing.used_key(now) is None else None
                    opening = self._opening(asked, journey, step, user_key, fresh)
                    if step.kind == "user":
                        session = self.open_execution(opening, standing, pace, deadline)
                        return _answered(HTTPStatus.CREATED, asked, session)
                    data = prepared_data(step, applicant, asked.claims, asked.source_ip)
                    if step.name in screened:
                        raise ProviderUnavailable(_NO_RESULT, retry_after=_SOON)
                    session = unfinished or self.open_execution(opening, standing, pace, deadline)
                    screened.add(step.name)
                    self.screen_person(
                        user_key, session, data, deadline, resumed=unfinished is not None
                    )
                    continue
            except ConditionFailed:
                pass  # another request got there first: look again
            if now >= patient_until:
                raise _busy(standing, now)
            self.sleep(random.uniform(0.05, 0.2))  # noqa: S311 jitter only

    def _opening(
        self, asked: Asked, journey: Journey, step: Step, user_key: str, claim: Claim | None
    ) -> Opening:
        return Opening(
            journey=journey,
            step=step,
            caller=asked.caller,
            user_key=user_key,
            person=asked.request.person(step, asked.source_ip),
            locale=asked.request.locale,
            callback_base=asked.callback_base,
            request_id=asked.request_id,
            # The key stands for what the person gets in the end, not for a screening before it.
            claim=claim if step.kind == "user" else None,
        )

    def _existing(
        self,
        asked: Asked,
        journey: Journey,
        user_key: str,
        claim: Claim | None,
        standing: Standing,
        now: float,
    ) -> Answered | None:
        """What the person has already, unless it is to be replaced."""
        session = standing.live_session(now)
        status, renew = HTTPStatus.OK, asked.request.renew
        if used := standing.used_key(now):
            _require_same_request(claim, used.fingerprint)
            if used.running:
                raise _busy(standing, now)
            renew = False  # this very request has replaced the session before
            if session and session.reference == used.reference:
                status = HTTPStatus(used.status)
        if screening_runs(journey, standing.progress):
            return Answered(HTTPStatus.ACCEPTED, {})
        if session is None or session.upload_token or renew:
            return None
        answered = _answered(status, asked, session)
        if claim and not used:
            self.store.remember(user_key, journey.name, claim, session, int(now))
        _logger.info(LogCode.SESSION_RESUMED, extra={"reference": session.reference})
        return answered


def _next(
    journey: Journey, standing: Standing, now: float, *, renew: bool
) -> tuple[Step, Session | None]:
    """The step to open, or a screening that was opened and not finished; raises a Problem."""
    session, step = standing.live_session(now), journey.step(standing.progress.step or "")
    if session and session.upload_token and step and not renew:
        return step, session
    progress, account = standing.progress, standing.account
    return require_new_execution_allowed(journey, progress, account, now), None


def _require_same_request(claim: Claim | None, fingerprint: str) -> None:
    if claim and claim.fingerprint != fingerprint:
        raise IdempotencyKeyReused("Use a new key for a new request.")


def _answered(status: HTTPStatus, asked: Asked, session: Session) -> Answered:
    """Exactly what the channel needs, and nothing else that came from Jumio."""
    if asked.request.channel == "sdk" and session.token:
        return Answered(status, {"sdk": {"token": session.token}})
    if asked.request.channel == "web" and session.href:
        return Answered(status, {"web": {"href": session.href}})
    raise ChannelUnavailable("Jumio's workflow for this journey does not offer that channel.")


def _busy(standing: Standing, now: float) -> SessionBusy:
    """Come back when the other request is done, or when its lease ends if it seems lost."""
    left = max(1, math.ceil(standing.account.lease_until - now))
    seems_lost = standing.account.lease_age(now) > 2 * _SOON
    return SessionBusy(
        "Another request is opening a session for this person.",
        retry_after=left if seems_lost else min(left, _SOON),
    )
