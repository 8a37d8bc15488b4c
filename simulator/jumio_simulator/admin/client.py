"""The admin API from Python, for tests and scripts."""

from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import requests

Json = dict[str, Any]


class AdminClient:
    """Talks to `<url>/_simulator`. Every call raises `requests.HTTPError` on a refusal."""

    def __init__(self, url: str, timeout: float = 30.0) -> None:
        self._base = f"{url.rstrip('/')}/_simulator"
        self._timeout = timeout
        self._session = requests.Session()
        self._session.trust_env = False

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
        self._session.close()

    def _call(
        self, method: str, path: str, body: Json | None = None, query: Json | None = None
    ) -> Any:  # noqa: ANN401 - whatever JSON the call answers
        response = self._session.request(
            method, f"{self._base}{path}", json=body, params=query, timeout=self._timeout
        )
        response.raise_for_status()
        return response.json()

    def options(self) -> Json:
        """All options with their present values."""
        return dict(self._call("GET", "/options"))

    def patch_options(self, **changes: Any) -> Json:  # noqa: ANN401 - any option
        """Change some options (`callbacks` is merged); returns all of them."""
        return dict(self._call("PATCH", "/options", changes))

    def reset(self, *, bearers: bool = False) -> None:
        """Forget everything, startup options again; with `bearers` revoke OAuth tokens too."""
        self._call("POST", "/reset", {"bearers": bearers})

    def journal(
        self,
        method: str | None = None,
        path: str | None = None,
        endpoint: str | None = None,
        since: int | None = None,
    ) -> list[Json]:
        """Requests received, oldest first; `path` and `endpoint` may hold `*`."""
        query = {"method": method, "path": path, "endpoint": endpoint, "since": since}
        return list(self._call("GET", "/journal", query=query))

    def clear_journal(self) -> None:
        self._call("DELETE", "/journal")

    def add_fault(self, endpoint: str, kind: str, count: int = 1, **parameters: Any) -> Json:  # noqa: ANN401 - any parameter
        """Switch a fault on for the next `count` requests of the endpoint."""
        body = {"endpoint": endpoint, "kind": kind, "count": count, **parameters}
        return dict(self._call("POST", "/faults", body))

    def faults(self) -> list[Json]:
        return list(self._call("GET", "/faults"))

    def clear_faults(self) -> None:
        self._call("DELETE", "/faults")

    def outage(self, seconds: float) -> None:
        """Refuse every connection, the admin API's too, for that many real seconds."""
        self._call("POST", "/outage", {"seconds": seconds})

    def clock(self) -> Json:
        """`now` (epoch seconds), `time` (ISO), `frozen`."""
        return dict(self._call("GET", "/clock"))

    def freeze(self) -> Json:
        return dict(self._call("POST", "/clock", {"freeze": True}))

    def advance(self, seconds: float) -> Json:
        """Let simulated time pass; returns when every callback due was answered."""
        return dict(self._call("POST", "/clock", {"advance": seconds}))

    def resume(self) -> Json:
        return dict(self._call("POST", "/clock", {"resume": True}))

    def executions(self) -> list[Json]:
        return list(self._call("GET", "/executions"))

    def execution(self, execution_id: str) -> Json:
        return dict(self._call("GET", f"/executions/{quote(execution_id)}"))

    def play(self, execution_id: str, scenario: str, *, to_end: bool = True) -> Json:
        """Let the person live through the scenario now; returns the execution.

        With `to_end` processing and waiting times are skipped, and the callbacks were answered
        when the call returns. Without it the clock decides when things happen.
        """
        body = {"scenario": scenario, "to_end": to_end}
        return dict(self._call("POST", f"/executions/{quote(execution_id)}/play", body))

    def send_callback(self, execution_id: str, **overrides: Any) -> Json:  # noqa: ANN401 - any override
        """Send a callback now; `status` and `userReference` may be overridden."""
        return dict(self._call("POST", f"/executions/{quote(execution_id)}/callback", overrides))

    def expire(self, execution_id: str) -> Json:
        """End an open execution as TOKEN_EXPIRED or SESSION_EXPIRED."""
        return dict(self._call("POST", f"/executions/{quote(execution_id)}/expire"))

    def wipe(self, execution_id: str) -> Json:
        return dict(self._call("POST", f"/executions/{quote(execution_id)}/wipe"))

    def scenarios(self) -> Json:
        """`scenarios` (name, description), `labels` of capabilities, and what is assigned."""
        return dict(self._call("GET", "/scenarios"))

    def set_scenario(
        self,
        scenario: str,
        *,
        default: bool = False,
        next_count: int | None = None,
        user_reference: str | None = None,
        customer_internal_reference: str | None = None,
        workflow_execution: str | None = None,
    ) -> Json:
        """Choose a scenario for exactly one of: everybody, the next few, a user, a request."""
        named = {
            "userReference": user_reference,
            "customerInternalReference": customer_internal_reference,
            "workflowExecution": workflow_execution,
        }
        body: Json = {"scenario": scenario}
        chosen = {name: value for name, value in named.items() if value is not None}
        if chosen:
            body["for"] = chosen
        if next_count is not None:
            body["next"] = next_count
        if default:
            body["default"] = True
        return dict(self._call("POST", "/scenarios", body))

    def rotate_secret(
        self, client_id: str, secret: str | None = None, *, revoke: bool = False
    ) -> str:
        """Give a client another secret; returns it. With `revoke` its bearers end, too."""
        body = {"secret": secret, "revoke": revoke}
        path = f"/clients/{quote(client_id)}/rotate"
        return str(self._call("POST", path, body)["secret"])

    def delete_account(self, account_id: str) -> None:
        """Let an account be gone, as after its retention period."""
        self._call("POST", f"/accounts/{quote(account_id)}/delete")

    def revoke_tokens(self, client_id: str | None = None) -> int:
        """Revoke OAuth bearers; returns how many."""
        body = {} if client_id is None else {"client_id": client_id}
        return int(self._call("POST", "/tokens/revoke", body)["revoked"])
