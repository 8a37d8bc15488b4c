"""Everything that can end a request without a session, as one tree.

Each leaf has a stable ``code`` that frontends, alarms and searches key on;
``edge/http/problems.py`` alone turns it into a status and a body.

    Problem
    ├── InvalidRequest            invalid-request        the request is not understood
    │   └── RequestTooLarge       request-too-large
    ├── UnknownJourney            unknown-journey
    ├── Forbidden                 forbidden              not an access token of a person
    ├── AttestationRefused        attestation-refused    not from an app that may ask
    ├── ConsentRequired           consent-required       ask the person, then send it
    ├── ApplicantRequired         applicant-required     ask the person, then send it
    ├── NotEligible               not-eligible           this journey is not for this person
    │   └── AccountGone           not-eligible           any more: begin with another one
    ├── ChannelUnavailable        channel-unavailable    the workflow has no token or no address
    ├── IdempotencyKeyReused      idempotency-key-reused
    ├── SessionBusy               session-busy           another request is at it
    ├── VerificationInProgress    verification-in-progress
    ├── AlreadyVerified           already-verified
    ├── AttemptsExhausted         attempts-exhausted
    ├── HeldBack                  attempts-exhausted     too many in a row led to no session
    ├── NotFound                  not-found
    ├── NotDecidable              not-decidable          an operator's word comes too late or early
    ├── DailyCeilingReached       provider-busy          this deployment's own limit
    ├── ProviderError             Jumio did not do what was asked
    │   ├── ProviderBusy          provider-busy          surely not done: no capacity
    │   ├── ProviderUnavailable   provider-unavailable   surely not done
    │   │   └── OutcomeUnknown    provider-unavailable   perhaps done: never blindly repeated
    │   └── ProviderRejected      provider-rejected      surely not done: our request was wrong
    │       └── NotAtProvider     provider-rejected      Jumio does not know that id
    │           └── ResultNotAtProvider  provider-rejected  but knows what it belongs to
    ├── TemporarilyUnavailable    temporarily-unavailable  AWS did not do it now
    └── Misconfigured             misconfigured          settings or credentials; ours to fix

A hint is *dropped* once it is dealt with, and *retained* on the queue for any Problem, or
for NotYet: nothing can be said now. ``edge/batch.py`` tells for how long.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Self


class Problem(Exception):
    """A request that ends without what was asked for.

    ``retry_after`` is in whole seconds, ``usual_wait`` unless told otherwise; ``fields``
    names what is wrong with the request.
    """

    code: ClassVar[str] = "internal"
    usual_wait: ClassVar[int | None] = None

    def __init__(
        self,
        detail: str = "",
        *,
        retry_after: int | None = None,
        fields: Sequence[Mapping[str, str]] = (),
    ) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.retry_after = self.usual_wait if retry_after is None else retry_after
        self.fields = tuple(fields)

    @classmethod
    def asking_for(cls, needed: Iterable[str]) -> Self:
        """A request that has to come again, with fields that only the person knows."""
        fields = [{"field": field, "reason": "needed"} for field in needed]
        return cls("Ask the person, then send the request again with these fields.", fields=fields)


class InvalidRequest(Problem):
    code = "invalid-request"

    @classmethod
    def of(cls, field: str, reason: str) -> Self:
        """A request in which one field is wrong."""
        return cls("The request is not valid.", fields=[{"field": field, "reason": reason}])


class RequestTooLarge(InvalidRequest):
    code = "request-too-large"


class UnknownJourney(Problem):
    code = "unknown-journey"


class Forbidden(Problem):
    code = "forbidden"


class AttestationRefused(Problem):
    code = "attestation-refused"


class ConsentRequired(Problem):
    code = "consent-required"


class ApplicantRequired(Problem):
    code = "applicant-required"


class NotEligible(Problem):
    code = "not-eligible"


class AccountGone(NotEligible):
    """Jumio has deleted the account that the journey needs."""


class ChannelUnavailable(Problem):
    code = "channel-unavailable"


class IdempotencyKeyReused(Problem):
    code = "idempotency-key-reused"


class SessionBusy(Problem):
    code = "session-busy"


class VerificationInProgress(Problem):
    code = "verification-in-progress"


class AlreadyVerified(Problem):
    code = "already-verified"


class AttemptsExhausted(Problem):
    """``limit`` attempts in any ``window`` seconds were made."""

    code = "attempts-exhausted"

    def __init__(self, detail: str = "", *, retry_after: int, limit: int, window: int) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.limit = limit
        self.window = window


class HeldBack(Problem):
    """The person's last attempts led to no session, and cost what all share."""

    code = "attempts-exhausted"


class NotFound(Problem):
    code = "not-found"


class NotDecidable(Problem):
    code = "not-decidable"


class DailyCeilingReached(Problem):
    code = "provider-busy"


class ProviderError(Problem):
    """Jumio did not do what was asked."""


class ProviderBusy(ProviderError):
    code = "provider-busy"
    usual_wait = 2


class ProviderUnavailable(ProviderError):
    code = "provider-unavailable"
    usual_wait = 5


class OutcomeUnknown(ProviderUnavailable):
    """The request may have been carried out, and no answer says so."""


class ProviderRejected(ProviderError):
    code = "provider-rejected"


class NotAtProvider(ProviderRejected):
    """Jumio does not know the id, no longer, or not yet."""


class ResultNotAtProvider(NotAtProvider):
    """Jumio knows the execution, and has nothing to read about its result just yet."""


class TemporarilyUnavailable(Problem):
    """AWS did not do it now, or did not say that it has; ``reason`` is for the log only."""

    code = "temporarily-unavailable"
    usual_wait = 2

    def __init__(self, reason: str, *, retry_after: int | None = None) -> None:
        super().__init__("The service is busy; try again.", retry_after=retry_after)
        self.reason = reason


class Misconfigured(Problem):
    """A setting or credential is missing or wrong; ``setting`` is for the log only."""

    code = "misconfigured"

    def __init__(self, setting: str) -> None:
        super().__init__()
        self.setting = setting


class NotYet(Exception):
    """Nothing can be said now: retain the hint and come back."""
