"""The calls to Jumio that this product makes.

Every call ends by its deadline with an answer or with one error of the tree in
``verification.domain.errors``. A call that opens an execution costs money and cannot be taken
back, so it is repeated only where Jumio has surely not acted; reads are repeated freely.
"""

import contextlib
import logging
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from verification.domain.deadline import Deadline
from verification.domain.errors import (
    Misconfigured,
    NotAtProvider,
    OutcomeUnknown,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
    ResultNotAtProvider,
)
from verification.domain.execution import PROCESSED, WITHOUT_DETAILS, Decision
from verification.domain.facts import Fact
from verification.jumio.execution import OpenedExecution, Reading, path_of
from verification.jumio.hosts import Hosts
from verification.jumio.messages import AccountAnswer, DetailsAnswer, StatusAnswer, Verdict
from verification.jumio.oauth import TokenSource
from verification.jumio.transport import NoAnswer, NotSent, Reply, Transport, pause
from verification.jumio.usability import tip_of
from verification.observability import LogCode

_logger = logging.getLogger(__name__)
_GONE = (404, 410)  # which of them Jumio answers for what it has deleted is not documented
_TRIES = 4
_PATIENCE = 5.0  # seconds between tries: nobody is kept waiting for longer, whatever Jumio advises
_UNAVAILABLE = "The verification provider does not answer."
_BUSY = "The verification provider has no capacity right now."


