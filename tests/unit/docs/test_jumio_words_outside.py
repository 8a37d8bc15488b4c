"""docs/jumio.md names Jumio's places, calls, errors and states, and what people's clients say."""

import json
import re
from collections.abc import Callable
from typing import Any, get_args

import pytest
import requests

from jumio_simulator.admin import index_routes
from jumio_simulator.api import (
    accounts_routes,
    api_channel_routes,
    deletion_routes,
    feedback_routes,
    retrieval_routes,
    token_routes,
)
from jumio_simulator.api.url_rules import RESERVED_QUERY
from jumio_simulator.person.hosted_state import ERRORS
from jumio_simulator.person.sdk import LOCAL_ENDS
from jumio_simulator.person.sdk import main as sdk
from jumio_simulator.person.sdk_backend_routes import DATA_CENTERS
from jumio_simulator.world.options import Options, Status
from jumio_simulator.world.verdicts import score_type
from simulator_driver import Driver
from tests.support.jumio import client, told
from tests.support.template import ROOT
from tests.support.words import Row, paths, rows, words
from verification.domain.deadline import Deadline
from verification.domain.errors import Problem
from verification.domain.execution import PROCESSED, Decision, state_of
from verification.domain.sources import PUBLISHED
from verification.jumio import Hosts
from verification.settings import DataCenter

FRONTENDS = (ROOT / "docs/frontends.md").read_text()
ROUTES = [
    *(*token_routes.ROUTES, *accounts_routes.ROUTES, *api_channel_routes.ROUTES),
    *(*retrieval_routes.ROUTES, *feedback_routes.ROUTES, *deletion_routes.ROUTES),
    *index_routes.ROUTES,
]
JUMIO = "https://{host}.emea-1.jumio.ai"


def by_word(heading: str, column: str | None = None) -> list[tuple[str, Row]]:
    return [(word, row) for row in rows(heading, column) for word in row.words]


def test_the_data_centres_are_the_documented_ones() -> None:
    assert words("Data centres") == set(get_args(DataCenter)) == PUBLISHED.keys()
    for row in rows("Data centres"):
        (name,) = row.words
        ((sdk_name,), (component,)) = row.named("SDK"), row.named("Web component")
        assert DATA_CENTERS[sdk_name] == name
        assert {f"`{sdk_name}`", f"`{component}`"} <= set(re.findall(r"`\w+`", FRONTENDS))
        assert row.cells["Callbacks come from"].split() == list(PUBLISHED[name])
        assert Options(data_center=name).data_center == name


def test_the_simulators_calls_are_the_documented_ones() -> None:
    served = {
        f"{method} {one.path}" for one in ROUTES for method in (one.methods or set()) - {"HEAD"}
    }
    assert served == words("Calls", simulated=True)


def test_the_products_calls_are_the_documented_ones(jumio: Driver) -> None:
    url = jumio.sim.url
    product, deadline = client(url), Deadline(30)
    request = {"customerInternalReference": "r", "workflowDefinition": {"key": 10066}}
    first = product.open_execution(request, account_id=None, deadline=deadline)
    again = product.open_execution(request, account_id=first.account_id, deadline=deadline)
    jumio.sim.admin.add_fault("parts.upload", "status", status=400)
    product.upload_prepared_data(again, {"email": "robin@people.example"}, deadline=deadline)
    product.finalize(again, deadline=deadline)
    jumio.sim.admin.advance(5)
    ids = again.account_id, again.workflow_execution_id
    product.read_execution(*ids, with_details=True, deadline=deadline)
    product.delete_account(again.account_id, deadline=deadline)
    names = {one.name: one for one in ROUTES}
    seen = {(one["method"], names[one["endpoint"]].path) for one in jumio.sim.admin.journal()}
    assert {f"{method} {path}" for method, path in seen} == words("Calls", product="sends")


def test_the_products_hosts_are_the_documented_ones() -> None:
    hosts = {row.cells["Host"] for row in rows("Calls") if row.product == "sends"}
    made = Hosts.of("emea-1")
    assert {getattr(made, name) for name in hosts} == {JUMIO.format(host=name) for name in hosts}
    assert hosts == vars(made).keys()


@pytest.mark.parametrize(("call", "row"), by_word("Calls"))
def test_a_call_is_answered_by_the_simulator_or_by_nobody(
    jumio: Driver, call: str, row: Row
) -> None:
    execution = jumio.opened()
    jumio.sim.admin.play(execution.id, "approved")
    credential = execution.credential("ID")["id"]
    method, path = call.split()
    given = {"account": execution.account, "execution": execution.id, "credential": credential}
    answer = jumio.call(method, path.format(**given, classifier="FRONT"), json={})
    nobody = {"title": "Not Found", "status": 404, "detail": "Not Found"}
    is_json = "json" in answer.headers.get("content-type", "")
    assert (is_json and answer.json() == nobody) is not row.simulated
    assert answer.status_code != 405


def ending(work: Callable[[], object]) -> str:
    with pytest.raises(Problem) as problem:
        work()
    return problem.value.code


@pytest.mark.parametrize(("status", "row"), by_word("Errors"))
def test_an_error_becomes_the_documented_problem(status: str, row: Row) -> None:
    jumio = told((int(status), {}))
    opening = ending(lambda: jumio.open_execution({}, account_id="a", deadline=Deadline(0.05)))
    reading = ending(
        lambda: jumio.read_execution("a", "w", with_details=False, deadline=Deadline(0.05))
    )
    assert ((opening,), (reading,)) == (row.named("Opening"), row.named("Reading"))


