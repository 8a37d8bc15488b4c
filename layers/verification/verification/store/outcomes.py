"""From what Jumio says about an execution to what is on record: forward only, once.

The rank of states is part of each write's condition, so that duplicate, late and
reordered news change nothing, whoever brings them. Only a review that was told is left again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from verification.domain.effects import Effect
from verification.domain.execution import Decision, Execution, ManualDecision, State
from verification.domain.hint import Hint
from verification.domain.schedule import BETWEEN_RETURNS, GRACE, early_look
from verification.domain.standing import Account, Progress, Session
from verification.store import items
from verification.store.attempts import FREE, moved
from verification.store.operations import Key, When, check, delete, put, update
from verification.store.table import Table


@dataclass(frozen=True)
class Known:
    """What is on record around one execution."""

    execution: Execution
    account: Account
    progress: Progress
    session: Session | None


@dataclass(frozen=True)
class News:
    """What Jumio says about an execution, in our words, and what that means for the journey.

    ``look_again_at`` is when somebody has to look why it is not final yet, or whether it is to
    be erased; ``manual`` is all that operators have decided, if it is their word: then nothing
    of Jumio's changes.
    """

    state: State
    decision: Decision | None
    at: int
    look_again_at: int | None
    effect: Effect
    manual: tuple[ManualDecision, ...] = ()


class OutcomeStore:
    """The part of the table that ``settle_execution`` works on."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def returned(self, user_key: str, reference: str, now: int) -> Hint | None:
        """Of what to look at as its person is back; raises ConditionFailed right after a look.

        None if nothing is left to look at, or nothing was opened so far.
        """
        seen = "attribute_not_exists(#returned_at) OR #returned_at <= :before"
        rested = When(f"attribute_exists(#pk) AND ({seen})", {"before": now - BETWEEN_RETURNS})
        self._table.write(update(items.account_key(user_key), rested, {"returned_at": now}))
        key = items.execution_key(user_key, reference)
        found = items.execution_of(self._table.read(key).get(key))
        return found.hint if found and not found.state.final else None

    def known(self, user_key: str, reference: str) -> Known | None:
        """What is on record around an execution, or None if it was never intended."""
        keys = items.execution_key(user_key, reference), items.account_key(user_key)
        found = self._table.read(*keys)
        execution = items.execution_of(found.get(keys[0]))
        if execution is None:
            return None
        journey = execution.journey
        more = items.journey_key(user_key, journey), items.session_key(user_key, journey)
        around = self._table.read(*more)
        return Known(
            execution,
            items.account_of(found.get(keys[1])),
            items.progress_of(around.get(more[0])),
            items.session_of(around.get(more[1])),
        )

    def adopt(self, known: Known, account_id: str, workflow_execution_id: str, now: int) -> bool:
        """Record what a call with an unknown outcome has opened; raises ConditionFailed.

        The account becomes the person's if they have none. False if they have another:
        then this one is an orphan, on record with the execution and a look-up of its own.
        Refused while somebody holds the person's lease: an opening or an erasure would not
        know of it.
        """
        execution, account = known.execution, known.account
        unadopted = "#rank = :rank AND attribute_not_exists(#workflow_execution_id)"
        state = max(execution.state, State.PENDING, key=lambda state: state.rank)
        operations = [
            moved(
                execution,
                When(unadopted, {"rank": execution.state.rank}),
                state=state,
                account_id=account_id,
                workflow_execution_id=workflow_execution_id,
                due_at=min(execution.ends_at, now + early_look(0)),
            ),
            put(items.owner_key(account_id), {"user_key": execution.user_key}),
        ]
        owner = items.account_key(execution.user_key)
        if account.account_id is None:
            homeless = f"attribute_exists(#pk) AND attribute_not_exists(#account_id) AND {FREE}"
            # Whoever's clock says that the lease goes on does not write another account over it.
            changes = {"account_id": account_id, "lease_owner": None, "lease_until": None}
            operations.append(update(owner, When(homeless, {"now": now}), changes))
        else:
            operations.append(check(owner, When(FREE, {"now": now})))
        self._table.write(*operations)
        return account.account_id in (None, account_id)

    def advance(self, known: Known, news: News) -> Known:
        """Move an execution, and the journey that it counts for; what is on record then.

        Raises ConditionFailed.
        """
        execution, session = known.execution, known.session
        forward = items.before(news.state)
        if execution.under_review or news.manual:
            told = "#verdict = :verdict AND attribute_not_exists(#unpublished)"
            forward = When(told, {"verdict": execution.verdict})
        changes, heard = _changes(news), () if news.manual else ((news.at, news.state),)
        since = {items.heard_at(state): at for at, state in heard}
        operations = [moved(execution, forward, **changes, **since)]
        # What an erasure cannot have seen: a new item, or a word about what has ended.
        if not known.progress.revision or news.manual:
            spared = "attribute_exists(#pk) AND "
            spared += "(attribute_not_exists(#erasing) OR #lease_until <= :now)"
            owner = items.account_key(execution.user_key)
            operations.append(check(owner, When(spared, {"now": news.at})))
        if news.effect.progress != known.progress:
            operations.append(
                update(
                    items.journey_key(execution.user_key, execution.journey),
                    items.unchanged(known.progress),
                    asdict(news.effect.progress),
                )
            )
        if session and _session_ends(execution, session, news):
            place = items.session_key(execution.user_key, execution.journey)
            same = "attribute_not_exists(#pk) OR #reference = :seen"
            operations.append(delete(place, When(same, {"seen": session.reference})))
            session = None
        self._table.write(*operations)
        execution = replace(execution, **changes, heard=tuple(sorted(execution.heard + heard)))
        return Known(execution, known.account, news.effect.progress, session)

    def note(self, execution: Execution, word: str) -> None:
        """Keep a word of Jumio's that we do not know, for whoever looks into it."""
        ascii_only = word.encode("ascii", "replace").decode()[:100]
        self._table.write(moved(execution, _PRESENT, unknown_word=ascii_only))

    def published(self, execution: Execution, over_at: int | None = None) -> None:
        """The bus has this outcome; raises ConditionFailed if it moved.

        Nothing is left to do until an approval lapses or its retention is over, if ever.
        """
        next_at = min(filter(None, (execution.lapses_at, over_at)), default=None)
        told = When("#verdict = :told", {"told": execution.verdict})
        self._table.write(moved(execution, told, due_at=next_at, unpublished=False))

    def lapsed(self, execution: Execution, over_at: int | None = None) -> None:
        """The bus knows that its approval has lapsed; raises ConditionFailed if it moved."""
        self._table.write(moved(execution, _TOLD, due_at=over_at, valid_until=None))

    def keep(self, execution: Execution, over_at: int | None) -> None:
        """Its person is not erased before that time, or never; raises ConditionFailed if it moved.

        What was looked for in vain so far was that time.
        """
        self._table.write(moved(execution, _TOLD, due_at=over_at, looks=0))

    def due(self, now: int) -> Iterator[Key]:
        """Of the executions that somebody should look at by now, the most overdue first."""
        yield from self._table.due("due", items.DUE, now)

    def found(self, keys: Sequence[Key]) -> list[Execution | items.Unreadable]:
        """What is at up to 100 of those keys, in their order."""
        found = self._table.read(*keys)
        return [items.readable(found[key]) for key in keys if key in found]

    def look(self, found: Execution | items.Unreadable, again_at: int) -> None:
        """Note that what is due is looked at; raises ConditionFailed if it is already."""
        changes = {"looks": found.looks + 1} if isinstance(found, Execution) else {}
        due = When("#due_at = :due_at", {"due_at": found.due_at})
        self._table.write(moved(found, due, due_at=again_at, **changes))

    def rest(self, execution: Execution, now: int) -> None:
        """Jumio has answered that nothing has happened yet; raises ConditionFailed if it has."""
        again_at = min(execution.ends_at, now + early_look(now - execution.created_at))
        self._table.write(moved(execution, items.still(execution.state), due_at=again_at, looks=0))

    def never_opened(self, execution: Execution, now: int) -> None:
        """End an intent of which nothing was ever heard; raises ConditionFailed."""
        ended = {"state": State.EXPIRED, "settled_at": now, "due_at": None}
        self._table.write(moved(execution, items.still(State.REQUESTED), **ended))


