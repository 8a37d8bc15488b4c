"""The commands that start a stack, and the SDK's. They return an exit status, or raise StackError.

Those for a stack that is up are in controls.py.
"""

import argparse
import contextlib
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

from jumio_simulator.person import sdk as simulated_sdk
from local.console import Console
from local.demo import invitation, start
from local.demo.walk import UnexpectedError, Walk
from local.stack import AT_ONCE, DIRECTORY, Stack, facts_of


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
    return simulated_sdk.main(arguments, "python -m local sdk")


def _walk(stack: Stack, console: Console) -> None:
    try:
        with console.logs_muted(), start.people_decide(stack.facts["simulator"]):
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
    wishes = start.Wishes(
        dict(options.parameter),
        options.origin,
        options.port,
        options.journeys,
        options.scenario,
        options.people,
        options.at_once,
    )
    try:
        with start.running(console, options.directory.resolve(), wishes) as stack:
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
        "--origin",
        action="append",
        default=[],
        type=_origin,
        help="where your own page is served, like http://localhost:5173: it may call, too",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=0,
        help="the first of four ports in a row: page, API, Jumio, AWS (default: any)",
    )
    parser.add_argument(
        "--journeys", type=Path, metavar="FILE", help="a journey document to try (docs/journeys.md)"
    )
    parser.add_argument("--scenario", help="what comes of everybody who starts (docs/simulator.md)")
    parser.add_argument(
        "--people", type=_count, default=2, help="how many can sign in (default: 2)"
    )
    parser.add_argument(
        "--at-once",
        type=_count,
        default=AT_ONCE,
        help=f"requests of one route that are answered side by side (default: {AT_ONCE})",
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


def _origin(text: str) -> str:
    if not re.fullmatch(r"https?://[^/*?#,\s]+", text):
        raise argparse.ArgumentTypeError(f"{text} is not like http://localhost:5173")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or not 1024 <= int(text) <= 65532:
        raise argparse.ArgumentTypeError(f"{text} is not from 1024 to 65532")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"{text} is not from 1 to 100")
    return int(text)
