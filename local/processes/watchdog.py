"""Ends a process group when the process that started it is gone, however it went.

Run as a script. It leads the group that every process of the stack joins, and holds the reading
end of a pipe whose only writer is the stack. Nothing is ever written: the pipe closes when the
stack closes it, raises, or is killed with a signal that no program can catch.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

GRACE_SECONDS = 0.5


def main(leftovers: list[str]) -> None:
    """Wait for the end of the stack, end the group, and remove the files named."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    os.killpg(os.getpgrp(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    for path in map(Path, leftovers):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)  # the group includes this process: nothing follows


if __name__ == "__main__":
    main(sys.argv[1:])
