"""What happened to one person, as far as the table knows, in the order in which it did.

Ids, codes and times only: no name, no token, no subject.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from verification.domain.deadline import Deadline, moment
from verification.domain.errors import NotAtProvider, NotFound, Problem
from verification.domain.execution import Execution
from verification.domain.identity import Caller
from verification.jumio import JumioClient
from verification.store import ErasureStore, People
from verification.store.items import Unreadable
from verification.store.records import Record, RecordStore

Entry = tuple[int, dict[str, Any]]
_NUMBERS = 10**8  # times are higher
_ELSEWHERE = "callbacks and reads that changed nothing: in the logs, by reference"


@dataclass(frozen=True)
class Whom:
    """A person by one of these names; ``ask_jumio`` also has Jumio say how each attempt stands."""

    person: Caller | None = None
    user_key: str = ""
    account_id: str = ""
    reference: str = ""
    ask_jumio: bool = False


@dataclass(frozen=True)
class TellStory:
    """The use case and what it needs."""

    people: People
    records: RecordStore
    erasures: ErasureStore
    jumio: JumioClient

    def __call__(self, whom: Whom, deadline: Deadline) -> dict[str, Any]:
        """``docs/runbook.md`` describes it; raises NotFound for who was never here."""
        names = self._names(whom)
        record = self.records.of(names[0]) if names else None
        every = set(names)
        if record and record.account.subject:  # the tombstone may be under an older pepper's name
            every |= {*self.people.names(Caller(record.account.issuer, record.account.subject))}
        erased_at = self.erasures.erased_at(*every)
        if record is None and erased_at is None:
            raise NotFound("Nothing is on record about such a person.")
        told: list[Entry] = [(erased_at, {"what": "erased"})] if erased_at is not None else []
        story: dict[str, Any] = {"user_key": names[0]}
        if record:
            story |= _now(record)
            for execution in record.executions:
                told += _course(execution, record)
                if whom.ask_jumio and isinstance(execution, Execution) and execution.opened:
                    story["jumio"][execution.reference] = self._jumio_says(execution, deadline)
        told.sort(key=lambda entry: entry[0])
        timeline = [{"at": moment(at), **entry} for at, entry in told]
        return {**story, "timeline": timeline, "not_on_record": _ELSEWHERE}

    def _names(self, whom: Whom) -> tuple[str, ...]:
        """Their user keys, first the one that they are on record under."""
        if whom.person:
            return self.people.names(whom.person)
        if whom.account_id:
            found = self.records.owner(whom.account_id)
        else:
            found = whom.user_key or self.records.who_began(whom.reference)
        return (found,) if found else ()

    def _jumio_says(self, execution: Execution, deadline: Deadline) -> str:
        read = self.jumio.read_execution
        try:
            reading = read(*execution.ids, with_details=False, deadline=deadline)
        except NotAtProvider:
            return "not there"
        except Problem as problem:
            return problem.code
        return f"{reading.status} {reading.decision.type if reading.decision else ''}".strip()


def _now(record: Record) -> dict[str, Any]:
    """How things stand; what is over, or never was, is None or left out."""
    account = record.account
    return {
        "account": {
            "account_id": account.account_id,
            "at_work_until": _readable(account.lease_until) if account.lease_owner else None,
            "erasing": account.erasing,
            "failures_in_a_row": account.failures.number,
        },
        "journeys": {
            name: {"status": progress.state and progress.state.word, **_readable(asdict(progress))}
            for name, progress in record.journeys.items()
        },
        "sessions": {
            name: {"reference": session.reference, "until": moment(session.expires_at)}
            for name, session in record.sessions.items()
        },
        "jumio": {},
    }


def _readable(value: Any) -> Any:  # noqa: ANN401 whatever a progress holds
    """The same with times as texts; nothing else on record is a number as high."""
    if isinstance(value, dict):
        return {name: _readable(member) for name, member in value.items()}
    if isinstance(value, tuple):
        return [_readable(member) for member in value]
    return moment(value) if isinstance(value, int) and value > _NUMBERS else value


def _course(execution: Execution | Unreadable, record: Record) -> Iterator[Entry]:
    """What happened to one attempt, and when somebody looks at it next."""
    name = {"reference": execution.reference}
    if isinstance(execution, Unreadable):
        yield execution.due_at, {"what": "unreadable", **name}
        return
    begun = {
        "journey": execution.journey,
        "step": execution.step,
        "correlation_id": execution.request_id,
        "account_id": execution.account_id,
        "workflow_execution_id": execution.workflow_execution_id,
        "next_look": _readable(execution.due_at),
        "looked_in_vain": execution.looks,
        "orphan": execution.account_id not in (None, record.account.account_id),
    }
    yield execution.created_at, {"what": "begun", **name, **begun}
    for at, state in execution.heard:
        if state is not execution.state or not state.final:
            yield at, {"what": "advanced", **name, "state": state}
    if execution.settled_at is not None:
        found = asdict(execution.decision) if execution.decision else None
        ended = {"state": execution.state, "decision": found}
        told = {} if execution.manual else _verdict(execution)
        yield execution.settled_at, {"what": "ended", **name, **ended, **told}
    for one in execution.manual:
        told = _verdict(execution) if one is execution.manual[-1] else {}
        yield one.at, {"what": "decided", **name, **asdict(one), "at": moment(one.at), **told}


def _verdict(execution: Execution) -> dict[str, Any]:
    """What the end meant for the journey, and whether the bus has it."""
    outcome = execution.verdict is not None and execution.verdict.final
    return {"verdict": execution.verdict, "told": outcome and not execution.unpublished}
