"""From one of its calls on, AWS says nothing more to a function, or only: later.

Whoever waits for an answer is told in time to come back; whoever works does it cleanly again.
Nobody waits here: what calls and pauses would take is added up.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import boto3
import pytest

from tests.integration.test_functions_in_trouble import UNAVAILABLE, started, told
from tests.support.bff import ISSUER, PEPPER, SIGNING_KEY
from tests.support.callbacks import IDS
from tests.support.events import event
from tests.support.faults import Failure, code
from tests.support.functions import Function
from tests.support.passing import Passing
from tests.support.pipeline import Pipeline
from tests.support.template import template
from verification import wiring
from verification.domain.deadline import Deadline
from verification.domain.errors import TemporarilyUnavailable
from verification.domain.schedule import GRACE
from verification.edge.failures import Failed
from verification.jumio import JumioClient

Json = dict[str, Any]
DEFAULT: int = template()["Globals"]["Function"]["Timeout"]
TIMEOUTS: dict[str, int] = {
    one["Properties"]["CodeUri"].removeprefix("functions/"): one["Properties"].get(
        "Timeout", DEFAULT
    )
    for one in template()["Resources"].values()
    if one["Type"] == "AWS::Serverless::Function"
}
SERVICES = ("dynamodb", "events", "secretsmanager", "sqs")
LIFETIME = 30 * 60
MOST = 30  # calls of one function
WORKERS = ("settle_execution", "sweep_overdue")
OPERATORS = ("erase_subject", "decide_review", "read_facts", "tell_story")
_numbers = count()


@dataclass
class Aws:
    """All clients of a function; from one call on, all of them fail."""

    failure: Failure
    left: int | None = None
    failed: int = 0

    def wrap(self, client: Any) -> None:
        client._make_api_call = partial(self._call, client, client._make_api_call)

    def begin(self, left: int | None) -> None:
        self.left, self.failed = left, 0

    def _call(self, client: Any, real: Any, operation: str, arguments: Json) -> Any:
        if self.left == 0:
            self.failed += 1
            raise self.failure(client, operation, arguments)
        if self.left:
            self.left -= 1
        return real(operation, arguments)


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Passing:
    found = Passing()
    found.install(monkeypatch)
    return found


@dataclass
class Flow:
    """What a function is asked, for somebody else each time."""

    pipeline: Pipeline
    overdue: list[Json] = field(default_factory=list)

    def create_session(self) -> Json:
        return self._as(event("create_session"), f"new-{next(_numbers)}")

    def get_verification(self) -> Json:
        self.pipeline.open(user=(user := f"back-{next(_numbers)}"))
        return self._as(event("get_verification", queryStringParameters={"returned": "true"}), user)

    def receive_callback(self) -> Json:
        execution = self.pipeline.open(user=f"called-{next(_numbers)}")
        body = {**IDS, "userReference": execution["userReference"]}
        right = {"capability": self.pipeline.bff.capability(execution)}
        return event("receive_callback", body=json.dumps(body), pathParameters=right)

    def settle_execution(self) -> Json:
        execution = self.pipeline.open(user=f"done-{next(_numbers)}")
        self.pipeline.play(execution, "approved")
        (record,) = event("settle_execution")["Records"]
        hint = self.pipeline.bff.hint(execution).model_dump_json()
        return {"Records": [{**record, "body": hint}]}

    def sweep_overdue(self) -> Json:
        execution = self.pipeline.open(user=f"late-{next(_numbers)}")
        name = execution["customerInternalReference"]
        (item,) = [one for one in self.pipeline.bff.items() if one["sk"]["S"].endswith(name)]
        item["due_at"] = {"N": str(int(time.time()) - GRACE)}
        self.pipeline.bff.dynamodb.put_item(TableName="verification", Item=item)
        return {}

    def erase_subject(self) -> Json:
        return self._about("erase_subject")[0]

    def decide_review(self) -> Json:
        asked, execution = self._about("decide_review", "needs review: watchlist hit")
        return {**asked, "execution": execution["customerInternalReference"]}

    def read_facts(self) -> Json:
        return self._about("read_facts", "approved")[0]

    def tell_story(self) -> Json:
        return self._about("tell_story", "approved")[0]

    def _as(self, call: Json, subject: str) -> Json:
        claims = call["requestContext"]["authorizer"]["jwt"]["claims"]
        claims["iss"], claims["sub"] = ISSUER, subject
        return call

    def _about(self, name: str, scenario: str | None = None) -> tuple[Json, Json]:
        execution = self.pipeline.open(user=(user := f"known-{next(_numbers)}"))
        if scenario:
            self.pipeline.play(execution, scenario)
            self.pipeline.bff.settle(execution)
        return event(name, issuer=ISSUER, subject=user), execution


@dataclass
class Troubled:
    """One function, its clients, and how much time its trouble would take."""

    name: str
    function: Function
    aws: Aws
    passing: Passing

    def fail(self, kind: str) -> None:
        """What the trouble is from now on: AWS is silent, or says that it cannot now."""
        self.aws.failure = self.passing.silent if kind == "silent" else self.aws.failure

    def __call__(self, asked: Json, *, trouble: int | None) -> Any:
        """The answer, or the code with which it failed; in time, and without an odd error."""
        self.aws.begin(trouble)
        begun = self.passing.passed
        try:
            answer: Any = self.function(asked, seconds=TIMEOUTS[self.name])
        except Failed as failed:
            answer = str(failed)
        assert self.passing.passed - begun < TIMEOUTS[self.name]
        assert self.function.logged("unexpected_error") == []
        return answer


def forgotten() -> None:
    """As in a new process."""
    wiring.secrets()._kept.clear()


def outdated() -> None:
    """As in a process that has rested for long."""
    for kept in wiring.secrets()._kept.values():
        kept.read_at = -LIFETIME
    wiring.secrets()._failed_at = -LIFETIME


@pytest.fixture
def cloud() -> Aws:
    return Aws(code("ThrottlingException"))


@pytest.fixture
def troubled(
    pipeline: Pipeline, cloud: Aws, passing: Passing
) -> Iterator[Callable[[str], Troubled]]:
    manager, simulator = boto3.client("secretsmanager"), pipeline.bff.simulator
    values = {
        "user-key": {"version": PEPPER.version, "key": PEPPER.key},
        "callback": {"version": SIGNING_KEY.version, "key": SIGNING_KEY.key},
        "jumio": {"client_id": simulator.client_id, "client_secret": simulator.client_secret},
    }
    for name, value in values.items():
        manager.create_secret(Name=name, SecretString=json.dumps(value))
    environment = {
        "ENVIRONMENT": "local",
        "JUMIO_BASE_URL": simulator.url,
        "PUBLIC_BASE_URL": "https://bff.example",
        "JOURNEYS": "examples",
        "QUEUE_URL": pipeline.hints.url,
    }
    with ExitStack() as stack:

        def start(name: str) -> Troubled:
            function = stack.enter_context(started(name, **environment))
            for service in SERVICES:
                cloud.wrap(wiring.aws(service))
            return Troubled(name, function, cloud, passing)

        yield start


def met(troubled: Troubled, flow: Callable[[], Json], remembered: Callable[[], None]) -> list[Any]:
    """What came of trouble from the first call on, the second, and so forth; at last of none."""
    troubled(flow(), trouble=None)  # from now on all secrets are known
    answers = []
    for calls in range(MOST):
        remembered()
        asked = flow()
        answers.append((asked, troubled(asked, trouble=calls)))
        if not troubled.aws.failed:
            return answers
    raise AssertionError(f"more than {MOST} calls")


Meets = Callable[[str, str, Callable[[], None]], tuple[Troubled, list[Any]]]


@pytest.fixture
def meets(pipeline: Pipeline, troubled: Callable[[str], Troubled]) -> Meets:
    """A function by its name, and what it meets as AWS fails in some way."""

    def meet(name: str, kind: str, remembered: Callable[[], None]) -> tuple[Troubled, list[Any]]:
        function = troubled(name)
        function.fail(kind)
        return function, met(function, getattr(Flow(pipeline), name), remembered)

    return meet


def undone(answer: Any) -> bool:
    """Whether somebody has to come again."""
    return answer == TemporarilyUnavailable.code or bool(
        isinstance(answer, dict) and answer.get("batchItemFailures")
    )


@pytest.mark.parametrize(
    ("kind", "remembered"), [("silent", forgotten), ("silent", outdated), ("later", forgotten)]
)
@pytest.mark.parametrize("name", ["create_session", "get_verification", "receive_callback"])
def test_who_waits_for_an_answer_is_told_in_time_to_come_back(
    meets: Meets, name: str, kind: str, remembered: Callable[[], None]
) -> None:
    _, (*in_trouble, (_, well)) = meets(name, kind, remembered)

    assert well["statusCode"] in (200, 201)
    refused = [answer for _, answer in in_trouble if answer["statusCode"] != 200]
    assert refused
    assert {told(answer) for answer in refused} == {UNAVAILABLE}


@pytest.mark.parametrize(("kind", "remembered"), [("silent", outdated), ("later", forgotten)])
@pytest.mark.parametrize("name", [*WORKERS, *OPERATORS])
def test_who_works_gives_up_in_time_and_does_it_cleanly_again(
    meets: Meets, name: str, kind: str, remembered: Callable[[], None]
) -> None:
    function, (*in_trouble, (_, well)) = meets(name, kind, remembered)

    assert not undone(well)
    assert any(undone(answer) for _, answer in in_trouble)
    assert not any(undone(function(asked, trouble=None)) for asked, _ in in_trouble)


@pytest.mark.parametrize("kind", ["silent", "later"])
def test_when_jumio_was_slow_there_still_is_time_to_say_that_nothing_could_be_recorded(
    pipeline: Pipeline,
    troubled: Callable[[str], Troubled],
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    function, opens = troubled("create_session"), JumioClient.open_execution
    function.fail(kind)

    def late(*arguments: Any, deadline: Deadline, **named: Any) -> Any:
        opened = opens(*arguments, deadline=deadline, **named)
        function.passing.sleep(deadline.remaining())
        function.aws.begin(0)
        return opened

    monkeypatch.setattr(JumioClient, "open_execution", late)
    answer = function(Flow(pipeline).create_session(), trouble=None)

    assert told(answer) == UNAVAILABLE
    assert function.function.logged("attempt_left_open")
