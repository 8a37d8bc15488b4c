"""Jumio as its documents describe it, behind the calls of the product's own client."""

import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from tests.exploration.actors import OK, Moment
from tests.exploration.scheduling import Schedule
from verification.domain.deadline import Deadline
from verification.domain.errors import (
    NotAtProvider,
    OutcomeUnknown,
    ProviderRejected,
    ProviderUnavailable,
    ResultNotAtProvider,
)
from verification.domain.execution import PROCESSED, WITHOUT_DETAILS, Decision
from verification.domain.hint import Hint
from verification.jumio import OpenedExecution, Reading

LOST, AWAY, REFUSED, EARLY, LATE = "lost", "away", "refused", "early", "late"


class _Silent(Exception):
    """For so long that this is noticed before the wait is over."""


class _Nothing(Future[None]):
    """An answer that does not come, without anybody's waiting for it."""

    def result(self, timeout: float | None = None) -> None:  # noqa: ARG002 not waited
        raise TimeoutError


@dataclass(frozen=True)
class AtJumio:
    """An execution; ``opener`` is the actor that asked for it, ``at`` when."""

    id: str
    account_id: str
    user_key: str
    reference: str
    opener: str
    at: float
    with_data: bool
    status: str = "INITIATED"
    decision: str = ""
    has_data: bool = False
    called_back: bool = False

    @property
    def over(self) -> bool:
        return self.status in (PROCESSED, *WITHOUT_DETAILS)

    @property
    def hint(self) -> Hint:
        return Hint(
            user_key=self.user_key,
            reference=self.reference,
            account_id=self.account_id,
            workflow_execution_id=self.id,
        )


@dataclass
class Jumio:
    """Accounts and executions. Whoever asks is told, or not."""

    STATE = ("executions", "deleted", "accounts")
    schedule: Schedule
    watch: Callable[[AtJumio], None]
    data_keys: frozenset[str] = frozenset()  # workflows that take prepared data
    executions: tuple[AtJumio, ...] = ()
    deleted: frozenset[str] = frozenset()
    accounts: int = 0

    @property
    def digest(self) -> int:
        return hash((self.executions, self.deleted))

    def change(self, one: AtJumio | None = None, **members: Any) -> AtJumio:
        """An execution, or the first one, gets somewhere."""
        one = one or self.executions[0]
        changed = replace(one, **members)
        self.executions = tuple(changed if other is one else other for other in self.executions)
        return changed

    def call_soon(self, _: Deadline) -> None:
        """Tokens are the client's."""

    def open_execution(
        self, request: Mapping[str, Any], *, account_id: str | None, deadline: Deadline
    ) -> OpenedExecution:
        opener = self.schedule.run.name if self.schedule.run else ""
        late = Moment(f"{opener}-late", lambda _: None)
        late.call = replace(late.call, effect=lambda _: self._open(request, account_id, opener))

        def effect(outcome: str) -> OpenedExecution:
            if outcome == REFUSED:
                raise ProviderRejected
            if outcome == LATE:
                self.schedule.add(late)
                raise _Silent
            if outcome == AWAY:
                raise OutcomeUnknown
            opened = self._open(request, account_id, opener)
            if outcome == LOST:
                raise OutcomeUnknown
            return opened

        verb = "PUT account" if account_id else "POST account"
        try:
            opened: OpenedExecution = self.schedule.point(verb, effect, (LOST, AWAY, REFUSED, LATE))
        except _Silent:
            with contextlib.suppress(TimeoutError):
                deadline.wait_for(_Nothing())
            raise OutcomeUnknown from None
        return opened

    def _open(
        self, request: Mapping[str, Any], account_id: str | None, opener: str
    ) -> OpenedExecution:
        if account_id in self.deleted:
            raise NotAtProvider
        if account_id is None:
            self.accounts += 1
            account_id = f"account{self.accounts}"
        with_data = str(request["workflowDefinition"]["key"]) in self.data_keys
        one = AtJumio(
            f"execution{len(self.executions) + 1}",
            account_id,
            request["userReference"],
            request["customerInternalReference"],
            opener,
            self.schedule.now,
            with_data,
        )
        self.executions += (one,)
        self.watch(one)
        return OpenedExecution(
            account_id=account_id,
            workflow_execution_id=one.id,
            token=f"token-{one.id}",
            href=f"https://people.jumio.example/{one.id}",
            credential_id="data" if with_data else None,
            upload_token=f"upload-{one.id}" if with_data else None,
        )

    def read_execution(
        self, account_id: str, execution_id: str, *, with_details: bool, **_: object
    ) -> Reading:
        def read(outcome: str, early: type[Exception]) -> AtJumio:
            return self._of(account_id, execution_id, outcome, early)

        of, how = self.schedule.point, (AWAY, EARLY)
        status = of("GET status", lambda outcome: read(outcome, NotAtProvider).status, how)
        if status != PROCESSED and not with_details:
            return Reading(status)
        one = of("GET details", lambda outcome: read(outcome, ResultNotAtProvider), how)
        if one.status in WITHOUT_DETAILS:
            return Reading(one.status, account_id=account_id)
        decision = Decision(one.decision) if one.status == PROCESSED else None
        return Reading(one.status, decision, one.user_key, one.reference, account_id, True)

    def _of(
        self, account_id: str, execution_id: str, outcome: str, early: type[Exception]
    ) -> AtJumio:
        found = [one for one in self.executions if one.id == execution_id]
        if outcome == AWAY:
            raise ProviderUnavailable
        if outcome == EARLY:
            raise early
        if not found or found[0].account_id != account_id or account_id in self.deleted:
            raise NotAtProvider
        return found[0]

    def upload_prepared_data(
        self, opened: OpenedExecution, _data: Mapping[str, Any], **_: object
    ) -> None:
        self._given("POST data", opened, has_data=True)

    def finalize(self, opened: OpenedExecution, **_: object) -> None:
        self._given("PUT finalize", opened, status="ACQUIRED")

    def _given(self, port: str, opened: OpenedExecution, **members: object) -> None:
        def effect(outcome: str) -> None:
            one = self._of(opened.account_id, opened.workflow_execution_id, OK, NotAtProvider)
            if outcome == REFUSED or one.status != "INITIATED":
                raise ProviderRejected
            if outcome in (OK, LOST):
                self.change(one, **members)
            if outcome != OK:
                raise ProviderUnavailable

        self.schedule.point(port, effect, (LOST, AWAY, REFUSED))

    def delete_account(self, account_id: str, **_: object) -> None:
        def effect(outcome: str) -> None:
            if outcome in (OK, LOST):
                self.deleted |= {account_id}
            if outcome != OK:
                raise ProviderUnavailable

        self.schedule.point("DELETE account", effect, (LOST, AWAY))