def test_the_simulators_errors_are_the_documented_ones(jumio: Driver) -> None:
    def post(**members: Any) -> requests.Response:
        return jumio.call("POST", "/api/v1/accounts", **members)

    request = {"customerInternalReference": "r", "workflowDefinition": {"key": 10011}}
    answered = {
        post(json={}).status_code,
        post(json=request, headers={"Authorization": "Bearer wrong"}).status_code,
        post(json=request, headers={"User-Agent": ""}).status_code,
        post(data="{}", headers={"Content-Type": "text/plain"}).status_code,
        jumio.call("PATCH", "/api/v1/accounts", json=request).status_code,
    }
    for status in (404, 409, 410):
        jumio.sim.admin.patch_options(unknown_account_status=status)
        answered.add(jumio.open(account="nobody").status_code)
    jumio.sim.admin.patch_options(account_burst=1, account_rate=0.001)
    answered |= {post(json=request).status_code for _ in range(2)} - {200}
    assert {str(status) for status in answered} == words("Errors", simulated=True)


def test_the_statuses_are_the_documented_ones() -> None:
    assert words("Workflow statuses") == set(get_args(Status))
    for row in rows("Workflow statuses"):
        (status,), here = row.words, row.named("Here")
        state = state_of(status, None)
        assert (state.value if state else None) == (here[0] if here else None)
        final = state.final if state else status == PROCESSED
        assert row.cells["Ends"] == ("yes" if final else "no")


@pytest.mark.parametrize(("interim", "said"), [(False, {"yes"}), (True, {"yes", "by `interim`"})])
def test_the_statuses_that_are_called_back_are_the_documented_ones(
    jumio: Driver, interim: bool, said: set[str]
) -> None:
    jumio.sim.admin.patch_options(callbacks={"interim": interim, "drop": True})
    called: set[str] = set()
    for scenario in ("approved", "abandons", "never starts"):
        execution = jumio.opened(callbackUrl="https://bff.example.com/callbacks/x")
        jumio.sim.admin.play(execution.id, scenario)
        called |= {one["status"] for one in jumio.sim.admin.execution(execution.id)["callbacks"]}
    listed = [row for row in rows("Workflow statuses") if row.cells["Called back"] in said]
    assert called == {word for row in listed for word in row.words}


def test_the_decision_types_are_the_documented_ones() -> None:
    bands: dict[int, str] = {}
    for row in rows("Decision types"):
        (decision_type,), (here,) = row.words, row.named("Here")
        state = state_of(PROCESSED, Decision(decision_type))
        assert state is not None
        assert state.value == here
        band = [int(number) for number in re.findall(r"-?\d+", row.cells["Score"])]
        bands |= dict.fromkeys(range(band[0], band[-1] + 1), decision_type)
    assert bands == {score: score_type(score, Options()) for score in range(-1, 101)}


def test_the_parameters_of_return_addresses_are_the_documented_ones(jumio: Driver) -> None:
    heading, column = "What the web client says", "Parameter"
    assert words(heading, column) == RESERVED_QUERY
    web = {"successUrl": "https://app.example.com/done", "errorUrl": "https://app.example.com/not"}
    execution = jumio.opened(web=web)
    form = {"authorizationToken": execution.token}
    failed = jumio.call("POST", "/web/client/fail", data=form | {"errorCode": "9801"})
    done = jumio.call("POST", "/web/client/finish", data=form)
    names = [set(re.findall(r"[?&](\w+)=", one.headers["Location"])) for one in (done, failed)]
    assert names[1] == names[0] | {"errorCode"} == words(heading, column, simulated=True)


def told_to_frontends(what: str, word: str) -> set[str]:
    listed = re.findall(rf"^\| {what} ([^|]+)", FRONTENDS, re.MULTILINE)
    rows = [re.sub(r"\([^)]*\)", "", row) for row in listed]
    return {found for row in rows for found in re.findall(rf"\b{word}\b", row)}


def test_the_web_clients_error_codes_are_the_documented_ones() -> None:
    heading, column = "What the web client says", "`errorCode`"
    assert words(heading, column, simulated=True) == ERRORS.keys()
    assert words(heading, column, product="passes on") == told_to_frontends(
        "Web `errorCode`", r"\d{4}"
    )


def test_the_web_clients_messages_are_the_documented_ones(jumio: Driver) -> None:
    execution = jumio.opened()
    form = {"authorizationToken": execution.token, "errorCode": "9801", "framed": "1"}
    page = jumio.call("POST", "/web/client/fail", data=form).text
    (text,) = re.findall(r'<script id="message"[^>]*>(.*?)</script>', page)
    message = json.loads(json.loads(text))
    heading, column = "What the web client says", "Member of a message"
    assert paths(message) == words(heading, column, simulated=True)


def test_the_letters_of_the_sdk_are_the_documented_ones(
    jumio: Driver, capsys: pytest.CaptureFixture[str]
) -> None:
    def letter(token: str, *more: str) -> str:
        assert sdk([token, "--url", jumio.sim.url, "--data-center", "EU", *more]) == 1
        return str(json.loads(capsys.readouterr().out)["errorCode"])[0]

    def fresh() -> str:
        return jumio.opened().body["sdk"]["token"]

    said = {letter(fresh(), "--do", how) for how in (*LOCAL_ENDS, "timeout")}
    said.add(letter("no-token"))
    said.add(letter(fresh(), "--data-center", "US"))
    said.add(letter(fresh(), "--scenario", "no such scenario"))
    heading = "What the mobile SDK says"
    assert said == words(heading, simulated=True)
    assert words(heading, product="passes on") == told_to_frontends("SDK error", "[A-Z]")
