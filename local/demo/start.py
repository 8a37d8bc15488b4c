"""The stack as visitors find it: with an app's page in front, and people who can sign in."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from jumio_simulator.admin.client import AdminClient
from local import stack
from local.console import Console
from local.demo import own_journeys, people
from local.demo.contract import PATH, Contract
from local.demo.desk import Desk
from local.demo.page import Page
from local.errors import StackError
from local.processes.server import ThreadedServer
from local.stack import AT_ONCE, ROOT, Chosen, Stack


@dataclass(frozen=True)
class Wishes:
    """What a visitor wants otherwise than usual; `parameters` are the template's, and win."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    origins: list[str] = field(default_factory=list)
    port: int = 0
    journeys: Path | None = None
    scenario: str | None = None
    people: int = 2
    at_once: int = AT_ONCE


@contextlib.contextmanager
def running(console: Console, directory: Path, wishes: Wishes) -> Iterator[Stack]:
    """As `stack.running`, and announced."""
    desk, contract = Desk(), Contract()
    page = Page(ROOT / "web", [*desk.routes, *contract.routes])
    with contextlib.ExitStack() as cleanup:
        own = cleanup.enter_context(own_journeys.layer(wishes.journeys))
        first = Chosen(port=wishes.port).port_of("page")
        server = cleanup.enter_context(ThreadedServer(page.application, first))
        usual = _for_page(server.url, wishes.origins) | own.parameters
        parameters = usual | dict(wishes.parameters)
        chosen = Chosen(parameters, own.layers, wishes.port, wishes.at_once)
        for line in own.remarks:
            console.step(line)
        bare = cleanup.enter_context(stack.running(console, directory, chosen))
        if wishes.scenario:
            require_scenario(bare.facts["simulator"], wishes.scenario)
            with AdminClient(bare.facts["simulator"]) as admin:
                admin.set_scenario(wishes.scenario, default=True)
        console.step(f"signing in {wishes.people} demo users")
        facts = bare.facts | {"page": server.url}
        users = people.enrol(bare.aws, facts, wishes.people)
        desk.open(bare.aws, facts, wishes.people)
        names = own.names or _shipped(chosen.parameters["Journeys"])
        contract.open(bare.facts["api"])
        page.configure(
            {"api": bare.facts["api"], "jumio": bare.facts["simulator"], "journeys": names}
        )
        console.step("ready")
        yield bare.announce(
            page=server.url,
            contract=server.url + PATH,
            users=users,
            origins=wishes.origins,
        )


@contextlib.contextmanager
def people_decide(simulator: str) -> Iterator[None]:
    """Inside the context nothing happens until somebody acts, whatever was wished."""
    with AdminClient(simulator) as admin:
        wished = admin.scenarios()["default"]
        admin.set_scenario("interactive", default=True)
        yield
        admin.set_scenario(wished, default=True)


def require_scenario(simulator: str, name: str) -> None:
    """StackError, with those that there are, for a scenario that the simulator does not know."""
    try:
        with AdminClient(simulator) as admin:
            known = [one["name"] for one in admin.scenarios()["scenarios"]]
    except requests.RequestException as error:
        raise StackError(f"the simulator does not answer: {error}") from None
    if name not in known:
        raise StackError(f"no scenario {name!r}: there are {', '.join(known)}")


def _for_page(page: str, origins: list[str]) -> dict[str, str]:
    return {
        "AllowedOrigins": ",".join([page, *origins]),
        "Journeys": "examples",
        "SuccessUrl": f"{page}/return/success",
        "ErrorUrl": f"{page}/return/error",
    }


def _shipped(journeys: str) -> list[str]:
    """The names of the journeys in a document of the layer."""
    text = (ROOT / "layers" / "journeys" / f"{journeys}.json").read_text()
    document: dict[str, Any] = json.loads(text)
    return [journey["name"] for journey in document["journeys"]]
