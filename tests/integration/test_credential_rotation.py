"""Jumio's client credentials are rotated: nobody is turned away, whatever happens first."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from jumio_simulator.testing import RunningSimulator
from tests.support.jumio import REQUEST
from verification import wiring
from verification.aws.secrets import Secrets
from verification.domain.deadline import Deadline
from verification.domain.errors import Misconfigured
from verification.jumio import JumioClient
from verification.settings import JumioSettings
from verification.wiring.jumio import jumio_client

USUAL = {"id": "demo-client", "secret": "demo-secret"}
NEW = {"id": "demo-client", "secret": "rotated-secret"}
OTHER = {"id": "another-client", "secret": "another-secret"}


@dataclass
class Rotation:
    """One warm container, Secrets Manager, and Jumio's portal."""

    jumio: JumioClient
    manager: Any
    simulator: RunningSimulator

    def store(self, client: dict[str, str]) -> None:
        """Put a new value into the secret."""
        members = {"client_id": client["id"], "client_secret": client["secret"]}
        self.manager.put_secret_value(SecretId="jumio", SecretString=json.dumps(members))

    def enforce(self, *clients: dict[str, str]) -> None:
        """From now on Jumio knows these clients only, and no token that it gave before."""
        self.simulator.admin.patch_options(clients=list(clients))
        self.simulator.admin.revoke_tokens()

    def open(self) -> str:
        opened = self.jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(20))
        return opened.workflow_execution_id

    def token_requests(self) -> int:
        return len(self.simulator.admin.journal(endpoint="token"))


@pytest.fixture
def rotation(
    aws: None, simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rotation]:
    wiring.aws.cache_clear()
    wiring.secrets.cache_clear()
    monkeypatch.setattr(Secrets, "_FRESH", 0.0)
    simulator.admin.reset(bearers=True)
    manager = boto3.client("secretsmanager")
    settings = JumioSettings(
        environment="local",
        jumio_data_center="emea-1",
        jumio_base_url=simulator.url,
        jumio_user_agent="Example JumioBff/1.0",
        jumio_secret_id="jumio",
    )
    manager.create_secret(Name="jumio", SecretString='{"client_id": "", "client_secret": ""}')
    warm = Rotation(jumio_client(settings), manager, simulator)
    warm.store(USUAL)
    assert warm.open()
    simulator.admin.clear_journal()
    yield warm
    simulator.admin.reset(bearers=True)


ORDERS: dict[str, Callable[[Rotation], None]] = {
    "the secret first": lambda one: (one.store(NEW), one.open(), one.enforce(NEW))[-1],
    "jumio first": lambda one: (one.enforce(USUAL, NEW), one.store(NEW), one.enforce(NEW))[-1],
    "the new one is not in force yet": lambda one: (one.store(NEW), one.enforce(USUAL))[-1],
    "another client": lambda one: (one.store(OTHER), one.enforce(OTHER))[-1],
    "twice": lambda one: (one.store(OTHER), one.store(NEW), one.enforce(NEW))[-1],
}


@pytest.mark.parametrize("rotate", ORDERS.values(), ids=ORDERS)
def test_a_warm_container_goes_on(rotation: Rotation, rotate: Callable[[Rotation], None]) -> None:
    rotate(rotation)
    assert rotation.open()
    assert rotation.open()


def test_what_was_accepted_only_for_now_is_replaced_by_the_new_one(rotation: Rotation) -> None:
    rotation.store(NEW)
    rotation.enforce(USUAL)
    assert rotation.open()
    rotation.enforce(NEW)
    assert rotation.open()


def test_a_client_whose_tokens_are_refused_though_they_are_still_given_is_replaced(
    rotation: Rotation,
) -> None:
    before = rotation.jumio._tokens.get(Deadline(5))
    rotation.simulator.admin.patch_options(clients=[USUAL, OTHER])
    rotation.store(OTHER)
    rotation.simulator.admin.add_fault("accounts.create", "token_rejected")
    assert rotation.open()
    assert rotation.token_requests() == 1
    # The simulator, like Jumio, gives the same client the same token again.
    assert rotation.jumio._tokens.get(Deadline(5)) != before


def test_what_nobody_accepts_is_a_misconfiguration_and_asked_for_no_more_than_needed(
    rotation: Rotation,
) -> None:
    rotation.enforce(OTHER)
    with pytest.raises(Misconfigured) as refusal:
        rotation.open()
    assert refusal.value.setting == "JUMIO_SECRET_ID: Jumio refuses the client credentials"
    assert rotation.token_requests() == 1  # the value before was never a client
    rotation.store(NEW)
    with pytest.raises(Misconfigured):
        rotation.open()
    assert rotation.token_requests() == 1 + 2  # as known, and as it is now
    rotation.store(OTHER)
    assert rotation.open()
