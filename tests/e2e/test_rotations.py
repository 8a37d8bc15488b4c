"""Each secret is replaced while people come in: nobody is turned away or gets a second account."""

import contextlib
import json
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.observer import table_items
from local.demo.people import Person
from tests.e2e.test_redrive import make
from tests.support.end_to_end import answered, settled_queue
from tests.support.outside import User, users
from tests.support.reconfigured import reconfigured
from tests.support.stack import TESTS, RunningStack, running_stack, sharing
from tests.support.waiting import FAILSAFE
from tests.support.workers import at_once

SIDE_BY_SIDE = 4
EACH = 5  # people, one after another
PACE = ("--parameter", "AccountCallsPerSecond=1000", "--parameter", "AccountCallsBurst=1000")


@pytest.fixture(scope="module")
def stack(artefacts: Path) -> Iterator[RunningStack]:
    """A stack of their own: a table never forgets which peppers it was used with."""
    with running_stack(sharing(TESTS / "rotations", artefacts), *PACE) as running:
        yield running


class Crowd:
    """People who come in side by side, and an operator who acts in their midst."""

    def __init__(self, stack: RunningStack, simulator: AdminClient, people: list[User]) -> None:
        self.stack, self.simulator, self.people = stack, simulator, people
        self._rotated = threading.Event()
        self._served = threading.Semaphore(0)
        self.answers: list[tuple[bool, str, int]] = []  # since the rotation, what, status

    def comes_in(self, rotate: Callable[[], None]) -> None:
        def take_part(place: int) -> None:
            if place == SIDE_BY_SIDE:
                for _ in range(SIDE_BY_SIDE):
                    self._served.acquire(timeout=FAILSAFE)
                rotate()
                self._rotated.set()
                return
            for number, person in enumerate(self.people[place::SIDE_BY_SIDE]):
                if number == EACH - 1:
                    self._rotated.wait(
                        FAILSAFE
                    )  # so that somebody comes after it, however fast they are
                self._live(person)
                self._served.release()

        at_once(take_part, SIDE_BY_SIDE + 1)
        at_once(self._come_back, SIDE_BY_SIDE)

    def _live(self, person: User) -> None:
        self._ask("new", person, channel="sdk")
        self._ask("renewed", person, channel="sdk", renew=True)

    def _come_back(self, place: int) -> None:
        for person in self.people[place::SIDE_BY_SIDE]:
            self._ask("resumed", person, channel="sdk")
            self._ask("renewed", person, channel="sdk", renew=True)

    def _ask(self, what: str, person: User, **body: object) -> None:
        answer, known = person.app.create_session(**body), person.app.verification()
        assert known.json()["status"] == "pending", (what, answer.text, known.text)
        self.answers.append((self._rotated.is_set(), what, answer.status_code))

    def require_all_well(self) -> None:
        expected = {("new", 201), ("renewed", 201), ("resumed", 200)}
        assert {(what, status) for _, what, status in self.answers} == expected
        assert {since for since, what, _ in self.answers if what == "new"} == {False, True}
        items = table_items(self.stack.aws, self.stack.outputs)
        mine = {person.subject for person in self.people}
        kept = Counter(one["subject"] for one in items if one.get("subject") in mine)
        assert kept == dict.fromkeys(mine, 1)
        opened = self.simulator.journal(endpoint="accounts.create")
        assert len([call for call in opened if call["status"] == 200]) == len(mine)


@pytest.fixture
def crowd(
    stack: RunningStack, simulator: AdminClient, new_person: Callable[[], Person]
) -> Iterator[Crowd]:
    with users(stack, new_person, SIDE_BY_SIDE * EACH) as people:
        simulator.clear_journal()
        yield Crowd(stack, simulator, people)


def value_of(stack: RunningStack, output: str) -> dict[str, str]:
    value = stack.aws.secrets.get_secret_value(SecretId=stack.outputs[output])["SecretString"]
    return dict(json.loads(value))


def replace(stack: RunningStack, output: str, value: dict[str, str]) -> None:
    secret = stack.outputs[output]
    stack.aws.secrets.put_secret_value(SecretId=secret, SecretString=json.dumps(value))


def test_jumios_client_secret(stack: RunningStack, simulator: AdminClient, crowd: Crowd) -> None:
    """First here, then in Jumio's portal: between the two only the old one is good."""
    known = value_of(stack, "JumioSecretArn")
    new = secrets.token_urlsafe(24)

    def rotate() -> None:
        replace(stack, "JumioSecretArn", known | {"client_secret": new})
        simulator.rotate_secret(known["client_id"], new, revoke=True)

    crowd.comes_in(rotate)
    crowd.require_all_well()
    simulator.rotate_secret(known["client_id"], known["client_secret"])
    replace(stack, "JumioSecretArn", known)


def test_the_key_of_the_callback_addresses(
    stack: RunningStack, simulator: AdminClient, crowd: Crowd
) -> None:
    """What was opened under either is heard of."""
    before = value_of(stack, "CallbackSecretArn")
    after = {"version": f"{int(before['version']) + 1}", "key": secrets.token_hex(32)}
    crowd.comes_in(lambda: replace(stack, "CallbackSecretArn", after))
    crowd.require_all_well()
    for execution in (found := simulator.executions()):
        simulator.play(execution["id"], "approved")
    assert settled_queue(stack)
    heard = [answer for execution in found for answer in answered(simulator, execution)]
    assert len(heard) >= len(crowd.people)
    assert set(heard) == {200}


def test_the_pepper(stack: RunningStack, crowd: Crowd) -> None:
    """Who is new comes under the new one, everybody else stays where they are."""
    before = value_of(stack, "UserKeySecretArn")
    version = f"{int(before['version']) + 1}"
    with contextlib.ExitStack() as released:

        def rotate() -> None:
            """The first container that starts afterwards brings the new one into use."""
            assert f"version {version} is the pepper" in make(stack, "rotate-pepper")
            released.enter_context(reconfigured(stack, "create_session", POWERTOOLS_DEV="false"))

        crowd.comes_in(rotate)
    crowd.require_all_well()
    items = table_items(stack.aws, stack.outputs)
    mine = {person.subject for person in crowd.people}
    names = {str(one["pk"]).removeprefix("USER#") for one in items if one.get("subject") in mine}
    assert {name.partition("-")[0] for name in names} == {before["version"], version}
