import re

from verification.domain.identity import Caller, Pepper, new_reference

PEPPER = Pepper("1", "p" * 64)


def test_a_person_has_the_same_key_every_time() -> None:
    caller = Caller("https://issuer.example", "auth0|4711")
    assert PEPPER.user_key(caller) == PEPPER.user_key(Caller(caller.issuer, caller.subject))


def test_the_same_subject_of_another_issuer_is_another_person() -> None:
    keys = {PEPPER.user_key(Caller(f"https://{name}.example", "4711")) for name in ("a", "b")}
    assert len(keys) == 2


def test_no_two_pairs_share_a_key_by_moving_the_boundary() -> None:
    assert PEPPER.user_key(Caller("ab", "c")) != PEPPER.user_key(Caller("a", "bc"))


def test_the_key_depends_on_the_pepper_and_names_its_version() -> None:
    caller = Caller("https://issuer.example", "4711")
    other = Pepper("2", "q" * 64)
    assert PEPPER.user_key(caller).startswith("1-")
    assert other.user_key(caller).startswith("2-")
    assert PEPPER.user_key(caller)[2:] != other.user_key(caller)[2:]


def test_the_key_is_what_jumio_accepts_as_user_reference() -> None:
    key = PEPPER.user_key(Caller("https://issuer.example", '<"/;`%{}|>'))
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,100}", key)
    assert "." not in key  # the separator inside a capability


def test_references_are_fresh() -> None:
    assert len({new_reference() for _ in range(1000)}) == 1000
