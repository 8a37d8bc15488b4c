"""Time, ids, jitter, threads and logs of the product, as the world has them that is explored."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any, ClassVar
from unittest.mock import patch

from tests.exploration.expressions import read, spelt
from tests.exploration.scheduling import Schedule


class _Codes(logging.Handler):
    """Hears what the product logs."""

    def emit(self, record: logging.LogRecord) -> None:
        if Clockwork.world:
            world = Clockwork.world
            world.schedule.besides(lambda: world.watch.logged(str(record.msg), record))


class Clockwork:
    """Time, ids and jitter of the product, as those of the world that is being explored."""

    world: ClassVar[Any] = None

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[None]:
        logger, codes = logging.getLogger("verification"), _Codes(logging.INFO)
        before = logger.level, logger.propagate
        logger.addHandler(codes)
        logger.level, logger.propagate = logging.INFO, False
        logger.manager._clear_cache()
        time = SimpleNamespace(time=cls._clock, monotonic=cls._clock, sleep=cls._pause)
        ids = SimpleNamespace(uuid4=lambda: SimpleNamespace(hex=cls._schedule().next_id()))
        jitter = SimpleNamespace(uniform=lambda _low, high: high)
        seldom = SimpleNamespace(uniform=lambda _low, _high: 0.5)  # fewer looks that see the same
        use_cases = "verification.use_cases"
        with ExitStack() as patches:
            for name, instead in {
                "verification.cloud.time": time,
                "verification.cloud.random": jitter,
                "verification.domain.deadline.time": time,
                f"{use_cases}.create_session.random": seldom,
                "verification.domain.identity.uuid": ids,
                "verification.store.table.uuid": ids,
                f"{use_cases}.erase_subject.uuid": ids,
                "verification.store.operations._serialize": spelt,
                "verification.store.operations._deserialize": read,
                f"{use_cases}.sweep_overdue.ThreadPoolExecutor": _OneByOne,
                "verification.observability.Logger": _Nothing,
            }.items():
                patches.enter_context(patch(name, instead))
            yield
        logger.removeHandler(codes)
        logger.level, logger.propagate = before
        logger.manager._clear_cache()

    @classmethod
    def _schedule(cls) -> Schedule:
        assert cls.world
        return cls.world.schedule

    @classmethod
    def _clock(cls) -> float:
        return cls._schedule().clock()

    @classmethod
    def _pause(cls, seconds: float) -> None:
        cls._schedule().pause(seconds)


class _OneByOne:
    """Instead of threads: greenlets do not cross them."""

    def __init__(self, *_: object) -> None:
        self.map = map

    def __enter__(self) -> "_OneByOne":
        return self

    def __exit__(self, *_: object) -> None:
        pass


class _Nothing:
    """Instead of what is emitted when an invocation ends."""

    def append_keys(self, **_: object) -> None:
        pass
