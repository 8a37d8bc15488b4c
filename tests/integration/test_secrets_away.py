"""Secrets Manager is away while Jumio calls back: what is known goes on, nobody is misled."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.callbacks import HINT, call, cold_start, create_secret, queued
from tests.support.functions import Function
from tests.support.pipeline import Hints
from tests.support.secrets_manager import failing
from verification import wiring
from verification.aws.secrets import Secrets


@pytest.fixture
def hints(aws: None) -> Hints:
    create_secret()
    return Hints()


@pytest.fixture
def function(hints: Hints) -> Iterator[Function]:
    with cold_start(hints) as started:
        yield started


@pytest.fixture
def goes_away(monkeypatch: pytest.MonkeyPatch) -> Any:
    def away(**_: str) -> None:
        raise failing("ThrottlingException")

    return lambda: monkeypatch.setattr(wiring.secrets()._client, "get_secret_value", away)


def test_a_warm_container_takes_callbacks_with_the_keys_that_it_knows(
    function: Function, hints: Hints, goes_away: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert function(call())["statusCode"] == 200
    monkeypatch.setattr(Secrets, "_MAX_AGE", 0.0)
    monkeypatch.setattr(Secrets, "_AGAIN", 0.0)
    wiring.secrets()._kept.clear()
    assert function(call())["statusCode"] == 200  # and from here on its values are too old
    goes_away()
    assert function(call())["statusCode"] == 200
    assert queued(hints) == [HINT] * 3
    told = {one["reason"] for one in function.logged("secret_unread")}
    assert told == {"Get: ThrottlingException"}
    assert function.logged("misconfigured") == []


def test_a_cold_container_asks_to_come_back(
    function: Function, hints: Hints, goes_away: Any
) -> None:
    goes_away()
    answer = function(call())
    assert answer["statusCode"] == 503
    assert answer["headers"]["Retry-After"] == "2"
    assert "temporarily-unavailable" in answer["body"]
    assert queued(hints) == []
    assert function.logged("secret_unread")
    assert function.logged("misconfigured") == []
