"""`make rotate-pepper`: said once, said again, said by two at once, and interrupted anywhere."""

import json
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import boto3
import pytest

from scripts import rotate_pepper
from scripts.deployment import Deployment
from tests.integration.test_pepper import on_record
from tests.support.bff import PEPPER, Bff
from tests.support.interruptions import interleaved, killed
from tests.support.operators import Deployed
from verification.domain.identity import Peppers
from verification.wiring import peppers_in

Json = dict[str, Any]
SECRET = "user-key"
STACK = ["--stack", "deployed", "--region", "eu-central-1"]
FIRST = {"version": PEPPER.version, "key": PEPPER.key}
HOUR = 3600


class Operator:
    """Who says it, on a stack that somebody has come to."""

    def __init__(self, bff: Bff, capsys: pytest.CaptureFixture[str]) -> None:
        self.bff, self._capsys = bff, capsys
        self.secrets = boto3.client("secretsmanager")
        self.clients: dict[str, Any] = {
            "cloudformation": Deployed(UserKeySecretArn=SECRET, TableName=bff.table_name),
            "dynamodb": bff.dynamodb,
            "secretsmanager": self.secrets,
        }
        self.secrets.create_secret(Name=SECRET, SecretString=json.dumps(FIRST))

    def put(self, value: object) -> None:
        """Somebody writes another value, by label: moto forgets what was current otherwise."""
        text = value if isinstance(value, str) else json.dumps(value)
        known = self.secrets.get_secret_value(SecretId=SECRET, VersionStage="AWSCURRENT")
        made = self.secrets.put_secret_value(
            SecretId=SECRET, SecretString=text, VersionStages=["AWSPENDING"]
        )
        self.secrets.update_secret_version_stage(
            SecretId=SECRET,
            VersionStage="AWSCURRENT",
            MoveToVersionId=made["VersionId"],
            RemoveFromVersionId=known["VersionId"],
        )

    def value(self, stage: str = "AWSCURRENT") -> str:
        """What is in the secret."""
        answer = self.secrets.get_secret_value(SecretId=SECRET, VersionStage=stage)
        return str(answer["SecretString"])

    def deployed(self) -> Peppers:
        """The functions know what the secret holds."""
        self.bff.peppers = peppers_in(json.loads(self.value()))
        return self.bff.peppers

    def rotate(self) -> tuple[int, str]:
        """The status of the command, and its one line; a pepper is never in it."""
        try:
            status = rotate_pepper.main(STACK)
        except SystemExit as ended:
            status = int(str(ended.code))
        out, err = self._capsys.readouterr()
        assert not re.search(r"[0-9a-z]{24}", out + err)  # as a key would be
        assert (out + err).count("\n") == 1
        return status, out or err

    def later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("scripts.rotate_pepper._SAME", 0)


@pytest.fixture
def operator(
    bff: Bff, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Operator]:
    operator = Operator(bff, capsys)
    monkeypatch.setattr(Deployment, "client", lambda _, service: operator.clients[service])
    bff.ask(user="ada")
    return operator


def test_new_people_come_under_the_new_pepper_and_the_others_are_found(operator: Operator) -> None:
    status, told = operator.rotate()
    assert (status, told) == (0, "version 2 is the pepper of new people; version 1 is kept\n")
    current, older = operator.deployed().newest_first
    assert (current.version, older) == ("2", PEPPER)
    assert len(current.key) == len(PEPPER.key)
    assert operator.bff.ask(user="ada").status == 200
    assert operator.bff.ask(user="bob").status == 201
    assert on_record(operator.bff) == {("1", "ada"), ("2", "bob")}


@pytest.mark.parametrize("in_use", [False, True])
def test_said_again_it_is_the_same_rotation(operator: Operator, in_use: bool) -> None:
    operator.rotate()
    value = operator.value()
    if in_use:
        operator.deployed()
        operator.bff.ask(user="bob")
    assert operator.rotate() == (0, "version 2 is 0 minutes old: nothing was changed\n")
    assert operator.value() == value


