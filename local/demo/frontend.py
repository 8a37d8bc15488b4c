"""An app in front of the product: everything it does goes over HTTP, as in a browser or a phone."""

import json
import time
from types import TracebackType
from typing import Any, Self

import httpx

_COGNITO = "AWSCognitoIdentityProviderService.InitiateAuth"


class Frontend:
    """One person's app. Sign in first."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts
        self._token = ""
        self._http = httpx.Client(timeout=35, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()

    def sign_in(self, username: str, password: str) -> str:
        """Sign in at the identity provider; returns the access token, and keeps it."""
        answer = self._http.post(
            self._facts["aws_endpoint"],
            headers={"X-Amz-Target": _COGNITO, "Content-Type": "application/x-amz-json-1.1"},
            content=json.dumps(
                {
                    "ClientId": self._facts["outputs"]["UserPoolClientId"],
                    "AuthFlow": "USER_PASSWORD_AUTH",
                    "AuthParameters": {"USERNAME": username, "PASSWORD": password},
                }
            ),
        )
        answer.raise_for_status()
        self._token = str(answer.json()["AuthenticationResult"]["AccessToken"])
        return self._token

    def use_token(self, token: str) -> None:
        """Go on with a token that came from somewhere else."""
        self._token = token

    def request(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Call the API with the token; a body goes as JSON."""
        return self._http.request(
            method,
            f"{self._facts['api']}{path}",
            json=body,
            headers={"Authorization": f"Bearer {self._token}", **(headers or {})},
        )

    def create_session(self, **body: Any) -> httpx.Response:  # noqa: ANN401 - any member
        """POST /sessions."""
        return self.request("POST", "/sessions", body)

    def verification(self, query: str = "") -> httpx.Response:
        """GET /verification."""
        return self.request("GET", f"/verification{query}")

    def await_outcome(
        self, unlike: set[str], seconds: float = 120, query: str = ""
    ) -> dict[str, Any]:
        """Ask for the verification until its status is none of these, or the time is up.

        Waits as long as the API says between two questions, or a second.
        """
        deadline = time.monotonic() + seconds
        while True:
            answer = self.verification(query)
            answer.raise_for_status()
            standing: dict[str, Any] = answer.json()
            if standing["status"] not in unlike or time.monotonic() > deadline:
                return standing
            time.sleep(float(answer.headers.get("Retry-After", 1)))
