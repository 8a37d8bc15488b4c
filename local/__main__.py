"""`python -m local`: start the embedded stack, or walk through the product on it."""

import argparse
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from jumio_simulator.person import sdk
from local.console import Console
from local.demo import invitation
from local.demo.frontend import Frontend
from local.demo.walk import UnexpectedError, Walk
from local.processes.group import StackError
from local.stack import DIRECTORY, Stack, running


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["sdk"]:
        return _play_sdk(arguments[1:])
    if arguments[:1] == ["token"]:
        return _print_token(*arguments[1:])
    options = _parser().parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A shell's background job ignores SIGINT, and the stack must end all the same; whoever
        # ignores SIGHUP (nohup) wants to be left alone.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    if options.with_parent:
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    console = Console(quiet=options.quiet)
    try:
        with running(console, options.directory.resolve(), dict(options.parameter)) as stack:
            return _use(stack, console, options)
    except (StackError, UnexpectedError) as error:
        console.error(str(error))
        return 1
    except KeyboardInterrupt:
        console.line()
        return 130


def _play_sdk(arguments: list[str]) -> int:
    """The SDK in a person's app, for the stack in .local unless --url names a simulator."""
    if "--url" not in arguments:
        facts = json.loads((DIRECTORY / "stack.json").read_text())
        arguments = [*arguments, "--url", facts["simulator"], "--data-center", "EU"]
    return sdk.main(arguments)


def _print_token(username: str, directory: str = str(DIRECTORY)) -> int:
    facts = json.loads((Path(directory) / "stack.json").read_text())
    passwords = {user["username"]: user["password"] for user in facts["users"]}
    with Frontend(facts) as app:
        print(app.sign_in(username, passwords[username]))
    return 0


def _use(stack: Stack, console: Console, options: argparse.Namespace) -> int:
    if options.command == "demo":
        try:
            with console.logs_muted():
                Walk(stack, console).run()
        except UnexpectedError:
            console.line(f"What the functions logged: {stack.directory / 'logs'}")
            raise
        console.line(f"\n{console.paint('Every step was as expected.', 'green')}")
        if options.exit:
            return 0
    for line in invitation.lines(stack.directory, stack.facts):
        console.line(line)
    return _stay_up(stack)


def _stay_up(stack: Stack) -> int:
    """Until Ctrl-C (which raises) or until a part of the stack fails (which raises, too)."""
    while True:
        stack.group.require_running()
        time.sleep(1)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end_with(parent: int) -> None:
    """Interrupt this process when the one that started it is gone without a word."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--quiet", action="store_true", help="print nothing but errors")
    common.add_argument(
        "--directory",
        type=Path,
        default=DIRECTORY,
        help="where stack.json and logs go; one stack per directory (default: .local)",
    )
    common.add_argument(
        "--parameter",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=VALUE",
        help="a template parameter that differs from the usual",
    )
    common.add_argument(
        "--with-parent",
        action="store_true",
        help="end when the process that started this one is gone",
    )
    commands.add_parser("up", parents=[common], help="start the stack and stay up")
    demo = commands.add_parser("demo", parents=[common], help="start, walk through, stay up")
    demo.add_argument("--exit", action="store_true", help="end after the walk")
    commands.add_parser("sdk", help="play the SDK in a person's app", add_help=False)
    return parser


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
