"""An operator erases a person: first at Jumio, then here, leaving a tombstone without a name.

Safe to repeat, and to resume after a failure anywhere: what names the accounts at Jumio
is removed only after they are gone there. What a restored backup has brought back is erased
again by what the tombstone knows: the user key, and when.
"""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Literal

from verification.domain.deadline import Clock, Deadline, moment
from verification.domain.errors import SessionBusy
from verification.domain.identity import Caller
from verification.domain.standing import ERASURE_SECONDS
from verification.jumio import JumioClient
from verification.observability import LogCode
from verification.store import ConditionFailed, ErasureStore, People
from verification.store.erasure import Kept

_logger = logging.getLogger(__name__)


Result = Literal["erased", "erased-before", "came-back", "unknown"]
Spared = Callable[[Kept], bool]


@dataclass(frozen=True)
class Erased:
    """The operator's receipt; ``erased_at`` is ISO 8601, UTC, or None for an unknown person.

    What ``unanswered`` attempts may have opened at Jumio is deleted at their callback.
    """

    result: Result
    erasure: str | None
    erased_at: str | None
    accounts: int = 0
    items: int = 0
    unanswered: int = 0


@dataclass(frozen=True)
class EraseSubject:
    """The use case and what it needs."""

    people: People
    store: ErasureStore
    jumio: JumioClient
    clock: Clock = time.time

    def __call__(self, person: Caller, deadline: Deadline) -> Erased:
        """Raises SessionBusy while a session is being opened, or why Jumio did not delete."""
        names = self.people.names(person)
        # Under a second one can only be what a container has begun that was overtaken by a pepper.
        done = [one for name in names if (one := self._erase(name, lambda _: False, deadline))]
        if not done:
            return self._nothing_kept(*names)
        counts = "accounts", "items", "unanswered"
        return replace(
            done[0], **{name: sum(getattr(one, name) for one in done) for name in counts}
        )

    def again(self, user_key: str, before: int, deadline: Deadline) -> Erased:
        """Erase whoever was erased at ``before`` already, unless they have come back since."""
        erased = self._erase(user_key, lambda kept: kept.began_at > before, deadline)
        return erased or self._nothing_kept(user_key)

    def _erase(self, user_key: str, spared: Spared, deadline: Deadline) -> Erased | None:
        return erase(user_key, spared, self.store, self.jumio, int(self.clock()), deadline)

    def _nothing_kept(self, *names: str) -> Erased:
        erased_at = self.store.erased_at(*names)
        if erased_at is None:
            _logger.warning(LogCode.SUBJECT_UNKNOWN)
            return Erased("unknown", None, None)
        return Erased("erased-before", None, moment(erased_at))


def erase(
    user_key: str,
    spared: Spared,
    store: ErasureStore,
    jumio: JumioClient,
    now: int,
    deadline: Deadline,
) -> Erased | None:
    """Erase a person unless what is kept spares them, before or once nothing more is opened.

    None if nothing is kept.
    """
    kept = store.kept(user_key)
    if not kept.keys:
        return None
    if spared(kept):
        return Erased("came-back", None, None)
    erasure = uuid.uuid4().hex
    try:
        store.hold(user_key, kept, erasure, now, now + ERASURE_SECONDS)
        kept = store.kept(user_key)  # nothing is opened from here on
        if spared(kept):
            store.let_go(user_key, erasure)
            raise SessionBusy("They have just come back.", retry_after=2)
        for account_id in kept.account_ids:
            jumio.delete_account(account_id, deadline=deadline)
        store.remove(user_key, kept, owner=erasure, now=now)
    except ConditionFailed:
        raise SessionBusy("A session is being opened; try again.", retry_after=30) from None
    receipt = Erased(
        "erased",
        erasure,
        moment(now),
        accounts=len(kept.account_ids),
        items=len(kept.keys),
        unanswered=len(kept.unanswered),
    )
    _logger.info(LogCode.SUBJECT_ERASED, extra=asdict(receipt))
    return receipt
