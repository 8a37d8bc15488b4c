"""Every state in which a journey can leave a person, by what everybody can do, in the pure model.

Times are ages in steps of ``TICK`` seconds, capped where nothing depends on them any more, so
that there are finitely many states. At most one replaced execution is remembered: an older one
could do no more than it can.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from verification.domain.effects import effect_of
from verification.domain.eligibility import require_new_execution_allowed
from verification.domain.errors import Problem
from verification.domain.execution import Decision, Execution, State
from verification.domain.journeys import Journey
from verification.domain.standing import Account, Progress

TICK = 60
NOW = 10_000
_OLDEST = 2 * TICK  # no validity and no window of the journeys that are walked is longer

JUMIO = {
    "starts": (State.STARTED, None),
    "captured": (State.PROCESSING, None),
    "passes": (State.APPROVED, Decision("PASSED")),
    "warns": (State.REVIEW, Decision("WARNING")),
    "rejects": (State.DECLINED, Decision("REJECTED")),
    "cannot judge": (State.EXPIRED, Decision("NOT_EXECUTED")),
    "expires": (State.EXPIRED, None),
}
Key = tuple[object, ...]
"""What tells one place from another."""

JUDGED = {"passes", "rejects"}


@dataclass(frozen=True)
class Open:
    """An execution of which news may still come."""

    reference: str
    step: str
    state: State
    verdict: State | None = None

    @property
    def execution(self) -> Execution:
        return _execution(self)


@cache
def _execution(of: Open) -> Execution:
    return Execution("u", of.reference, "j", of.step, of.state, "q", 0, verdict=of.verdict)


@dataclass(frozen=True)
class Place:
    """Where a person stands, at the moment ``NOW``."""

    progress: Progress
    account: bool
    current: Open | None = None
    replaced: Open | None = None

    @property
    def key(self) -> Key:
        """The same for places from which the same can follow."""
        now = self.progress
        kept = (tuple(sorted(now.attempts.items())), tuple(sorted(now.passed.items())))
        rest = (now.state, now.step, now.reference, now.valid_until, now.approved_by)
        rest += (now.approved_for,)
        return (*kept, *rest, now.updated_at, self.account, self.current, self.replaced)

    def standing(self) -> tuple[Progress, Account]:
        return self.progress, Account(account_id="account-1" if self.account else None)


def ways(journey: Journey, place: Place) -> Iterator[tuple[str, Place]]:
    """What can happen next, each with where it leads."""
    yield "time", _later(journey, place)
    if journey.older_approvals == "lapse" and place.progress.approved_for:
        yield "another document", _approved_for(place, "other")
    yield (
        ("account deleted" if place.account else "another journey"),
        replace(place, account=not place.account),
    )
    try:
        step = require_new_execution_allowed(journey, *place.standing(), NOW)
    except Problem:
        pass
    else:
        yield "start", _started(place, step.name)
    for which, told in (("current", place.current), ("replaced", place.replaced)):
        reviewed = told is not None and told.execution.under_review
        for word, (state, decision) in JUMIO.items() if told else ():
            if reviewed and word not in JUDGED:
                continue
            if led := _news(journey, place, which, state, decision):
                judge = "judgement" if reviewed else f"Jumio {word}"
                yield (judge if which == "current" else f"{judge}, late"), led


def _approved_for(place: Place, fingerprint: str) -> Place:
    return replace(place, progress=replace(place.progress, approved_for=fingerprint))


def _started(place: Place, step: str) -> Place:
    current = place.current
    old = current if current and not current.state.final else place.replaced
    progress = place.progress.opened(step, "new", NOW)
    opened = Open("new", step, State.PENDING)
    return _renamed(Place(progress, account=True, current=opened, replaced=old))


def _news(
    journey: Journey, place: Place, which: str, state: State, decision: Decision | None
) -> Place | None:
    told = place.current if which == "current" else place.replaced
    step = journey.step(told.step) if told else None
    if told is None or step is None:
        return None
    effect = effect_of(
        journey,
        step,
        place.progress,
        reference=told.reference,
        state=state,
        decision=decision,
        at=NOW,
    )
    if not told.execution.leads_to(state, effect.verdict):
        return None
    after = replace(effect.progress, tip=None)  # on which nothing depends
    moved = replace(told, state=state, verdict=effect.verdict if state.final else None)
    alive = moved if not state.final or effect.verdict is State.REVIEW else None
    if which == "current":
        return _renamed(replace(place, progress=after, current=alive))
    if after.reference == told.reference:  # it counts, and the newer one does not
        return _renamed(replace(place, progress=after, current=alive, replaced=place.current))
    return replace(place, progress=after, replaced=alive)


def _renamed(place: Place) -> Place:
    """With the names of executions that tell which is which, and no more."""
    names = {place.replaced.reference: "old"} if place.replaced else {}
    if place.current:
        names[place.current.reference] = "now"
    progress = place.progress

    def name(reference: str | None) -> str | None:
        return reference and names.get(reference, "gone")

    counts, approved_by = name(progress.reference), "gone" if progress.approved_by else None
    if (counts, approved_by) != (progress.reference, progress.approved_by):
        progress = replace(progress, reference=counts, approved_by=approved_by)
    return Place(
        progress, place.account, _called(place.current, "now"), _called(place.replaced, "old")
    )


def _called(told: Open | None, name: str) -> Open | None:
    return told if told is None or told.reference == name else replace(told, reference=name)


def _later(journey: Journey, place: Place) -> Place:
    progress = place.progress

    def aged(at: int) -> int:
        return max(at - TICK, NOW - _OLDEST)

    def recent(step: str, times: tuple[int, ...]) -> tuple[int, ...]:
        known = journey.step(step)
        window = known.attempts.window if known else 0
        return tuple(aged(at) for at in times if at - TICK > NOW - window)

    attempts: Mapping[str, tuple[int, ...]] = {
        step: times for step, old in progress.attempts.items() if (times := recent(step, old))
    }
    until, updated = progress.valid_until, progress.updated_at
    return replace(
        place,
        progress=replace(
            progress,
            attempts=attempts,
            passed={step: aged(at) for step, at in progress.passed.items()},
            valid_until=aged(until) if until is not None else None,
            updated_at=aged(updated) if updated is not None else None,
        ),
    )


def walked(journey: Journey, most: int) -> tuple[dict[Key, Place], dict[Key, set[tuple[str, Key]]]]:
    """All places that can be reached, by key, and from each what leads where."""
    first = Place(Progress(), account=False)
    places, roads, waiting = {first.key: first}, {}, [first]
    while waiting:
        place = waiting.pop()
        leads = roads[place.key] = set[tuple[str, Key]]()
        for word, after in ways(journey, place):
            leads.add((word, after.key))
            if after.key not in places:
                assert len(places) < most, "the model is not finite, or too large to walk"
                places[after.key] = after
                waiting.append(after)
    return places, roads
