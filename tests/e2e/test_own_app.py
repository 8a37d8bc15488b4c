"""One's own page, journeys and people, tried on a stack with addresses that stay."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from local.processes.group import free_port
from local.stack import ROOT, SERVERS
from tests.support.stack import RunningStack, running_stack
from tests.support.waiting import FAILSAFE

ORIGIN = "http://localhost:5173"


@pytest.fixture(scope="module")
def own(artefacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack for a page at ORIGIN with a journey of its own, for three people."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "artefacts").symlink_to(artefacts)
    step = {"name": "mine", "workflowKey": 10011, "successUrl": "https://app.example.com/done"}
    journeys = folder / "mine.json"
    journeys.write_text(json.dumps({"version": 1, "journeys": [{"name": "mine", "steps": [step]}]}))
    wishes = ["--origin", ORIGIN, "--port", str(_four_in_a_row()), "--people", "3"]
    wishes += ["--journeys", str(journeys), "--scenario", "needs review"]
    with running_stack(folder, *wishes) as running:
        yield running


def _four_in_a_row() -> int:
    for _ in range(100):
        first = free_port()
        if first <= 65532 and all(_is_free(first + place) for place in range(4)):
            return first
    raise AssertionError("no four ports in a row")


def _is_free(port: int) -> bool:
    try:
        return free_port(port) == port
    except Exception:  # noqa: BLE001 - whatever is wrong with it
        return False


def command(stack: RunningStack, *arguments: str) -> str:
    """What a command of `python -m local` prints for the stack."""
    return subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "local", *arguments, "--directory", stack.directory],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=FAILSAFE,
        check=True,
    ).stdout


def bearer(stack: RunningStack, username: str) -> dict[str, str]:
    user = next(one for one in stack.facts["users"] if one["username"] == username)
    return {"Authorization": f"Bearer {user['access_token']}"}


def standing(stack: RunningStack, username: str) -> str:
    answer = requests.get(
        f"{stack.facts['api']}/verification", headers=bearer(stack, username), timeout=30
    )
    return str(answer.json()["status"])


def test_addresses_are_the_four_that_were_asked_for(own: RunningStack) -> None:
    addresses = [own.facts["page"], own.facts["api"], own.facts["simulator"]]
    ports = [int(one.rpartition(":")[2]) for one in [*addresses, own.facts["aws_endpoint"]]]
    assert ports == [ports[0] + place for place in range(len(SERVERS))]


def test_the_own_page_may_call_and_the_demo_page_still_may(own: RunningStack) -> None:
    for origin in (ORIGIN, own.facts["page"]):
        answer = requests.options(
            f"{own.facts['api']}/sessions",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,content-type",
            },
            timeout=30,
        )
        assert answer.headers["Access-Control-Allow-Origin"] == origin


def test_a_journey_that_is_tried_leads_back_to_the_page(own: RunningStack) -> None:
    answer = requests.post(
        f"{own.facts['api']}/sessions",
        json={"channel": "web", "journey": "mine"},
        headers=bearer(own, "cleo.demo"),
        timeout=30,
    )
    assert answer.status_code == requests.codes.created
    executions = requests.get(f"{own.facts['simulator']}/_simulator/executions", timeout=30).json()
    (mine,) = (one for one in executions if one["webHref"] == answer.json()["web"]["href"])
    assert mine["successUrl"] == f"{own.facts['page']}/return/success"


def test_what_was_wished_comes_of_everybody(own: RunningStack) -> None:
    told = requests.get(f"{own.facts['simulator']}/_simulator/scenarios", timeout=30).json()
    assert told["default"] == "needs review"


def test_who_listens_sees_what_is_triggered_and_a_reset_forgets_it(own: RunningStack) -> None:
    listener = subprocess.Popen(  # noqa: S603 - ours
        [sys.executable, "-m", "local", "listen", "--directory", own.directory],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert listener.stdout
        assert listener.stdout.readline() == "listening\n"
        told = json.loads(command(own, "trigger", "declined: fake document", "ada.demo"))
        assert told["status"] == "declined"
        executions = requests.get(f"{own.facts['simulator']}/_simulator/executions", timeout=30)
        (mine,) = (one for one in executions.json() if one["scenario"] == "declined: fake document")
        callback, event = None, None
        while not (callback and event):
            heard = json.loads(listener.stdout.readline())  # others' news may come late
            about = json.dumps(heard)
            if "event" in heard and mine["customerInternalReference"] in about:
                event = heard["event"]
            elif heard.get("answered") == requests.codes.ok and mine["id"] in about:
                callback = heard["callback"]
    finally:
        listener.kill()
        listener.communicate()
    assert callback["workflowExecution"]["status"] == "PROCESSED"
    assert event["detail"]["data"]["status"] == "declined"

    assert command(own, "listen", "--count=0") == "listening\n"

    assert standing(own, "ada.demo") == "declined"
    command(own, "reset")
    assert standing(own, "ada.demo") == "none"
    assert json.loads(command(own, "trigger", "approved", "ada.demo"))["status"] == "approved"


def test_a_scenario_or_a_journey_that_does_not_exist_is_said_so(own: RunningStack) -> None:
    for arguments, said in [
        (["trigger", "aproved"], "no scenario 'aproved': there are interactive, approved"),
        (["trigger", "approved", "ben.demo", "--journey", "theirs"], "404 unknown-journey"),
    ]:
        ended = subprocess.run(  # noqa: S603 - ours
            [sys.executable, "-m", "local", *arguments, "--directory", own.directory],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=FAILSAFE,
            check=False,
        )
        assert ended.returncode == 1
        assert said in ended.stderr
        assert len(ended.stderr.splitlines()) == 1
