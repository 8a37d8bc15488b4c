"""An app in front of the product: everything it does goes over HTTP, as in a browser or a phone."""

import time
from types import TracebackType
from typing import Any, Self

import httpx

from local.demo.sign_in import sign_in


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

    def sign_in(self, email: str, password: str) -> str:
        """Sign in at the identity provider; returns the access token, and keeps it."""
        self._token = str(sign_in(self._facts, email, password)["access_token"])
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
