"""The token endpoint, and what bearers are good for."""

import base64
import json

import pytest
import requests

from simulator_driver import Driver


def test_a_bearer_lasts_an_hour_and_is_handed_out_again_while_fresh(jumio: Driver) -> None:
    first = jumio.fetch_token().json()
    jumio.sim.admin.advance(60)
    again = jumio.fetch_token().json()

    assert set(first) == {"access_token", "expires_in", "token_type"}
    assert (first["expires_in"], first["token_type"]) == (3600, "Bearer")
    assert again["access_token"] == first["access_token"]
    assert again["expires_in"] == 3540


def test_an_aged_bearer_may_claim_its_full_lifetime(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(aged_token_expires_in="full")
    jumio.fetch_token()
    jumio.sim.admin.advance(600)
    assert jumio.fetch_token().json()["expires_in"] == 3600


def test_a_bearer_says_when_it_expires(jumio: Driver) -> None:
    token = jumio.fetch_token().json()["access_token"]
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["exp"] - claims["iat"] == 3600


def test_an_old_bearer_is_replaced_and_an_expired_one_refused(jumio: Driver) -> None:
    jumio.open()
    old = jumio.bearer
    jumio.sim.admin.advance(3400)
    assert jumio.fetch_token().json()["access_token"] != old
    assert jumio.open().status_code == 200
    jumio.sim.admin.advance(200)
    assert jumio.open().status_code == 401


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"auth": ("demo-client", "wrong")}, 401),
        ({"auth": ("nobody", "demo-secret")}, 401),
        ({"auth": None}, 401),
        ({"data": {"grant_type": "password"}}, 400),
        ({"data": None}, 400),
        ({"data": None, "json": {"grant_type": "client_credentials"}}, 400),
    ],
)
def test_wrong_token_requests_are_refused(jumio: Driver, changes: dict, status: int) -> None:
    assert jumio.fetch_token(**changes).status_code == status


def test_the_eleventh_token_request_of_a_second_is_refused(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(token_rate=0.001, token_burst=10)
    statuses = [jumio.fetch_token().status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]


def test_clients_may_only_do_what_they_are_permitted(jumio: Driver) -> None:
    execution = jumio.opened()
    for permission, may_open, may_read, may_delete in (
        ("initiate", 200, 403, 403),
        ("retrieve", 403, 200, 403),
        ("delete", 403, 403, 200),
    ):
        client = {"id": permission, "secret": "s", "permissions": [permission]}
        jumio.sim.admin.patch_options(clients=[client])
        jumio.bearer = jumio.fetch_token(auth=(permission, "s")).json()["access_token"]
        assert jumio.open().status_code == may_open
        assert jumio.open(account=execution.account).status_code == may_open
        assert jumio.call("GET", execution.path).status_code == may_read
        assert jumio.call("DELETE", execution.path).status_code == may_delete


def test_revoked_bearers_are_refused_and_replaced(jumio: Driver) -> None:
    jumio.open()
    assert jumio.sim.admin.revoke_tokens() == 1
    refused = jumio.open()
    assert refused.status_code == 401
    assert refused.json() == {
        "title": "Unauthorized",
        "status": 401,
        "detail": "The provided credentials are invalid",
    }
    jumio.bearer = ""
    assert jumio.open().status_code == 200
    assert jumio.sim.admin.revoke_tokens("somebody else") == 0
    assert jumio.open().status_code == 200


def test_a_rotated_secret_is_refused_and_what_it_bought_stays_valid(jumio: Driver) -> None:
    jumio.open()
    secret = jumio.sim.admin.rotate_secret(jumio.sim.client_id)
    assert secret != jumio.sim.client_secret
    assert jumio.fetch_token().status_code == 401
    assert jumio.fetch_token(auth=(jumio.sim.client_id, secret)).status_code == 200
    assert jumio.open().status_code == 200
    jumio.sim.admin.rotate_secret(jumio.sim.client_id, "the-next", revoke=True)
    assert jumio.open().status_code == 401
    answer = jumio.fetch_token(auth=(jumio.sim.client_id, "the-next"))
    jumio.bearer = answer.json()["access_token"]
    assert jumio.open().status_code == 200


def test_only_clients_that_exist_have_secrets(jumio: Driver) -> None:
    with pytest.raises(requests.HTTPError):
        jumio.sim.admin.rotate_secret("nobody")
    assert jumio.fetch_token().status_code == 200
