"""From what Jumio says about an execution to what is on record: forward only, once.

The rank of states is part of each write's condition, so that duplicate, late and
reordered news change nothing, whoever brings them. Only a review that was told is left again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from verification.domain.effects import Effect
from verification.domain.execution import Decision, Execution, ManualDecision, State
from verification.domain.hint import Hint
from verification.domain.schedule import BETWEEN_RETURNS, GRACE, RHYTHM, early_look
from verification.domain.standing import Account, Progress, Session
from verification.store.attempts import FREE
from verification.store.items import (
    DUE,
    Unreadable,
    account_key,
    account_of,
    decision_item,
    decision_of,
    execution_key,
    execution_of,
    heard_at,
    journey_key,
    owner_key,
    progress_changes,
    progress_of,
    readable,
    session_key,
    session_of,
    unchanged,
)
from verification.store.operations import Item, Key, When, check, delete, put, update
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
        self._table.write(update(account_key(user_key), rested, changes={"returned_at": now}))
        key = execution_key(user_key, reference)
        found = execution_of(self._table.read(key).get(key))
        return found.hint if found and not found.state.final else None

    def known(self, user_key: str, reference: str) -> Known | None:
        """What is on record around an execution, or None if it was never intended."""
        keys = execution_key(user_key, reference), account_key(user_key)
        items = self._table.read(*keys)
        execution = execution_of(items.get(keys[0]))
        if execution is None:
            return None
        journey = execution.journey
        more = journey_key(user_key, journey), session_key(user_key, journey)
        around = self._table.read(*more)
        return Known(
            execution,
            account_of(items.get(keys[1])),
            progress_of(around.get(more[0])),
            session_of(around.get(more[1])),
        )

    def adopt(self, known: Known, account_id: str, workflow_execution_id: str, now: int) -> bool:
        """Record what a call with an unknown outcome has opened; raises ConditionFailed.

        The account becomes the person's if they have none. False if they have another:
        then this one is an orphan, on record with the execution and a look-up of its own.
        Refused while somebody holds the person's lease: an opening or an erasure would not
        know of it.
        """
        execution, account = known.execution, known.account
        state = max(execution.state, State.PENDING, key=lambda state: state.rank)
        operations = [
            update(
                execution_key(execution.user_key, execution.reference),
                When(
                    "#rank = :rank AND attribute_not_exists(#workflow_execution_id)",
                    {"rank": execution.state.rank},
                ),
                changes={
                    "state": state,
                    "rank": state.rank,
                    "account_id": account_id,
                    "workflow_execution_id": workflow_execution_id,
                    "due": DUE,
                    "due_at": min(execution.ends_at, now + early_look(0)),
                },
            ),
            put({**owner_key(account_id).attributes, "user_key": execution.user_key}),
        ]
        owner = account_key(execution.user_key)
        if account.account_id is None:
            homeless = f"attribute_exists(#pk) AND attribute_not_exists(#account_id) AND {FREE}"
            # Whoever's clock says that the lease goes on does not write another account over it.
            changes = {"account_id": account_id, "lease_owner": None, "lease_until": None}
            operations.append(update(owner, When(homeless, {"now": now}), changes=changes))
        else:
            operations.append(check(owner, When(FREE, {"now": now})))
        self._table.write(*operations)
        return account.account_id in (None, account_id)

    def advance(self, known: Known, news: News) -> Known:
        """Move an execution, and the journey that it counts for; what is on record then.

        Raises ConditionFailed.
        """
        execution, session = known.execution, known.session
        changes = _execution_changes(news)
        forward = When("#rank < :rank", {"rank": news.state.rank})
        if execution.under_review or news.manual:
            told = "#verdict = :verdict AND attribute_not_exists(#unpublished)"
            forward = When(told, {"verdict": execution.verdict})
        key = execution_key(execution.user_key, execution.reference)
        heard = {} if news.manual else {heard_at(news.state): news.at}
        operations = [update(key, forward, changes=changes | heard)]
        # What an erasure cannot have seen: a new item, or a word about what has ended.
        if not known.progress.revision or news.manual:
            spared = "attribute_exists(#pk) AND "
            spared += "(attribute_not_exists(#erasing) OR #lease_until <= :now)"
            owner = account_key(execution.user_key)
            operations.append(check(owner, When(spared, {"now": news.at})))
        if news.effect.progress != known.progress:
            operations.append(
                update(
                    journey_key(execution.user_key, execution.journey),
                    unchanged(known.progress),
                    changes=progress_changes(news.effect.progress),
                )
            )
        if session and _session_ends(execution, session, news):
            seen = When(
                "attribute_not_exists(#pk) OR #reference = :seen", {"seen": session.reference}
            )
            operations.append(delete(session_key(execution.user_key, execution.journey), seen))
            session = None
        self._table.write(*operations)
        return Known(_moved(execution, changes, news), known.account, news.effect.progress, session)

    def note(self, execution: Execution, word: str) -> None:
        """Keep a word of Jumio's that we do not know, for whoever looks into it."""
        self._table.write(
            update(
                execution_key(execution.user_key, execution.reference),
                _PRESENT,
                changes={"unknown_word": word.encode("ascii", "replace").decode()[:100]},
            )
        )

    def published(self, execution: Execution, over_at: int | None = None) -> None:
        """The bus has this outcome; raises ConditionFailed if it moved.

        Nothing is left to do until an approval lapses or its retention is over, if ever.
        """
        next_at = min(filter(None, (execution.lapses_at, over_at)), default=None)
        told = When("#verdict = :told", {"told": execution.verdict})
        self._next(execution, told, next_at, {"unpublished": None})

    def lapsed(self, execution: Execution, over_at: int | None = None) -> None:
        """The bus knows that its approval has lapsed; raises ConditionFailed if it moved."""
        self._next(execution, _TOLD, over_at, {"valid_until": None})

    def keep(self, execution: Execution, over_at: int | None) -> None:
        """Its person is not erased before that time, or never; raises ConditionFailed if it moved.

        What was looked for in vain so far was that time.
        """
        self._next(execution, _TOLD, over_at, {"looks": 0})

    def _next(self, execution: Execution, when: When, at: int | None, changes: Item) -> None:
        key = execution_key(execution.user_key, execution.reference)
        due = {"due": DUE if at else None, "due_at": at}
        self._table.write(update(key, when, changes=due | changes))

    def due(self, now: int) -> Iterator[Key]:
        """Of the executions that somebody should look at by now, the most overdue first."""
        return self._table.due("due", DUE, now)

    def found(self, keys: Sequence[Key]) -> list[Execution | Unreadable]:
        """What is at up to 100 of those keys, in their order."""
        items = self._table.read(*keys)
        return [readable(key, items[key]) for key in keys if key in items]

    def look(self, execution: Execution, again_at: int) -> None:
        """Note that an overdue execution is looked at; raises ConditionFailed if it is already."""
        self._look_again(
            execution_key(execution.user_key, execution.reference),
            When("#due_at = :due_at", {"due_at": execution.due_at}),
            {"due_at": again_at, "looks": execution.looks + 1},
        )

    def set_aside(self, unreadable: Unreadable, now: int) -> None:
        """Let what cannot be read wait, behind all others; raises ConditionFailed if it moved."""
        seen = When("#due_at = :due_at", {"due_at": unreadable.due_at})
        self._look_again(unreadable.key, seen, {"due_at": now + RHYTHM[-1]})

    def rest(self, execution: Execution, now: int) -> None:
        """Jumio has answered that nothing has happened yet; raises ConditionFailed if it has."""
        again_at = now + early_look(now - execution.created_at)
        self._look_again(
            execution_key(execution.user_key, execution.reference),
            When("#rank = :rank", {"rank": execution.state.rank}),
            {"due_at": min(execution.ends_at, again_at), "looks": 0},
        )

    def _look_again(self, key: Key, when: When, changes: Item) -> None:
        self._table.write(update(key, when, changes=changes))

    def never_opened(self, execution: Execution, now: int) -> None:
        """End an intent of which nothing was ever heard; raises ConditionFailed."""
        self._table.write(
            update(
                execution_key(execution.user_key, execution.reference),
                When("#rank = :requested", {"requested": State.REQUESTED.rank}),
                changes={
                    "state": State.EXPIRED,
                    "rank": State.EXPIRED.rank,
                    "settled_at": now,
                },
                remove=["due", "due_at"],
            )
        )


