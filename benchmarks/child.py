"""One fresh process: import a function, let it answer events, tell what that took.

It is started as `python -S child.py <events.json>`, so that nothing is imported before what is
measured. All times are milliseconds; those of the CPU include every thread.
"""

import json
import os
import sys
import time

import certifi

certifi.where = lambda: os.environ["CA_BUNDLE"]  # what requests trusts


class Context:
    """As much of Lambda's context as the functions read."""

    function_name = "benchmark"
    memory_limit_in_mb = 1024
    aws_request_id = "00000000-0000-4000-8000-000000000000"
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:benchmark"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def _now() -> tuple[float, float]:
    return time.process_time() * 1000, time.perf_counter() * 1000


def main() -> None:
    """Answer all events; the last line that is printed is the result."""
    with open(sys.argv[1]) as file:  # noqa: PTH123 pathlib is not imported yet
        events = json.load(file)
    begun = _now()
    from app import lambda_handler  # noqa: PLC0415 that is what is measured

    times = [_now()]
    for event in events:
        answer = lambda_handler(event, Context()) or {}
        times.append(_now())
        if answer.get("statusCode", 200) >= 300 or answer.get("batchItemFailures"):
            raise SystemExit(f"not a success: {answer}")
    took = [
        {"cpu": after[0] - before[0], "wall": after[1] - before[1]}
        for before, after in zip([begun, *times[:-1]], times, strict=True)
    ]
    result = {"init": took[0], "first": took[1], "warm": took[2:], "modules": len(sys.modules)}
    sys.stdout.write("\n" + json.dumps(result) + "\n")


main()
