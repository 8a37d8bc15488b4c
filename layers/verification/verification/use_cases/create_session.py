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

from verification.domain.deadline import Clock, Deadline
from verification.domain.errors import (
    ChannelUnavailable,
    IdempotencyKeyReused,
    ProviderUnavailable,
    SessionBusy,
)
from verification.domain.execution import State
from verification.domain.identity import Caller, Pepper
from verification.domain.journeys import Journey, Journeys, Step
from verification.domain.prepared_data import flattened, prepared_data, require_well_formed
from verification.domain.standing import (
    Session,
    Standing,
    require_new_execution_allowed,
    screening_runs,
)
from verification.edge.http.request import Request, validated
from verification.edge.http.session_request import SessionRequest
from verification.observability import LogCode
from verification.store import Claim, ConditionFailed, SessionStore
from verification.use_cases.open_execution import OpenExecution, Opening
from verification.use_cases.supply_data import SupplyData

_logger = logging.getLogger(__name__)
_PATIENCE = 1.0  # seconds to wait for whoever is opening this person's execution
_SOON = 2  # seconds in which an opening request is usually done
_LATER = 60  # seconds after which a screening may have a result; each costs money
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


@dataclass
class _Errand:
    """A request on its way to an answer: what it is about, and what it has done so far."""

    asked: Asked
    journey: Journey
    user_key: str
    claim: Claim | None
    applicant: Mapping[str, str] = field(repr=False)
    opened: bool = False
    sent: set[str] = field(default_factory=set)  # the steps whose data Jumio got from it

    def renews(self, standing: Standing, now: float) -> bool:
        """Whether a session that is there is to be replaced, and was not by this very request."""
        wanted = self.asked.request.renew
        return wanted and not self.opened and standing.used_key(now) is None


@dataclass(frozen=True)
class CreateSession:
    """The use case and what it needs."""

    journeys: Journeys
    pepper: Pepper
    store: SessionStore
    open_execution: OpenExecution
    supply_data: SupplyData
    clock: Clock = time.time
    sleep: Callable[[float], None] = time.sleep

    def __call__(self, asked: Asked, deadline: Deadline) -> Answered:
        """Raises a Problem if there is no session to hand out."""
        journey = self.journeys.get(asked.request.journey)
        applicant = flattened(asked.request.applicant)
        require_well_formed(journey, applicant)
        claim = asked.request.claim(asked.idempotency_key, self.pepper)
        errand = _Errand(asked, journey, self.pepper.user_key(asked.caller), claim, applicant)
        patient_until = self.clock() + _PATIENCE
        while True:
            standing, pace = self.store.read(errand.user_key, journey.name, claim)
            now = self.clock()
            try:
                if found := self._existing(errand, standing, now):
                    return found
                step, unfinished = _next(errand, standing, now)
                if standing.account.lease_until <= now:
                    opening = _opening(errand, step, standing, now)
                    data = prepared_data(step, applicant, asked.claims, asked.source_ip)
                    if step.name in errand.sent:
                        raise ProviderUnavailable(_NO_RESULT, retry_after=_LATER)
                    session = unfinished or self.open_execution(opening, standing, pace, deadline)
                    errand.opened = True
                    if not session.awaits_data:
                        return _answered(HTTPStatus.CREATED, asked, session)
                    resumed = unfinished is not None
                    if self.supply_data(opening, session, data, deadline, resumed=resumed):
                        errand.sent.add(step.name)
                        continue
            except ConditionFailed:
                pass  # another request got there first: look again
            if now >= patient_until:
                raise _busy(standing, now)
            self.sleep(random.uniform(0.05, 0.2))  # noqa: S311 jitter only

    def _existing(self, errand: _Errand, standing: Standing, now: float) -> Answered | None:
        """What the person has already, unless it is to be replaced."""
        session, claim = standing.live_session(now), errand.claim
        status = HTTPStatus.CREATED if errand.sent else HTTPStatus.OK
        used = standing.used_key(now)
        if used:
            _require_same_request(claim, used.fingerprint)
            if used.running:
                raise _busy(standing, now)
            if session and session.reference == used.reference:
                status = HTTPStatus(used.status)
        if screening_runs(errand.journey, standing.progress):
            return Answered(HTTPStatus.ACCEPTED, {})
        if errand.sent and standing.progress.state is State.APPROVED:
            return Answered(HTTPStatus.NO_CONTENT)
        if session is None or session.awaits_data or errand.renews(standing, now):
            return None
        answered = _answered(status, errand.asked, session)
        if claim and not used:
            name = errand.journey.name
            self.store.remember(errand.user_key, name, claim, session, status, int(now))
        _logger.info(LogCode.SESSION_RESUMED, extra={"reference": session.reference})
        return answered


def _next(errand: _Errand, standing: Standing, now: float) -> tuple[Step, Session | None]:
    """The step to open, or one that was opened and awaits its data; raises a Problem."""
    progress, account = standing.progress, standing.account
    session, step = standing.live_session(now), errand.journey.step(progress.step or "")
    if session and session.awaits_data and step:  # nobody has it: nothing is there to renew
        return step, session
    return require_new_execution_allowed(errand.journey, progress, account, now), None


def _opening(errand: _Errand, step: Step, standing: Standing, now: float) -> Opening:
    asked = errand.asked
    # The key stands for what the person gets in the end, not for a screening before it; and a
    # key whose session is over has done its work: it guards nothing new.
    fresh = step.kind == "user" and standing.used_key(now) is None
    return Opening(
        journey=errand.journey,
        step=step,
        caller=asked.caller,
        user_key=errand.user_key,
        person=asked.request.person(step, asked.source_ip),
        locale=asked.request.locale,
        callback_base=asked.callback_base,
        request_id=asked.request_id,
        claim=errand.claim if fresh else None,
    )


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
    """Come back when whoever is at it is done, or when the lease ends if that may take long."""
    left = max(1, math.ceil(standing.account.lease_until - now))
    seems_lost = standing.account.lease_age(now) > 2 * _SOON
    return SessionBusy(
        "Another request is opening a session for this person.",
        retry_after=left if seems_lost or standing.account.erasing else min(left, _SOON),
    )
