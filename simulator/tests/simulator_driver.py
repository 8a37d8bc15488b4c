"""A bare caller of Jumio's API and a receiver of callbacks, for these tests only."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from jumio_simulator.testing import RunningSimulator

Json = dict[str, Any]
AGENT = "Example Tests/1.0"


class Driver:
    """Calls the simulator as an integrator would, with a bearer of its default client."""

    def __init__(self, sim: RunningSimulator) -> None:
        self.sim = sim
        self.session = requests.Session()
        self.bearer = ""

    def fetch_token(self, **changes: Any) -> requests.Response:
        arguments: Json = {
            "auth": (self.sim.client_id, self.sim.client_secret),
            "data": {"grant_type": "client_credentials"},
        }
        return self.session.post(
            f"{self.sim.url}/oauth2/token", **(arguments | changes), timeout=10
        )

    def call(
        self, method: str, path: str, headers: dict[str, str] | None = None, **arguments: Any
    ) -> requests.Response:
        """`path` may be a full URL; a header set to "" is left out."""
        if not self.bearer:
            self.bearer = self.fetch_token().json()["access_token"]
        usual = {
            "Authorization": f"Bearer {self.bearer}",
            "User-Agent": AGENT,
            "Accept": "application/json",
        }
        chosen = {name: value or None for name, value in (usual | (headers or {})).items()}
        url = path if path.startswith("http") else f"{self.sim.url}{path}"
        return self.session.request(
            method,
            url,
            headers=chosen,  # type: ignore[arg-type]  # None leaves a header out
            allow_redirects=False,
            timeout=10,
            **arguments,
        )

    def open(
        self, account: str | None = None, key: object = 10011, **members: Any
    ) -> requests.Response:
        """POST an account, or PUT one when `account` is given."""
        body = {
            "customerInternalReference": "attempt-1",
            "workflowDefinition": {"key": key},
            **members,
        }
        if account is None:
            return self.call("POST", "/api/v1/accounts", json=body)
        return self.call("PUT", f"/api/v1/accounts/{account}", json=body)

    def opened(self, **members: Any) -> "Opened":
        response = self.open(**members)
        assert response.status_code == 200, response.text
        return Opened(self, response.json())


class Opened:
    """An execution that was opened, and what can be asked about it."""

    def __init__(self, driver: Driver, body: Json) -> None:
        self._driver = driver
        self.body = body
        self.id: str = body["workflowExecution"]["id"]
        self.account: str = body["account"]["id"]
        self.path = f"/api/v1/accounts/{self.account}/workflow-executions/{self.id}"

    @property
    def token(self) -> str:
        for credential in self.body["workflowExecution"]["credentials"]:
            if "api" in credential:
                return str(credential["api"]["token"])
        return str(self.body["sdk"]["token"])

    def credential(self, category: str) -> Json:
        credentials: list[Json] = self.body["workflowExecution"]["credentials"]
        return next(one for one in credentials if one["category"] == category)

    def status(self) -> str:
        response = self._driver.call("GET", f"{self.path}/status")
        return str(response.json()["workflowExecution"]["status"])

    def details(self) -> Json:
        response = self._driver.call("GET", self.path)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def upload(
        self, category: str, part: str, method: str = "POST", **arguments: Any
    ) -> requests.Response:
        url = self.credential(category)["api"]["parts"][part]
        bearer = {"Authorization": f"Bearer {self.token}"}
        return self._driver.call(method, url, bearer, **arguments)

    def submit(self, data: Json) -> requests.Response:
        """Prepared data, then finalize; returns the answer to finalize."""
        assert self.upload("DATA", "prepared_data", json=data).status_code == 200
        return self.finalize()

    def finalize(self) -> requests.Response:
        bearer = {"Authorization": f"Bearer {self.token}"}
        return self._driver.call("PUT", self.path, bearer)


class Receiver:
    """Records callbacks; answers with the statuses queued, then with 200."""

    def __init__(self) -> None:
        self.received: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append(json.loads(body))
                receiver.headers.append(dict(self.headers))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/callback"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def statuses(self) -> list[str]:
        return [body["workflowExecution"]["status"] for body in self.received]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
