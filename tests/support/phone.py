"""A mobile app, written from docs/frontends/android.md and nothing else, with the stand-in SDK."""

import contextlib
import io
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from jumio_simulator.person import sdk
from local.demo.frontend import Frontend
from tests.support.waiting import FAILSAFE

_TRIES = 4
_PASSING = {
    *("session-busy", "provider-busy", "provider-unavailable", "temporarily-unavailable"),
}
_RESULT = "result"


@dataclass
class Phone:
    """The app in one person's hand. ``shown`` is what it says; nothing is kept between starts.

    ``data_center`` is the app's constant.
    """

    backend: Frontend
    simulator: str
    data_center: str = "EU"
    shown: str = ""
    ended: list[str] = field(default_factory=list)  # how the SDK has, for the developer

    def begin(self) -> str:
        """The app comes up, for the first time or after it was killed."""
        return self._show(returned=False)

    def press(self, *, killed: bool = False, do: str = "finish", scenario: str = "approved") -> str:
        """The button; the person goes through the SDK. An app that is killed hears no result."""
        return self._start({"channel": "sdk"}, killed=killed, do=do, scenario=scenario)

    def _show(self, *, returned: bool) -> str:
        answer = self.backend.verification("?returned=true" if returned else "")
        if answer.status_code != httpx.codes.OK:
            return self._trouble(answer)
        standing = answer.json()
        match standing["status"]:
            case "pending":
                self.shown = self._await_result() if returned else "go on"
            case "processing":
                self.shown = self._await_result()
            case "approved" | "review" as over:
                self.shown = over
            case _:
                self.shown = "start" if standing["retry"]["allowed"] else "another way"
        return self.shown

    def _await_result(self) -> str:
        deadline = time.monotonic() + FAILSAFE
        while time.monotonic() < deadline:
            answer = self.backend.verification("?returned=true")
            if answer.json()["status"] not in {"pending", "processing"}:
                return self._show(returned=False)
            time.sleep(float(answer.headers.get("Retry-After", 5)))
        return "go on"

    def _start(self, body: dict[str, Any], *, killed: bool = False, **person: str) -> str:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        for _ in range(_TRIES):
            answer = self.backend.request("POST", "/sessions", body, key)
            if answer.status_code in {httpx.codes.OK, httpx.codes.CREATED}:
                end = self._play(answer.json()["sdk"]["token"], **person)
                return "" if killed else self._decide(end, renewed="renew" in body, **person)
            if answer.status_code == httpx.codes.NO_CONTENT:
                break
            passing = answer.json().get("code") in _PASSING
            if answer.status_code != httpx.codes.ACCEPTED and not passing:
                return self._trouble(answer)
            time.sleep(float(answer.headers.get("Retry-After", 3)))
        return self._show(returned=False)

    def _play(self, token: str, *, do: str = "finish", scenario: str = "approved") -> str:
        """What the SDK ends with: a result, or a code."""
        place = ["--url", self.simulator, "--data-center", self.data_center]
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            sdk.main([token, *place, "--do", do, "--scenario", scenario])
        end = str(json.loads(printed.getvalue()).get("errorCode", _RESULT))
        self.ended.append(end)
        return end

    def _decide(self, end: str, *, renewed: bool, **person: str) -> str:
        renews = end[0] == "J" or (end[0] in "BC" and not renewed)
        if end == _RESULT or end[0] == "G":
            return self._show(returned=end == _RESULT)
        if end in {"A10403", "A10404"} or end[0] in "FLN":
            self.shown = "alarm"
        elif renews:
            return self._start({"channel": "sdk", "renew": True}, **person)
        elif end[0] in "AEHIK":
            self.shown = "go on"
        else:
            self.shown = "another way" if end[0] == "M" else "support"
        return self.shown

    def _trouble(self, answer: httpx.Response) -> str:
        code = answer.json().get("code", "")
        if code in {"verification-in-progress", "already-verified"}:
            return self._show(returned=False)
        asks = code in {"consent-required", "applicant-required"}
        self.shown = "sign in" if answer.status_code == httpx.codes.UNAUTHORIZED else code
        if asks:
            self.shown = "ask " + ", ".join(one["field"] for one in answer.json()["errors"])
        return self.shown
