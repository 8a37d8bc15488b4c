"""How the tests are spread over processes, when there are several (`pytest --numprocesses`)."""

from collections import Counter
from pathlib import PurePath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

E2E = "tests/e2e"
EACH_ITS_OWN_STACK = {"test_lifecycle.py", "test_walk.py"}
ONE_STACK_FOR_THE_FILE = {
    *("test_attestation.py", "test_concurrency.py", "test_fuzzed_contract.py"),
    *("test_own_app.py", "test_rotations.py", "test_updates.py"),
    "test_agreement.py",  # not of the end-to-end tests, but with an AWS of its own, too
}
# They wait for what comes late or never, and the others need not wait with them.
IN_TROUBLE = {
    *("test_callbacks.py", "test_erasure.py", "test_forged_callbacks.py", "test_orphans.py"),
    *("test_jumio_failures.py", "test_killed_among_others.py", "test_redrive.py"),
    *("test_secrets.py", "test_unreadable_secrets.py"),
}
TEST_BY_TEST = {"tests/exploration", "tests/integration/test_invariants.py"}
"""What takes long, and has nothing to share."""


class SharingStacks(LoadScopeScheduling):
    """Tests that share a stack run in one process, one after the other; the rest anywhere.

    Three stacks are shared: by the browser's tests, by those in trouble, and by the other ones.
    Not by marks: xdist's `loadgroup` loses them with this pytest (pytest-xdist#1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        path = PurePath(nodeid.partition("::")[0])
        if path.name in ONE_STACK_FOR_THE_FILE:
            scope = str(path)
        elif path.name in EACH_ITS_OWN_STACK or any(map(path.is_relative_to, TEST_BY_TEST)):
            scope = nodeid
        elif not path.is_relative_to(E2E):
            scope = str(path)
        elif path.parent.name == "browser":
            scope = f"{E2E}/browser"
        else:
            scope = f"{E2E}, in trouble" if path.name in IN_TROUBLE else E2E
        return scope


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SharingStacks:
    config.option.loadscopereorder = False  # by number of tests, which says little about time
    return SharingStacks(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side, what takes longest comes first; alone, what is fastest."""
    if hasattr(config, "workerinput"):
        items.sort(key=_after_what_takes_longer)


def _after_what_takes_longer(item: pytest.Item) -> tuple[bool, bool]:
    alone = item.path.name in EACH_ITS_OWN_STACK | ONE_STACK_FOR_THE_FILE
    return (not item.nodeid.startswith(E2E), alone)


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
