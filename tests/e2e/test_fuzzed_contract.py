"""The deployed API against docs/openapi.yaml, with requests that nobody has thought of.

Another seed: `make e2e ARGS="--hypothesis-seed=7"`, for this file alone with `-k contract`.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.observer import log_lines
from local.demo.people import Person, sign_in
from local.stack import ROOT
from tests.support.stack import TESTS, RunningStack, running_stack, sharing
from verification.domain.capability import SigningKey, sign

SEEDS = (1, 2, 3)
CROWD = 30
_HOOKS = ROOT / "tests" / "support" / "schemathesis_hooks.py"
# Jumio's pace and the daily ceiling are not what is tried here.
_UNHURRIED = [
    part
    for name in ("AccountCallsPerSecond", "AccountCallsBurst", "DailyCeiling")
    for part in ("--parameter", f"{name}=100000")
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--hypothesis-seed")
        metafunc.parametrize("seed", SEEDS if chosen is None else [chosen])


@pytest.fixture(scope="module")
def stack(artefacts: Path) -> Iterator[RunningStack]:
    """A stack of its own: callbacks about nothing are retained, and would trouble others."""
    directory = sharing(TESTS / "contract", artefacts)
    with running_stack(directory, *_UNHURRIED) as running:
        running.simulator_options(account_rate=10_000, account_burst=10_000)
        yield running


@pytest.fixture
def environment(stack: RunningStack, new_person: Callable[[], Person]) -> dict[str, str]:
    """What the hooks need: access tokens of many people, and an address that Jumio could have."""
    people = [new_person() for _ in range(CROWD)]
    client, secret = stack.outputs["UserPoolClientId"], stack.outputs["CallbackSecretArn"]
    tokens = [sign_in(stack.aws.cognito, client, one.username, one.password) for one in people]
    key = json.loads(stack.aws.secrets.get_secret_value(SecretId=secret)["SecretString"])
    capability = sign(SigningKey(key["version"], key["key"]), "1-" + "A" * 43, "0" * 32)
    return {
        **os.environ,
        "CONTRACT_TOKENS": json.dumps(tokens),
        "CONTRACT_CAPABILITY": capability,
        "SCHEMATHESIS_HOOKS": str(_HOOKS),
        "NO_COLOR": "1",
    }
