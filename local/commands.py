"""The commands, each with its options. They return an exit status, or raise StackError."""

import argparse
import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

import httpx

from jumio_simulator.person import sdk as simulated_sdk
from local.console import Console
from local.demo import invitation, start
from local.demo.frontend import Frontend
from local.demo.walk import UnexpectedError, Walk
from local.errors import StackError
from local.stack import DIRECTORY, Stack, facts_of


def up(arguments: list[str]) -> int:
    """Start the stack, and stay up until Ctrl-C."""
    options = _options_of_stack("up", up.__doc__).parse_args(arguments)
    with _running(options) as (stack, console):
        _stay_up(stack, console)


def demo(arguments: list[str]) -> int:
    """Start the stack, walk through the product, and stay up."""
    parser = _options_of_stack("demo", demo.__doc__)
    parser.add_argument("--exit", action="store_true", help="end after the walk")
    options = parser.parse_args(arguments)
    with _running(options) as (stack, console):
        _walk(stack, console)
        if not options.exit:
            _stay_up(stack, console)
    return 0


def sdk(arguments: list[str]) -> int:
    """Play the SDK in a person's app, for the stack in .local unless --url names a simulator."""
    if not {"--url", "--help", "-h"} & set(arguments):
        place = ["--url", facts_of(DIRECTORY)["simulator"], "--data-center", "EU"]
        arguments = [*place, *arguments]
    return simulated_sdk.main(arguments)


def token(arguments: list[str]) -> int:
    """Print a fresh access token of a demo user."""
    parser = argparse.ArgumentParser(prog="python -m local token", description=token.__doc__)
    parser.add_argument("username", help="as the page names it, like ada.demo")
    parser.add_argument("directory", type=Path, nargs="?", default=DIRECTORY)
    options = parser.parse_args(arguments)
    facts = facts_of(options.directory)
    passwords = {user["username"]: user["password"] for user in facts["users"]}
    if options.username not in passwords:
        raise StackError(f"no demo user {options.username}: there are {', '.join(passwords)}")
    with Frontend(facts) as app:
        try:
            print(app.sign_in(options.username, passwords[options.username]))
        except httpx.HTTPError as error:
            raise StackError(f"the stack in {options.directory} does not answer: {error}") from None
    return 0


def _walk(stack: Stack, console: Console) -> None:
    try:
        with console.logs_muted():
            Walk(stack, console).run()
    except UnexpectedError:
        console.line(f"What the functions logged: {stack.directory / 'logs'}")
        raise
    console.line(f"\n{console.paint('Every step was as expected.', 'green')}")


def _stay_up(stack: Stack, console: Console) -> NoReturn:
    """Until Ctrl-C (which raises) or until a part of the stack fails (which raises, too)."""
    for line in invitation.lines(stack.directory, stack.facts):
        console.line(line)
    while True:
        stack.group.require_running()
        time.sleep(1)


@contextlib.contextmanager
def _running(options: argparse.Namespace) -> Iterator[tuple[Stack, Console]]:
    """The stack that the options describe; a signal ends the context like an exception."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A shell's background job ignores SIGINT, and the stack must end all the same; whoever
        # ignores SIGHUP (nohup) wants to be left alone.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    if options.with_parent:
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    console = Console(quiet=options.quiet)
    try:
        with start.running(console, options.directory.resolve(), dict(options.parameter)) as stack:
            yield stack, console
    except KeyboardInterrupt:
        console.line()
        raise


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end_with(parent: int) -> None:
    """Interrupt this process when the one that started it is gone without a word."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _options_of_stack(name: str, description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m local {name}", description=description)
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    parser.add_argument(
        "--directory",
        type=Path,
        default=DIRECTORY,
        help="where stack.json and logs go; one stack per directory (default: .local)",
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=VALUE",
        help="a template parameter that differs from the usual",
    )
    parser.add_argument(
        "--with-parent",
        action="store_true",
        help="end when the process that started this one is gone",
    )
    return parser


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE")
    return name, value
