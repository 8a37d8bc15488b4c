"""Who meets whom. A scenario makes a world in which some things have happened, and its actors."""

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.exploration.explorer import Scenario
from tests.exploration.journeys import DAY, VALIDITY
from tests.exploration.record import PEPPER, ROTATED
from tests.exploration.world import World
from verification.domain.identity import Peppers
from verification.use_cases.create_session import KeyUse

Cast = Callable[[World], Any]

ACTORS: dict[str, Cast] = {
    "create": lambda world: world.create("create"),
    "again": lambda world: world.create("again"),
    "keyed": lambda world: world.create("keyed", key="a-key-of-some-length"),
    "same-key": lambda world: world.create("same-key", key="a-key-of-some-length"),
    "other-key": lambda world: world.create("other-key", key="another-key-of-it"),
    "renew": lambda world: world.create("renew", renew=True),
    "web": lambda world: world.create("web", channel="web"),
    "approved": lambda world: world.callback("approved"),
    "declined": lambda world: world.callback("declined", decision="REJECTED"),
    "review": lambda world: world.callback("review", decision="WARNING"),
    "started": lambda world: world.callback("started", "ACQUISITION_STARTED"),
    "acquired": lambda world: world.callback("acquired", "ACQUIRED"),
    "expired": lambda world: world.callback("expired", "SESSION_EXPIRED"),
    "duplicate": lambda world: world.again("duplicate"),
    "duplicate-too": lambda world: world.again("duplicate-too"),
    "expiry": lambda world: world.expiry("expiry"),
    "approve": lambda world: world.judge("approve", "approve"),
    "decline": lambda world: world.judge("decline", "decline"),
    "revoke": lambda world: world.judge("revoke", "revoke"),
    "sweep": lambda world: world.sweeper("sweep"),
    "look": lambda world: world.visitor("look"),
    "back": lambda world: world.visitor("back", returned=True),
    "erase": lambda world: world.operator("erase"),
    "erase-too": lambda world: world.operator("erase-too"),
    # The secret has a new pepper: those who have read it before, and those who know it.
    "late": lambda world: _rotated(world).create("late", known=Peppers(PEPPER)),
    "late-too": lambda world: _rotated(world).create("late-too", known=Peppers(PEPPER)),
    "new": lambda world: _rotated(world).create("new"),
    "new-too": lambda world: _rotated(world).create("new-too"),
    "late-erase": lambda world: _rotated(world).operator("late-erase", Peppers(PEPPER)),
}


def _rotated(world: World) -> World:
    world.secret = ROTATED
    return world


def _unused(world: World) -> None:
    """The table is new."""
    world.table.items, world.table.digest = {}, 0


def _nothing(world: World) -> None:
    """Nobody knows the person."""


def _opened(world: World) -> None:
    """The person has a session, and nobody has heard of it for a while."""
    world.ask()
    world.schedule.now += 60


def _overdue(world: World) -> None:
    """The person had a session that should be over."""
    world.ask()
    world.schedule.now += 700


def _unheard(world: World) -> None:
    """An attempt was begun, and its process has died, long ago."""
    world.ask_and_die("before", "POST account")
    world.schedule.now += 4300


def _lost(world: World) -> None:
    """Jumio has opened an account, and whoever asked for it has died."""
    world.ask_and_die("after", "POST account")
    world.schedule.now += 31


def _declined(world: World) -> None:
    """The person was declined a while ago, and has an account."""
    world.ask()
    world.finish("REJECTED")


def _reviewed(world: World) -> None:
    """Jumio has left the judgement to somebody."""
    world.ask()
    world.finish("WARNING")


def _approved(world: World) -> None:
    """The person has passed, a moment ago."""
    world.ask()
    world.finish("PASSED")


def _lapsing(world: World) -> None:
    """An approval is about to lapse."""
    _approved(world)
    world.schedule.now += VALIDITY - 20


def _renewing(world: World) -> None:
    """The same, and the person has begun to renew it."""
    _approved(world)
    world.schedule.now += VALIDITY - 120
    world.ask()
    world.schedule.now += 100


def _keyed(world: World) -> None:
    """A request with a key was answered, and its time is over."""
    world.ask(key=KeyUse("a-key-of-some-length", "the request"))
    world.schedule.now += 700


def _over(world: World) -> None:
    """The days of a person who was declined are over, and a worker is about to hear of that."""
    _declined(world)
    world.schedule.now += DAY + 1
    world.sweep()


def _returned(world: World) -> None:
    """The same, and the person has come back: their attempt is open at Jumio, on no record."""
    _over(world)
    world.ask_and_die("after", "PUT account")
    world.schedule.now += 31


BEFORE: dict[str, Cast] = {
    "unused": _unused,
    "nothing": _nothing,
    "opened": _opened,
    "overdue": _overdue,
    "unheard": _unheard,
    "lost": _lost,
    "declined": _declined,
    "reviewed": _reviewed,
    "approved": _approved,
    "lapsing": _lapsing,
    "renewing": _renewing,
    "keyed": _keyed,
    "over": _over,
    "returned": _returned,
}


WRONG = {">": 30, "<": -30}  # seconds, by which an actor's clock is fast or slow


def scenario(text: str) -> Scenario:
    """``journey/before/actor+actor+actor``, for example ``identity/nothing/create+erase``.

    ``create>`` has a clock that is fast, ``create<`` one that is slow.
    """
    journey, before, actors = text.split("/")
    return partial(_world, journey, before, tuple(actors.split("+")))


def _world(journey: str, before: str, actors: tuple[str, ...]) -> World:
    world = World(journey)
    BEFORE[before](world)
    world.renewing = "renew" in actors
    for name in actors:
        word = name.rstrip("<>")
        ACTORS[word](world)
        if word != name:
            world.schedule.skews[word] = WRONG[name[-1]]
    return world


