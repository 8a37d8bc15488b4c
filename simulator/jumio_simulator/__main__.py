"""`python -m jumio_simulator`: the simulator as a process of its own."""

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from jumio_simulator.app import make_server
from jumio_simulator.wire.server import listening_socket, url_of
from jumio_simulator.world.options import Client, Options


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; 0 after a clean stop, 2 for options that do not exist."""
    parser = argparse.ArgumentParser(prog="jumio-simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free port")
    parser.add_argument("--data-center", choices=["amer-1", "emea-1", "apac-1"])
    parser.add_argument("--client-id", default="demo-client")
    parser.add_argument("--client-secret", default="demo-secret")
    parser.add_argument("--options", default="{}", help="JSON, or the name of a JSON file")
    chosen = parser.parse_args(argv)
    client = Client(id=chosen.client_id, secret=chosen.client_secret)
    changes: dict[str, Any] = {"clients": [client.model_dump()]}
    if chosen.data_center:
        changes["data_center"] = chosen.data_center
    try:
        options = Options().patched(changes | _read_options(chosen.options))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found]
        print(f"--options: {'; '.join(wrong)}", file=sys.stderr)
        return 2
    except (ValueError, OSError) as error:
        print(f"--options: {error}", file=sys.stderr)
        return 2
    try:
        listener = listening_socket(chosen.host, chosen.port)
    except (OSError, OverflowError) as error:
        print(f"{chosen.host}:{chosen.port} cannot be had: {error}", file=sys.stderr)
        return 2
    ready = f"simulator ready {url_of(listener)}"
    server = make_server(options, listener, lambda: print(ready, flush=True))
    # uvicorn stops on these signals and then raises them once more, for whoever had a handler.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    server.run_until_stopped()
    return 0


def _read_options(text: str) -> dict[str, Any]:
    if not text.lstrip().startswith("{"):
        text = Path(text).read_text(encoding="utf-8")
    options: dict[str, Any] = json.loads(text)
    return options


if __name__ == "__main__":
    raise SystemExit(main())
