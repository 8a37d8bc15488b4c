"""Forty new people within five seconds, at Jumio's pace: `python -m benchmarks.crowd`.

Starts a stack of its own (after `sam build`), prints figures, ends it. Whoever is told to come
back does so, after exactly as long as they were told. The latencies are those of this machine,
with the simulator on it, and tell something only beside each other.
"""

import statistics
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from jumio_simulator.admin.client import AdminClient
from local.demo.people import Person, access_token, add
from local.stack import DIRECTORY
from tests.support.reconfigured import reconfigured
from tests.support.stack import RunningStack, running_stack

_PEOPLE = 40
_WITHIN = 5.0
_PATIENCE = 180.0
_SAMPLES = 50
_RATE, _BURST = 1, 5


@dataclass(frozen=True)
class Visit:
    """One request and what came of it."""

    answer: str
    retry_after: float
    seconds: float


class Crowd:
    """New people, signed in, on one pool of connections."""

    def __init__(self, stack: RunningStack, size: int) -> None:
        self._http = httpx.Client(
            base_url=stack.facts["api"],
            timeout=60,
            trust_env=False,
            limits=httpx.Limits(max_connections=size),
        )
        self._tokens = []
        for number in range(size):
            person = Person("Somebody", f"crowd.{time.time_ns()}.{number}", "Invented-Password-0")
            add(stack.aws.cognito, stack.outputs["UserPoolId"], person)
            self._tokens.append(access_token(stack.facts, person))

    def ask(self, number: int, **body: object) -> Visit:
        """POST /sessions as one of them."""
        begun = time.monotonic()
        answer = self._http.post(
            "/sessions",
            json={"channel": "sdk", **body},
            headers={"Authorization": f"Bearer {self._tokens[number]}"},
        )
        seconds = time.monotonic() - begun
        code = answer.json().get("code", answer.json().get("message", "session"))
        wait = float(answer.headers.get("Retry-After", 1))
        return Visit(f"{answer.status_code} {code}", wait, seconds)


def _until_served(crowd: Crowd, number: int, begun: float) -> list[Visit]:
    time.sleep(number * _WITHIN / _PEOPLE)
    visits = [crowd.ask(number)]
    while not visits[-1].answer.startswith("2") and time.monotonic() - begun < _PATIENCE:
        time.sleep(visits[-1].retry_after)
        visits.append(crowd.ask(number))
    return visits


def _crowd_figures(stack: RunningStack, jumio: AdminClient) -> list[str]:
    crowd = Crowd(stack, _PEOPLE)
    jumio.patch_options(account_rate=_RATE, account_burst=_BURST)
    pace = {"ACCOUNT_CALLS_PER_SECOND": str(_RATE), "ACCOUNT_CALLS_BURST": str(_BURST)}
    with reconfigured(stack, "create_session", **pace), ThreadPoolExecutor(_PEOPLE) as pool:
        begun = time.monotonic()
        people = list(pool.map(lambda one: _until_served(crowd, one, begun), range(_PEOPLE)))
        took = time.monotonic() - begun
    visits = [visit for one in people for visit in one]
    calls = jumio.journal(endpoint="accounts.create")
    users = Counter(call["body"]["userReference"] for call in calls if call["status"] == 200)
    return [
        f"first answers          {dict(Counter(one[0].answer for one in people))}",
        f"all answers            {dict(Counter(visit.answer for visit in visits))}",
        f"visits a person        at most {max(map(len, people))}, {len(visits)} in all",
        f"served in the end      {sum(one[-1].answer.startswith('2') for one in people)}",
        f"until the last one     {took:.1f} s",
        f"longest answer         {max(visit.seconds for visit in visits):.1f} s",
        f"longest Retry-After    {max(v.retry_after for v in visits if v.answer[0] != '2'):.0f} s",
        f"Jumio's answers        {dict(Counter(call['status'] for call in calls))}",
        f"accounts a person      at most {max(users.values())}",
    ]


def _latency_figures(stack: RunningStack, jumio: AdminClient) -> list[str]:
    jumio.reset()
    crowd = Crowd(stack, _SAMPLES)
    crowd.ask(0)  # the function starts
    created = [crowd.ask(number) for number in range(1, _SAMPLES)]
    resumed = [crowd.ask(number) for number in range(_SAMPLES)]
    renewed = [crowd.ask(number, renew=True) for number in range(_SAMPLES)]
    return [
        f"{name:<22} {_spread(visits)}"
        for name, visits in (("create", created), ("resume", resumed), ("renew", renewed))
    ]


def _spread(visits: list[Visit]) -> str:
    cuts = statistics.quantiles([visit.seconds * 1000 for visit in visits], n=20)
    answers = dict(Counter(visit.answer for visit in visits))
    return f"median {cuts[9]:.0f} ms, 95 % below {cuts[18]:.0f} ms, {answers}"


def main() -> None:
    """Start, measure, print."""
    with (
        running_stack(DIRECTORY / "benchmark") as stack,
        AdminClient(stack.facts["simulator"]) as jumio,
    ):
        lines = [*_crowd_figures(stack, jumio), *_latency_figures(stack, jumio)]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
