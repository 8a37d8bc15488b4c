"""The simulator as a process of the stack."""

from pathlib import Path

import pytest
import requests

from local import jumio
from local.processes.group import ProcessGroup


@pytest.mark.parametrize("secret", ["-begins-with-a-dash", "--help", "ends with = and spaces "])
def test_any_client_secret_reaches_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setattr(jumio.secrets, "token_urlsafe", lambda _size: secret)
    with ProcessGroup([]) as group:
        child, simulator = jumio.start(group, tmp_path)
        jumio.wait_until_ready(child, simulator)
        answer = requests.post(
            f"{simulator.url}/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(simulator.client_id, secret),
            headers={"User-Agent": "Test Process/1.0"},
            timeout=10,
        )
    assert answer.status_code == 200