PAIRS = [
    "identity/nothing/create+again",
    "identity/nothing/create+erase",
    "identity/nothing/create+approved",
    "identity/nothing/keyed+same-key",
    "identity/nothing/erase+erase-too",
    "identity/opened/create+approved",
    "identity/opened/keyed+renew",
    "identity/opened/renew+erase",
    "identity/opened/approved+erase",
    "identity/opened/look+approved",
    "identity/opened/back+approved",
    "identity/overdue/sweep+approved",
    "identity/overdue/sweep+create",
    "identity/unheard/sweep+erase",
    "identity/lost/create+approved",
    "identity/lost/create+erase",
    "renewed/lapsing/sweep+create",
    "renewed/renewing/sweep+approved",
    "identity/unused/create+again",
    "identity/nothing/late+new",
    "identity/opened/late+new",
]
"""Of these, ``make test`` runs every schedule with two preemptions and one fault."""

MORE = [
    "identity/nothing/create+sweep",
    "identity/nothing/keyed+other-key",
    "identity/nothing/create+look",
    "identity/declined/create+again",
    "identity/declined/create+look",
    "identity/opened/approved+duplicate",
    "identity/opened/started+declined",
    "identity/opened/renew+approved",
    "identity/opened/web+expired",
    "identity/opened/create+erase",
    "identity/opened/sweep+review",
    "identity/opened/back+erase",
    "identity/opened/back+duplicate",
    "identity/opened/erase+erase-too",
    "identity/overdue/sweep+erase",
    "identity/overdue/sweep+back",
    "identity/unheard/sweep+create",
    "identity/lost/approved+erase",
    "identity/lost/approved+duplicate",
    "identity/lost/started+sweep",
    "identity/lost/back+approved",
    "identity/declined/create+erase",
    "identity/declined/create+approved",
    "identity/reviewed/approve+decline",
    "identity/reviewed/approve+revoke",
    "identity/reviewed/approve+erase",
    "identity/reviewed/approve+look",
    "identity/reviewed/decline+create",
    "identity/approved/revoke+create",
    "identity/approved/revoke+erase",
    "identity/approved/revoke+look",
    "renewed/approved/create+again",
    "renewed/lapsing/sweep+revoke",
    "renewed/lapsing/sweep+erase",
    "renewed/lapsing/sweep+duplicate",
    "renewed/lapsing/sweep+duplicate+erase",
    "renewed/lapsing/sweep+look",
    "renewed/renewing/sweep+declined",
    "renewed/renewing/approved+revoke",
    "renewed/renewing/approved+look",
    "informed/opened/renew+approved",
    "informed/opened/back+approved",
    "screened/opened/create+approved",
    "screened/opened/back+approved",
    "identity/unused/late+new",
    "identity/nothing/late+late-too",
    "identity/nothing/late-erase+new",
    "identity/opened/new+erase",
    "identity/opened/late-erase+new",
    "identity/lost/late+new",
    "strict/renewing/declined+look",
    "strict/renewing/declined+create",
    "strict/renewing/declined+revoke",
    "strict/renewing/declined+erase",
    "strict/renewing/sweep+declined",
    "strict/renewing/sweep+approved",
    "retained/over/duplicate+create",
    "retained/over/duplicate+erase",
    "retained/over/duplicate+look",
    "retained/over/duplicate+duplicate-too",
    "retained/over/duplicate+sweep",
    "retained/opened/duplicate+approved",
    "retained/returned/duplicate+approved",
    "retained/returned/duplicate+create",
    "identity/overdue/expiry+create",
    "identity/overdue/expiry+renew",
    "identity/overdue/expiry+approved",
    "identity/overdue/expiry+sweep",
    "identity/overdue/expiry+erase",
    "identity/keyed/expiry+same-key",
    "identity/keyed/expiry+keyed",
    "identity/nothing/create+again>",
    "identity/nothing/create+again<",
    "identity/nothing/create+erase>",
    "identity/nothing/create+erase<",
    "identity/opened/renew+erase>",
    "identity/opened/renew+approved>",
    "identity/lost/create+approved>",
    "identity/lost/create+approved<",
    "identity/lost/erase+approved>",
    "identity/overdue/sweep>+create",
    "renewed/lapsing/sweep>+create",
    "retained/over/duplicate>+create",
]
"""Of these, ``make test`` runs every schedule with one preemption and one fault."""

LONG = [
    "informed/nothing/create+again",
    "informed/nothing/create+approved",
    "informed/nothing/create+erase",
    "informed/nothing/create+declined",
    "screened/nothing/create+again",
    "screened/nothing/create+approved",
    "screened/nothing/create+erase",
    "screened/nothing/create+declined",
    "screened/nothing/create+approved+erase",
    "informed/opened/renew+approved+erase",
    "identity/nothing/create+again+erase",
    "identity/nothing/late+new+new-too",
    "identity/nothing/late+late-too+new",
    "identity/nothing/late+new+erase",
    "identity/opened/late+new+erase",
    "identity/opened/renew+approved+erase",
    "identity/opened/keyed+web+declined",
    "identity/opened/back+duplicate+approved",
    "identity/overdue/sweep+create+erase",
    "identity/overdue/sweep+duplicate+approved",
    "identity/lost/create+approved+erase",
    "identity/lost/sweep+approved+duplicate",
    "renewed/lapsing/sweep+duplicate+create",
    "renewed/renewing/sweep+duplicate+approved",
    "renewed/renewing/sweep+revoke+declined",
]
"""Of these, ``make test`` runs every schedule with two preemptions."""

ALL = [*PAIRS, *MORE, *LONG]
