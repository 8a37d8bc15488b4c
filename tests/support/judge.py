"""A stand-in for Lambda's client, behind which an adopter's function judges attestations."""

import io
import json
from typing import Any, cast

from verification.aws.attestation import Attestor

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:judge"


class Judge:
    """A function that answers everything with these bytes, or whose calls end in this error."""

    def __init__(self, answer: bytes | Exception, *, failure: str = "") -> None:
        self.answer = answer
        self.failure = failure
        self.shown: list[dict[str, Any]] = []

    @property
    def attestor(self) -> Attestor:
        return Attestor(cast("Any", self), ARN)

    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == ARN
        self.shown.append(json.loads(Payload))
        if isinstance(self.answer, Exception):
            raise self.answer
        response: dict[str, Any] = {"StatusCode": 200, "Payload": io.BytesIO(self.answer)}
        return response | ({"FunctionError": self.failure} if self.failure else {})
