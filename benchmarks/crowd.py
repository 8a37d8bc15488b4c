"""`make crowd`: fifty people at once, for a minute, against the embedded stack.

Everybody asks for a session, looks at it, asks again, for another one, and then how things stand
until there is an outcome; then somebody else comes. Nobody pauses in between; whoever is told to
come back later does so. Jumio has a pace that stops nobody. Exits with 1 if anybody, or Jumio's
callback, was answered with an error of the server.
"""

import argparse
import itertools
import statistics
import sys
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from jumio_simulator.admin.client import AdminClient
from local.demo.people import Person, access_token, add
from local.stack import AT_ONCE, DIRECTORY
from tests.support.stack import RunningStack, running_stack

_LIVES = 6  # people for each of those who are there at once
_PATIENCE = 60  # seconds
_PROCESSING = 5  # seconds that Jumio takes
_PACE = ("--parameter", "AccountCallsPerSecond=1000", "--parameter", "AccountCallsBurst=1000")


@dataclass
class Crowd:
    """Who takes part, until when, and what they were answered: by route, (answer, seconds)."""

    stack: RunningStack
    tokens: list[str]
    ends: float = 0.0
    answers: dict[str, list[tuple[str, float]]] = field(default_factory=lambda: defaultdict(list))
    _next: "itertools.count[int]" = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def be(self, _: int) -> None:
        """One of those who are there: person after person."""
        with httpx.Client(
            base_url=self.stack.facts["api"], timeout=_PATIENCE, trust_env=False
        ) as http:
            while self._goes_on:
                self._live(http, self.tokens[next(self._next)])

    @property
    def _goes_on(self) -> bool:
        return time.monotonic() < self.ends

    def _live(self, http: httpx.Client, token: str) -> None:
        http.headers["Authorization"] = f"Bearer {token}"
        for route, body in (("create", {}), ("resume", {}), ("renew", {"renew": True})):
            self._ask(http, route, "POST", "/sessions", {"channel": "sdk", **body})
            self._ask(http, "get", "GET", "/verification")
        while self._goes_on:
            answer = self._ask(http, "get", "GET", "/verification")
            if answer.get("status") == "approved":
                return

    def _ask(
        self, http: httpx.Client, route: str, method: str, path: str, body: object = None
    ) -> dict[str, object]:
        """The answer; whoever is told to come back later does so."""
        while True:
            begun = time.monotonic()
            answer = http.request(method, path, json=body)
            took, told = time.monotonic() - begun, dict(answer.json())
            with self._lock:
                said = f"{answer.status_code} {told.get('code', '')}".strip()
                self.answers[route].append((said, took))
            later = answer.headers.get("Retry-After")
            if answer.is_success or later is None or not self._goes_on:
                return told
            time.sleep(float(later))


def _sign_in(stack: RunningStack, number: int) -> list[str]:
    cognito, outputs = stack.aws.cognito, stack.outputs
    tokens = []
    for place in range(number):
        person = Person("Somebody", f"crowd.{place}", "Invented-Password-0")
        add(cognito, outputs["UserPoolId"], person)
        tokens.append(access_token(stack.facts, person))
    return tokens


def _table(crowd: Crowd, seconds: float) -> list[str]:
    lines = [f"{'':10}{'answers':>8}{'per s':>8}{'p50 ms':>8}{'p99 ms':>8}{'longest':>8}"]
    for route, answers in sorted(crowd.answers.items()):
        cuts = statistics.quantiles([1000 * took for _, took in answers], n=100, method="inclusive")
        said = dict(Counter(said for said, _ in answers))
        lines.append(
            f"{route:10}{len(answers):8}{len(answers) / seconds:8.1f}{cuts[49]:8.0f}{cuts[98]:8.0f}"
            f"{1000 * max(took for _, took in answers):8.0f}  {said}"
        )
    return lines


def main() -> None:
    """Start a stack of its own, measure, print."""
    parser = argparse.ArgumentParser(prog="make crowd", description=__doc__)
    parser.add_argument("--people", type=int, default=50, help="how many are there at once")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--at-once", default=str(AT_ONCE), help="as of `python -m local up`")
    chosen = parser.parse_args()
    with (
        running_stack(DIRECTORY / "benchmark", *_PACE, "--at-once", chosen.at_once) as stack,
        AdminClient(stack.facts["simulator"]) as jumio,
        ThreadPoolExecutor(chosen.people) as pool,
    ):
        jumio.set_scenario("approved", default=True)
        jumio.patch_options(
            account_rate=1000,
            account_burst=1000,
            retrieval_rate=1000,
            retrieval_burst=1000,
            processing_seconds=_PROCESSING,
        )
        crowd = Crowd(stack, _sign_in(stack, _LIVES * chosen.people))
        begun = time.monotonic()
        crowd.ends = begun + chosen.seconds
        list(pool.map(crowd.be, range(chosen.people)))
        lines = _table(crowd, time.monotonic() - begun)
        callbacks = [one["answered"] for run in jumio.executions() for one in run["callbacks"]]
    callbacks = [status for status in callbacks if status]  # the last ones are on their way
    print("\n".join([*lines, f"callbacks {dict(Counter(callbacks))}"]))
    failed = [said for answers in crowd.answers.values() for said, _ in answers if said[0] == "5"]
    sys.exit(f"errors of the server: {len(failed)}" if failed or set(callbacks) - {200} else 0)


if __name__ == "__main__":
    main()
