"""One embedded stack for the end-to-end tests of a process, and people to use it."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from local.demo.observer import BusListener
from local.demo.people import Person, access_token, add
from tests.support.stack import (
    TESTS,
    RunningStack,
    forget_earlier_tests,
    running_stack,
    sharing,
)

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """What one stack has compiled, the next need not compile again."""
    shared = TESTS / "artefacts"
    shared.mkdir(parents=True, exist_ok=True)
    return shared


@pytest.fixture(scope="session")
def stack(artefacts: Path) -> Iterator[RunningStack]:
    """The deployed template with everything around it, for all tests of this process."""
    process = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    with running_stack(sharing(TESTS / f"shared-{process}", artefacts)) as running:
        yield running


@pytest.fixture
def new_person(stack: RunningStack) -> Callable[[], Person]:
    """Makes people who can sign in, and whom nobody has seen before."""

    def make() -> Person:
        number = next(_numbers)
        person = Person(f"Person {number}", f"person.{number}", "Invented-Password-0")
        add(stack.aws.cognito, stack.outputs["UserPoolId"], person)
        return person

    return make


@pytest.fixture
def new_frontend(
    stack: RunningStack, new_person: Callable[[], Person]
) -> Iterator[Callable[[], Frontend]]:
    """Makes apps, each with a new person signed in."""
    opened = []

    def make() -> Frontend:
        person = new_person()
        app = Frontend(stack.facts)
        opened.append(app)
        app.use_token(access_token(stack.facts, person))
        return app

    yield make
    for app in opened:
        app.close()


@pytest.fixture
def frontend(new_frontend: Callable[[], Frontend]) -> Frontend:
    """The app of a new person."""
    return new_frontend()


@pytest.fixture
def simulator(stack: RunningStack) -> Iterator[AdminClient]:
    """The simulator's admin API, as at the start: before the test, and after it."""
    with AdminClient(stack.facts["simulator"]) as client:
        client.reset()
        forget_earlier_tests(stack)
        yield client
        client.reset()


@pytest.fixture
def bus(stack: RunningStack) -> Iterator[BusListener]:
    """Hears what reaches the bus from now on."""
    listener = BusListener(stack.aws, stack.outputs)
    yield listener
    listener.close()


@pytest.fixture
def own_directory(artefacts: Path, tmp_path: Path) -> Path:
    """A folder for a stack of the test's own."""
    return sharing(tmp_path / "stack", artefacts)
