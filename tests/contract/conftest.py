"""The simulator behind our client, and waits that take no time."""

from collections.abc import Iterator

import pytest

from jumio_simulator.testing import RunningSimulator, running_simulator
from tests.support.jumio import LONG, REQUEST, Jumio, client
from verification.domain.deadline import Deadline


@pytest.fixture(scope="session")
def shared_jumio() -> Iterator[RunningSimulator]:
    with running_simulator(account_burst=1000, retrieval_burst=1000, token_burst=1000) as running:
        yield running


@pytest.fixture
def simulator(shared_jumio: RunningSimulator) -> RunningSimulator:
    shared_jumio.admin.reset(bearers=True)
    return shared_jumio


@pytest.fixture
def jumio(simulator: RunningSimulator) -> Jumio:
    its_client = client(simulator.url)
    opened = its_client.open_execution(REQUEST, account_id=None, deadline=Deadline(LONG))
    simulator.admin.clear_journal()
    return Jumio(simulator, its_client, opened)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, in seconds; none of them is slept."""
    waited: list[float] = []

    def pause(seconds: float, deadline: Deadline) -> bool:
        waited.append(seconds)
        return seconds < deadline.remaining()

    monkeypatch.setattr("verification.jumio.client.pause", pause)
    monkeypatch.setattr("verification.jumio.oauth.pause", pause)
    return waited
