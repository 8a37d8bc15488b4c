"""Jumio calls back: take it for a hint, queue it, believe nothing.

Whatever is wrong with a call, its answer is the same, so that nobody learns from it.
"""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from verification.aws.queue import HintQueue
from verification.domain.capability import Capability, SigningKey, verify
from verification.domain.errors import InvalidRequest, NotFound
from verification.domain.hint import Hint
from verification.domain.sources import Sources
from verification.observability import LogCode

_logger = logging.getLogger(__name__)
_SEAL = r"[A-Za-z0-9_-]{43}"
_CAPABILITY = re.compile(
    rf"[A-Za-z0-9]{{1,50}}\.[A-Za-z0-9]{{1,50}}-{_SEAL}\.[0-9a-f]{{32}}\.{_SEAL}"
)


@dataclass(frozen=True)
class Said:
    """What a callback says of itself."""

    account_id: str
    workflow_execution_id: str
    user_reference: str | None


@dataclass(frozen=True)
class ReceiveCallback:
    """The use case and what it needs.

    ``signing_keys`` gives the current and the previous key, from Secrets Manager itself
    if asked for fresh ones.
    """

    signing_keys: Callable[[bool], Sequence[SigningKey]]
    sources: Sources
    queue: HintQueue

    def __call__(self, capability: str, source_ip: str, read: Callable[[], Said]) -> None:
        """Returns once the hint is safely queued; raises NotFound for what is not Jumio's.

        What the callback says is read only after its address has proved genuine; ``read``
        raises InvalidRequest if that makes no sense.
        """
        right = self._verified(capability)
        if right is None:
            raise _refused("capability")
        if not self.sources.listed(source_ip):
            if self.sources.mode == "enforce":
                raise _refused("source", right.reference)
            _logger.warning(LogCode.CALLBACK_SOURCE_UNLISTED, extra={"reference": right.reference})
        try:
            said = read()
        except InvalidRequest:
            raise _refused("body", right.reference) from None
        if said.user_reference not in (None, right.user_key):
            raise _refused("user reference", right.reference)
        self.queue.send(
            Hint(
                user_key=right.user_key,
                reference=right.reference,
                account_id=said.account_id,
                workflow_execution_id=said.workflow_execution_id,
            )
        )
        _logger.info(LogCode.CALLBACK_QUEUED, extra={"reference": right.reference})

    def _verified(self, claimed: str) -> Capability | None:
        if not _CAPABILITY.fullmatch(claimed):  # no secret is read for it
            return None
        # A key that was rotated in just now may have signed what a cached key refuses.
        return verify(self.signing_keys(False), claimed) or verify(self.signing_keys(True), claimed)


def _refused(reason: str, reference: str | None = None) -> NotFound:
    _logger.warning(LogCode.CALLBACK_REFUSED, extra={"reason": reason, "reference": reference})
    return NotFound()
