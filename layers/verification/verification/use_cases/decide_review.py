"""An operator decides what Jumio left to somebody, or takes an approval back.

The first judgement of a review counts, Jumio's or an operator's; the other finds it ended.
Jumio's own decision stays on record as it was, and the operator's beside it.
"""

import logging
import time
from dataclasses import asdict, dataclass, replace

from verification.aws.queue import HintQueue
from verification.domain.deadline import Clock, moment
from verification.domain.errors import NotDecidable, NotFound, SessionBusy, TemporarilyUnavailable
from verification.domain.execution import Manual, ManualDecision, State
from verification.domain.identity import Caller
from verification.domain.journeys import Journeys
from verification.observability import LogCode
from verification.store import ConditionFailed, OutcomeStore, People
from verification.store.outcomes import Known, News
from verification.use_cases.advance_execution import about, news_of

_logger = logging.getLogger(__name__)
_TRIES = 5
_ABOUT = {"approve": State.REVIEW, "decline": State.REVIEW, "revoke": State.APPROVED}
_MEANT = {"approve": State.APPROVED, "decline": State.DECLINED, "revoke": State.DECLINED}


@dataclass(frozen=True)
class Word:
    """What an operator says about one execution, by our reference; the rest are codes."""

    journey: str
    execution: str
    decision: Manual
    reason: str
    by: str


@dataclass(frozen=True)
class DecideReview:
    """The use case and what it needs."""

    journeys: Journeys
    people: People
    store: OutcomeStore
    hints: HintQueue
    clock: Clock = time.time

    def __call__(self, person: Caller, word: Word) -> dict[str, str]:
        """The receipt; the same for every repetition, whatever came after it.

        It has the members of the word, ``decided_at`` (ISO 8601, UTC) and the ``status`` that
        follows, ``pending`` if the journey goes on.

        The worker tells the bus. Raises NotFound, NotDecidable if the execution is not what the
        word is about, and TemporarilyUnavailable or SessionBusy if a repetition may help.
        """
        user_key, *_ = self.people.names(person)
        for _ in range(_TRIES):
            known = self.store.known(user_key, word.execution)
            if known is None or known.execution.journey != word.journey:
                raise NotFound("This person has no such execution in that journey.")
            made = next((one for one in known.execution.manual if _same(one, word)), None)
            if made is None:
                self._require_decidable(known, word)
                try:
                    known = self.store.advance(known, self._news(known, word))
                except ConditionFailed:
                    continue
                made = known.execution.manual[-1]
                codes = {"decision": word.decision, "reason": word.reason, "by": word.by}
                _logger.info(LogCode.REVIEW_DECIDED, extra={**about(known.execution), **codes})
            self._have_it_told(known)
            return {**asdict(word), "decided_at": moment(made.at), "status": made.verdict.word}
        raise SessionBusy("Others keep changing it; try again.", retry_after=2)

    def _require_decidable(self, known: Known, word: Word) -> None:
        if known.execution.verdict is not _ABOUT[word.decision]:
            raise NotDecidable("The execution is not, or no longer, what this is about.")
        if known.execution.unpublished:  # outcomes are told in the order in which they became known
            self._have_it_told(known)
            raise TemporarilyUnavailable("an earlier outcome is not told yet")

    def _news(self, known: Known, word: Word) -> News:
        now, state = int(self.clock()), _MEANT[word.decision]
        news = news_of(self.journeys, known, state, None, now)
        made = ManualDecision(word.decision, word.reason, word.by, now, news.effect.verdict)
        return replace(news, manual=(*known.execution.manual, made))

    def _have_it_told(self, known: Known) -> None:
        if hint := known.execution.hint:
            self.hints.send(hint)


def _same(made: ManualDecision, word: Word) -> bool:
    return (made.decision, made.reason, made.by) == (word.decision, word.reason, word.by)
