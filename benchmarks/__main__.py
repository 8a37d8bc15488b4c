"""`make benchmark`: what a cold start and a warm request take, beside two baselines.

Fresh processes of the built artefacts, interleaved, over TLS, on this machine. The processes'
own CPU time is what can be compared; the wall's is printed, and tells how busy the machine was.
"""

import argparse
import compileall
import importlib.metadata
import itertools
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

from benchmarks.cloud import Cloud, running_cloud
from benchmarks.picture import picture
from tests.support.events import event
from tests.support.template import ROOT
from verification.domain.capability import SigningKey, sign
from verification.domain.identity import Caller, Pepper

Json = dict[str, Any]
BUILD = ROOT / ".aws-sam" / "build"
HERE = Path(__file__).parent
OUTPUT = ROOT / ".local" / "benchmark"
FUNCTIONS = {
    "create": "CreateSession",
    "resume": "CreateSession",
    "get": "GetVerification",
    "callback": "ReceiveCallback",
    "settle": "SettleExecution",
    "sweep": "SweepOverdue",
    "erase": "EraseSubject",
}
COLD = [case for case in FUNCTIONS if case != "resume"]
WARM = ["create", "resume", "get", "callback", "settle"]
KINDS = {"ours": "ours", "floor": "(b) floor", "plain": "(a) plain"}
_numbers = itertools.count()


