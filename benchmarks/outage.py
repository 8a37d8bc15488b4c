"""Jumio says nothing while people keep asking: `python -m benchmarks.outage [SECONDS]`.

Starts a stack of its own (after `sam build`), lets some people finish just as Jumio falls silent,
has others ask all the time, lets Jumio speak again, prints figures, and ends. Times are real ones
of this machine, with the simulator on it.
"""

import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from benchmarks.crowd import Crowd, Visit
from jumio_simulator.admin.client import AdminClient
from local.demo.observer import log_lines, queue_depth, table_items
from local.stack import DIRECTORY
from tests.support.reconfigured import reconfigured
from tests.support.stack import RunningStack, running_stack

_FINISHING = 5  # people whose outcome comes while nobody can read it
_ASKING = 200
_A_SECOND = 4
_NOTICED = 30.0  # seconds after which the breaker has opened, whatever the timeout
_SILENT = 25.0  # seconds in which Jumio says nothing to one call
_PATIENCE = 700.0  # a hint comes back after ten minutes at the latest
_FAST = {"ACCOUNT_CALLS_PER_SECOND": "1000", "ACCOUNT_CALLS_BURST": "1000"}


def _ask_for(seconds: float, crowd: Crowd, pool: ThreadPoolExecutor) -> list[Visit]:
    """People ask, one after the other, at a steady pace."""
    asked: list[Future[Visit]] = []
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        number = _FINISHING + len(asked) % (_ASKING - _FINISHING)
        asked.append(pool.submit(crowd.ask, number))
        time.sleep(1 / _A_SECOND)
    return [one.result() for one in asked]


def _seconds_until(true: Callable[[], bool]) -> float:
    begun = time.monotonic()
    while not true() and time.monotonic() - begun < _PATIENCE:
        time.sleep(0.5)
    return time.monotonic() - begun


def _figures(stack: RunningStack, jumio: AdminClient, seconds: float) -> list[str]:
    crowd = Crowd(stack, _ASKING)
    jumio.patch_options(account_rate=1000, account_burst=1000)
    for number in range(_FINISHING):
        crowd.ask(number)
    finishing = jumio.executions()
    jumio.clear_journal()
    jumio.add_fault("accounts.*", "latency", count=10**6, seconds=_SILENT)
    jumio.add_fault("retrieval.*", "latency", count=10**6, seconds=_SILENT)
    for execution in finishing:
        jumio.play(execution["id"], "approved")
    with ThreadPoolExecutor(_ASKING) as pool:
        visits = _ask_for(seconds, crowd, pool)
    account, reads = (jumio.journal(endpoint=f"{kind}.*") for kind in ("accounts", "retrieval"))
    outputs = stack.outputs
    waiting = queue_depth(stack.aws, outputs["CallbackQueueUrl"])
    jumio.clear_faults()
    opened = _seconds_until(lambda: crowd.ask(_ASKING - 1).answer.startswith("20"))
    settled = _seconds_until(lambda: _approved(stack) == _FINISHING) + opened
    refused = [one for one in visits if one.answer.startswith("5")]
    later = [one.seconds * 1000 for one in visits[round(_NOTICED * _A_SECOND) :]]
    cuts = statistics.quantiles(later, n=20)
    slow = sum(one.seconds > 1 for one in refused)
    aside = queue_depth(stack.aws, outputs["CallbackDeadLettersUrl"])
    lines = log_lines(stack.aws)
    return [
        f"silent for                  {seconds:.0f} s, {len(visits)} requests",
        f"answers                     {dict(Counter(one.answer for one in visits))}",
        f"once that is noticed        median {cuts[9]:.0f} ms, 95 % below {cuts[18]:.0f} ms",
        f"who waited for a second     {slow}, at most {max(one.seconds for one in visits):.1f} s",
        f"calls that reached Jumio    {len(account)} to open, {len(reads)} to read",
        f"hints that waited           {waiting}; set aside {aside}",
        f"jumio_down                  {sum('jumio_down' in line for line in lines)} times",
        f"first session after         {opened:.1f} s",
        f"all outcomes after          {settled:.1f} s",
    ]


def _approved(stack: RunningStack) -> int:
    items = table_items(stack.aws, stack.outputs)
    return sum(one.get("state") == "approved" and "decision" in one for one in items)


def main() -> None:
    """Start, measure, print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    with (
        running_stack(DIRECTORY / "benchmark") as stack,
        AdminClient(stack.facts["simulator"]) as jumio,
        reconfigured(stack, "create_session", **_FAST),
    ):
        lines = _figures(stack, jumio, seconds)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
