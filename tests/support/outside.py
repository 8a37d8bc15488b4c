"""The deployed product from outside: people with their tokens, and what is kept of them."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from local.demo.observer import table_items
from local.demo.people import Person
from tests.support.jwt import decoded
from tests.support.stack import RunningStack

Json = dict[str, Any]


@dataclass(frozen=True)
class User:
    """A person with an app, and what their access token says about them."""

    app: Frontend
    token: str

    @property
    def subject(self) -> str:
        return str(decoded(self.token)["sub"])


@contextlib.contextmanager
def users(stack: RunningStack, make: Callable[[], Person], number: int) -> Iterator[list[User]]:
    """New people, signed in."""
    with contextlib.ExitStack() as opened:
        signed_in = []
        for _ in range(number):
            person, app = make(), opened.enter_context(Frontend(stack.facts))
            signed_in.append(User(app, app.sign_in(person.email, person.password)))
        yield signed_in


def user_key(stack: RunningStack, user: User) -> str:
    """The name under which the product keeps somebody."""
    items = table_items(stack.aws, stack.outputs)
    (account,) = [item for item in items if item.get("subject") == user.subject]
    return str(account["pk"]).removeprefix("USER#")


def belongings(stack: RunningStack, key: str) -> dict[str, Json]:
    """Every item about a person: by sort key, and the lookup item as ACCOUNT#<id>."""
    items = [
        one for one in table_items(stack.aws, stack.outputs) if key in json.dumps(one, default=str)
    ]
    return {one["sk"] if one["pk"] == f"USER#{key}" else one["pk"]: one for one in items}


def account_calls(simulator: AdminClient, key: str, method: str | None = None) -> list[Json]:
    """What Jumio was asked for about a person by calls that open executions."""
    calls = simulator.journal(method=method, endpoint="accounts.*")
    return [call for call in calls if (call["body"] or {}).get("userReference") == key]