def test_another_time_all_before_are_kept_the_newest_first(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.later(monkeypatch)
    for user in ("bob", "cleo", "dora"):
        assert operator.rotate()[0] == 0
        operator.deployed()
        operator.bff.ask(user=user)
    versions = [one.version for one in operator.deployed().newest_first]
    assert versions == ["4", "3", "2", "1"]
    assert on_record(operator.bff) == {("1", "ada"), ("2", "bob"), ("3", "cleo"), ("4", "dora")}
    assert all(operator.bff.ask(user=user).status == 200 for user in ("ada", "bob", "cleo"))


@pytest.mark.parametrize(
    ("call", "when"),
    [
        ("get_secret_value", "after"),
        ("put_secret_value", "before"),
        ("put_secret_value", "after"),
        ("update_secret_version_stage", "before"),
        ("update_secret_version_stage", "after"),
    ],
)
def test_dead_anywhere_it_is_said_again_and_rotates_once(
    operator: Operator, call: str, when: Any
) -> None:
    with killed(when, operator.secrets, call):
        operator.rotate()
    assert operator.bff.ask(user="ada", renew=True).status == 201
    assert operator.rotate()[0] == 0
    assert [one.version for one in operator.deployed().newest_first] == ["2", "1"]
    assert json.loads(operator.value("AWSPREVIOUS")) == FIRST
    assert operator.bff.ask(user="ada").status == 200


def test_two_at_once_rotate_once(operator: Operator) -> None:
    """Whoever comes second would take a pepper away under which somebody may have begun."""
    others: list[tuple[int, str]] = []
    said = lambda: others.append(operator.rotate())  # noqa: E731 what comes in between
    with interleaved("before", operator.secrets, "update_secret_version_stage", said):
        status, told = operator.rotate()
    assert (status, told[:13], others[0][0]) == (2, "somebody else", 0)
    first, second = operator.deployed().newest_first
    operator.bff.ask(user="bob")
    assert (first.version, second) == ("2", PEPPER)
    assert operator.rotate()[0] == 0
    assert operator.deployed().current == first


NO_GOOD: dict[str, object] = {
    "replaced": {"version": "1", "key": "x" * 64},
    "replaced, with a new version": {"version": "2", "key": "x" * 64},
    "broken": '{"version": "1", "key": "ppp',
    "no object": '["p"]',
    "too short": {"version": "1", "key": "p"},
    "one version twice": {**FIRST, "key_1": "x" * 64},
}


@pytest.mark.parametrize("value", NO_GOOD.values(), ids=NO_GOOD)
def test_a_secret_that_is_no_good_is_left_alone_and_so_is_what_was_in_it(
    operator: Operator, value: object
) -> None:
    """One more value would push the right one out of the secret."""
    operator.put(value)
    before = operator.value()
    status, told = operator.rotate()
    assert status == 2
    assert "PepperUnusableAlarm in docs/runbook.md" in told
    assert operator.value() == before
    assert json.loads(operator.value("AWSPREVIOUS")) == FIRST


def test_a_secret_that_has_gone_back_is_left_alone(operator: Operator) -> None:
    operator.rotate()
    operator.deployed()
    operator.bff.ask(user="bob")
    new = json.loads(operator.value())
    back = {**FIRST, f"key_{new['version']}": new["key"]}
    operator.put(back)
    assert operator.rotate()[0] == 2
    assert json.loads(operator.value()) == back


def test_before_anybody_has_begun_there_is_nothing_to_rotate(operator: Operator, bff: Bff) -> None:
    for item in bff.items():
        key = {"pk": item["pk"], "sk": item["sk"]}
        bff.dynamodb.delete_item(TableName=bff.table_name, Key=key)
    status, told = operator.rotate()
    assert (status, json.loads(operator.value())) == (2, FIRST)
    assert told.startswith("nobody has begun a session here yet")


def test_how_old_a_rotation_is_counts_from_when_it_was_written(operator: Operator) -> None:
    operator.rotate()
    rotate: Callable[[float], str] = partial(rotate_pepper.rotate, Deployment("deployed"))
    assert rotate(time.time() + HOUR - 60) == "version 2 is 59 minutes old: nothing was changed"
    assert rotate(time.time() + HOUR + 60).startswith("version 3 is the pepper of new people")


def test_what_aws_refuses_is_told_in_a_line(operator: Operator) -> None:
    operator.secrets.delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    status, told = operator.rotate()
    assert status == 2
    assert "GetSecretValue" in told