_PRESENT = When("attribute_exists(#pk)")
_TOLD = When(f"{_PRESENT.condition} AND attribute_not_exists(#unpublished)")


def _changes(news: News) -> dict[str, Any]:
    """What becomes of an execution's fields; an outcome is marked until the bus has taken it."""
    changes: dict[str, Any] = {"state": news.state, "looks": 0}
    if not news.state.final:
        return {**changes, "due_at": news.look_again_at, "ends_at": news.look_again_at}
    approved, until = news.effect.verdict is State.APPROVED, news.effect.progress.valid_until
    if news.manual:
        changes = {"manual": news.manual}
    else:
        changes |= {"decision": news.decision, "ends_at": 0, "settled_at": news.at}
    tell = news.effect.verdict.final  # a step that another one follows is no outcome
    return {
        **changes,
        "verdict": news.effect.verdict,
        "valid_until": until if approved or (until or 0) > news.at else None,
        "unpublished": tell,
        "due_at": news.at + GRACE if tell else news.look_again_at,
    }


def _session_ends(execution: Execution, session: Session, news: News) -> bool:
    """Whether the stored token has served: its execution counts no more, or is captured or over."""
    if session.reference != news.effect.progress.reference:
        return True
    return session.reference == execution.reference and news.state.rank >= State.PROCESSING.rank
