"""The deployed API against docs/openapi.yaml, with requests that nobody has thought of.

Another seed: `make e2e ARGS="-k fuzzed --hypothesis-seed=7"`. schemathesis.toml says what is not
complained of, and why.
"""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.observer import log_lines
from local.demo.people import Person, access_token
from local.stack import ROOT
from tests.support.stack import TESTS, RunningStack, running_stack, sharing
from verification.domain.capability import SigningKey, sign

SEEDS = {1: "examples,coverage,fuzzing,stateful", 2: "fuzzing,stateful", 3: "fuzzing,stateful"}
"""What depends on no seed is done once."""
CASES = 12
CROWD = 30
_PACE = ("AccountCallsPerSecond", "AccountCallsBurst", "DailyCeiling")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--hypothesis-seed")
        metafunc.parametrize("seed", SEEDS if chosen is None else [int(chosen)])


@pytest.fixture(scope="module")
def stack(artefacts: Path) -> Iterator[RunningStack]:
    """A stack of its own: its pace is not what is tried, and hints at nothing trouble others."""
    pace = [part for name in _PACE for part in ("--parameter", f"{name}=100000")]
    with running_stack(sharing(TESTS / "contract", artefacts), *pace) as running:
        yield running


@pytest.fixture
def environment(stack: RunningStack, new_person: Callable[[], Person]) -> dict[str, str]:
    """What the hooks need: access tokens of many people, and an address that Jumio could have."""
    people = [new_person() for _ in range(CROWD)]
    secret = stack.outputs["CallbackSecretArn"]
    tokens = [access_token(stack.facts, one) for one in people]
    key = json.loads(stack.aws.secrets.get_secret_value(SecretId=secret)["SecretString"])
    capability = sign(SigningKey(key["version"], key["key"]), "1-" + "A" * 43, "0" * 32)
    return {
        **os.environ,
        "CONTRACT_TOKENS": json.dumps(tokens),
        "CONTRACT_CAPABILITY": capability,
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
    }


def test_whatever_is_sent_the_answer_is_as_promised(
    stack: RunningStack,
    simulator: AdminClient,
    environment: dict[str, str],
    tmp_path: Path,
    seed: int,
) -> None:
    simulator.patch_options(account_rate=100_000, account_burst=100_000)
    done = subprocess.run(  # noqa: S603 - no foreign input
        [
            ROOT / ".venv" / "bin" / "schemathesis",
            f"--config-file={ROOT / 'tests' / 'e2e' / 'schemathesis.toml'}",
            "run",
            ROOT / "docs" / "openapi.yaml",
            f"--url={stack.facts['api']}",
            f"--phases={SEEDS.get(seed, SEEDS[1])}",
            f"--max-examples={CASES}",
            f"--seed={seed}",
        ],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stderr
    assert re.search(r"Operations:\s+Selected: 3/3\s+Tested: 3", done.stdout)
    # Not for want of people or of an address: sessions were opened, and hints queued.
    assert simulator.journal(endpoint="accounts.create")
    assert any("callback_queued" in line for line in log_lines(stack.aws))
