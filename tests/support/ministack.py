"""A MiniStack of a test's own: its DynamoDB is exact under threads, moto's is not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.cloud import ministack
from local.cloud.aws import LocalAws
from local.processes.group import ProcessGroup


@contextmanager
def running_ministack(folder: Path) -> Iterator[LocalAws]:
    """An empty AWS on a free loopback port until the block ends."""
    with ProcessGroup([]) as group:
        cloud = ministack.start(group, folder, folder)
        cloud.wait_until_ready()
        yield cloud.aws
