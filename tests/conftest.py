"""How the tests are spread over processes, when there are several (`pytest --numprocesses`)."""

from collections import Counter
from pathlib import PurePath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

SHARED_STACK = "tests/e2e"
OWN_STACKS = {"test_lifecycle.py", "test_walk.py"}
OWN_SHARED_BY_A_FILE = {
    *("test_agreement.py", "test_concurrency.py", "test_fuzzed_contract.py", "test_races.py"),
    "test_rotations.py",
}


class SharingStacks(LoadScopeScheduling):
    """Tests that share a stack run in one process, one after the other; the rest anywhere.

    Not by marks: xdist's `loadgroup` loses them with this pytest (pytest-xdist#1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        path = PurePath(nodeid.partition("::")[0])
        if path.name in OWN_SHARED_BY_A_FILE:
            return str(path)
        if path.is_relative_to(SHARED_STACK) and path.name not in OWN_STACKS:
            return SHARED_STACK
        return nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SharingStacks:
    return SharingStacks(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side, what takes longest comes first; alone, what is fastest."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(SHARED_STACK))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the explorer has been through (tests/exploration/test_schedules.py)."""
    reports = terminalreporter.getreports("passed")
    explored = [dict(one.user_properties)["explored"] for one in reports if one.user_properties]
    if explored:
        schedules, steps, took = (sum(one[at] for one in explored) for at in (1, 2, 3))
        ways = {way for *_, covered in explored for way in covered}
        within = Counter(tuple(bounds) for bounds, *_ in explored)
        terminalreporter.write_line(
            f"explored: {len(explored)} scenarios exhausted, {schedules} schedules, {steps} steps, "
            f"{len(ways)} ways of an actor's call (done, killed, lost, ...), {took:.0f} s of CPU"
        )
        for (preemptions, faults), scenarios in sorted(within.items(), reverse=True):
            more = "" if (preemptions, faults) == (2, 1) else "; more of them is for make explore"
            terminalreporter.write_line(
                f"  {scenarios} within {preemptions} preemptions and {faults} faults{more}"
            )