class JumioClient:
    """Jumio's account and retrieval API."""

    def __init__(self, hosts: Hosts, transport: Transport, tokens: TokenSource) -> None:
        self._hosts = hosts
        self._transport = transport
        self._tokens = tokens

    def call_soon(self, deadline: Deadline) -> None:
        """Have the access token fetched beside what is still to be done before Jumio is called.

        Raises TemporarilyUnavailable or Misconfigured if our credentials cannot be read.
        """
        self._tokens.get_soon(deadline)

    def open_execution(
        self, request: Mapping[str, Any], *, account_id: str | None, deadline: Deadline
    ) -> OpenedExecution:
        """Open an execution on a new account, or on the given one.

        ``request`` is the body that ``account_request`` makes.

        Source: "Creating and updating accounts". Raises OutcomeUnknown if Jumio may have
        opened it, NotAtProvider if the account is gone, and otherwise an error that
        says that nothing was opened.
        """
        url = f"{self._hosts.account}/api/v1/accounts"
        method, url = ("PUT", f"{url}/{account_id}") if account_id else ("POST", url)
        for attempt in range(_TRIES):
            try:
                reply = self._authorised(
                    method, url, deadline, call="open", json_body=request, fresh_connection=True
                )
            except NotSent as error:
                failure: Exception = ProviderUnavailable(_UNAVAILABLE)
                _logger.warning(LogCode.JUMIO_NOT_REACHED, extra={"reason": str(error)})
                wait = _jitter(attempt)
            except NoAnswer as error:
                _logger.error(LogCode.JUMIO_OUTCOME_UNKNOWN, extra={"reason": str(error)})
                raise OutcomeUnknown(_UNAVAILABLE) from None
            else:
                if reply.status != 429:
                    return self._opened(reply, account_id)
                _logger.warning(LogCode.JUMIO_RATE_LIMITED)
                wait = reply.retry_after or _jitter(attempt) + 0.5
                failure = ProviderBusy(_BUSY, retry_after=round(wait) + 1)
            if not _goes_on(attempt, wait, deadline):
                break
        raise failure

    def read_execution(
        self, account_id: str, execution_id: str, *, with_details: bool, deadline: Deadline
    ) -> Reading:
        """What Jumio says now: status, and details once processed or if asked for.

        Source: "Calling retrieval APIs", which says that expired executions have none: such
        a reading is without. Raises NotAtProvider while there is nothing to read,
        ResultNotAtProvider if that is only the details, ProviderUnavailable or ProviderBusy
        if Jumio does not answer in time.
        """
        url = self._hosts.retrieval + path_of(account_id, execution_id)
        status = self._read(StatusAnswer, "status", f"{url}/status", deadline)
        if status.status != PROCESSED and not with_details:
            return Reading(status.status)
        try:
            details = self._read(DetailsAnswer, "details", url, deadline)
        except NotAtProvider:
            if status.status in WITHOUT_DETAILS:
                return Reading(status.status, account_id=status.account_id)
            raise ResultNotAtProvider from None
        return Reading(
            details.status,
            _decision(details),
            details.user_reference,
            details.internal_reference,
            details.account_id,
            has_details=True,
            completed_at=details.completed_at,
        )

    def read_facts(
        self, account_id: str, execution_id: str, facts: Iterable[Fact], *, deadline: Deadline
    ) -> dict[str, Any]:
        """These facts about a person, as Jumio has read them off a document; None where it has not.

        Source: "Calling retrieval APIs", ``capabilities.extraction[].data``. Raises like
        ``read_execution``, NotAtProvider if Jumio has deleted the execution.
        """
        url = self._hosts.retrieval + path_of(account_id, execution_id)
        details = self._read(DetailsAnswer, "details", url, deadline)
        return {fact: details.extracted(fact) for fact in facts}

    def upload_prepared_data(
        self, opened: OpenedExecution, data: Mapping[str, Any], *, deadline: Deadline
    ) -> None:
        """Upload a person's data; safe to repeat until the execution is finalized.

        Source: "Uploading supporting data". Raises ProviderRejected if Jumio refuses the
        data, or has them all already.
        """
        part = f"credentials/{opened.credential_id}/parts/PREPARED_DATA"
        url = f"{self._hosts.api}{path_of(*opened.ids)}/{part}"
        # On a connection of its own: nothing is sent once nobody waits for it any more.
        how = {"bearer": opened.upload_token, "json_body": data, "fresh_connection": True}
        try:
            self._repeatable("upload", "POST", url, deadline, **how)
        except ProviderRejected:  # a part that is there already is replaced
            self._repeatable("upload", "PUT", url, deadline, **how)

    def finalize(self, opened: OpenedExecution, *, deadline: Deadline) -> None:
        """Tell Jumio that all data are there.

        Source: "Finalizing". Raises ProviderRejected also if it is finalized already, as it
        may be by this very call: read the status then.
        """
        how: dict[str, Any] = {"json_body": {}, "fresh_connection": True}
        url, bearer = self._hosts.api + path_of(*opened.ids), opened.upload_token
        self._repeatable("finalize", "PUT", url, deadline, bearer=bearer, **how)

    def delete_account(self, account_id: str, *, deadline: Deadline) -> None:
        """Delete an account and all its executions; done too if Jumio does not know it.

        Source: "Deleting". Raises ProviderRejected if our client may not delete.
        """
        with contextlib.suppress(NotAtProvider):
            url = f"{self._hosts.retrieval}/api/v1/accounts/{account_id}"
            self._repeatable("delete", "DELETE", url, deadline)

    def _opened(self, reply: Reply, account_id: str | None) -> OpenedExecution:
        # 408 comes from whatever stands before Jumio: what it handed on may have been done.
        if reply.status >= 500 or reply.status == 408 or (reply.status < 400 and not reply.ok):
            _logger.error(LogCode.JUMIO_OUTCOME_UNKNOWN, extra={"status": reply.status})
            raise OutcomeUnknown(_UNAVAILABLE)
        if not reply.ok:
            refused = {"status": reply.status, "account_id": account_id}
            _logger.error(LogCode.JUMIO_REJECTED, extra=refused)
            raise NotAtProvider if reply.status in _GONE else ProviderRejected
        try:
            answer = AccountAnswer.model_validate(reply.body)
        except ValidationError:
            _logger.error(LogCode.JUMIO_OUTCOME_UNKNOWN, extra={"reason": "malformed answer"})
            raise OutcomeUnknown(_UNAVAILABLE) from None
        credential_id, upload_token = answer.data_credential() or (None, None)
        opened = OpenedExecution(
            account_id=answer.account_id,
            workflow_execution_id=answer.workflow_execution_id,
            token=answer.token,
            href=answer.href,
            credential_id=credential_id,
            upload_token=upload_token,
        )
        if opened.href and not self._hosts.send_people_to(opened.href):
            known = {"workflow_execution_id": opened.workflow_execution_id}
            _logger.error(LogCode.JUMIO_ADDRESS_REFUSED, extra=known)
            return replace(opened, href=None)
        return opened

    def _read[Answer: BaseModel](
        self, model: type[Answer], call: str, url: str, deadline: Deadline
    ) -> Answer:
        return _validated(model, self._repeatable(call, "GET", url, deadline).body)

    def _repeatable(
        self,
        call: str,
        method: str,
        url: str,
        deadline: Deadline,
        **how: Any,  # noqa: ANN401 the transport's
    ) -> Reply:
        """An exchange that may be repeated, until it succeeds or the time is up."""
        failure: Exception = ProviderUnavailable(_UNAVAILABLE)
        for attempt in range(_TRIES):
            wait = _jitter(attempt)
            try:
                reply = self._authorised(method, url, deadline, call=call, **how)
            except (NotSent, NoAnswer) as error:
                _logger.warning(LogCode.JUMIO_READ_UNANSWERED, extra={"reason": str(error)})
            else:
                if reply.ok:
                    return reply
                _logger.warning(LogCode.JUMIO_READ_REFUSED, extra={"status": reply.status})
                if reply.status in _GONE:
                    raise NotAtProvider
                if reply.status != 429 and reply.status < 500:
                    raise ProviderRejected
                if reply.status == 429:
                    wait = reply.retry_after or wait
                    failure = ProviderBusy(_BUSY, retry_after=round(wait) + 1)
            if not _goes_on(attempt, wait, deadline):
                break
        raise failure

    def _authorised(
        self,
        method: str,
        url: str,
        deadline: Deadline,
        *,
        bearer: str | None = None,
        **how: Any,  # noqa: ANN401 the transport's
    ) -> Reply:
        """One exchange with our access token, replaced once if refused, or with a given one."""
        if bearer:
            headers = {"Authorization": f"Bearer {bearer}"}
            return self._transport.send(method, url, deadline=deadline, headers=headers, **how)
        for _ in range(2):
            token = self._tokens.get(deadline)
            headers = {"Authorization": f"Bearer {token}"}
            reply = self._transport.send(method, url, deadline=deadline, headers=headers, **how)
            if reply.status != 401:
                return reply
            _logger.warning(LogCode.JUMIO_TOKEN_REJECTED)
            self._tokens.drop(token)
        raise Misconfigured("JUMIO_SECRET_ID: Jumio refuses a fresh access token")


def _goes_on(attempt: int, wait: float, deadline: Deadline) -> bool:
    """Whether another try follows, after a wait."""
    return attempt + 1 < _TRIES and wait <= _PATIENCE and pause(wait, deadline)


def _decision(details: DetailsAnswer) -> Decision | None:
    if details.status != PROCESSED or details.decision is None:
        return None
    judged = _validated(Verdict, details.decision)
    return Decision(
        type=judged.type,
        label=judged.label,
        score=judged.score,
        failed=details.failed_capabilities(),
        tip=tip_of(details.capabilities),
    )


def _validated[Answer: BaseModel](model: type[Answer], value: object) -> Answer:
    try:
        return model.model_validate(value)
    except ValidationError:
        _logger.error(LogCode.JUMIO_ANSWER_MALFORMED, extra={"model": model.__name__})
        raise ProviderUnavailable(_UNAVAILABLE) from None


def _jitter(attempt: int) -> float:
    return random.uniform(0, 0.25 * 2**attempt)  # noqa: S311 jitter only
