"""The stack as visitors find it: with an app's page in front, and people who can sign in."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local import stack
from local.console import Console
from local.demo import people
from local.demo.contract import PATH, Contract
from local.demo.desk import Desk
from local.demo.page import Page
from local.processes.server import ThreadedServer
from local.stack import ROOT, Stack


@contextlib.contextmanager
def running(console: Console, directory: Path, parameters: Mapping[str, str]) -> Iterator[Stack]:
    """As `stack.running`, and announced."""
    desk, contract = Desk(), Contract()
    page = Page(ROOT / "web", [*desk.routes, *contract.routes])
    with contextlib.ExitStack() as cleanup:
        server = cleanup.enter_context(ThreadedServer(page.application))
        chosen = _for_page(server.url) | dict(parameters)
        bare = cleanup.enter_context(stack.running(console, directory, chosen))
        console.step("signing in two demo users")
        users = people.enrol(bare.aws, bare.facts["outputs"])
        desk.open(bare.aws, bare.facts)
        contract.open(bare.facts["api"])
        page.configure(_config(bare.facts, chosen["Journeys"]))
        console.step("ready")
        yield bare.announce(page=server.url, contract=server.url + PATH, users=users)


def _for_page(page: str) -> dict[str, str]:
    return {
        "AllowedOrigins": page,
        "Journeys": "examples",
        "SuccessUrl": f"{page}/return/success",
        "ErrorUrl": f"{page}/return/error",
    }


def _config(facts: dict[str, Any], journeys: str) -> dict[str, Any]:
    """What the page is told: all that it knows about the stack."""
    document = json.loads((ROOT / "layers" / "journeys" / f"{journeys}.json").read_text())
    return {
        "api": facts["api"],
        "jumio": facts["simulator"],
        "journeys": [journey["name"] for journey in document["journeys"]],
    }
