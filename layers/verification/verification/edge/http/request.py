"""What a request says, and what the gateway vouches for."""

import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from pydantic import BaseModel, ValidationError

from verification.domain.errors import Forbidden, InvalidRequest, RequestTooLarge
from verification.domain.identity import Caller

LARGEST_BODY = 10 * 1024


@dataclass(frozen=True)
class Request:
    """One request; everything except ``caller`` comes from whoever sent it or the network."""

    event: APIGatewayProxyEventV2

    @property
    def request_id(self) -> str:
        return self.event.request_context.request_id

    @property
    def source_ip(self) -> str:
        """The address that the gateway saw, never one that the client claims."""
        return self.event.request_context.http.source_ip

    @property
    def base_url(self) -> str:
        """Scheme and host under which the gateway was reached."""
        return f"https://{self.event.request_context.domain_name}"

    @property
    def claims(self) -> Mapping[str, Any]:
        """The claims of the token that the gateway has verified."""
        authorizer = self.event.request_context.authorizer
        return (authorizer and authorizer.jwt_claim) or {}

    @property
    def caller(self) -> Caller:
        """The person whom the verified access token is about; raises Forbidden."""
        claims = self.claims
        issuer, subject = claims.get("iss"), claims.get("sub")
        # The gateway cannot tell an ID token from an access token; Cognito's claim can.
        if not issuer or not subject or claims.get("token_use", "access") != "access":
            raise Forbidden("An access token of a person is needed.")
        return Caller(str(issuer), str(subject))

    def header(self, name: str) -> str | None:
        """The value of a header, whatever its case."""
        return self.event.headers.get(name.lower())

    def query(self, name: str) -> str | None:
        return (self.event.query_string_parameters or {}).get(name)

    def path(self, name: str) -> str:
        return (self.event.path_parameters or {}).get(name, "")

    def json_body(self) -> object:
        """The parsed body; raises InvalidRequest or RequestTooLarge."""
        media_type = (self.header("content-type") or "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise InvalidRequest("Content-Type must be application/json.")
        try:
            body = (self.event.decoded_body or "").encode()
        except (binascii.Error, ValueError):
            raise InvalidRequest("The body is not JSON.") from None
        if len(body) > LARGEST_BODY:
            raise RequestTooLarge(f"The body is larger than {LARGEST_BODY} bytes.")
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise InvalidRequest("The body is not JSON.") from None


def validated[Model: BaseModel](model: type[Model], value: object) -> Model:
    """The value as a model; raises InvalidRequest that names each field that is wrong."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        raise InvalidRequest(
            "The request is not valid.",
            fields=[
                {"field": ".".join(map(str, problem["loc"])) or "body", "reason": problem["msg"]}
                for problem in problems[:20]
            ],
        ) from None
