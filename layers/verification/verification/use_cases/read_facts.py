"""What Jumio has read off an approved person's document, for the company: never kept or told."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from verification.domain.deadline import Clock, Deadline
from verification.domain.eligibility import approval_stands
from verification.domain.errors import Forbidden, NotAtProvider, NotEligible, NotFound
from verification.domain.facts import Fact
from verification.domain.identity import Caller
from verification.domain.journeys import Journeys
from verification.jumio import JumioClient
from verification.observability import LogCode
from verification.store import OutcomeStore, People
from verification.use_cases.advance_execution import about

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """What somebody wants to know; ``by`` says who, as a code."""

    journey: str
    fields: Sequence[Fact]
    by: str


@dataclass(frozen=True)
class ReadFacts:
    """The use case and what it needs."""

    journeys: Journeys
    people: People
    store: OutcomeStore
    jumio: JumioClient
    clock: Clock = time.time

    def __call__(self, person: Caller, question: Question, deadline: Deadline) -> dict[str, Any]:
        """``{"execution": …, "facts": {…}}`` of the execution that has approved the person.

        A fact is None if the document does not show it. Raises UnknownJourney, Forbidden for
        what the journey does not disclose, NotEligible for who is not approved, NotFound if
        Jumio has deleted it, or why Jumio did not answer.
        """
        journey = self.journeys.get(question.journey)
        if not journey.discloses.issuperset(question.fields):
            raise Forbidden("The journey does not disclose that.")
        user_key, _, progress = self.people.progress_in(person, journey.name)
        known = self.store.known(user_key, progress.approved_by or progress.reference or "")
        if known is None or not approval_stands(journey, progress, self.clock()):
            raise NotEligible("This person is not approved in that journey.")
        execution = known.execution
        asked = {"fields": sorted(question.fields), "by": question.by}
        _logger.info(LogCode.FACTS_ASKED, extra={**about(execution), **asked})
        try:
            found = self.jumio.read_facts(*execution.ids, question.fields, deadline=deadline)
        except NotAtProvider:
            raise NotFound("Jumio has deleted it.") from None
        return {"execution": execution.reference, "facts": found}
