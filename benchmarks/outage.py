"""`make outage`: Jumio says nothing for ten minutes while people keep asking.

Starts a stack of its own, lets some people finish just as Jumio falls silent, has others ask all
the time, lets Jumio speak again, prints figures, and ends. Times are real ones of this machine,
with the simulator on it. Exits with 1 if one refusal in twenty took longer than it may.
"""

import argparse
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from jumio_simulator.admin.client import AdminClient
from local.demo.observer import log_lines, queue_depth, table_items
from local.demo.people import Person, access_token, add
from local.stack import DIRECTORY
from tests.support.stack import RunningStack, running_stack

_FINISHING = 5  # people whose outcome comes while nobody can read it
_PROCESSES = 24  # more than are ever needed at once
_AT_ONCE = 4 * _PROCESSES  # of which the door lets one in eight be started side by side
_ROUNDS = 3  # until they are there
_FIRST = _FINISHING + _ROUNDS * _PROCESSES
_ASKING = 200
_EVERYBODY = _FIRST + _ASKING + 1  # of whom the last asks once Jumio speaks again
_SILENT = 25.0  # seconds in which Jumio says nothing to one call
_PATIENCE = 700.0  # a hint comes back after ten minutes at the latest
_QUICKLY = 300.0  # milliseconds in which 19 of 20 are to be refused
_WAITED = 4000.0  # milliseconds: whoever took as long has tried Jumio
_PACE = ("--parameter", "AccountCallsPerSecond=1000", "--parameter", "AccountCallsBurst=1000")


@dataclass(frozen=True)
class _Visit:
    """One request for a session; ``at`` is in seconds since Jumio fell silent."""

    at: float
    answer: str
    retry_after: float
    milliseconds: float


class _Crowd:
    """People who have signed in, on one pool of connections."""

    def __init__(self, stack: RunningStack) -> None:
        self._http = httpx.Client(
            base_url=stack.facts["api"],
            timeout=_PATIENCE,
            trust_env=False,
            limits=httpx.Limits(max_connections=_ASKING),
        )
        self._tokens = []
        for number in range(_EVERYBODY):
            person = Person("Somebody", f"outage.{number}", "Invented-Password-0")
            add(stack.aws.cognito, stack.outputs["UserPoolId"], person)
            self._tokens.append(access_token(stack.facts, person))
        self.begun = time.monotonic()

    def ask(self, number: int) -> _Visit:
        """POST /sessions as one of them."""
        headers = {"Authorization": f"Bearer {self._tokens[number]}"}
        at = time.monotonic()
        answer = self._http.post("/sessions", json={"channel": "sdk"}, headers=headers)
        took = 1000 * (time.monotonic() - at)
        code = answer.json().get("code", answer.json().get("message", "session"))
        later = float(answer.headers.get("Retry-After", 0))
        return _Visit(at - self.begun, f"{answer.status_code} {code}", later, took)

    def ask_for(self, seconds: float, a_second: float) -> list[_Visit]:
        """Everybody asks, one after the other, at a steady pace."""
        asked: list[Future[_Visit]] = []
        self.begun = time.monotonic()
        with ThreadPoolExecutor(_ASKING) as pool:
            while (now := time.monotonic() - self.begun) < seconds:
                number = _FIRST + len(asked) % _ASKING
                asked.append(pool.submit(self.ask, number))
                time.sleep(max(0.0, len(asked) / a_second - now))
        return [one.result() for one in asked]


def _seconds_until(true: Callable[[], bool]) -> float:
    begun = time.monotonic()
    while not true() and time.monotonic() - begun < _PATIENCE:
        time.sleep(0.5)
    return time.monotonic() - begun


def _start_processes(crowd: _Crowd, jumio: AdminClient) -> None:
    """Beforehand: that costs a cloud nothing, and this machine a minute."""
    jumio.patch_options(account_rate=1000, account_burst=1000)
    jumio.add_fault("accounts.*", "latency", count=10**6, seconds=5)
    with ThreadPoolExecutor(_PROCESSES) as pool:
        list(pool.map(crowd.ask, range(_FINISHING, _FIRST)))
    jumio.clear_faults()


def _fall_silent(crowd: _Crowd, jumio: AdminClient) -> None:
    """While the outcomes of some people are on their way."""
    for number in range(_FINISHING):
        crowd.ask(number)
    finishing = jumio.executions()[:_FINISHING]  # newest first
    jumio.clear_journal()
    jumio.add_fault("accounts.*", "latency", count=10**6, seconds=_SILENT)
    jumio.add_fault("retrieval.*", "latency", count=10**6, seconds=_SILENT)
    for execution in finishing:
        jumio.play(execution["id"], "approved")


def _approved(stack: RunningStack) -> int:
    items = table_items(stack.aws, stack.outputs)
    return sum(one.get("state") == "approved" and "decision" in one for one in items)


def _how_long(visits: list[_Visit]) -> tuple[list[str], float]:
    """Lines about how long people were kept, and the milliseconds in which 19 of 20 were not."""
    took = [one.milliseconds for one in visits]
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    waited = [one.at for one in visits if one.milliseconds > _WAITED]
    last = max((at for at in waited if at < _SILENT), default=0.0)
    return [
        f"answers                     {dict(Counter(one.answer for one in visits))}",
        f"how long they took          median {cuts[49]:.0f} ms, 95 % below {cuts[94]:.0f} ms",
        f"longer than {_QUICKLY:.0f} ms          {sum(one > _QUICKLY for one in took)}",
        f"waited for Jumio            {len(waited)}, at most {max(took):.0f} ms",
        f"the last of them at first   came after {last:.1f} s",
        f"told to come back           {sum(one.retry_after > 0 for one in visits)}",
    ], cuts[94]


def _figures(stack: RunningStack, jumio: AdminClient, asked: argparse.Namespace) -> bool:
    crowd = _Crowd(stack)
    _start_processes(crowd, jumio)
    _fall_silent(crowd, jumio)
    visits = crowd.ask_for(asked.seconds, asked.per_second)
    account, reads = (jumio.journal(endpoint=f"{kind}.*") for kind in ("accounts", "retrieval"))
    waiting = queue_depth(stack.aws, stack.outputs["CallbackQueueUrl"])
    jumio.clear_faults()
    opened = _seconds_until(lambda: crowd.ask(_EVERYBODY - 1).answer.startswith("20"))
    settled = _seconds_until(lambda: _approved(stack) == _FINISHING) + opened
    aside = queue_depth(stack.aws, stack.outputs["CallbackDeadLettersUrl"])
    told = sum("jumio_down" in line for line in log_lines(stack.aws))
    lines, most = _how_long(visits)
    lines += [
        f"calls that reached Jumio    {len(account)} to open, {len(reads)} to read",
        f"hints that waited           {waiting}; set aside {aside}",
        f"jumio_down                  {told} times",
        f"first session after         {opened:.1f} s",
        f"all outcomes after          {settled:.1f} s",
    ]
    print("\n".join([f"silent for                  {asked.seconds:.0f} s", *lines]))
    return most <= _QUICKLY


def main() -> None:
    """Start, measure, print."""
    parser = argparse.ArgumentParser(prog="make outage", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--per-second", type=float, default=3, help="requests for a session")
    asked = parser.parse_args()
    options = (*_PACE, "--at-once", str(_AT_ONCE))
    with (
        running_stack(DIRECTORY / "benchmark", *options) as stack,
        AdminClient(stack.facts["simulator"]) as jumio,
    ):
        quickly = _figures(stack, jumio, asked)
    sys.exit(None if quickly else 1)


if __name__ == "__main__":
    main()
