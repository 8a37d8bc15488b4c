"""One simulator for all these tests, reset before each, with its clock frozen."""

from collections.abc import Iterator

import pytest

from jumio_simulator.testing import RunningSimulator, running_simulator
from simulator_driver import Driver, Receiver


@pytest.fixture(scope="session")
def shared_simulator() -> Iterator[RunningSimulator]:
    with running_simulator(account_burst=1000, retrieval_burst=1000, token_burst=1000) as sim:
        yield sim


@pytest.fixture
def sim(shared_simulator: RunningSimulator) -> RunningSimulator:
    shared_simulator.admin.reset(bearers=True)
    shared_simulator.admin.freeze()
    return shared_simulator


@pytest.fixture
def jumio(sim: RunningSimulator) -> Iterator[Driver]:
    driver = Driver(sim)
    yield driver
    driver.session.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()
