"""What to open and what to try on a running stack."""

import shlex
from pathlib import Path
from typing import Any

from local.stack import DIRECTORY


def lines(directory: Path, facts: dict[str, Any]) -> list[str]:
    """Addresses, and commands that work as they are when pasted into a shell at the repository."""
    person = facts["users"][-1]
    where = "" if directory == DIRECTORY else f" {shlex.quote(str(directory))}"
    return [
        "",
        "Open",
        f"  {facts['page']}   the demo page: sign in as {_names(facts)}",
        f"  {facts['contract']}   the API, to read and to try",
        f"  {facts['simulator']}   the Jumio simulator: what it has seen, and how it goes on",
        "",
        "Try",
        *(f"  {command}" for command in commands(facts["api"], person["username"], where)),
        *(f"  {command}" for command in _more(directory)),
        "",
        *(
            f"A page at {origin} may call {facts['api']}, with a token as above."
            for origin in facts.get("origins", [])
        ),
        f"Whole log lines: {_short(directory / 'logs')}",
        f"Every address and id: {_short(directory / 'stack.json')}",
        "Ctrl-C ends it all.",
        "",
    ]


def commands(api: str, username: str, where: str) -> list[str]:
    """The curl lines, in an order that makes sense."""
    bearer = '-H "Authorization: Bearer $TOKEN"'
    as_json = "-H 'Content-Type: application/json'"
    return [
        f"TOKEN=$(.venv/bin/python -m local token {username}{where})",
        f'curl -i {api}/sessions {bearer} {as_json} -d \'{{"channel": "sdk"}}\'',
        f'curl -i {api}/sessions {bearer} {as_json} -d \'{{"channel": "web"}}\'',
        f"curl -i {api}/verification {bearer}",
    ]


def _more(directory: Path) -> list[str]:
    where = "" if directory == DIRECTORY else f" --directory {shlex.quote(str(directory))}"
    local = ".venv/bin/python -m local"
    return [
        f"{local} listen{where}      # in another terminal: events and callbacks as they happen",
        f"{local} trigger approved{where}",
        f"{local} reset{where}",
    ]


def _names(facts: dict[str, Any]) -> str:
    names = [user["name"] for user in facts["users"]]
    return " or ".join(names) if len(names) < 4 else f"{names[0]}, … or {names[-1]}"


def _short(path: Path) -> str:
    base = Path.cwd()
    return str(path.relative_to(base) if path.is_relative_to(base) else path)
