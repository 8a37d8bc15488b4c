"""docs/jumio.md tells which of Jumio's words product and simulator take: keys, languages, lists."""

from collections.abc import Callable
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from jumio_simulator.api.account_request import LOCALES
from jumio_simulator.world.options import Channel, Options
from jumio_simulator.world.workflows import CATALOGUE, CHANNELS, PARTS
from simulator_driver import Driver, Opened
from tests.support.words import Row, rows, words
from verification.domain.formats import PREPARED_DATA
from verification.domain.locales import LISTED, nearest
from verification.domain.steps import Step
from verification.edge.http.sessions import ConsentBody
from verification.jumio import account_request

ACCOUNTS = "/api/v1/accounts"
CLOSED = {row.cells["Member"]: row for row in rows("Closed lists")}


def is_taken(make: Callable[[], object]) -> bool:
    try:
        make()
    except (ValidationError, ValueError):
        return False
    return True


def step(**members: object) -> Step:
    return Step.model_validate({"name": "identity", **members})


def with_credential(**members: object) -> Step:
    return step(credentials=[{"category": "ID", **members}])


def opens(
    jumio: Driver, *, account: str | None = None, key: object = 10011, **members: Any
) -> bool:
    status = jumio.open(account=account, key=key, userReference="u", **members).status_code
    assert status in {200, 400}
    return status == 200


def by_key(mark: str) -> list[tuple[str, Row]]:
    return [
        (word, row)
        for row in rows("Workflow keys")
        for word in row.words
        if mark in row.cells["Opens on"]
    ]


def test_every_key_of_the_simulator_is_documented() -> None:
    assert words("Workflow keys", simulated=True) == CATALOGUE.keys()
    assert words("Workflow keys", product="sends") == words("Workflow keys")


@pytest.mark.parametrize("key", sorted(words("Workflow keys"), key=int))
def test_the_product_sends_a_key_as_it_is_configured(key: str) -> None:
    facts = {"user_key": "k", "reference": "r", "callback_url": "", "source_ip": ""}
    for written in (key, int(key)):
        sent = account_request(step(workflowKey=written), locale=None, consent=None, **facts)
        assert sent["workflowDefinition"] == {"key": written}


@pytest.mark.parametrize(("key", "row"), by_key("any account"))
def test_a_key_opens_on_any_account(jumio: Driver, key: str, row: Row) -> None:
    assert opens(jumio, key=int(key))
    assert opens(jumio, key=key)


@pytest.mark.parametrize(("key", "row"), by_key("known account"))
def test_a_key_opens_only_on_a_known_account(jumio: Driver, key: str, row: Row) -> None:
    first = jumio.opened()
    jumio.sim.admin.play(first.id, "approved")
    assert opens(jumio, account=first.account, key=key)
    assert not opens(jumio, key=key)


@pytest.mark.parametrize("key", sorted(words("Workflow keys", simulated=False)))
def test_a_key_that_the_simulator_lacks_can_be_defined(jumio: Driver, key: str) -> None:
    assert not opens(jumio, key=key)
    jumio.sim.admin.patch_options(workflows={key: {"credentials": ["ID"]}})
    assert opens(jumio, key=key)


@pytest.mark.parametrize("locale", sorted(words("Languages")))
def test_a_language_is_sent_as_documented_and_taken(jumio: Driver, locale: str) -> None:
    (row,) = (row for row in rows("Languages") if locale in row.words)
    sent = (*row.named("Product"), locale)[0]
    assert nearest(locale) == sent
    assert (len(sent) > 5) is (row.product == "gap")
    assert opens(jumio, web={"locale": locale}) is row.simulated


def test_the_listed_languages_are_jumios() -> None:
    switched = [row for row in rows("Languages") if row.named("Simulator")]
    assert {word for row in switched for word in row.words} == LOCALES
    assert set(rows("Languages")[0].words) == LISTED


CONFIGURED: dict[str, Callable[[str], object]] = {
    "`credentials[].category`": lambda word: with_credential(category=word),
    "`predefinedType`": lambda word: with_credential(
        country={"predefinedType": word, "values": ["AUT"]}
    ),
    "`type.values` of `ID`": lambda word: with_credential(type={"values": [word]}),
    "`type.values` of `FACEMAP`": lambda word: with_credential(
        category="FACEMAP", type={"values": [word]}
    ),
    "`consent.obtained`": lambda word: ConsentBody.model_validate(
        {"country": "US", "obtained": word}
    ),
    "`id.type` of prepared data": PREPARED_DATA["id.type"],
    "`id.type` of prepared data (DMV check)": PREPARED_DATA["id.type"],
}


