"""Who meets whom. A scenario makes a world in which some things have happened, and its actors."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from tests.exploration.explorer import Scenario
from tests.exploration.invariants import PEPPER, ROTATED
from tests.exploration.world import World
from verification.domain.identity import Peppers

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
    "approve": lambda world: world.judge("approve", "approve"),
    "decline": lambda world: world.judge("decline", "decline"),
    "revoke": lambda world: world.judge("revoke", "revoke"),
    "sweep": lambda world: world.sweeper("sweep"),
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


def _verified(world: World) -> None:
    """The person was declined a while ago, and has an account."""
    world.ask()
    world.finish("REJECTED")


def _reviewed(world: World) -> None:
    """Jumio has left the judgement to somebody."""
    world.ask()
    world.finish("WARNING")


BEFORE: dict[str, Cast] = {
    "unused": _unused,
    "nothing": _nothing,
    "opened": _opened,
    "overdue": _overdue,
    "unheard": _unheard,
    "lost": _lost,
    "declined": _verified,
    "reviewed": _reviewed,
}


def scenario(text: str) -> Scenario:
    """``journey/before/actor+actor+actor``, for example ``identity/nothing/create+erase``."""
    journey, before, actors = text.split("/")
    return partial(_world, journey, before, tuple(actors.split("+")))


@cache
def _prepared(journey: str, before: str) -> World:
    world = World(journey)
    BEFORE[before](world)
    return world


def _world(journey: str, before: str, actors: tuple[str, ...]) -> World:
    world = World(journey)
    world.follow(_prepared(journey, before))
    world.renewing = "renew" in actors
    for name in actors:
        ACTORS[name](world)
    return world


PAIRS = [
    f"identity/{rest}"
    for rest in (
        "nothing/create+again",
        "nothing/create+erase",
        "nothing/create+approved",
        "nothing/keyed+same-key",
        "nothing/erase+erase-too",
        "opened/create+approved",
        "opened/keyed+renew",
        "opened/renew+erase",
        "opened/approved+erase",
        "overdue/sweep+approved",
        "overdue/sweep+create",
        "unheard/sweep+erase",
        "lost/create+approved",
        "lost/create+erase",
        "unused/create+again",
        "nothing/late+new",
        "opened/late+new",
    )
]
"""Of these, ``make test`` runs every schedule with two preemptions and one fault."""

MORE = [
    f"identity/{rest}"
    for rest in (
        "nothing/create+sweep",
        "nothing/keyed+other-key",
        "declined/create+again",
        "opened/approved+duplicate",
        "opened/started+declined",
        "opened/renew+approved",
        "opened/web+expired",
        "opened/create+erase",
        "opened/sweep+review",
        "opened/erase+erase-too",
        "overdue/sweep+erase",
        "unheard/sweep+create",
        "lost/approved+erase",
        "lost/approved+duplicate",
        "lost/started+sweep",
        "declined/create+erase",
        "declined/create+approved",
        "unused/late+new",
        "nothing/late+late-too",
        "nothing/late-erase+new",
        "opened/new+erase",
        "opened/late-erase+new",
        "lost/late+new",
    )
]
"""Of these, ``make test`` runs those with one preemption or one fault."""

LONG = [
    *(
        f"{journey}/nothing/create+{other}"
        for journey in ("informed", "screened")
        for other in ("again", "approved", "erase", "declined")
    ),
    "identity/reviewed/approve+decline",
    "identity/reviewed/approve+revoke",
    "identity/reviewed/approve+erase",
    "identity/reviewed/decline+create",
    "identity/nothing/create+again+erase",
    "identity/nothing/late+new+new-too",
    "identity/nothing/late+late-too+new",
    "identity/nothing/late+new+erase",
    "identity/opened/late+new+erase",
    "identity/opened/renew+approved+erase",
    "identity/opened/keyed+web+declined",
    "identity/overdue/sweep+create+erase",
    "identity/lost/create+approved+erase",
    "identity/lost/sweep+approved+duplicate",
    "screened/nothing/create+approved+erase",
]
"""Of these, ``make test`` runs those with one preemption."""

ALL = [*PAIRS, *MORE, *LONG]
