"""The hosted web client, driven as a browser without JavaScript would drive it."""

import html
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from simulator_driver import Driver, Opened, Receiver

RETURN = {"successUrl": "https://app.example.com/done", "errorUrl": "https://app.example.com/no"}


def _page(jumio: Driver, execution: Opened, **headers: str) -> requests.Response:
    return jumio.call("GET", execution.body["web"]["href"], headers)


def _step(jumio: Driver, execution: Opened) -> str:
    found = re.search(r'data-step="(\w+)"', _page(jumio, execution).text)
    assert found is not None
    return found[1]


def _post(jumio: Driver, execution: Opened, action: str, **fields: str) -> requests.Response:
    data = {"authorizationToken": execution.body["sdk"]["token"], **fields}
    return jumio.call("POST", f"/web/client/{action}", data=data)


def _message(page: requests.Response) -> dict:
    found = re.search(r'<script id="message"[^>]*>(.*?)</script>', page.text, re.DOTALL)
    assert found is not None
    text = json.loads(html.unescape(found[1]))
    assert isinstance(text, str)
    return dict(json.loads(text))


def test_a_person_goes_through_every_step(jumio: Driver) -> None:
    execution = jumio.opened(web=RETURN)
    steps = [_step(jumio, execution)]
    for action in ("start", "document", "capture", "capture", "capture"):
        answer = _post(jumio, execution, action, country="DEU", type="ID_CARD")
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/web/client?authorizationToken=")
        steps.append(_step(jumio, execution))
    assert steps == ["welcome", "document", "capture", "capture", "capture", "decide"]
    answer = _post(jumio, execution, "finish", scenario="declined: selfie mismatch")
    target = urlsplit(answer.headers["Location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == RETURN["successUrl"]
    assert parse_qs(target.query) == {
        "accountId": [execution.account],
        "workflowExecutionId": [execution.id],
        "acquisitionStatus": ["SUCCESS"],
        "customerInternalReference": ["attempt-1"],
    }
    jumio.sim.admin.advance(10)
    details = execution.details()
    assert details["decision"]["type"] == "REJECTED"
    extraction = details["capabilities"]["extraction"][0]["data"]
    assert (extraction["type"], extraction["issuingCountry"]) == ("ID_CARD", "DEU")


def test_one_form_is_enough_to_finish(jumio: Driver) -> None:
    execution = jumio.opened()
    answer = _post(jumio, execution, "finish", scenario="approved")
    assert answer.status_code == 200
    assert 'data-kind="success"' in answer.text
    assert execution.status() == "ACQUIRED"
    assert 'data-kind="finished"' in _page(jumio, execution).text


def test_presets_narrow_the_choice(jumio: Driver) -> None:
    credential = {
        "category": "ID",
        "country": {"values": ["ITA"]},
        "type": {"predefinedType": "RECOMMENDED", "values": ["VISA"]},
    }
    definition = {"key": 10011, "credentials": [credential]}
    execution = jumio.opened(workflowDefinition=definition)
    _post(jumio, execution, "start")
    text = _page(jumio, execution).text
    assert re.findall(r"<option>(\w+)</option>", text) == ["ITA"]
    assert re.findall(r'name="type" value="(\w+)"', text)[:2] == ["VISA", "PASSPORT"]


@pytest.mark.parametrize("form", ["client", "v4"])
def test_an_expired_token_is_refused_with_9200(jumio: Driver, form: str) -> None:
    jumio.sim.admin.patch_options(web_href_form=form)
    execution = jumio.opened(tokenLifetime="5m")
    jumio.sim.admin.advance(300)
    page = _page(jumio, execution)
    assert page.status_code == 401
    assert 'data-error-code="9200"' in page.text


@pytest.mark.parametrize("token", ["", "a.b.c"])
def test_an_unknown_token_is_refused_with_9200(jumio: Driver, token: str) -> None:
    page = jumio.call("GET", f"/web/client?authorizationToken={token}")
    assert page.status_code == 401
    assert 'data-error-code="9200"' in page.text


def test_an_idle_session_is_refused_with_9210_at_the_error_url(jumio: Driver) -> None:
    execution = jumio.opened(web=RETURN)
    _post(jumio, execution, "start")
    jumio.sim.admin.advance(900)
    answer = _page(jumio, execution)
    assert answer.status_code == 303
    target = urlsplit(answer.headers["Location"])
    assert target.path == "/no"
    assert parse_qs(target.query)["errorCode"] == ["9210"]
    assert parse_qs(target.query)["acquisitionStatus"] == ["ERROR"]
    assert _post(jumio, execution, "capture").headers["Location"] == answer.headers["Location"]


def test_a_query_of_the_return_url_is_kept(jumio: Driver) -> None:
    execution = jumio.opened(web={"successUrl": "https://app.example.com/done?tab=2"})
    target = urlsplit(_post(jumio, execution, "finish").headers["Location"])
    assert parse_qs(target.query)["tab"] == ["2"]
    assert parse_qs(target.query)["acquisitionStatus"] == ["SUCCESS"]


def test_the_embedding_page_is_told_in_a_json_string(jumio: Driver) -> None:
    execution = jumio.opened(web=RETURN)
    loaded = _message(_page(jumio, execution, **{"Sec-Fetch-Dest": "iframe"}))
    moment = loaded.pop("dateTime")
    assert moment.endswith("Z")
    assert loaded == {
        "accountId": execution.account,
        "authorizationToken": execution.token,
        "workflowExecutionId": execution.id,
        "customerInternalReference": "attempt-1",
        "eventType": 510,
        "payload": {"value": "loaded"},
    }
    failed = _message(_post(jumio, execution, "fail", errorCode="9835", framed="1"))
    assert failed["payload"] == {"value": "error", "metainfo": {"code": "9835"}}
    done = _post(jumio, execution, "finish", framed="1")
    assert done.status_code == 200
    assert _message(done)["payload"] == {"value": "success"}
    assert RETURN["successUrl"] in done.text


def test_only_opening_the_page_says_loaded(jumio: Driver) -> None:
    execution = jumio.opened()
    step = _post(jumio, execution, "start").headers["Location"]
    assert 'type="application/json">null</script>' in jumio.call("GET", step).text
    assert _message(_page(jumio, execution))["payload"] == {"value": "loaded"}


def test_an_expired_token_in_a_frame_tells_the_embedding_page(jumio: Driver) -> None:
    execution = jumio.opened(web=RETURN, tokenLifetime="5m")
    jumio.sim.admin.advance(300)
    page = _page(jumio, execution, **{"Sec-Fetch-Dest": "iframe"})
    assert _message(page)["payload"]["metainfo"] == {"code": "9200"}


def test_leaving_lets_the_time_run_or_expires_at_once(jumio: Driver) -> None:
    execution = jumio.opened()
    _post(jumio, execution, "start")
    assert 'data-kind="left"' in _post(jumio, execution, "leave").text
    assert execution.status() == "ACQUISITION_STARTED"
    _post(jumio, execution, "leave", expire="1")
    assert execution.status() == "SESSION_EXPIRED"


def test_a_broken_client_leaves_the_execution_open(jumio: Driver) -> None:
    execution = jumio.opened(web=RETURN)
    _post(jumio, execution, "start")
    answer = _post(jumio, execution, "fail", errorCode="9820")
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["errorCode"] == ["9820"]
    assert execution.status() == "ACQUISITION_STARTED"
    assert _post(jumio, execution, "fail", errorCode="1").status_code == 400


def test_the_page_keeps_its_address_to_itself(jumio: Driver) -> None:
    page = _page(jumio, jumio.opened())
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


def test_without_the_web_channel_the_token_opens_no_page(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(tenant_channels=["SDK", "API"])
    token = jumio.opened().body["sdk"]["token"]
    answer = jumio.call("GET", f"/web/client?authorizationToken={token}")
    assert answer.status_code == 401


def test_people_get_a_list_of_executions_at_the_root(jumio: Driver) -> None:
    execution = jumio.opened()
    page = jumio.call("GET", "/", {"Accept": "text/html"})
    assert execution.id in page.text
    form = {"scenario": "approved"}
    answer = jumio.call("POST", f"/_simulator/executions/{execution.id}/play", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert execution.status() == "PROCESSED"


def test_forms_on_the_list_expire_and_call_back(jumio: Driver, receiver: Receiver) -> None:
    jumio.opened(callbackUrl=receiver.url)
    page = jumio.call("GET", "/", {"Accept": "text/html"})
    actions = re.findall(r'action="(/_simulator/[^"]+)"', page.text)
    assert [action.rpartition("/")[2] for action in actions] == ["play", "expire", "callback"]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for action in actions[1:]:
        assert jumio.call("POST", action, form).status_code == 303
    assert receiver.statuses() == ["TOKEN_EXPIRED", "TOKEN_EXPIRED"]
