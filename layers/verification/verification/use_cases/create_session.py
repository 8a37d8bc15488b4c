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
from enum import Enum, auto
from typing import Any

from verification.aws.attestation import Attestor
from verification.domain.consent import Consent, require_consent
from verification.domain.deadline import Clock, Deadline
from verification.domain.eligibility import require_new_execution_allowed, screening_runs
from verification.domain.errors import (
    ChannelUnavailable,
    IdempotencyKeyReused,
    ProviderUnavailable,
    SessionBusy,
)
from verification.domain.execution import State
from verification.domain.identity import Caller, Pepper, seal
from verification.domain.journeys import Journey, Journeys
from verification.domain.prepared_data import flattened, prepared_data, require_well_formed
from verification.domain.standing import Session, Standing
from verification.domain.steps import Step
from verification.observability import LogCode, on_every_line
from verification.store import Claim, ConditionFailed, People, SessionStore
from verification.use_cases.open_execution import OpenExecution, Opening
from verification.use_cases.supply_data import SupplyData

_logger = logging.getLogger(__name__)
_PATIENCE = 1.0  # seconds to wait for whoever is opening this person's execution
_SOON = 2  # seconds in which an opening request is usually done
_LATER = 60  # seconds after which a screening may have a result; each costs money
_NO_RESULT = "The verification provider has come to no result."


@dataclass(frozen=True)
class KeyUse:
    """An idempotency key, and the request that it came with as one text."""

    key: str = field(repr=False)
    request: str = field(repr=False)

    def claim(self, pepper: Pepper) -> Claim:
        """Digests of both, keyed: a plain one of so little text could be guessed back."""
        return Claim(seal(pepper.key, self.key.encode()), seal(pepper.key, self.request.encode()))


@dataclass(frozen=True)
class Asked:
    """A request for a session, with what the gateway vouches for.

    ``callback_base`` is scheme, host and path below which Jumio reaches our callbacks.
    """

    caller: Caller
    channel: str  # sdk or web
    source_ip: str = field(repr=False)
    callback_base: str
    request_id: str
    journey: str | None = None
    locale: str | None = None
    renew: bool = False
    consent: Consent | None = None
    applicant: Mapping[str, Any] = field(default_factory=dict, repr=False)
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    key: KeyUse | None = None
    attestation: str | None = field(default=None, repr=False)
    token_hash: str = field(default="", repr=False)


class Ending(Enum):
    """How a request for a session can end well."""

    OPENED = auto()  # a session that this request has opened
    RESUMED = auto()  # one that was there
    RUNNING = auto()  # none yet: a screening has no result so far
    NOTHING_LEFT = auto()  # none: screenings were all there was to do


@dataclass(frozen=True)
class Answered:
    """The token or the address, whichever the channel needs; neither if there is no session."""

    ending: Ending
    token: str | None = field(default=None, repr=False)
    href: str | None = field(default=None, repr=False)


@dataclass
class _Errand:
    """A request on its way to an answer: what it is about, and what it has done so far."""

    asked: Asked
    journey: Journey
    applicant: Mapping[str, str] = field(repr=False)
    user_key: str = ""
    claim: Claim | None = None
    opened: bool = False
    sent: set[str] = field(default_factory=set)  # the steps whose data Jumio got from it

    def renews(self, standing: Standing, now: float) -> bool:
        """Whether a session that is there is to be replaced, and was not by this very request."""
        return self.asked.renew and not self.opened and standing.used_key(now) is None


@dataclass(frozen=True)
class CreateSession:
    """The use case and what it needs."""

    journeys: Journeys
    people: People
    store: SessionStore
    open_execution: OpenExecution
    supply_data: SupplyData
    clock: Clock = time.time
    sleep: Callable[[float], None] = time.sleep
    attestor: Attestor | None = None

    def __call__(self, asked: Asked, deadline: Deadline) -> Answered:
        """Raises a Problem if there is no session to hand out."""
        journey = self.journeys.get(asked.journey)
        on_every_line(journey=journey.name, channel=asked.channel)
        applicant = flattened(asked.applicant)
        require_well_formed(journey, applicant)
        if self.attestor and asked.channel == "sdk":  # before anything about the person is read
            self.attestor.require_genuine(asked.caller, asked.attestation, asked.token_hash)
        errand = _Errand(asked, journey, applicant)
        claim_by = asked.key.claim if asked.key else None
        patient_until = self.clock() + _PATIENCE
        while True:
            found = self.people.standing(asked.caller, journey.name, claim_by)
            errand.user_key, errand.claim, standing = found.user_key, found.claim, found.standing
            now = self.clock()
            try:
                if standing.account.has_wrong_lease(now):
                    standing = self.store.shorten_lease(errand.user_key, standing, int(now))
                if existing := self._existing(errand, standing, now):
                    return existing
                step, unfinished = _next(errand, standing, now)
                if standing.account.lease_until <= now:
                    opening = _opening(errand, step, standing, now)
                    data = prepared_data(step, applicant, asked.claims, asked.source_ip)
                    session = unfinished or self.open_execution(
                        opening, standing, found.pace, deadline
                    )
                    errand.opened = True
                    if not session.awaits_data:
                        return _answered(Ending.OPENED, asked, session)
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
        ending = Ending.OPENED if errand.sent else Ending.RESUMED
        used = standing.used_key(now)
        if used:
            if claim and claim.fingerprint != used.fingerprint:
                raise IdempotencyKeyReused("Use a new key for a new request.")
            if used.running:
                raise _busy(standing, now)
            if session and session.reference == used.reference:
                ending = Ending.OPENED if used.opened else Ending.RESUMED
        if screening_runs(errand.journey, standing.progress):
            return Answered(Ending.RUNNING)
        if errand.sent and standing.progress.state is State.APPROVED:
            return Answered(Ending.NOTHING_LEFT)
        if session is None or session.awaits_data or errand.renews(standing, now):
            return None
        answered = _answered(ending, errand.asked, session)
        if claim and not used:
            name = errand.journey.name
            opened = ending is Ending.OPENED
            self.store.remember(errand.user_key, name, claim, session, int(now), opened=opened)
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
    if step.name in errand.sent:
        raise ProviderUnavailable(_NO_RESULT, retry_after=_LATER)
    require_consent(step, asked.consent)
    # The key stands for what the person gets in the end, not for a screening before it; and a
    # key whose session is over has done its work: it guards nothing new.
    fresh = step.kind == "user" and standing.used_key(now) is None
    return Opening(
        journey=errand.journey,
        step=step,
        caller=asked.caller,
        user_key=errand.user_key,
        consent=asked.consent,
        source_ip=asked.source_ip,
        locale=asked.locale,
        callback_base=asked.callback_base,
        request_id=asked.request_id,
        claim=errand.claim if fresh else None,
    )


def _answered(ending: Ending, asked: Asked, session: Session) -> Answered:
    if asked.channel == "sdk" and session.token:
        return Answered(ending, token=session.token)
    if asked.channel == "web" and session.href:
        return Answered(ending, href=session.href)
    raise ChannelUnavailable("Jumio's workflow for this journey does not offer that channel.")


def _busy(standing: Standing, now: float) -> SessionBusy:
    """Come back when whoever is at it is done, or when the lease ends if that may take long."""
    left = max(1, math.ceil(standing.account.lease_until - now))
    seems_lost = standing.account.lease_age(now) > 2 * _SOON
    return SessionBusy(
        "Another request is opening a session for this person.",
        retry_after=left if seems_lost or standing.account.erasing else min(left, _SOON),
    )
