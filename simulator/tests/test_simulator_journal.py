"""The journal: what it tells, and what it never tells."""

import json

from simulator_driver import AGENT, Driver


def test_every_request_is_there_with_what_was_answered(jumio: Driver) -> None:
    execution = jumio.opened(userReference="u-1")
    jumio.open(tokenLifetime="1s")
    execution.status()
    jumio.call("GET", "/nowhere?a=1")
    entries = jumio.sim.admin.journal()
    assert [entry["endpoint"] for entry in entries] == [
        "token",
        "accounts.create",
        "accounts.create",
        "retrieval.status",
        None,
    ]
    assert [entry["status"] for entry in entries] == [200, 200, 400, 200, 404]
    created = entries[1]
    assert created["method"] == "POST"
    assert created["path"] == "/api/v1/accounts"
    assert created["body"]["userReference"] == "u-1"
    assert created["headers"]["user-agent"] == AGENT
    assert entries[4]["query"] == "a=1"


def test_it_can_be_filtered_and_cleared(jumio: Driver) -> None:
    execution = jumio.opened()
    execution.status()
    last = jumio.sim.admin.journal()[-1]["number"]
    execution.details()
    admin = jumio.sim.admin
    assert len(admin.journal(method="get")) == 2
    assert len(admin.journal(path="/api/v1/accounts")) == 1
    assert len(admin.journal(path="*/status")) == 1
    assert [entry["endpoint"] for entry in admin.journal(since=last)] == ["retrieval.details"]
    admin.clear_journal()
    assert admin.journal() == []
    execution.status()
    assert admin.journal()[0]["number"] > last


def test_no_secret_is_written_down(jumio: Driver) -> None:
    execution = jumio.opened()
    token = execution.token
    form = {"grant_type": "client_credentials", "client_secret": "hush-hush"}
    jumio.fetch_token(auth=None, data=form)
    execution.upload("ID", "front", files={"file": b"\x89PNG" + b"0" * 9})
    href = execution.body["web"]["href"]
    jumio.call("GET", href, {"Cookie": "a=hush-hush", "Referer": href})
    jumio.call("POST", "/web/client/start", data={"authorizationToken": token})
    text = json.dumps(jumio.sim.admin.journal())
    for secret in ("hush-hush", token, jumio.bearer, "ZGVtby1jbGllbnQ6", "demo-secret"):
        assert secret not in text
    upload = jumio.sim.admin.journal(endpoint="parts.upload")[0]
    assert upload["body"].endswith("bytes of multipart/form-data")
    assert upload["headers"]["authorization"] == "Bearer [redacted]"
