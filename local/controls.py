"""Commands for a stack that is up. They return an exit status, or raise StackError."""

import argparse
import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import requests
from botocore.exceptions import BotoCoreError, ClientError

from jumio_simulator.admin.client import AdminClient
from local.cloud.aws import LocalAws
from local.demo.frontend import Frontend
from local.demo.observer import BusListener, empty
from local.demo.start import require_scenario
from local.errors import StackError
from local.stack import DIRECTORY, facts_of

_POLL_SECONDS = 0.5
_PATIENCE = 60


def token(arguments: list[str]) -> int:
    """Print a fresh access token of a demo user."""
    parser = _parser("token", token.__doc__)
    _add_person(parser)
    parser.add_argument(
        "directory", type=Path, nargs="?", default=DIRECTORY, help="whose stack (default: .local)"
    )
    options = parser.parse_args(arguments)
    with _answering(options.directory) as facts, _signed_in(facts, options.person) as (_, bearer):
        print(bearer)
    return 0


def trigger(arguments: list[str]) -> int:
    """Let a person start a verification and live through a scenario; prints how it stands then."""
    parser = _parser("trigger", trigger.__doc__)
    parser.add_argument("scenario", help="like approved, or 'declined: fake document'")
    _add_person(parser)
    parser.add_argument("--journey", help="which one; the first if left out")
    _add_directory(parser)
    options = parser.parse_args(arguments)
    with _answering(options.directory) as facts, _signed_in(facts, options.person) as (app, _):
        require_scenario(facts["simulator"], options.scenario)
        wanted = {"channel": "sdk", **({"journey": options.journey} if options.journey else {})}
        if sdk := _session(app, wanted):
            with AdminClient(facts["simulator"]) as jumio:
                (found,) = (one for one in jumio.executions() if one["sdkToken"] == sdk)
                played = jumio.play(found["id"], options.scenario)
        query = f"?journey={options.journey}" if options.journey else ""
        ended = not sdk or played["completedAt"]
        unlike = {"none", "pending", "processing"} if ended else set()
        print(json.dumps(app.await_outcome(unlike, _PATIENCE, query)))
    return 0


def reset(arguments: list[str]) -> int:
    """Forget all verifications, at Jumio and here; who can sign in stays, and so do tokens."""
    parser = _parser("reset", reset.__doc__)
    _add_directory(parser)
    options = parser.parse_args(arguments)
    with _answering(options.directory) as facts:
        aws, outputs = LocalAws(facts["aws_endpoint"], facts["region"]), facts["outputs"]
        with AdminClient(facts["simulator"]) as jumio:
            scenario = jumio.scenarios()["default"]
            jumio.reset()
            jumio.set_scenario(scenario, default=True)
        empty(aws, outputs)
        print("Nobody has started anything.")
    return 0


def listen(arguments: list[str]) -> int:
    """Print events on the bus and callbacks of Jumio's as they happen, a line of JSON each."""
    parser = _parser("listen", listen.__doc__)
    parser.add_argument("--count", type=int, help="end after so many lines (default: Ctrl-C ends)")
    _add_directory(parser)
    options = parser.parse_args(arguments)
    with (
        _answering(options.directory) as facts,
        AdminClient(facts["simulator"]) as jumio,
        contextlib.closing(
            BusListener(LocalAws(facts["aws_endpoint"], facts["region"]), facts["outputs"])
        ) as bus,
    ):
        known = {json.dumps(one) for one in _callbacks(jumio)}
        heard = lines = 0
        print("listening", flush=True)
        while options.count is None or lines < options.count:
            fresh = [one for one in _callbacks(jumio) if json.dumps(one) not in known]
            known.update(json.dumps(one) for one in fresh)
            events = bus.heard()
            for one in [*fresh, *({"event": event} for event in events[heard:])]:
                print(json.dumps(one), flush=True)
                lines += 1
            heard = len(events)
            time.sleep(_POLL_SECONDS)
    return 0


def _callbacks(jumio: AdminClient) -> list[dict[str, Any]]:
    """What was sent and answered, without the address: it is a capability."""
    return [
        {"callback": sent["payload"], "answered": sent["answered"] or sent["error"]}
        for execution in jumio.executions()
        for sent in execution["callbacks"]
        if sent["answered"] or sent["error"]
    ]


def _session(app: Frontend, wanted: dict[str, str]) -> str | None:
    """The token of a session, after screenings; None if there were only screenings to do."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        answer = app.create_session(**wanted)
        if answer.status_code == httpx.codes.NO_CONTENT:
            return None
        body = answer.json()
        if answer.is_error:
            fields = ", ".join(error["field"] for error in body.get("errors", []))
            said = f"{answer.status_code} {body.get('code', body)} {fields}"
            raise StackError(f"refused: {said.strip()}")
        if answer.status_code != httpx.codes.ACCEPTED:
            return str(body["sdk"]["token"])
        time.sleep(float(answer.headers["Retry-After"]))
    raise StackError(f"the screening did not end in {_PATIENCE} s")


@contextlib.contextmanager
def _signed_in(facts: dict[str, Any], username: str | None) -> Iterator[tuple[Frontend, str]]:
    """The app of a demo user, the last one for None, with the access token."""
    known = {user["username"]: user for user in facts["users"]}
    chosen = username or list(known)[-1]
    if chosen not in known:
        raise StackError(f"no demo user {chosen}: there are {', '.join(known)}")
    with Frontend(facts) as app:
        yield app, app.sign_in(known[chosen]["email"], known[chosen]["password"])


@contextlib.contextmanager
def _answering(directory: Path) -> Iterator[dict[str, Any]]:
    """What the stack of a directory has announced; StackError as soon as it does not answer."""
    try:
        yield facts_of(directory)
    except (httpx.HTTPError, requests.RequestException, BotoCoreError, ClientError) as error:
        raise StackError(f"the stack in {directory} does not answer: {error}") from None


def _parser(name: str, description: str | None) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"python -m local {name}", description=description)


def _add_person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "person", nargs="?", help="as the page names it, like ada.demo; the last one if left out"
    )


def _add_directory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--directory", type=Path, default=DIRECTORY, help="whose stack (default: .local)"
    )
