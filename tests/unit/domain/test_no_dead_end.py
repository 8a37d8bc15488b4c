"""From wherever a journey can leave a person, somebody's documented doing leads on."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.agreement import disagreement, refusal
from tests.support.journeys import shipped
from tests.support.template import ROOT
from tests.support.walk import NOW, TICK, Key, Place, walked
from verification.domain.eligibility import approval_stands, screened_out
from verification.domain.errors import NotEligible
from verification.domain.journeys import Journey

MOST = 60_000

# What can be done, and where a person or an operator reads of it.
DOCUMENTED = {
    "start": ("frontends.md", "another try if `retry.allowed`"),
    "time": ("frontends.md", "`retry.after` is in seconds"),
    "another journey": ("journeys.md", "refuse people who have no account yet"),
    "judgement": ("journeys.md", "waits for somebody: Jumio"),
    "Jumio": ("frontends.md", "captured; the result takes seconds to minutes"),
}


def is_an_end(journey: Journey, place: Place) -> bool:
    """Startable, approved, or told for good that this journey is not for them."""
    progress, account = place.standing()
    problem = refusal(journey, progress, account, NOW)
    step = journey.step(progress.step or "")
    for_good = isinstance(problem, NotEligible) and step is not None and step.validity is None
    barred = for_good and screened_out(journey, progress, NOW)
    return problem is None or approval_stands(journey, progress, NOW) or barred


def ways_out(journey: Journey) -> tuple[dict[Key, Place], dict[Key, str]]:
    """All places, and for each that has a way to an end what is to be done first."""
    places, roads = walked(journey, MOST)
    backwards: dict[Key, list[tuple[str, Key]]] = {key: [] for key in places}
    for key, leads in roads.items():
        for word, after in leads:
            backwards[after].append((word, key))
    found = {key: "" for key, place in places.items() if is_an_end(journey, place)}
    waiting = list(found)
    while waiting:
        for word, before in backwards[waiting.pop(0)]:
            if (
                before not in found
                and not word.endswith("late")
                and not word.startswith(("account", "another d"))
            ):
                found[before] = word
                waiting.append(before)
    return places, found


def leads_on_from_everywhere(journey: Journey) -> int:
    places, found = ways_out(journey)
    stuck = [place for key, place in places.items() if key not in found]
    assert stuck == []
    for word in set(found.values()) - {""}:
        document, phrase = DOCUMENTED[re.sub("^Jumio .*", "Jumio", word)]
        assert phrase in (ROOT / "docs" / document).read_text()
    for place in places.values():
        assert disagreement(journey, *place.standing(), NOW) is None, place
    return len(places)


def small(document: dict[str, Any]) -> Journey:
    """A journey with its times in ticks, so that all of it can be walked."""
    for step in document["steps"]:
        step["attempts"] = {"limit": 1, "window": TICK}
        if step.get("validity"):
            step["validity"] = TICK
    return Journey.model_validate(document)


@pytest.mark.parametrize("journey", shipped().journeys, ids=lambda journey: journey.name)
def test_no_shipped_journey_has_a_dead_end(journey: Journey) -> None:
    words = journey.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert leads_on_from_everywhere(small(words)) > 10


def a_step(number: int) -> st.SearchStrategy[dict[str, Any]]:
    words: dict[str, Any] = {
        "name": st.just(f"step-{number}"),
        "otherwise": st.sampled_from([None, "decline", "review", "continue"]),
        "validity": st.sampled_from([None, TICK]),
    }
    inputs = st.just({"email": {"from": "applicant"}})
    screening = {"kind": st.just("screening"), "inputs": inputs}
    return st.one_of(
        st.fixed_dictionaries(words),
        st.fixed_dictionaries({**words, **screening}),
    )


@st.composite
def a_journey(draw: st.DrawFn) -> Journey:
    steps = [draw(a_step(number)) for number in range(draw(st.integers(1, 2)))]
    document: dict[str, Any] = {"name": "way", "steps": steps}
    document["repeatable"] = draw(st.booleans())
    document["needsAccount"] = draw(st.booleans())
    document["olderApprovals"] = draw(st.sampled_from(["count", "lapse"]))
    lapses = any(step.get("kind") != "screening" and step["validity"] for step in steps)
    if document["repeatable"] and lapses:
        document["failedRenewal"] = draw(st.sampled_from(["keep", "revoke"]))
    if len(steps) == 1 and not document["repeatable"] and steps[0].get("kind") == "screening":
        steps[0]["validity"] = None
    return small(document)


@settings(max_examples=8, deadline=None)
@given(a_journey())
def test_no_journey_that_can_be_written_has_one(journey: Journey) -> None:
    leads_on_from_everywhere(journey)
