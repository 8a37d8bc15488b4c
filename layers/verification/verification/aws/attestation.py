"""Whether a request comes from a genuine app: the adopter's own function says so."""

import json
import logging
from typing import TYPE_CHECKING

from verification.cloud import asked
from verification.domain.errors import AttestationRefused, Misconfigured, TemporarilyUnavailable
from verification.domain.identity import Caller
from verification.observability import LogCode

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

_logger = logging.getLogger(__name__)
_SETTING = "ATTESTATION_FUNCTION"


class Attestor:
    """A Lambda function that is shown attestations and answers ``{"genuine": true}`` or false."""

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client = client
        self._function = function

    def require_genuine(self, caller: Caller, attestation: str | None, token_hash: str) -> None:
        """Returns only on a plain yes. Raises AttestationRefused on a no, and as ``cloud.asked``.

        ``token_hash`` is what the attestation has to be made for. A function that fails is not
        asked again: it may have taken the attestation for used.
        """
        whom = {"issuer": caller.issuer, "subject": caller.subject}
        shown = json.dumps({"attestation": attestation, "ath": token_hash, **whom})
        failure, answer = asked(lambda: self._invoked(shown), setting=_SETTING)
        if failure:
            reason = f"{_SETTING}: {failure}"
            _logger.warning(LogCode.AWS_UNAVAILABLE, extra={"reason": reason})
            raise TemporarilyUnavailable(reason)
        try:
            genuine = json.loads(answer)["genuine"]
        except (ValueError, LookupError, TypeError):
            genuine = None
        if genuine is False:
            raise AttestationRefused
        if genuine is not True:
            raise Misconfigured(f"{_SETTING}: answers neither true nor false")

    def _invoked(self, payload: str) -> tuple[str | None, bytes]:
        response = self._client.invoke(FunctionName=self._function, Payload=payload)
        return response.get("FunctionError"), response["Payload"].read()
