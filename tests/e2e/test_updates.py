"""A stack that is deployed again while people use it: what is new reaches them, nobody waits."""

import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from samcli.yamlhelper import yaml_dump

from local.cloud import adapter
from local.cloud.deployment import Deployment, deploy
from local.demo.frontend import Frontend
from local.demo.people import PEOPLE, Person
from local.errors import StackError
from local.stack import NAME, ROOT
from scripts.deploy import stale, stamped, values_of, versions_of
from tests.support.deployed import functions
from tests.support.stack import RunningStack, running_stack, sharing

FUNCTIONS = functions()


@dataclass(frozen=True)
class Deployed:
    """A stack, and the build that was deployed to it last."""

    stack: RunningStack
    build: Path

    def update(self, **parameters: str) -> set[str]:
        """Deploy the build as it is now, as `make deploy` does; whose alias has moved."""
        cloudformation, lambdas = self.stack.aws.cloudformation, self.stack.aws.functions
        values = (values_of(NAME, cloudformation) or {}) | parameters
        template = stamped(adapter.load(ROOT / ".aws-sam/build/template.yaml"), values)
        (self.build / "template.yaml").write_text(yaml_dump(template))
        before = versions_of(NAME, cloudformation, lambdas)
        cache = self.stack.directory / "artefacts"
        deploy(self.stack.aws, Deployment(NAME, self.build, values), cache, lambda _: None)
        after = versions_of(NAME, cloudformation, lambdas)
        assert stale(after, lambdas) == []
        return {_logical(name) for name in after if after[name] != before[name]}

    def change(self, artefact: str) -> None:
        """Another file in what was built."""
        folder = self.build / artefact
        (folder / "python" if artefact.endswith("Layer") else folder).joinpath("new.txt").touch()


def _logical(name: str) -> str:
    (found,) = [one for one in FUNCTIONS if name.startswith(f"{NAME}-{one}-")]
    return found


@pytest.fixture(scope="module")
def deployed(artefacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A stack of its own, whose functions have been told of their parameters."""
    directory = tmp_path_factory.mktemp("updates")
    shutil.copytree(ROOT / ".aws-sam/build", directory / "build")
    with running_stack(sharing(directory / "stack", artefacts)) as stack:
        made = Deployed(stack, directory / "build")
        made.update()
        yield made


@contextmanager
def in_use(stack: RunningStack) -> Iterator[Counter[int]]:
    """Two people ask meanwhile, and once more after it; how often they got which answer."""
    answers: Counter[int] = Counter()
    over = threading.Event()

    def ask(person: Person) -> None:
        with Frontend(stack.facts) as app:
            app.sign_in(person.email, person.password)
            last = False
            while not last:
                last = over.is_set()
                answers[app.create_session(channel="sdk").status_code] += 1
                answers[app.verification().status_code] += 1

    with ThreadPoolExecutor() as pool:
        asking = [pool.submit(ask, person) for person in PEOPLE]
        try:
            yield answers
        finally:
            over.set()
    for one in asking:
        one.result()


def having(layer: str) -> set[str]:
    return {name for name, one in FUNCTIONS.items() if {"Ref": layer} in one["Layers"]}


@pytest.mark.parametrize(
    ("artefact", "parameters", "concerned"),
    [
        ("GetVerification", {}, {"GetVerification"}),
        ("JourneysLayer", {}, having("JourneysLayer")),
        (None, {"DailyCeiling": "12345"}, {"CreateSession"}),
    ],
    ids=["code", "a layer", "a parameter"],
)
def test_what_has_changed_reaches_people_while_they_ask(
    deployed: Deployed, artefact: str | None, parameters: dict[str, str], concerned: set[str]
) -> None:
    if artefact:
        deployed.change(artefact)
    with in_use(deployed.stack) as answers:
        moved = deployed.update(**parameters)
    assert moved == concerned
    assert set(answers) <= {200, 201}
    assert answers.total() >= 2 * 2 * len(PEOPLE)


def test_what_has_not_changed_is_not_deployed(deployed: Deployed) -> None:
    with pytest.raises(StackError, match="No updates are to be performed"):
        deployed.update()
