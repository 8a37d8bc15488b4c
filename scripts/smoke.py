"""`make smoke API=… TOKEN=…`: whether a deployment answers as it should, from outside.

TOKEN is a person's access token. Their session is really opened, and paid for, unless SESSION=no.
ORIGIN is one of AllowedOrigins, if there are pages that call the API. No token is printed.
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

import requests

_SECONDS = 30
_FORGED = "1.1-" + "A" * 43 + "." + "0" * 32 + "." + "B" * 43
_INVENTED = "e30.e30.e30"
_MEMBERS = {"journey", "status", "next", "retry"}
_SESSION_STATUSES = {200, 201, 202, 204}


class WrongError(Exception):
    """An answer is not what it should be; the message says what came instead."""


@dataclass(frozen=True)
class Smoke:
    """The deployment and who asks it."""

    api: str
    token: str
    origin: str | None = None
    session: bool = True

    def run(self) -> bool:
        """Ask everything, tell a line for each; whether all was as it should be."""
        well = [_told(step.__doc__ or "", step) for step in self._steps()]
        return all(well)

    def _steps(self) -> list[Callable[[], None]]:
        always = [self.no_token, self.wrong_token, self.status, self.malformed, self.forged]
        page = [self.preflight, self.foreign_origin] if self.origin else []
        return [*page, *always, *([self.open_session] if self.session else [])]

    def preflight(self) -> None:
        """pages of the origin may call"""
        headers = self._preflight(self.origin or "")
        _require(headers.get("Access-Control-Allow-Origin") == self.origin, "the origin is refused")
        allowed = headers.get("Access-Control-Allow-Headers", "").lower()
        _require("authorization" in allowed, f"allowed headers are {allowed or 'none'}")

    def foreign_origin(self) -> None:
        """pages of another origin may not"""
        headers = self._preflight("https://elsewhere.example")
        _require("Access-Control-Allow-Origin" not in headers, "every origin may call")

    def no_token(self) -> None:
        """without a token nobody gets in"""
        _expect(self._ask("POST", "/sessions", token=None, json={"channel": "sdk"}), {401})

    def wrong_token(self) -> None:
        """nor with an invented one"""
        _expect(self._ask("GET", "/verification", token=_INVENTED), {401})

    def status(self) -> None:
        """a person is told how they stand"""
        answer = _expect(self._ask("GET", "/verification"), {200})
        _require(set(answer.json()) >= _MEMBERS, "members are missing")
        _ours(answer)

    def malformed(self) -> None:
        """a request that makes no sense is refused by us"""
        answer = _expect(self._ask("POST", "/sessions", json={"channel": "fax"}), {400})
        _problem(answer, {"invalid-request"})

    def forged(self) -> None:
        """a forged callback is refused by us"""
        answer = self._ask("POST", f"/callbacks/{_FORGED}", token=None, json={})
        _problem(_expect(answer, {404}), {"not-found"})

    def open_session(self) -> None:
        """a person gets a session"""
        answer = self._ask("POST", "/sessions", json={"channel": "sdk"})
        if answer.status_code in {409, 429}:  # they are done, or under way: that is an answer, too
            _problem(answer, {"already-verified", "verification-in-progress", "attempts-exhausted"})
            return
        _expect(answer, _SESSION_STATUSES)
        _ours(answer)

    def _preflight(self, origin: str) -> requests.structures.CaseInsensitiveDict[str]:
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        return self._ask("OPTIONS", "/sessions", token=None, headers=asked).headers

    def _ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = "",
        json: object = None,
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token or self.token}"
        url = self.api.rstrip("/") + path
        try:
            return requests.request(
                method, url, json=json, headers=sent, timeout=_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise WrongError(f"no answer: {type(error).__name__}") from None


def _told(what: str, step: Callable[[], None]) -> bool:
    try:
        step()
    except WrongError as wrong:
        sys.stdout.write(f"WRONG  {what}: {wrong}\n")
        return False
    sys.stdout.write(f"ok     {what}\n")
    return True


def _expect(answer: requests.Response, statuses: set[int]) -> requests.Response:
    if answer.status_code not in statuses:
        told = answer.headers.get("X-Request-Id") or answer.headers.get("Apigw-Requestid")
        raise WrongError(f"{answer.status_code} (request {told})")
    return answer


def _problem(answer: requests.Response, codes: set[str]) -> None:
    """The answer is one of our problems, and not the gateway's own."""
    ours = answer.headers.get("Content-Type", "").startswith("application/problem+json")
    _require(ours, "the answer is not ours: is the route there, and the function's permission?")
    _require((code := answer.json().get("code")) in codes, f"its code is {code}")
    _ours(answer)


def _ours(answer: requests.Response) -> None:
    """Every answer of ours has these headers."""
    _require("no-store" in answer.headers.get("Cache-Control", ""), "it may be cached")
    _require(answer.headers.get("X-Content-Type-Options") == "nosniff", "no nosniff")
    _require("X-Request-Id" in answer.headers, "no X-Request-Id")


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise WrongError(otherwise)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status. The token comes by the variable TOKEN."""
    parser = argparse.ArgumentParser(prog="python -m scripts.smoke", description=__doc__)
    parser.add_argument("api", help="the API's address, as the stack's output ApiUrl has it")
    parser.add_argument("--origin", help="one of AllowedOrigins")
    parser.add_argument("--no-session", action="store_true", help="open none")
    options = parser.parse_args(arguments)
    if not options.api.startswith(("https://", "http://")):
        sys.stderr.write("the API's address is needed: API=https://…\n")
        return 2
    if not (token := os.environ.get("TOKEN")):
        sys.stderr.write("a person's access token is needed: TOKEN=…\n")
        return 2
    smoke = Smoke(options.api, token, options.origin, not options.no_session)
    return 0 if smoke.run() else 1


if __name__ == "__main__":
    sys.exit(main())
