"""Under which pepper a person is on record, if under any.

Whoever is new is recorded under the current one, everybody else is found under theirs; nobody
ever moves. That a person is on record once, also while some containers do not know of a new pepper
yet, is kept by three things together:

- the limiter's item has on record which peppers this table was used with. Whoever lacks one of
  them reads the secret again, or serves nobody;
- the lease of somebody new is taken on condition that they are on record under no other pepper
  that is known, and of somebody known that they are not under a newer one (``SessionStore.begin``);
- a turn at Jumio is given on condition that the record is as it was read (``Limiter.take``), and
  nobody begins under a pepper before it is on record: a container that was overtaken opens nothing.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from verification.domain.errors import Misconfigured
from verification.domain.identity import Caller, Pepper, Peppers
from verification.domain.standing import Account, Progress, Standing
from verification.observability import LogCode
from verification.store.attempts import Claim
from verification.store.items import (
    LIMITER_KEY,
    account_key,
    account_of,
    idempotency_key,
    idempotency_of,
    journey_key,
    progress_of,
    session_key,
    session_of,
)
from verification.store.operations import Item, Key, When
from verification.store.table import Table

_logger = logging.getLogger(__name__)
_MISSING = "USER_KEY_SECRET_ID: not the peppers with which this table was used"


@dataclass(frozen=True)
class Found:
    """A person as they stand, the use that their request makes of a key, and Jumio's pace."""

    user_key: str
    standing: Standing
    claim: Claim | None
    pace: Item


@dataclass(frozen=True)
class _Look:
    """A person's names by pepper, the one that counts at ``at``, and what was read around them."""

    peppers: Peppers
    names: tuple[str, ...]
    items: dict[Key, Item]

    @property
    def at(self) -> int:
        known = (at for at, name in enumerate(self.names) if account_key(name) in self.items)
        return next(known, 0)

    @property
    def name(self) -> str:
        return self.names[self.at]

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Where the person must not be for what was read to be all of it."""
        known = account_key(self.name) in self.items
        return self.names[: self.at] if known else self.names[1:]

    @property
    def record(self) -> str:
        return str(self.items.get(LIMITER_KEY, {}).get("pepper", ""))


class People:
    """Whoever knows a person by issuer and subject finds them here.

    ``peppers`` reads the secret, afresh if told so. Everything raises Misconfigured if that is not
    what the table was used with.
    """

    def __init__(self, table: Table, peppers: Callable[[bool], Peppers]) -> None:
        self._table = table
        self._peppers = peppers

    def names(self, person: Caller) -> tuple[str, ...]:
        """The user keys of a person, first the one that they are on record under, or would be."""
        look = self._look(person)
        return look.name, *(name for name in look.names if name != look.name)

    def progress_in(self, person: Caller, journey: str) -> tuple[str, Account, Progress]:
        """The user key of a person, and where they stand in a journey."""
        look = self._look(person, lambda name, _: [journey_key(name, journey)])
        account, progress = account_key(look.name), journey_key(look.name, journey)
        items = look.items
        return look.name, account_of(items.get(account)), progress_of(items.get(progress))

    def standing(
        self, person: Caller, journey: str, claim_by: Callable[[Pepper], Claim] | None
    ) -> Found:
        """All that a request for a session depends on, in one bounded round trip.

        What is new about the peppers is put on record before anybody can begin under it.
        """

        def around(name: str, pepper: Pepper) -> Iterable[Key]:
            claimed = [idempotency_key(name, claim_by(pepper).digest)] if claim_by else []
            return journey_key(name, journey), session_key(name, journey), *claimed

        look = self._look(person, around, beginning=True)
        if (record := look.peppers.follow(look.record)) != look.record:
            self._put_on_record(look, record)
            return self.standing(person, journey, claim_by)
        name, items = look.name, look.items
        claim = claim_by(look.peppers.newest_first[look.at]) if claim_by else None
        standing = Standing(
            account_of(items.get(account_key(name))),
            progress_of(items.get(journey_key(name, journey))),
            session_of(items.get(session_key(name, journey))),
            idempotency_of(items.get(idempotency_key(name, claim.digest))) if claim else None,
            look.elsewhere,
        )
        return Found(name, standing, claim, items.get(LIMITER_KEY, {}))

    def _look(
        self,
        person: Caller,
        around: Callable[[str, Pepper], Iterable[Key]] = lambda *_: (),
        *,
        beginning: bool = False,
    ) -> _Look:
        for afresh in (False, True):
            peppers = self._peppers(afresh)
            names = [(one.user_key(person), one) for one in peppers.newest_first]
            wanted = [key for name in names for key in (account_key(name[0]), *around(*name))]
            items = self._table.read(LIMITER_KEY, *wanted)
            look = _Look(peppers, tuple(name for name, _ in names), items)
            usable = peppers.cover(look.record)
            if usable and (peppers.follow(look.record) or not beginning):
                return look
        raise Misconfigured(_MISSING)

    def _put_on_record(self, look: _Look, record: str | None) -> None:
        """Unless somebody else was faster: it is read again in any case."""
        seen = "#pepper = :seen" if look.record else "attribute_not_exists(#pepper)"
        values = {"new": record} | ({"seen": look.record} if look.record else {})
        done, _ = self._table.step(LIMITER_KEY, "SET #pepper = :new", When(seen, values))
        if done:
            version, number = look.peppers.current.version, len(look.record.split()) + 1
            _logger.info(LogCode.PEPPER_IN_USE, extra={"version": version, "on_record": number})
