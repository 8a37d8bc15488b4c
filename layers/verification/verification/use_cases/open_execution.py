"""Open one execution at Jumio: intent first, then the call, then the record.

A crash between any two of these leaves the lease to end by itself and the intent to be
recognised by Jumio's callback. A call whose outcome is unknown is treated the same way:
it is never repeated as long as the lease lasts. Whatever goes wrong before the call undoes
the intent; after it, every second that is left is used to record what Jumio opened.
"""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from verification.domain.backoff import Failures, Fault
from verification.domain.capability import SigningKey, sign
from verification.domain.consent import Consent
from verification.domain.deadline import Clock, Deadline
from verification.domain.eligibility import blocked_by_outcome, recent_attempts
from verification.domain.errors import (
    AccountGone,
    DailyCeilingReached,
    Misconfigured,
    NotAtProvider,
    OutcomeUnknown,
    Problem,
    ProviderRejected,
    ProviderUnavailable,
    SessionBusy,
    TemporarilyUnavailable,
)
from verification.domain.identity import Caller, new_reference
from verification.domain.journeys import Journey
from verification.domain.schedule import GRACE, UNHEARD
from verification.domain.standing import Session, Standing
from verification.domain.steps import Step
from verification.jumio import JumioClient, OpenedExecution, account_request
from verification.jumio.token import start_by
from verification.observability import LogCode, on_every_line
from verification.store import (
    Attempt,
    Breaker,
    Claim,
    ConditionFailed,
    LeaseLost,
    Limiter,
    SessionStore,
)
from verification.store.operations import Item
from verification.use_cases.advance_execution import AdvanceExecution

_logger = logging.getLogger(__name__)
_SAVING = 3.0  # seconds kept for recording what Jumio opened
_LONGEST_CALLBACK_URL = 255  # Jumio's limit


@dataclass(frozen=True)
class Opening:
    """What to open an execution with."""

    journey: Journey
    step: Step
    caller: Caller
    user_key: str
    consent: Consent | None
    source_ip: str = field(repr=False)
    locale: str | None
    callback_base: str
    request_id: str
    claim: Claim | None