_PRESENT = When("attribute_exists(#pk)")
_TOLD = When(f"{_PRESENT.condition} AND attribute_not_exists(#unpublished)")


def _execution_changes(news: News) -> Item:
    """The execution's attributes; an outcome is marked until the bus has taken it."""
    changes: Item = {"state": news.state, "rank": news.state.rank, "looks": 0}
    if not news.state.final:
        return {**changes, "due": DUE, "due_at": news.look_again_at, "ends_at": news.look_again_at}
    approved, until = news.effect.verdict is State.APPROVED, news.effect.progress.valid_until
    if news.manual:
        changes = {"manual": [asdict(one) for one in news.manual]}
    else:
        decision = decision_item(news.decision)
        changes |= {"decision": decision, "ends_at": None, "settled_at": news.at}
    tell = news.effect.verdict.final  # a step that another one follows is no outcome
    due_at = news.at + GRACE if tell else news.look_again_at
    return {
        **changes,
        "verdict": news.effect.verdict,
        "valid_until": until if approved or (until or 0) > news.at else None,
        "unpublished": True if tell else None,
        "due": DUE if due_at else None,
        "due_at": due_at,
    }


def _moved(execution: Execution, changes: Item, news: News) -> Execution:
    """What would be read of an execution now."""
    missing = {"ends_at": 0, "unpublished": False}
    moved: Item = {
        name: missing.get(name) if value is None else value for name, value in changes.items()
    }
    if "decision" in moved:
        moved["decision"] = decision_of(moved["decision"])
    if news.manual:
        moved["manual"] = news.manual
    else:
        moved["heard"] = tuple(sorted((*execution.heard, (news.at, news.state))))
    return replace(execution, **{name: moved[name] for name in moved.keys() - {"rank", "due"}})


def _session_ends(execution: Execution, session: Session, news: News) -> bool:
    """Whether the stored token has served: its execution counts no more, or is captured or over."""
    if session.reference != news.effect.progress.reference:
        return True
    return session.reference == execution.reference and news.state.rank >= State.PROCESSING.rank
