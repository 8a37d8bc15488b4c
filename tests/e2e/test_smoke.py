"""The smoke test of a deployment: all is well with one that is, and it says what is not."""

import dataclasses
import os
import subprocess
from collections.abc import Callable, Iterator

import httpx
import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.people import Person
from local.stack import ROOT
from scripts.smoke import Smoke
from tests.support.outside import users
from tests.support.reconfigured import reconfigured
from tests.support.stack import RunningStack


@pytest.fixture
def smoke(stack: RunningStack, new_person: Callable[[], Person]) -> Iterator[Smoke]:
    """Of a person whom nobody has seen before."""
    with users(stack, new_person, 1) as (user,):
        yield Smoke(stack.facts["api"], user.token, stack.facts["page"])


def test_a_deployment_that_is_well_passes(
    stack: RunningStack, smoke: Smoke, simulator: AdminClient
) -> None:
    done = subprocess.run(  # noqa: S603 a command of this project
        ["make", "-s", "smoke", f"API={smoke.api}", f"ORIGIN={smoke.origin}"],  # noqa: S607
        cwd=ROOT,
        env={**os.environ, "TOKEN": smoke.token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["ok"] * 8
    (execution,) = simulator.executions()
    assert execution["sdkToken"] not in done.stdout
    assert smoke.token not in done.stdout


def test_no_session_is_opened_if_none_is_wanted(smoke: Smoke, simulator: AdminClient) -> None:
    assert dataclasses.replace(smoke, session=False).run()
    assert simulator.executions() == []


def test_what_is_wrong_is_said(
    stack: RunningStack, smoke: Smoke, capsys: pytest.CaptureFixture[str]
) -> None:
    with reconfigured(stack, "get_verification", TABLE_NAME=None):
        assert not dataclasses.replace(smoke, session=False).run()
    told = capsys.readouterr().out.splitlines()
    assert [line for line in told if line.startswith("WRONG")] == [
        line for line in told if "how they stand: 500" in line
    ]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"token": "e30.e30.e30"}, ["how they stand", "makes no sense", "gets a session"]),
        ({"origin": "https://other.example"}, ["pages of the origin"]),
    ],
)
def test_a_wrong_token_and_a_wrong_origin_are_seen(
    smoke: Smoke, capsys: pytest.CaptureFixture[str], changes: dict[str, str], wrong: list[str]
) -> None:
    assert not dataclasses.replace(smoke, **changes).run()  # type: ignore[arg-type]
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("WRONG")]
    assert len(told) == len(wrong)
    assert all(part in line for part, line in zip(wrong, told, strict=True))


def test_somebody_elses_api_is_not_taken_for_ours(
    smoke: Smoke, stack: RunningStack, capsys: pytest.CaptureFixture[str]
) -> None:
    assert httpx.get(stack.facts["page"]).is_success
    assert not dataclasses.replace(smoke, api=stack.facts["page"], session=False).run()
    assert "WRONG  a forged callback is refused by us" in capsys.readouterr().out
