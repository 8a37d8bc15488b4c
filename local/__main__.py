"""The embedded stack: the product, an AWS and a Jumio, all on this machine.

    python -m local up      start it, and stay up
    python -m local demo    start it, walk through the product, and stay up

and, for a stack that is up:

    python -m local token   print an access token of a demo user
    python -m local trigger let a person live through a scenario
    python -m local listen  print events and callbacks as they happen
    python -m local reset   forget all verifications
    python -m local sdk     play the SDK in a person's app

Each tells its options with --help.
"""

import sys

from local import commands, controls
from local.console import Console
from local.errors import StackError

_COMMANDS = {
    "up": commands.up,
    "demo": commands.demo,
    "sdk": commands.sdk,
    "token": controls.token,
    "trigger": controls.trigger,
    "listen": controls.listen,
    "reset": controls.reset,
}


def main(arguments: list[str]) -> int:
    """Run a command; returns the exit status."""
    name, *rest = arguments or ["--help"]
    if name in {"-h", "--help"}:
        print(__doc__)
        return 0
    if name not in _COMMANDS:
        Console().error(f"there is no {name}: it is one of {', '.join(_COMMANDS)}")
        return 2
    try:
        return _COMMANDS[name](rest)
    except StackError as error:
        Console().error(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
