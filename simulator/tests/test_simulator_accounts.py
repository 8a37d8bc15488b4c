"""Creating and updating accounts: the answer, and every documented refusal."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import requests

from simulator_driver import AGENT, Driver


def test_the_answer_describes_account_web_sdk_and_credentials(jumio: Driver) -> None:
    return_urls = {
        "successUrl": "https://app.example.com/done",
        "errorUrl": "http://localhost:5173/no",
    }
    body = jumio.opened(web=return_urls, tokenLifetime="15m").body

    assert list(body) == ["timestamp", "account", "web", "sdk", "workflowExecution"]
    assert UUID(body["account"]["id"]).version == UUID(body["workflowExecution"]["id"]).version == 4
    assert {name: body["web"][name] for name in return_urls} == return_urls
    credentials = {one["category"]: one for one in body["workflowExecution"]["credentials"]}
    assert set(credentials) == {"ID", "FACEMAP", "SELFIE"}
    assert credentials["ID"]["allowedChannels"] == ["WEB", "API", "SDK"]
    assert set(credentials["ID"]["api"]["parts"]) == {"front", "back"}
    assert credentials["FACEMAP"] == {
        "id": credentials["FACEMAP"]["id"],
        "category": "FACEMAP",
        "allowedChannels": ["WEB", "SDK"],
    }
    own = (
        f"{jumio.sim.url}/api/v1/accounts/{body['account']['id']}"
        f"/workflow-executions/{body['workflowExecution']['id']}"
    )
    selfie = credentials["SELFIE"]
    assert selfie["api"]["parts"] == {"face": f"{own}/credentials/{selfie['id']}/parts/FACE"}
    assert selfie["api"]["workflowExecution"] == own


def test_both_known_forms_of_the_web_address(jumio: Driver) -> None:
    current = urlsplit(jumio.opened(web={"locale": "de"}).body["web"]["href"])
    query = parse_qs(current.query)
    assert current.path == "/web/client"
    assert query["baseUrl"] == [f"{jumio.sim.url}/websdk/v4/api"]
    assert query["locale"] == ["de"]

    jumio.sim.admin.patch_options(web_href_form="v4")
    older = jumio.opened().body
    split = urlsplit(older["web"]["href"])
    assert split.path == "/web/v4/app"
    assert parse_qs(split.query) == {
        "authorizationToken": [older["sdk"]["token"]],
        "locale": ["en-US"],
    }


def test_an_update_opens_another_execution_on_the_same_account(jumio: Driver) -> None:
    first = jumio.opened()
    second = jumio.opened(account=first.account, key="10011")
    assert second.account == first.account
    assert second.id != first.id
    assert second.token != first.token
    assert {second.credential("ID")["id"]}.isdisjoint({first.credential("ID")["id"]})
    assert first.status() == "INITIATED"


def test_an_update_may_end_the_open_execution(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(update_ends_previous=True)
    first = jumio.opened()
    jumio.opened(account=first.account)
    assert first.status() == "TOKEN_EXPIRED"


@pytest.mark.parametrize("key", [10010, 10065, 10066, 10118])
def test_data_only_workflows_offer_neither_web_nor_sdk(jumio: Driver, key: int) -> None:
    body = jumio.opened(key=key, userReference="u").body
    assert "web" not in body
    assert "sdk" not in body
    (credential,) = body["workflowExecution"]["credentials"]
    assert credential["allowedChannels"] == ["API"]
    assert list(credential["api"]["parts"]) == ["prepared_data"]


def test_a_tenant_without_the_sdk_channel_gets_no_token(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(tenant_channels=["WEB", "API"])
    body = jumio.opened().body
    assert "sdk" not in body
    assert "web" in body
    assert "SDK" not in str(body["workflowExecution"]["credentials"])


def test_return_urls_come_from_the_tenant_when_the_request_has_none(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(default_success_url="https://tenant.example.com/done")
    assert jumio.opened().body["web"]["successUrl"] == "https://tenant.example.com/done"


@pytest.mark.parametrize("agent", ["", "python-requests/2.32", "curl/8.5.0", "Mozilla/5.0 (X11)"])
def test_a_user_agent_that_names_no_business_is_refused(jumio: Driver, agent: str) -> None:
    jumio.open()
    headers = {"Authorization": f"Bearer {jumio.bearer}", "User-Agent": agent}
    body = {"customerInternalReference": "a", "workflowDefinition": {"key": 10011}}
    url = f"{jumio.sim.url}/api/v1/accounts"
    assert requests.post(url, headers=headers, json=body, timeout=10).status_code == 403
    jumio.sim.admin.patch_options(require_user_agent=False)
    assert requests.post(url, headers=headers, json=body, timeout=10).status_code == 200


def test_a_caller_that_accepts_no_json_is_refused(jumio: Driver) -> None:
    assert (
        jumio.call("POST", "/api/v1/accounts", {"Accept": "text/html"}, json={}).status_code == 403
    )


def test_documented_error_bodies(jumio: Driver) -> None:
    unauthorized = jumio.call("POST", "/api/v1/accounts", {"Authorization": "Bearer x"}, json={})
    assert unauthorized.json()["detail"] == "The provided credentials are invalid"
    assert jumio.open(account="1d7c6a3e-0000-4000-8000-000000000000").status_code == 404
    wrong_verb = jumio.call("PUT", "/api/v1/accounts", json={})
    assert wrong_verb.status_code == 405
    assert wrong_verb.headers["Allow"] == "POST"
    assert wrong_verb.json()["detail"] == "Request method 'PUT' is not supported"
    assert jumio.call("POST", "/api/v1/accounts", data="{").status_code == 415
    broken = jumio.call("POST", "/api/v1/accounts", {"Content-Type": "application/json"}, data="{")
    assert broken.status_code == 400


def test_account_calls_over_the_limit_are_refused(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(account_rate=0.001, account_burst=3)
    statuses = [jumio.open().status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = jumio.open()
    assert refused.headers["Content-Type"] == "application/json"
    assert refused.json() == {
        "title": "Too Many Requests",
        "status": 429,
        "detail": "Request limit exceeded",
    }
    assert "Retry-After" not in refused.headers
    jumio.sim.admin.patch_options(retry_after_seconds=7)
    assert jumio.open().headers["Retry-After"] == "7"
    assert len(jumio.sim.admin.executions()) == 3


def test_fifty_creates_at_once_make_fifty_accounts(jumio: Driver) -> None:
    jumio.open()
    url = f"{jumio.sim.url}/api/v1/accounts"
    headers = {"Authorization": f"Bearer {jumio.bearer}", "User-Agent": AGENT}

    def create(number: int) -> requests.Response:
        body = {"customerInternalReference": f"a-{number}", "workflowDefinition": {"key": 10011}}
        return requests.post(url, headers=headers, json=body, timeout=30)

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(create, range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["account"]["id"] for answer in answers}) == 50
    witnessed = jumio.sim.admin.journal(endpoint="accounts.create")
    references = [entry["body"]["customerInternalReference"] for entry in witnessed]
    assert sorted(references) == sorted(["attempt-1", *(f"a-{number}" for number in range(50))])


def test_a_credential_that_passed_can_be_reused(jumio: Driver) -> None:
    first = jumio.opened(key=10015)
    wanted = {
        "key": 10015,
        "credentials": [{"category": "ID", "id": first.credential("ID")["id"]}],
    }
    assert jumio.open(account=first.account, workflowDefinition=wanted).status_code == 400
    jumio.sim.admin.play(first.id, "approved")
    second = jumio.opened(account=first.account, workflowDefinition=wanted)
    assert second.credential("ID")["id"] == first.credential("ID")["id"]
    assert second.status() == "ACQUIRED"


def test_a_credential_that_failed_cannot_be_reused(jumio: Driver) -> None:
    first = jumio.opened(key=10015)
    jumio.sim.admin.play(first.id, "declined: unreadable")
    reused = {"category": "ID", "id": first.credential("ID")["id"]}
    wanted = {"key": 10015, "credentials": [reused]}
    assert jumio.open(account=first.account, workflowDefinition=wanted).status_code == 400