@dataclass
class Bench:
    """Where things are, and what was measured: by (case, kind, part), one dict per process."""

    cloud: Cloud
    directory: Path
    calls: dict[str, tuple[list[str], list[str]]]
    results: dict[tuple[str, str, str], list[dict[str, float]]]

    def run(self, case: str, kind: str, events: list[Json]) -> Json:
        """One fresh process that answers these events."""
        path = self.directory / "events.json"
        path.write_text(json.dumps(events))
        layers = [BUILD / f"{name}Layer/python" for name in ("Dependencies", "Verification")]
        code = [BUILD / FUNCTIONS[case], *layers, BUILD / "JourneysLayer/python"]
        environment = {**self.cloud.environment, "READ": self.cloud.last_read}
        if kind == "ours":
            environment |= self.cloud.trusted_as_in(layers[0] / "certifi")
        else:
            code = [HERE / "baselines" / kind, HERE / "baselines", self.directory / kind]
            cold, warm = self.calls[case]
            environment |= {"COLD": " ".join(cold), "WARM": " ".join(warm)}
        self.cloud.forget()
        done = subprocess.run(
            [sys.executable, "-S", str(HERE / "child.py"), str(path)],
            env={**environment, "PYTHONPATH": os.pathsep.join(map(str, code))},
            cwd=self.directory,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{case} {kind}: {done.stderr[-2000:]}\n{done.stdout[-1000:]}")
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def measure(self, case: str, kind: str, warm: int) -> None:
        self.cloud.begin()
        took = self.run(case, kind, self.events(case, 1 + warm))
        if warm:
            self._keep(case, kind, "warm", [_median(took["warm"], part) for part in _PARTS])
        else:
            parts = [took["init"][part] + took["first"][part] for part in _PARTS]
            self._keep(case, kind, "waits" if self.cloud.waits else "cold", parts)

    def _keep(self, case: str, kind: str, what: str, parts: list[float]) -> None:
        self.results.setdefault((case, kind, what), []).append(
            dict(zip(_PARTS, parts, strict=True))
        )

    def learn_calls(self, case: str) -> None:
        """What ours asks for, cold and warm: the baselines ask for as much."""
        self.run(case, "ours", self.events(case, 1))
        cold, connections = list(self.cloud.calls), self.cloud.connections
        self.run(case, "ours", self.events(case, 2))
        self.calls[case] = cold, self.cloud.calls[len(cold) :]
        print(f"{case:9} cold {len(cold):2} calls on {connections} connections: {' '.join(cold)}")
        print(f"{'':9} warm {len(self.calls[case][1]):2} calls: {' '.join(self.calls[case][1])}")

    def events(self, case: str, number: int) -> list[Json]:
        """Events of one kind; each is somebody else's, but for a resumed session."""
        made = {
            "create": lambda: _as_person(event("create_session"), next(_numbers)),
            "resume": lambda: _as_person(event("create_session"), -1),
            "get": lambda: _as_person(event("get_verification"), -1),
            "callback": _callback,
            "sweep": dict,
            "erase": lambda: event("erase_subject", subject=f"nobody-{next(_numbers)}"),
        }
        if case == "settle":
            return self._processed(number)
        return [made[case]() for _ in range(number)]

    def _processed(self, number: int) -> list[Json]:
        """Hints at executions that were opened, and that Jumio has processed by now."""
        self.run("create", "ours", self.events("create", number))
        found = []
        for execution in self.cloud.simulator.admin.executions()[:number]:  # the newest first
            self.cloud.simulator.admin.play(execution["id"], "approved")
            body = {
                "user_key": execution["userReference"],
                "reference": execution["customerInternalReference"],
                "account_id": execution["accountId"],
                "workflow_execution_id": execution["id"],
            }
            (record,) = event("settle_execution")["Records"]
            found.append({"Records": [{**record, "body": json.dumps(body)}]})
        self.cloud.simulator.admin.advance(60)
        self.cloud.simulator.admin.resume()
        return found


_PARTS = ("cpu", "wall")


def _median(runs: list[dict[str, float]], part: str) -> float:
    return statistics.median(run[part] for run in runs)


def _as_person(call: Json, number: int) -> Json:
    call["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] = f"person-{number}"
    return call


def _callback() -> Json:
    user = Pepper("1", "k" * 64).user_key(Caller("issuer", "somebody"))
    call = event("receive_callback")
    body = {**json.loads(call["body"]), "userReference": user}
    capability = sign(SigningKey("1", "k" * 64), user, "0123456789abcdef" * 2)
    return {**call, "body": json.dumps(body), "pathParameters": {"capability": capability}}


def _install(directory: Path) -> None:
    """The baselines' packages: untrimmed, without bytecode as `sam build` ships them, and with."""
    text = (ROOT / "layers/dependencies/requirements.txt").read_text()
    for name in re.findall(r"^([\w-]+)==", text, re.MULTILINE):
        for file in importlib.metadata.files(name) or []:
            if file.parts[0] != ".." and "__pycache__" not in file.parts:
                target = directory / "plain" / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(file.locate()), target)
    shutil.copytree(directory / "plain", directory / "floor")
    mode = PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(directory / "floor", quiet=2, invalidation_mode=mode)


def _table(bench: Bench) -> list[str]:
    lines = []
    for what, part in (("cold", "cpu"), ("cold", "wall"), ("warm", "cpu"), ("waits", "wall")):
        lines.append(f"\n{what}, {part} ms (median)  ours   (b)    (a)    /(b)  /(a)")
        for case in FUNCTIONS:
            rows = [bench.results.get((case, kind, what)) for kind in KINDS]
            if rows[0]:
                ours, floor, plain = (_median(row or [], part) for row in rows)
                ratios = f"{ours / floor:6.2f}{ours / plain:6.2f}"
                lines.append(f"{case:22}{ours:8.1f}{floor:7.1f}{plain:7.1f}{ratios}")
    return lines


def _timeline(cloud: Cloud, begun: float) -> list[str]:
    """Each wait of a cold create with production's latencies, since the process was started."""
    lines = ["\ncold create, ms since the process was started (latencies as in production)"]
    for name, started, ended in cloud.spans:
        since, until = ((moment - begun) * 1000 for moment in (started, ended))
        drawn = " " * int(since / 25) + _bar(until - since)
        lines.append(f"{name:20}{since:7.0f} to{until:6.0f}  {drawn}")
    return lines


def _bar(took: float) -> str:
    return "#" * max(1, round(took / 25))


def main() -> None:
    """Measure, print the table, draw the picture."""
    parser = argparse.ArgumentParser(prog="make benchmark", description=__doc__)
    parser.add_argument("--samples", type=int, default=15, help="fresh processes of each kind")
    parser.add_argument("--warm", type=int, default=40, help="warm requests a process")
    chosen = parser.parse_args()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, running_cloud(Path(name)) as cloud:
        _install(Path(name))
        bench = Bench(cloud, Path(name), {}, {})
        bench.run("resume", "ours", bench.events("resume", 1))  # whose session is resumed later
        cloud.keep()
        for case in FUNCTIONS:
            bench.learn_calls(case)
        rounds = range(chosen.samples)
        for _, case, kind in itertools.product(rounds, COLD, KINDS):
            bench.measure(case, kind, warm=0)
        for _, case, kind in itertools.product(range(3), WARM, KINDS):
            bench.measure(case, kind, warm=chosen.warm)
        cloud.waits = True
        for _, kind in itertools.product(rounds, KINDS):
            bench.measure("create", kind, warm=0)
        cloud.forget()
        begun = time.monotonic()
        bench.run("create", "ours", bench.events("create", 1))
        timeline = _timeline(cloud, begun)
    print("\n".join([*_table(bench), *timeline]))
    medians = {key: [_median(runs, part) for part in _PARTS] for key, runs in bench.results.items()}
    (OUTPUT / "benchmark.svg").write_text(picture(medians, KINDS, FUNCTIONS, chosen.samples))
    print(f"\n{OUTPUT / 'benchmark.svg'}")


if __name__ == "__main__":
    main()
