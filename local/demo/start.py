"""The stack as visitors find it: with an app's page in front, and people who can sign in."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local import stack
from local.console import Console
from local.demo import people
from local.demo.page import Page
from local.processes.server import ThreadedServer
from local.stack import ROOT, Stack


@contextlib.contextmanager
def running(console: Console, directory: Path, parameters: Mapping[str, str]) -> Iterator[Stack]:
    """As `stack.running`, and announced."""
    page = Page(ROOT / "web")
    with (
        ThreadedServer(page.application) as server,
        stack.running(console, directory, _for_page(server.url) | dict(parameters)) as bare,
    ):
        console.step("signing in two demo users")
        users = people.enrol(bare.aws, bare.facts["outputs"])
        inhabited = bare.announce(page=server.url, users=users)
        page.configure(_config(inhabited.facts))
        console.step("ready")
        yield inhabited


def _for_page(page: str) -> dict[str, str]:
    return {
        "AllowedOrigins": page,
        "SuccessUrl": f"{page}/return/success",
        "ErrorUrl": f"{page}/return/error",
    }


def _config(facts: dict[str, Any]) -> dict[str, Any]:
    """What the page is told: all that it knows about the stack."""
    return {
        "api": facts["api"],
        "identity": facts["aws_endpoint"],
        "clientId": facts["outputs"]["UserPoolClientId"],
        "users": [
            {key: user[key] for key in ("name", "username", "password")} for user in facts["users"]
        ],
    }
