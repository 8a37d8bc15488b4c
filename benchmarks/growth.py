"""`make growth`: what a request asks of the table, however many people and executions there are.

Counted at the client, on MiniStack: requests to the table, items that it looked at and bytes that
came back; medians, with the CPU time of the thread that answers. Whoever is not measured was put
into the table as its stores would have.
"""

import argparse
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from jumio_simulator.testing import running_simulator
from local.cloud.aws import LocalAws
from tests.support.bff import ISSUER, PEPPER, Bff
from tests.support.ministack import running_ministack
from tests.support.template import table_definition
from verification.aws.bus import Bus
from verification.aws.queue import HintQueue
from verification.domain.deadline import Deadline
from verification.domain.execution import State
from verification.domain.identity import Caller
from verification.domain.journeys import load_journeys
from verification.store.items import DUE, account_key, execution_key
from verification.store.operations import Item, typed
from verification.use_cases.sweep_overdue import SweepOverdue

PEOPLE = (10, 1_000, 100_000)
EXECUTIONS = (1, 100, 10_000)
_TABLE = "verification"
_STEP = {"name": "identity", "attempts": {"limit": 100, "window": 3600}}
_JOURNEYS = {"name": "identity", "repeatable": True, "steps": [_STEP]}
_DAY = 24 * 3600
_numbers = itertools.count()


@dataclass
class Work:
    """What one request has asked of the table, and the CPU time that it took, in ms."""

    requests: int = 0
    items: int = 0
    bytes: int = 0
    cpu: float = 0.0


@dataclass
class Meter:
    """Counts what a client of DynamoDB is answered."""

    client: Any
    work: Work = field(default_factory=Work)

    def __post_init__(self) -> None:
        self.client.meta.events.register("after-call.dynamodb", self._count)

    def _count(self, http_response: Any, parsed: dict[str, Any], **_: object) -> None:  # noqa: ANN401
        self.work.requests += 1
        self.work.bytes += len(http_response.content)
        self.work.items += parsed.get("ScannedCount", 0)
        self.work.items += sum(map(len, parsed.get("Responses", {}).values()))

    def measure(self, call: Callable[[], object]) -> Work:
        self.work, begun = Work(), time.thread_time()
        call()
        self.work.cpu = (time.thread_time() - begun) * 1000
        return self.work


@dataclass
class Growth:
    """The product, a meter at its table, and a queue that nothing is expected to reach."""

    bff: Bff
    meter: Meter
    queue: HintQueue

    def measured(self, samples: int, whose: Callable[[], str]) -> dict[str, Work]:
        """The median of what each request asks for."""
        lives = [self._life(whose()) for _ in range(samples)]
        return {
            name: Work(*map(statistics.median, zip(*map(astuple, works), strict=True)))
            for name in lives[0]
            if (works := [one[name] for one in lives])
        }

    def _life(self, user: str) -> dict[str, Work]:
        """Somebody is verified, as everybody is; a day later than the one before."""
        bff, measure = self.bff, self.meter.measure
        bff.clock.now += _DAY  # type: ignore[attr-defined]
        works = {
            "create": measure(lambda: bff.ask(user=user)),
            "resume": measure(lambda: bff.ask(user=user)),
            "get": measure(lambda: bff.told(user)),
            "renew": measure(lambda: bff.ask(user=user, renew=True)),
        }
        newest = bff.simulator.admin.executions()[0]
        bff.simulator.admin.play(newest["id"], "approved")
        works["settle"] = measure(lambda: bff.settle(newest))
        if bff.told(user).body["status"] != "approved":
            raise SystemExit("the journey did not end as it should")
        sweep = SweepOverdue(bff.outcomes, self.queue, clock=lambda: 0.0, at_once=1)
        works["sweep"] = measure(lambda: sweep(Deadline(40)))
        return works


def _person(number: int) -> Iterator[Item]:
    """Somebody with an account and an open execution, which nobody has to look at yet."""
    key = PEPPER.user_key(Caller(ISSUER, f"stranger-{number}"))
    account = {"issuer": ISSUER, "subject": f"stranger-{number}", "account_id": f"{number:032}"}
    yield {**account_key(key).attributes, **account}
    yield {**_execution(key, number), "due": DUE, "due_at": 2_000_000_000 + number}


def _execution(user_key: str, number: int) -> Item:
    return {
        **execution_key(user_key, f"{number:032}").attributes,
        "journey": "identity",
        "step": "identity",
        "state": State.PENDING,
        "rank": State.PENDING.rank,
        "created_at": 1_700_000_000,
        "request_id": f"request-{number}",
        "account_id": f"{number:032}",
        "workflow_execution_id": f"{number:032}",
    }


def _fill(aws: LocalAws, items: Iterator[Item]) -> None:
    def put(batch: tuple[Item, ...]) -> None:
        requests = [{"PutRequest": {"Item": typed(item)}} for item in batch]
        aws.dynamodb.batch_write_item(RequestItems={_TABLE: requests})

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(put, itertools.batched(items, 25, strict=False)))


def _lines(what: str, size: int, works: dict[str, Work]) -> list[str]:
    return [
        f"{size:8,} {what:10} {name:7}{work.requests:9.0f}{work.items:9.0f}{work.bytes:9.0f}"
        f"{work.cpu:9.1f}"
        for name, work in works.items()
    ]


def main() -> None:
    """Fill the table step by step, measure at each, print."""
    parser = argparse.ArgumentParser(prog="make growth", description=__doc__)
    parser.add_argument("--samples", type=int, default=9)
    samples = parser.parse_args().samples
    pace = {"account_rate": 10_000, "account_burst": 10_000}
    pace |= {"retrieval_rate": 10_000, "retrieval_burst": 10_000}
    with (
        tempfile.TemporaryDirectory() as folder,
        running_ministack(Path(folder)) as aws,
        running_simulator(**pace, callbacks={"drop": True}) as simulator,
    ):
        meter = Meter(aws.dynamodb)
        aws.dynamodb.create_table(**table_definition(_TABLE))
        aws.events.create_event_bus(Name=_TABLE)
        journeys = load_journeys(json.dumps({"version": 1, "journeys": [_JOURNEYS]}))
        bff = Bff(aws.dynamodb, _TABLE, simulator, Bus(aws.events, _TABLE), journeys)
        growth = Growth(bff, meter, HintQueue(aws.sqs, "nowhere"))
        growth.measured(1, lambda: "whoever is first pays for connections")
        print(f"{'':27}{'requests':>9}{'items':>9}{'bytes':>9}{'CPU ms':>9}")
        strangers = map(_person, itertools.count())
        for before, size in itertools.pairwise((0, *PEOPLE)):
            _fill(aws, itertools.chain.from_iterable(itertools.islice(strangers, size - before)))
            works = growth.measured(samples, lambda: f"somebody-{next(_numbers)}")
            print("\n".join(_lines("people", size, works)), flush=True)
        key = PEPPER.user_key(Caller(ISSUER, "regular"))
        for before, size in itertools.pairwise((0, *EXECUTIONS)):
            _fill(aws, (_execution(key, number) for number in range(before, size)))
            works = growth.measured(samples, lambda: "regular")
            print("\n".join(_lines("executions", size, works)), flush=True)


if __name__ == "__main__":
    main()
