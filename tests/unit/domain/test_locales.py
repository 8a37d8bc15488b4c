"""A person's language becomes one that Jumio's web client has, or is passed on."""

import pytest

from verification.domain.locales import LISTED, nearest


@pytest.mark.parametrize("tag", sorted(LISTED))
def test_every_listed_language_is_itself(tag: str) -> None:
    assert nearest(tag) == nearest(tag.lower()) == nearest(tag.replace("-", "_")) == tag


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("en-US", "en"),
        ("en-AU", "en"),
        ("de-CH", "de"),
        ("pt-PT", "pt"),
        ("fr-CA", "fr"),
        ("es-419", "es"),
        ("es-mx", "es-MX"),
        ("nb", "no"),
        ("nn-NO", "no"),
        ("iw", "he"),
        ("zh", "zh-CN"),
        ("zh-Hans-CN", "zh-CN"),
        ("zh-Hant-TW", "zh-HK"),
        ("zh-TW", "zh-HK"),
    ],
)
def test_another_region_gets_the_nearest(asked: str, sent: str) -> None:
    assert nearest(asked) == sent


@pytest.mark.parametrize(
    ("tag", "language"),
    [("UK", "uk"), ("mk_MK", "mk-MK"), ("bn-in", "bn-IN"), ("sr-Latn-RS", "sr"), ("fil-PH", "fil")],
)
def test_a_language_that_is_not_listed_is_passed_on_as_far_as_it_fits(
    tag: str, language: str
) -> None:
    assert nearest(tag) == language


@pytest.mark.parametrize(
    "text", ["", "e", "english", "de--AT", "de AT", "de\n", "<b>", "de-" + "x" * 9]
)
def test_what_is_no_language_tag_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="language tag"):
        nearest(text)
