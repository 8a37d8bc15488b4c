"""A simulator that neither limits nor calls back, whose time stands still, and a caller of it."""

from collections.abc import Iterator

import pytest

from jumio_simulator.testing import running_simulator
from simulator_driver import Driver


@pytest.fixture(scope="session")
def running_driver() -> Iterator[Driver]:
    bursts = dict.fromkeys(("account_burst", "retrieval_burst", "token_burst"), 10_000)
    with running_simulator(callbacks={"drop": True}, **bursts) as simulator:
        driver = Driver(simulator)
        yield driver
        driver.session.close()


@pytest.fixture
def jumio(running_driver: Driver) -> Driver:
    running_driver.sim.admin.reset()
    running_driver.sim.admin.freeze()
    return running_driver
