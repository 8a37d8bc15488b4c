"""The transaction token, read as the public web component reads it."""

import base64
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from simulator_driver import Driver


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _claims(token: str) -> dict:
    claims: dict = json.loads(gzip.decompress(_decoded(token.split(".")[1])))
    return claims


def test_the_payload_is_gzipped_json_with_the_six_members(jumio: Driver) -> None:
    execution = jumio.opened(tokenLifetime="15m", customerInternalReference="attempt-9")
    header, payload, signature = execution.body["sdk"]["token"].split(".")

    assert json.loads(_decoded(header)) == {"alg": "HS512", "zip": "GZIP"}
    assert len(_decoded(signature)) == 64
    claims = _claims(f"{header}.{payload}.")
    assert list(claims) == ["exAt", "accId", "aId", "wfeId", "cRef", "cId"]
    assert claims["accId"] == execution.account
    assert claims["aId"] == claims["wfeId"] == execution.id
    assert claims["cRef"] == "attempt-9"
    created = datetime.fromisoformat(execution.body["timestamp"])
    expires = datetime.fromtimestamp(int(claims["exAt"]) / 1000, UTC)
    assert abs(expires - created - timedelta(minutes=15)) < timedelta(milliseconds=2)


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("milliseconds", lambda moment: str(int(moment * 1000))),
        ("seconds", lambda moment: str(int(moment))),
        ("microseconds", lambda moment: str(int(moment * 1_000_000))),
        ("number", lambda moment: int(moment * 1000)),
        ("absent", lambda _: None),
    ],
)
def test_the_expiry_can_be_told_in_another_form(
    jumio: Driver, form: str, shown: Callable[[float], object]
) -> None:
    jumio.sim.admin.patch_options(exat_form=form)
    claims = _claims(jumio.opened(tokenLifetime="15m").token)
    assert claims.get("exAt") == shown(jumio.sim.admin.clock()["now"] + 900)


def test_the_expiry_can_be_told_as_a_date(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(exat_form="iso8601")
    opened = jumio.opened()
    assert _claims(opened.token)["exAt"] == jumio.sim.admin.execution(opened.id)["expiresAt"]


def test_the_same_string_is_in_all_three_places(jumio: Driver) -> None:
    body = jumio.opened().body
    in_web = parse_qs(urlsplit(body["web"]["href"]).query)["authorizationToken"]
    in_api = {
        one["api"]["token"] for one in body["workflowExecution"]["credentials"] if "api" in one
    }
    assert in_web == [body["sdk"]["token"]]
    assert in_api == {body["sdk"]["token"]}


def test_the_web_token_can_be_another_string(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(web_token="separate")
    body = jumio.opened().body
    in_web = parse_qs(urlsplit(body["web"]["href"]).query)["authorizationToken"]
    assert in_web != [body["sdk"]["token"]]
    assert jumio.call("GET", body["web"]["href"]).status_code == 200
    sdk_token = body["sdk"]["token"]
    assert jumio.call("GET", f"/web/client?authorizationToken={sdk_token}").status_code == 401
