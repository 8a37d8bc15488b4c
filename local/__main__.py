"""The embedded stack: the product, an AWS and a Jumio, all on this machine.

    python -m local up      start it, and stay up
    python -m local demo    start it, walk through the product, and stay up
    python -m local sdk     play the SDK in a person's app
    python -m local token   print an access token of a demo user

Each tells its options with --help.
"""

import sys

from local import commands
from local.console import Console
from local.errors import StackError

_COMMANDS = {
    "up": commands.up,
    "demo": commands.demo,
    "sdk": commands.sdk,
    "token": commands.token,
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