@pytest.mark.parametrize("member", CONFIGURED)
def test_the_product_takes_the_words_of_a_closed_list(member: str) -> None:
    for word in CLOSED[member].named("Words"):
        taken = is_taken(lambda word=word: CONFIGURED[member](word))
        assert taken is (CLOSED[member].product == "sends"), word


def request_with(member: str, word: str) -> dict[str, Any]:
    credential: dict[str, Any] = {"category": "ID"}
    if member.endswith("category`"):
        credential = {"category": word}
    elif member.startswith("`predefinedType"):
        credential["country"] = {"predefinedType": word, "values": ["AUT"]}
    elif member.startswith("`type"):
        credential = {"category": member.split("`")[3], "type": {"values": [word]}}
    else:
        agreed = {"obtained": word, "obtainedAt": "2026-01-01T00:00:00.000Z"}
        location = {"country": "USA"}
        return {
            "userConsent": {"userIp": "203.0.113.7", "userLocation": location, "consent": agreed}
        }
    return {"workflowDefinition": {"key": 10011, "credentials": [credential]}}


@pytest.mark.parametrize("member", [one for one in CONFIGURED if "prepared" not in one])
def test_the_simulator_takes_the_words_of_a_closed_list_and_no_other(
    jumio: Driver, member: str
) -> None:
    for word in CLOSED[member].named("Words"):
        assert opens(jumio, **request_with(member, word)), word
    assert not opens(jumio, **request_with(member, "SOMETHING_NEW"))


def test_the_simulators_own_lists_are_the_documented_ones() -> None:
    def listed(member: str) -> set[str]:
        return set(CLOSED[member].named("Words"))

    def choices(option: str, position: int = 0) -> set[str]:
        annotation: Any = Options.model_fields[option].annotation
        return set(get_args(get_args(annotation)[position]))

    classifiers = {part for parts in PARTS.values() for part in parts} - {"DOCUMENT"}
    assert listed("classifiers to upload") == classifiers
    assert listed("`allowedChannels`") == set(get_args(Channel)) == {*CHANNELS["ID"]}
    assert listed("`captureClient`") == choices("capture_client")
    assert listed("health, `details`") == choices("health")
    assert listed("health") == choices("health", 1) | {"UP"}


def test_prepared_data_are_the_documented_members() -> None:
    assert words("Prepared data", "Member", product="sends") == PREPARED_DATA.keys()
    assert words("Prepared data", "Member", product="gap").isdisjoint(PREPARED_DATA)


@pytest.mark.parametrize("row", rows("Prepared data", "Member"))
def test_prepared_data_are_sent_and_taken_as_documented(jumio: Driver, row: Row) -> None:
    (like,) = row.named("Like")
    for word in row.words:
        if row.product == "sends":
            assert PREPARED_DATA[word](like) == like
        *group, member = word.split(".")
        data: dict[str, Any] = {group[0]: {member: like}} if group else {member: like}
        execution = jumio.opened(key=10170)
        assert execution.upload("DATA", "prepared_data", json=data).status_code == 200
        assert kept(jumio, execution) == data


def kept(jumio: Driver, execution: Opened) -> object:
    credential = execution.credential("DATA")["id"]
    path = f"{ACCOUNTS}/{execution.account}/credentials/{credential}/parts/PREPARED_DATA"
    return jumio.call("GET", path).json()


def test_what_workflows_of_data_alone_need_is_documented() -> None:
    needed = {row.words[0]: set(row.named("Needed")) for row in rows("Prepared data", "Key")}
    alone = {key: set(one.required_data) for key, one in CATALOGUE.items() if one.data_only}
    assert needed == alone
    assert set().union(*needed.values()) <= PREPARED_DATA.keys()


@pytest.mark.parametrize("row", rows("Addresses"))
def test_an_address_is_refused_as_documented(jumio: Driver, row: Row) -> None:
    (address,) = row.words
    assert is_taken(lambda: step(successUrl=address)) is (row.product == "gap")
    refused = not opens(jumio, web={"successUrl": address})
    assert refused is row.simulated
    assert opens(jumio, web={"successUrl": "https://app.example.com/done"})
    if row.named("Simulator") == ("return_url_query",):
        jumio.sim.admin.patch_options(return_url_query="refuse_all")
        assert not opens(jumio, web={"errorUrl": address})
    else:
        assert not opens(jumio, callbackUrl=address)
