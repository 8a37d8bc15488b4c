"""Fixtures for other suites; pytest finds them once this package is installed.

`jumio_simulator` is a running simulator, as it was at the start at the beginning of each test.
`jumio_simulator_options` are its options; a suite overrides the fixture to change them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from jumio_simulator.testing import RunningSimulator


@pytest.fixture(scope="session")
def jumio_simulator_options() -> dict[str, Any]:
    """Options as `jumio_simulator.testing.running_simulator` takes them."""
    return {}


@pytest.fixture(scope="session")
def jumio_simulator_server(
    jumio_simulator_options: dict[str, Any],
) -> Iterator["RunningSimulator"]:
    """The one simulator of the test run."""
    # Imported where it is used: pytest loads this module in every suite of the environment.
    from jumio_simulator.testing import running_simulator  # noqa: PLC0415

    with running_simulator(**jumio_simulator_options) as simulator:
        yield simulator


@pytest.fixture
def jumio_simulator(jumio_simulator_server: "RunningSimulator") -> "RunningSimulator":
    """`url`, `client_id`, `client_secret` and `admin`, with nothing left of earlier tests."""
    jumio_simulator_server.admin.reset()
    return jumio_simulator_server
