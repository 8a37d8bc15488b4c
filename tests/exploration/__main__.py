"""``make explore``: go on for as long as told, or replay one trace.

python -m tests.exploration [--seconds 600] [--preemptions 3] [--faults 2] [--only create]
python -m tests.exploration --replay identity/nothing/create+erase "create create!killed …"
"""

import argparse
import sys
from collections import Counter

from tests.exploration.actors import Bounds
from tests.exploration.clockwork import Clockwork
from tests.exploration.explorer import Explorer, Found
from tests.exploration.scenarios import ALL, MORE, PAIRS, scenario

VIOLATED = 3  # the exit code


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.exploration", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of CPU, per scenario")
    parser.add_argument("--preemptions", type=int, default=2)
    parser.add_argument("--faults", type=int, default=1)
    parser.add_argument("--only", default="", help="scenarios whose name contains this")
    parser.add_argument("--walk", type=int, help="random walks with this seed instead")
    parser.add_argument("--first", action="store_true", help="stop at the first violation")
    parser.add_argument("--replay", nargs=2, metavar=("SCENARIO", "TRACE"))
    asked = parser.parse_args()
    with Clockwork.running():
        if asked.replay:
            return _replay(*asked.replay)
        return _to_the_first() if asked.first else _explore(asked)


def _replay(name: str, trace: str) -> int:
    world = Explorer(scenario(name)).replay(trace)
    for choice, port in world.schedule.trace:
        print(f"{choice!s:24} {port}")
    for name, actor in world.schedule.actors.items():
        print(f"{name} ended: {actor.over} {actor.result!r}")
    for sentence in world.watch.violations:
        print(f"VIOLATED: {sentence}")
    return VIOLATED if world.watch.violations else 0


def _explore(asked: argparse.Namespace) -> int:
    total = Found()
    names = [name for name in ALL if asked.only in name] if asked.only not in ALL else [asked.only]
    for name in names:
        explorer = Explorer(scenario(name))
        if asked.walk is None:
            found = explorer.all_within(Bounds(asked.preemptions, asked.faults), asked.seconds)
        else:
            found = explorer.at_random(
                Bounds(asked.preemptions, asked.faults), asked.seconds, asked.walk
            )
        print(f"{name}: {found}", flush=True)
        for trace, sentence in found.violations:
            print(f"  VIOLATED: {sentence}\n  replay: --replay {name} '{trace}'")
        total.add(found)
    print(f"all: {total}")
    for port, times in sorted(_by_port(total).items()):
        print(f"  {times:8} {port}")
    return VIOLATED if total.violations else 0


def _to_the_first() -> int:
    """Quickly, for mutations: a fault or two preemptions, until something is violated."""
    for bounds in (Bounds(1, 0), Bounds(0, 1), Bounds(2, 0)):
        for name in (*PAIRS, *MORE):
            if Explorer(scenario(name), most=1).all_within(bounds, 20).violations:
                return VIOLATED
    return 0


def _by_port(found: Found) -> Counter[str]:
    ports: Counter[str] = Counter()
    for (actor, port, outcome), times in found.covered.items():
        ports[f"{actor} x {port} x {outcome}"] += times
    return ports


if __name__ == "__main__":
    sys.exit(main())
