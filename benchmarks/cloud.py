"""What the functions talk to, over TLS on loopback: AWS as moto plays it, and Jumio's simulator.

Every request is counted, and can be made to wait as long as it would in production.
"""

import contextlib
import http.client
import json
import re
import shutil
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import certifi
import requests
from dependencies.authorities import add
from moto import mock_aws

from jumio_simulator.testing import RunningSimulator, running_simulator
from tests.support.template import table_definition
from tests.support.tls import Authority

SERVICES = {
    "DynamoDB_20120810": "dynamodb",
    "AmazonSQS": "sqs",
    "AWSEvents": "events",
    "secretsmanager": "secretsmanager",
}
LATENCY = {"secretsmanager": 0.015, "token": 0.150, "account": 0.350, "dynamodb": 0.005}
KEY = json.dumps({"version": "1", "key": "k" * 64})
_JUMIO = {r"/oauth2/token$": "token", r"/accounts(/[^/]+)?$": "account"}


@dataclass
class Cloud:
    """All that there is; ``calls`` are the operations asked for, ``connections`` TLS handshakes."""

    url: str
    bundle: Path
    authority: Path
    simulator: RunningSimulator
    environment: dict[str, str]
    waits: bool = False
    calls: list[str] = field(default_factory=list)
    spans: list[tuple[str, float, float]] = field(default_factory=list)
    last_read: str = "/"
    connections: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    kept: list[Any] = field(default_factory=list)

    def keep(self) -> None:
        """What is on record now is so at the beginning of each measurement."""
        self.kept = _dynamodb().scan(TableName="table")["Items"]

    def begin(self) -> None:
        """A table without whom earlier measurements have left: moto copies all of it in each
        transaction, and would take longer than our client waits."""
        client = _dynamodb()
        client.delete_table(TableName="table")
        client.create_table(**table_definition("table"))
        for item in self.kept:
            client.put_item(TableName="table", Item=item)

    def trusted_as_in(self, certifi: Path) -> dict[str, str]:
        """The authorities as a layer has them, and with them the one that is behind all this."""
        folder = self.bundle.with_name("certifi")
        if not folder.exists():
            shutil.copytree(certifi, folder)
            add(folder / "hashed", self.authority.read_text())
            with (folder / "amazon.pem").open("a") as file:
                file.write(self.authority.read_text())
        names = {"AWS_CA_BUNDLE": "amazon.pem", "CA_BUNDLE": "cacert.pem"}
        return {variable: str(folder / name) for variable, name in names.items()}

    def forget(self) -> None:
        self.calls.clear()
        self.spans.clear()
        self.connections = 0


@contextlib.contextmanager
def running_cloud(directory: Path) -> Iterator[Cloud]:
    """A table, a queue, a bus, three secrets and Jumio, behind one address of https."""
    authority = Authority(directory)
    bundle = directory / "bundle.pem"  # as long as the one that is read in production
    bundle.write_bytes(Path(certifi.where()).read_bytes() + authority.bundle.read_bytes())
    fast: dict[str, Any] = {"account_rate": 10_000, "account_burst": 10_000}
    fast |= {"retrieval_rate": 10_000, "retrieval_burst": 10_000, "callbacks": {"drop": True}}
    with mock_aws(), running_simulator(**fast) as simulator:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        server.daemon_threads = True
        server.socket = authority.server().wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        url = f"https://127.0.0.1:{server.server_address[1]}"
        cloud = Cloud(url, bundle, authority.bundle, simulator, _set_up(simulator, url, bundle))
        _Handler.cloud = cloud
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield cloud
        finally:
            server.shutdown()


def _dynamodb() -> Any:  # noqa: ANN401 boto3 makes its classes at run time
    return boto3.client("dynamodb", region_name="eu-central-1")


def _set_up(simulator: RunningSimulator, url: str, bundle: Path) -> dict[str, str]:
    region = {"region_name": "eu-central-1"}
    _dynamodb().create_table(**table_definition("table"))
    boto3.client("events", **region).create_event_bus(Name="bus")
    queue = boto3.client("sqs", **region).create_queue(QueueName="queue")["QueueUrl"]
    jumio = {"client_id": simulator.client_id, "client_secret": simulator.client_secret}
    for name, value in (("user-key", KEY), ("callback", KEY), ("jumio", json.dumps(jumio))):
        boto3.client("secretsmanager", **region).create_secret(Name=name, SecretString=value)
    return {
        "AWS_ACCESS_KEY_ID": "invented",
        "AWS_SECRET_ACCESS_KEY": "invented",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": url,
        "AWS_CA_BUNDLE": str(bundle),
        "CA_BUNDLE": str(bundle),
        "POWERTOOLS_SERVICE_NAME": "benchmark",
        "POWERTOOLS_METRICS_NAMESPACE": "Benchmark",
        "PYTHONDONTWRITEBYTECODE": "1",
        "ENVIRONMENT": "local",
        "TABLE_NAME": "table",
        "QUEUE_URL": queue,
        "BUS_NAME": "bus",
        "USER_KEY_SECRET_ID": "user-key",
        "CALLBACK_SECRET_ID": "callback",
        "JUMIO_SECRET_ID": "jumio",
        "JUMIO_BASE_URL": url,
        "JUMIO_DATA_CENTER": "emea-1",
        "JUMIO_USER_AGENT": "Example Benchmark/1.0",
        "PUBLIC_BASE_URL": url,
        "ACCOUNT_CALLS_PER_SECOND": "10000",
        "ACCOUNT_CALLS_BURST": "10000",
        "DAILY_CEILING": "1000000",
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    cloud: Cloud

    def setup(self) -> None:
        with contextlib.suppress(ssl.SSLError):
            self.request.do_handshake()
        self.cloud.connections += 1
        super().setup()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        service, _, operation = self.headers.get("X-Amz-Target", "").partition(".")
        name = SERVICES.get(service) or self._jumio_name()
        begun = time.monotonic()
        self.cloud.calls.append(operation or name)
        if self.cloud.waits:
            time.sleep(LATENCY.get(name, 0))
        with self.cloud.lock:  # moto's transactions are exact only one at a time
            status, headers, answer = self._ask(name, body) if service else self._relay(body)
        self.cloud.spans.append((operation or name, begun, time.monotonic()))
        self.send_response(status)
        for header in ("Content-Type", "x-amzn-errortype"):
            if header in headers:
                self.send_header(header, headers[header])
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815 the base's names

    def _jumio_name(self) -> str:
        path = urlsplit(self.path).path
        if self.command == "GET":
            self.cloud.last_read = path
            return "read"
        return next((name for pattern, name in _JUMIO.items() if re.search(pattern, path)), path)

    def _ask(self, name: str, body: bytes) -> tuple[int, Any, bytes]:
        address = f"https://{name}.eu-central-1.amazonaws.com/"
        kept = {n: v for n, v in self.headers.items() if n.lower() not in ("host", "connection")}
        answer = requests.post(address, data=body, headers=kept, timeout=30)
        return answer.status_code, answer.headers, answer.content

    def _relay(self, body: bytes) -> tuple[int, Any, bytes]:
        simulator = urlsplit(self.cloud.simulator.url)
        upstream = http.client.HTTPConnection(str(simulator.hostname), simulator.port, timeout=30)
        with contextlib.closing(upstream):
            upstream.request(self.command, self.path, body, dict(self.headers.items()))
            answer = upstream.getresponse()
            text = answer.read().replace(self.cloud.simulator.url.encode(), self.cloud.url.encode())
            return answer.status, answer.headers, text

    def log_message(self, *_: object) -> None:
        """Nothing: the table is what is printed."""
