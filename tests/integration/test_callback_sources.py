"""Where callbacks come from: the second sign, which can be off, only reported, or enforced."""

import ipaddress

import pytest

from tests.support.callbacks import PUBLISHED, call, cold_start, create_secret, queued
from tests.support.pipeline import Hints
from verification.domain.errors import Misconfigured
from verification.domain.sources import PUBLISHED as LISTED
from verification.domain.sources import Sources

STRANGER = "203.0.113.9"


@pytest.fixture
def hints(aws: None) -> Hints:
    create_secret()
    return Hints()


@pytest.mark.parametrize(
    ("mode", "source", "status", "reported", "refused"),
    [
        ("off", STRANGER, 200, 0, 0),
        ("off", "no address", 200, 0, 0),
        ("report", PUBLISHED, 200, 0, 0),
        ("report", STRANGER, 200, 1, 0),
        ("report", "no address", 200, 1, 0),
        ("enforce", PUBLISHED, 200, 0, 0),
        ("enforce", STRANGER, 404, 0, 1),
        ("enforce", "no address", 404, 0, 1),
        ("enforce", "", 404, 0, 1),
        ("enforce", "2001:db8::1", 404, 0, 1),
        ("enforce", LISTED["amer-1"][0], 404, 0, 1),
    ],
)
def test_each_mode_does_what_it_says(
    hints: Hints, mode: str, source: str, status: int, reported: int, refused: int
) -> None:
    with cold_start(hints, CALLBACK_SOURCE_MODE=mode) as function:
        answer = function(call(source=source))

    assert answer["statusCode"] == status
    assert len(queued(hints)) == (1 if status == 200 else 0)
    assert len(function.logged("callback_source_unlisted")) == reported
    assert function.counted("CallbacksRefused") == refused
    assert STRANGER not in "".join(function.lines)


def test_report_is_the_mode_of_those_who_choose_none(hints: Hints) -> None:
    with cold_start(hints) as function:
        assert function(call(source=STRANGER))["statusCode"] == 200
    assert len(function.logged("callback_source_unlisted")) == 1


def test_a_refused_source_gets_the_answer_of_a_refused_capability(hints: Hints) -> None:
    with cold_start(hints, CALLBACK_SOURCE_MODE="enforce") as function:
        assert function(call(source=STRANGER)) == function(call("forged", source=PUBLISHED))


@pytest.mark.parametrize(
    ("sources", "accepted", "refused"),
    [
        ("198.51.100.7", ["198.51.100.7"], ["198.51.100.8", PUBLISHED]),
        ("198.51.100.0/30, 192.0.2.1", ["198.51.100.3", "192.0.2.1"], ["198.51.100.4"]),
        ("2001:db8::/64", ["2001:db8::1", "2001:DB8:0:0::ffff"], ["2001:db8:0:1::1", PUBLISHED]),
        ("2001:db8::7,198.51.100.7", ["2001:db8::7", "198.51.100.7"], ["2001:db8::8", "::1"]),
    ],
)
def test_own_addresses_and_networks_replace_the_published_ones(
    hints: Hints, sources: str, accepted: list[str], refused: list[str]
) -> None:
    settings = {"CALLBACK_SOURCE_MODE": "enforce", "CALLBACK_SOURCES": sources}
    with cold_start(hints, **settings) as function:
        answers = [function(call(source=one))["statusCode"] for one in (*accepted, *refused)]
    assert answers == [200] * len(accepted) + [404] * len(refused)


@pytest.mark.parametrize("sources", ["nonsense", "198.51.100.1/24", "198.51.100.0/33", "::/200"])
def test_a_list_that_is_wrong_stops_callbacks_instead_of_letting_all_in(
    hints: Hints, sources: str
) -> None:
    with pytest.raises(Misconfigured):
        Sources.of("enforce", "emea-1", sources)
    with cold_start(hints, CALLBACK_SOURCES=sources) as function:
        assert function(call())["statusCode"] == 500
    (record,) = function.logged("misconfigured")
    assert record["setting"].startswith("CALLBACK_SOURCES")


@pytest.mark.parametrize("data_center", LISTED)
def test_each_data_centre_has_its_own_published_addresses(data_center: str) -> None:
    sources = Sources.of("enforce", data_center)
    own, others = (
        LISTED[data_center],
        {one for dc in LISTED if dc != data_center for one in LISTED[dc]},
    )
    assert len(own) == 6
    assert all(ipaddress.ip_address(one).is_global and sources.listed(one) for one in own)
    assert not any(sources.listed(one) for one in others)