@dataclass(frozen=True)
class OpenExecution:
    """Opens an execution for a person on whom nobody else is working."""

    store: SessionStore
    limiter: Limiter
    breaker: Breaker
    jumio: JumioClient
    advance: AdvanceExecution
    signing_key: Callable[[], SigningKey]
    clock: Clock = time.time
    sleep: Callable[[float], None] = time.sleep

    def __call__(
        self, opening: Opening, standing: Standing, pace: Item, deadline: Deadline
    ) -> Session:
        """The session of the new execution; raises a Problem.

        Raises ConditionFailed, with nothing done, if the person's standing has changed
        since it was read, also as Jumio knows more of the execution that would be replaced.
        """
        watch = self.breaker.admit(pace, self.clock)
        soon, seen = deadline.sooner(reserve=deadline.remaining() / 2), standing.progress
        try:
            if self.advance.caught_up(opening.user_key, seen, soon) != seen:
                raise ConditionFailed([])
        except ProviderUnavailable as problem:
            watch.ended(problem)
            raise
        attempt, charged = _attempt(opening, int(self.clock())), standing.account.failures
        begun = False
        try:
            self.store.begin(attempt, standing)
            begun = True
            on_every_line(reference=attempt.reference)
            _logger.info(LogCode.ATTEMPT_BEGUN)
            turn_in = self.limiter.take(pace, self.clock())
            self.jumio.call_soon(deadline.sooner(reserve=_SAVING))
            request = self._request(opening, attempt)
        except Exception as error:
            if begun or not isinstance(error, ConditionFailed):
                self._release(attempt, charged, error)
            raise
        self.sleep(turn_in)
        try:
            in_time = watch.over(deadline, reserve=_SAVING)
            opened = self._ask_jumio(opening, standing, request, in_time)
        except OutcomeUnknown as problem:
            watch.ended(problem)
            wait = self._left_open(attempt)
            raise OutcomeUnknown(problem.detail, retry_after=wait) from None
        except Problem as problem:
            watch.ended(problem)
            refused = isinstance(problem, (AccountGone, ProviderRejected))
            fault = Fault.REFUSED if refused else Fault.TROUBLE
            self._release(attempt, charged.and_another(fault, self.clock()), problem)
            raise
        except Exception:
            self._left_open(attempt)  # Jumio may have been asked
            raise
        session = _session(opening.step, attempt, opened)
        try:
            self._save(opening, standing, attempt, opened, session, deadline)
        except TemporarilyUnavailable as problem:
            wait = self._left_open(attempt)
            raise TemporarilyUnavailable(problem.reason, retry_after=wait) from None
        watch.ended()
        return session

    def _request(self, opening: Opening, attempt: Attempt) -> dict[str, Any]:
        capability = sign(self.signing_key(), attempt.user_key, attempt.reference)
        callback_url = f"{opening.callback_base}/callbacks/{capability}"
        if len(callback_url) > _LONGEST_CALLBACK_URL:
            raise Misconfigured("PUBLIC_BASE_URL: makes callback addresses too long for Jumio")
        return account_request(
            opening.step,
            user_key=attempt.user_key,
            reference=attempt.reference,
            callback_url=callback_url,
            locale=opening.locale,
            consent=opening.consent,
            source_ip=opening.source_ip,
        )

    def _ask_jumio(
        self,
        opening: Opening,
        standing: Standing,
        request: dict[str, Any],
        in_time: Deadline,
    ) -> OpenedExecution:
        known = standing.account.account_id
        try:
            return self.jumio.open_execution(request, account_id=known, deadline=in_time)
        except NotAtProvider:
            if known is None:
                raise
            # Jumio deletes accounts, for example when their retention period ends.
            _logger.warning(LogCode.ACCOUNT_GONE, extra={"account_id": known})
            if opening.journey.needs_account:
                raise AccountGone("This person cannot be verified by this journey.") from None
            return self.jumio.open_execution(request, account_id=None, deadline=in_time)

    def _left_open(self, attempt: Attempt) -> int:
        """Jumio may have opened what is not on record; how many seconds the lease lasts."""
        _logger.error(LogCode.ATTEMPT_LEFT_OPEN, extra={"reference": attempt.reference})
        return max(1, math.ceil(attempt.lease_until - self.clock()))

    def _release(self, attempt: Attempt, failures: Failures, error: Exception) -> None:
        """Undo the intent, and tell the person how long they are held back, if they are."""
        if isinstance(error, DailyCeilingReached):
            _logger.error(LogCode.DAILY_CEILING_REACHED)
        released = {"reference": attempt.reference, "released": True}
        try:
            self.store.release(attempt, failures, gone=isinstance(error, AccountGone))
        except (ConditionFailed, Problem):
            released["released"] = False  # the lease ends by itself
        _logger.info(LogCode.ATTEMPT_RELEASED, extra=released)
        wait = failures.wait(self.clock())
        if isinstance(error, Problem) and wait > (error.retry_after or 0):
            error.retry_after = wait

    def _save(
        self,
        opening: Opening,
        standing: Standing,
        attempt: Attempt,
        opened: OpenedExecution,
        session: Session,
        deadline: Deadline,
    ) -> None:
        """Record the execution; an outcome that came meanwhile is not overwritten."""
        journey, step = opening.journey, opening.step
        while True:
            progress, now = standing.progress, self.clock()
            recent = {**progress.attempts, step.name: recent_attempts(progress, step, now)}
            blocked = blocked_by_outcome(journey, progress, standing.account, now)
            try:
                replaces = None if blocked else replace(progress, attempts=recent)
                self.store.save(attempt, opened.ids, session, replaces, deadline)
                break
            except LeaseLost:
                _logger.error(LogCode.ATTEMPT_OVERTAKEN, extra={"reference": attempt.reference})
                raise SessionBusy(
                    "Another request is opening a session for this person.", retry_after=2
                ) from None
            except ConditionFailed:
                if not deadline.remaining():
                    raise TemporarilyUnavailable("others keep changing the progress") from None
            standing = self.store.read_again(standing, attempt, deadline)
            if standing.progress == progress:  # it is something else, and no repetition mends it
                raise TemporarilyUnavailable("what was begun is not there any more")
        if blocked:
            raise blocked
        account_id, execution_id = opened.ids
        ids = {"account_id": account_id, "workflow_execution_id": execution_id}
        _logger.info(LogCode.SESSION_OPENED, extra={"reference": attempt.reference, **ids})


def _attempt(opening: Opening, now: int) -> Attempt:
    consent = opening.consent if opening.journey.records_consent else None
    return Attempt(
        user_key=opening.user_key,
        caller=opening.caller,
        journey=opening.journey.name,
        step=opening.step.name,
        reference=new_reference(),
        request_id=opening.request_id,
        begun_at=now,
        ends_at=now + opening.step.lifetime + GRACE,
        due_at=now + opening.step.lifetime + UNHEARD,
        claim=opening.claim,
        consent=consent.record if consent else None,
    )


def _session(step: Step, attempt: Attempt, opened: OpenedExecution) -> Session:
    """The session until what the token says, or as long as we asked for."""
    token = opened.token or opened.upload_token
    inside = start_by(token, begun_at=attempt.begun_at, lifetime=step.lifetime) if token else None
    for_person, awaits_data = step.kind == "user", bool(step.inputs)
    return Session(
        reference=attempt.reference,
        expires_at=int(inside or attempt.begun_at + step.lifetime),
        # A screening is the server's: there is nothing in its session that could be handed out.
        token=opened.token if for_person else None,
        href=opened.href if for_person else None,
        upload_token=opened.upload_token if awaits_data else None,
        credential_id=opened.credential_id if awaits_data else None,
        awaits_data=awaits_data,
    )
