"""docs/jumio.md names the members of Jumio's answers and callbacks, and which of them we read."""

import gzip
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from simulator_driver import Driver
from tests.support.events import event
from tests.support.everything import opened, opened_everywhere, read_members, readings
from tests.support.jumio import LONG, told
from tests.support.words import changed, paths, rows, words
from verification.domain.deadline import Deadline
from verification.domain.errors import Problem
from verification.edge.http import Request
from verification.edge.http.callback import said
from verification.jumio.oauth import _parse
from verification.jumio.token import start_by
from verification.jumio.transport import Reply


def test_the_account_answers_members(jumio: Driver) -> None:
    answers = [execution.body for execution in opened_everywhere(jumio)]
    found = set().union(*map(paths, answers))
    assert found == words("Account answer", simulated=True) == words("Account answer")

    def read(body: Any) -> object:
        try:
            return told((200, body), data_center="emea-1").open_execution(
                {}, account_id=None, deadline=Deadline(LONG)
            )
        except Problem as problem:
            return type(problem)

    # Jumio's own hosts: an address that leads elsewhere is not handed out.
    href = "https://tenant.web.emea-1.jumio.ai/web/client?authorizationToken=t"
    both = changed(opened(jumio, "10120").body, "web.href", lambda _: href)
    needed = words("Account answer", product="reads") | words("Account answer", product="passes on")
    assert read_members(both, read) == needed
    handed_out = read(both)
    assert [handed_out.token, handed_out.href] == [both["sdk"]["token"], href]
    assert words("Account answer", product="passes on") == {"sdk.token", "web.href"}


def test_the_transaction_tokens_members(jumio: Driver) -> None:
    now = int(jumio.sim.admin.clock()["now"])
    header, payload, signature = jumio.opened().token.split(".")
    claims = json.loads(gzip.decompress(urlsafe_b64decode(payload + "==")))
    assert claims.keys() == words("Transaction token", simulated=True) == words("Transaction token")

    def read(said: dict[str, Any]) -> object:
        packed = urlsafe_b64encode(gzip.compress(json.dumps(said).encode())).decode()
        return start_by(f"{header}.{packed}.{signature}", begun_at=now - 9, lifetime=1800)

    assert read(claims)
    assert read_members(claims, read) == words("Transaction token", product="reads")


def test_the_access_tokens_members(jumio: Driver) -> None:
    answer = jumio.fetch_token().json()
    assert paths(answer) == words("Access token", simulated=True) == words("Access token")

    def read(body: Any) -> object:
        token, ends_at = _parse(Reply(200, body, None)) or ("", 0)
        return token, ends_at - time.time() > 2000

    answer["expires_in"] = 1800
    assert read_members(answer, read) == words("Access token", product="reads")


def test_the_members_of_upload_and_finalize_answers(jumio: Driver) -> None:
    def documented(call: str) -> set[str]:
        listed = rows("Upload and finalize answers")
        of_it = [row for row in listed if {call, "both"} & set(row.cells["Answer to"].split("; "))]
        return {word for row in of_it for word in row.words}

    execution = jumio.opened(key=10066)
    uploaded = execution.upload("DATA", "prepared_data", json={"email": "robin@people.example"})
    assert paths(uploaded.json()) == documented("upload")
    assert paths(execution.finalize().json()) == documented("finalize")


def test_the_callbacks_members(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(callbacks={"drop": True, "real_hosts": True})
    execution = opened(jumio, "10011")
    jumio.sim.admin.play(execution.id, "approved")
    (sent,) = jumio.sim.admin.execution(execution.id)["callbacks"]
    assert paths(sent["payload"]) == words("Callback", simulated=True)

    def read(body: Any) -> object:
        return said(Request(event("receive_callback", body=json.dumps(body))))

    assert read_members(sent["payload"], read) == words("Callback", product="reads")


def test_the_status_answers_members(jumio: Driver) -> None:
    execution = jumio.opened()
    status = jumio.call("GET", f"{execution.path}/status").json()
    assert paths(status) == words("Status answer", simulated=True) == words("Status answer")
    status["workflowExecution"]["status"] = "TOKEN_EXPIRED"  # then it is all that there is
    found = read_members(status, lambda body: readings(body, (404, {})))
    assert found == words("Status answer", product="reads")
