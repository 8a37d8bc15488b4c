"""``make explore``: go on for as long as told, or replay one trace.

python -m tests.exploration [--seconds 600] [--preemptions 3] [--faults 2] [--only create]
python -m tests.exploration --replay identity/nothing/create+erase "create create!killed …"
"""

import argparse
import sys
from collections import Counter

from tests.exploration.explorer import Explorer, Found
from tests.exploration.scenarios import ALL, scenario
from tests.exploration.scheduling import Bounds
from tests.exploration.world import Clockwork


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.exploration", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="per scenario")
    parser.add_argument("--preemptions", type=int, default=2)
    parser.add_argument("--faults", type=int, default=1)
    parser.add_argument("--only", default="", help="scenarios whose name contains this")
    parser.add_argument("--walk", type=int, help="random walks with this seed instead")
    parser.add_argument("--replay", nargs=2, metavar=("SCENARIO", "TRACE"))
    asked = parser.parse_args()
    with Clockwork.running():
        if asked.replay:
            return _replay(*asked.replay)
        return _explore(asked)


def _replay(name: str, trace: str) -> int:
    world = Explorer(scenario(name)).replay(trace)
    for choice, port in world.schedule.trace:
        print(f"{choice!s:24} {port}")
    for actor in world.schedule.actors.values():
        print(f"{actor.name} ended: {actor.over} {actor.result!r}")
    for sentence in world.watch.violations:
        print(f"VIOLATED: {sentence}")
    return bool(world.watch.violations)


def _explore(asked: argparse.Namespace) -> int:
    total = Found()
    bounds = Bounds(asked.preemptions, asked.faults)
    for name in ALL if asked.only not in ALL else [asked.only]:
        if asked.only not in name:
            continue
        explorer = Explorer(scenario(name))
        if asked.walk is None:
            found = explorer.all_within(bounds, asked.seconds)
        else:
            found = explorer.at_random(bounds, asked.seconds, asked.walk)
        print(f"{name}: {found}", flush=True)
        for trace, sentence in found.violations:
            print(f"  VIOLATED: {sentence}\n  replay: --replay {name} '{trace}'")
        total.add(found)
    print(f"all: {total}")
    for port, times in sorted(_by_port(total).items()):
        print(f"  {times:8} {port}")
    return bool(total.violations)


def _by_port(found: Found) -> Counter[str]:
    ports: Counter[str] = Counter()
    for (actor, port, outcome), times in found.covered.items():
        ports[f"{actor} x {port} x {outcome}"] += times
    return ports


if __name__ == "__main__":
    sys.exit(main())
