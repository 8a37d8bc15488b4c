"""Who the person is, and what is on record about them and at Jumio."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.exploration.expressions import Item
from tests.exploration.jumio import AtJumio
from tests.exploration.table import Place
from verification.domain.execution import Decision, State, state_of
from verification.domain.identity import Caller, Pepper, Peppers
from verification.store.items import EXECUTION

if TYPE_CHECKING:
    from tests.exploration.world import World

PERSON = Caller("https://issuer.example", "ada")
PEPPER = Pepper("1", "p" * 64)
USER = f"USER#{PEPPER.user_key(PERSON)}"
ROTATED = Peppers(Pepper("2", "q" * 64), (PEPPER,))
NAMES = tuple(f"USER#{one.user_key(PERSON)}" for one in ROTATED.newest_first)

SETTLED = {State.APPROVED, State.DECLINED, State.REVIEW, State.EXPIRED}


def truth(one: AtJumio) -> State | None:
    """What Jumio says, in our words."""
    return state_of(one.status, Decision(one.decision) if one.decision else None)


class Record:
    """Looks at what there is; ``violations`` are sentences about what must never be."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.violations: tuple[str, ...] = ()
        self._orphans: frozenset[str] = frozenset()

    def _demand(self, fulfilled: object, sentence: str) -> None:
        if not fulfilled:
            self.violations += (sentence,)

    def _tombstone(self) -> bool:
        """Whether the person was erased, under whichever name."""
        erased = [name.replace("USER", "ERASED") for name in NAMES]
        return any(pk in erased for pk, _ in self._world.table.items)

    def _item_at(self, place: Place) -> dict[str, Any]:
        items = self._world.table.items
        return items[place].plain if place in items else {}

    def _raw(self, sk: str) -> Item:
        return self._world.table.items.get((self._user, sk), {})

    def _item(self, sk: str) -> dict[str, Any]:
        return self._item_at((self._user, sk))

    @property
    def _user(self) -> str:
        """Where the person is on record, or would be."""
        items = self._world.table.items
        return next((name for name in NAMES if (name, "ACCOUNT") in items), USER)

    def _account(self) -> dict[str, Any]:
        return self._item("ACCOUNT")

    def _executions(self) -> Iterator[dict[str, Any]]:
        for pk, sk in tuple(self._world.table.items):
            if pk == self._user and sk.startswith(EXECUTION):
                yield self._item(sk)

    def _alive(self) -> list[AtJumio]:
        jumio = self._world.jumio
        return [one for one in jumio.executions if one.account_id not in jumio.deleted]
