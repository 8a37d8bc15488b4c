"""A deployment that asks a function of the adopter's whether an app is genuine."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from tests.support.problems import problem
from tests.support.reconfigured import name_of
from tests.support.stack import RunningStack, running_stack, sharing

ARN = "arn:aws:lambda:eu-central-1:000000000000:function:judge"

# It knows one attestation, and only with the access token that came in the same request.
CODE = """
def handler(event, context):
    if event["attestation"] == "break":
        raise ValueError
    known = "genuine for " + event["ath"]
    return {"genuine": event["attestation"] == known and bool(event["subject"])}
"""


@pytest.fixture(scope="module")
def stack(artefacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A deployment that is told of such a function, which it gets the right to invoke."""
    folder = tmp_path_factory.mktemp("attestation")
    told = ["--parameter", f"AttestationFunction={ARN}"]
    with running_stack(sharing(folder, artefacts), *told) as running:
        functions = running.aws.functions
        ours = functions.get_function_configuration(FunctionName=name_of(running, "create_session"))
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as writing:
            writing.writestr("judge.py", CODE)
        functions.create_function(
            FunctionName=ARN.rpartition(":")[2],
            Runtime="python3.13",
            Handler="judge.handler",
            Role=ours["Role"],
            Code={"ZipFile": archive.getvalue()},
        )
        yield running


def ask(frontend: Frontend, attestation: str | None, channel: str = "sdk") -> httpx.Response:
    headers = {} if attestation is None else {"App-Attestation": attestation}
    return frontend.request("POST", "/sessions", {"channel": channel}, headers)


def ath(frontend: Frontend) -> str:
    digest = hashlib.sha256(frontend._token.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_a_genuine_app_gets_a_token_and_anything_else_gets_nothing(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    for attestation in (None, "genuine for somebody else"):
        assert problem(stack, ask(frontend, attestation)) == (403, "attestation-refused")
    assert problem(stack, ask(frontend, "break")) == (503, "temporarily-unavailable")
    assert simulator.journal(endpoint="accounts.*") == []

    opened = ask(frontend, f"genuine for {ath(frontend)}")
    assert opened.status_code == httpx.codes.CREATED
    assert opened.json()["sdk"]["token"]


def test_a_page_of_jumios_is_for_any_browser(frontend: Frontend) -> None:
    assert ask(frontend, None, "web").status_code == httpx.codes.CREATED
