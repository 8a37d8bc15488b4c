"""The deployed product from outside: people with their tokens, and what is kept of them."""

import base64
import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from local.frontend import Frontend
from local.observer import table_items
from local.people import Person
from local.simulator.admin_client import AdminClient
from tests.support.stack import RunningStack

Json = dict[str, Any]


@dataclass(frozen=True)
class User:
    """A person with an app, and what their access token says about them."""

    app: Frontend
    token: str

    @property
    def subject(self) -> str:
        payload = self.token.split(".")[1]
        claims: Json = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["sub"])


@contextlib.contextmanager
def users(stack: RunningStack, make: Callable[[], Person], number: int) -> Iterator[list[User]]:
    """New people, signed in."""
    with contextlib.ExitStack() as opened:
        signed_in = []
        for _ in range(number):
            person, app = make(), opened.enter_context(Frontend(stack.facts))
            signed_in.append(User(app, app.sign_in(person.username, person.password)))
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


def create_session_function(stack: RunningStack) -> str:
    names = [one["FunctionName"] for one in stack.aws.functions.list_functions()["Functions"]]
    (name,) = [name for name in names if "CreateSession" in name]
    return name


@contextlib.contextmanager
def configured(
    stack: RunningStack, changes: dict[str, str], timeout: int | None = None
) -> Iterator[None]:
    """The function that opens sessions with other settings, until the block ends.

    Its workers are new ones inside the block, and new ones again after it.
    """
    functions, name = stack.aws.functions, create_session_function(stack)
    usual = functions.get_function_configuration(FunctionName=name)
    variables = usual["Environment"]["Variables"]
    functions.update_function_configuration(
        FunctionName=name,
        Environment={"Variables": variables | changes},
        Timeout=timeout or usual["Timeout"],
    )
    try:
        yield
    finally:
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": variables}, Timeout=usual["Timeout"]
        )
