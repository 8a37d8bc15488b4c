"""Where a person is sent is Jumio's web client, whatever an answer says."""

import logging

import pytest

from jumio_simulator.testing import RunningSimulator
from tests.support.answers import EXECUTION, TOKEN, created
from tests.support.jumio import REQUEST, client, told
from tests.support.servers import answer_json, socket_server
from verification.domain.deadline import Deadline

TAIL = "web/client?baseUrl=https%3A%2F%2Fweb-sdk.emea-1.jumio.ai%2Fwebsdk&authorizationToken=t.t.t"


def handed_out(href: str, data_center: str = "emea-1") -> str | None:
    jumio = told((200, created("ID", web={"href": href})), data_center=data_center)
    opened = jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(5))
    assert (opened.workflow_execution_id, opened.token) == (EXECUTION, TOKEN)
    return opened.href


@pytest.mark.parametrize("center", ["amer-1", "emea-1", "apac-1"])
@pytest.mark.parametrize(
    "before_center", ["acme.web", "a-company-2.web", "acme.web-2", "kyc.acme.web", "ACME.web"]
)
def test_an_address_of_the_data_centers_web_clients_is_handed_out_as_it_is(
    center: str, before_center: str
) -> None:
    for tail in (f"/{TAIL}", ":443/web/v4/app?authorizationToken=t", "?authorizationToken=t", ""):
        href = f"https://{before_center}.{center}.jumio.ai{tail}"
        assert handed_out(href, center) == href


@pytest.mark.parametrize(
    "href",
    [
        f"http://acme.web.emea-1.jumio.ai/{TAIL}",
        f"//acme.web.emea-1.jumio.ai/{TAIL}",
        f"/{TAIL}",
        "javascript:alert('https://acme.web.emea-1.jumio.ai/')",
        f"https://acme.web.amer-1.jumio.ai/{TAIL}",
        f"https://emea-1.jumio.ai/{TAIL}",
        f"https://acme.example/{TAIL}",
        f"https://acme.web.emea-1.jumio.ai.example/{TAIL}",
        f"https://acme.web.emea-1.jumio.aix/{TAIL}",
        f"https://acmeemea-1.jumio.ai/{TAIL}",
        f"https://acme.example/https://acme.web.emea-1.jumio.ai/{TAIL}",
        f"https://acme.example#.web.emea-1.jumio.ai/{TAIL}",
        f"https://acme.example?.web.emea-1.jumio.ai/{TAIL}",
        f"https://acme.example\\.web.emea-1.jumio.ai/{TAIL}",
        f"https://acme.web.emea-1.jumio.ai@acme.example/{TAIL}",
        f"https://acme:word@acme.web.emea-1.jumio.ai/{TAIL}",
        f"https://acme.web.emea-1.jumio.ai:8443/{TAIL}",
        f"https://acme.web.emea-1.jumio.ai:443@acme.example/{TAIL}",
        "https://api.emea-1.jumio.ai/api/v1/accounts/the-id/workflow-executions/the-id",
        "https://ACCOUNT.emea-1.jumio.ai/api/v1/accounts/the-id",
        "https://retrieval.emea-1.jumio.ai:443/api/v1/accounts/the-id",
        "https://auth.emea-1.jumio.ai",
        "https://acme.web.emea-1.jumio.ai/two words",
        "https://acme.web.emea-1.jumio.ai/" + "x" * 10_000,
    ],
)
def test_any_other_address_is_not_there(href: str) -> None:
    assert handed_out(href) is None


def test_an_address_that_is_not_handed_out_is_told_without_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG, "verification"):
        handed_out("https://acme.example/the-secret")
    (record,) = (one for one in caplog.records if one.msg == "jumio_address_refused")
    assert record.workflow_execution_id == EXECUTION
    assert not any("acme" in str(vars(one)) for one in caplog.records)


def test_where_one_address_stands_for_all_of_jumio_its_own_pages_count(
    simulator: RunningSimulator,
) -> None:
    opened = client(simulator.url).open_execution(REQUEST, account_id=None, deadline=Deadline(5))
    assert opened.href is not None
    assert opened.href.startswith(f"{simulator.url}/web/")
    elsewhere = created("ID", web={"href": opened.href.replace("127.0.0.1", "127.0.0.2")})
    with socket_server(answer_json(200, elsewhere)) as server:
        jumio = client(simulator.url, server.url)
        assert jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(5)).href is None
