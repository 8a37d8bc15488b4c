import pytest

from verification.domain.capability import Capability, SigningKey, sign, verify

OLD, NEW = SigningKey("1", "o" * 64), SigningKey("2", "n" * 64)
MADE_FOR = Capability("1-user_key", "0123456789abcdef")


def signed(key: SigningKey = NEW) -> str:
    return sign(key, MADE_FOR.user_key, MADE_FOR.reference)


def test_our_own_address_verifies_under_the_current_and_the_previous_key() -> None:
    assert verify([NEW, OLD], signed(NEW)) == MADE_FOR
    assert verify([NEW, OLD], signed(OLD)) == MADE_FOR


def test_an_address_of_a_retired_key_does_not_verify() -> None:
    assert verify([NEW], signed(OLD)) is None


def test_a_key_is_known_by_its_version_and_not_by_luck() -> None:
    assert verify([SigningKey("3", NEW.key)], signed(NEW)) is None


@pytest.mark.parametrize("position", range(len(signed())))
def test_every_character_counts(position: int) -> None:
    text = signed()
    other = "A" if text[position] != "A" else "B"
    assert verify([NEW, OLD], text[:position] + other + text[position + 1 :]) is None


@pytest.mark.parametrize(
    "text", ["", ".", "...", "2.a.b", signed()[:-1], signed() + "A", "é.é.é.é"]
)
def test_nonsense_does_not_verify(text: str) -> None:
    assert verify([NEW, OLD], text) is None


def test_an_address_cannot_be_made_for_somebody_else_by_moving_the_separators() -> None:
    mine = sign(NEW, "1-a", "b.c")
    claim, _, signature = mine.rpartition(".")
    assert verify([NEW], f"{claim.replace('1-a.b.c', '1-a.b')}.{signature}") is None


def test_an_address_fits_into_jumios_255_characters() -> None:
    base = "https://abcdefghij.execute-api.ap-southeast-1.amazonaws.com/callbacks/"
    assert len(base + sign(NEW, "1-" + "x" * 43, "0" * 32)) <= 255
