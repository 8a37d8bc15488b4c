"""What an honest person is told after a refusal, and that nobody else learns anything of it."""

import pytest

from tests.support.pipeline import Pipeline


def ends(pipeline: Pipeline, scenario: str, user: str = "ada") -> dict[str, object]:
    execution = pipeline.open(user=user)
    pipeline.play(execution, scenario)
    pipeline.call_back(execution)
    pipeline.work_off()
    return pipeline.told(user).body


@pytest.mark.parametrize(
    ("scenario", "status", "hint"),
    [
        ("usability: BLURRED", "declined", "photo-quality"),
        ("usability: DAMAGED_DOCUMENT", "declined", "try-another-document"),
        ("usability: DOCUMENT_CONTENT_NOT_SUPPORTED", "declined", "document-unsupported"),
        ("usability: NOT_UPLOADED", "expired", "not-finished"),
        ("never starts", "expired", "not-finished"),
        ("abandons", "expired", "not-finished"),
        ("usability: PHOTOCOPY", "declined", None),
        ("liveness: BAD_QUALITY", "review", None),
        ("liveness: DIGITAL_COPY", "declined", None),
        ("similarity: NO_MATCH", "declined", None),
        ("imageChecks: FAKE", "declined", None),
        ("usability: UNSUPPORTED_COUNTRY", "review", None),  # nobody has refused anything
        ("technical error", "expired", None),
        ("approved", "approved", None),
    ],
)
def test_the_hint_of_an_end(
    pipeline: Pipeline, scenario: str, status: str, hint: str | None
) -> None:
    told = ends(pipeline, scenario)
    assert (told["status"], told["hint"]) == (status, hint)


def test_a_refusal_without_a_hint_looks_like_any_other(pipeline: Pipeline) -> None:
    reasons = (
        "usability: PHOTOCOPY",
        "similarity: NO_MATCH",
        "imageChecks: FAKE",
        "liveness: MANIPULATED",
    )
    answers = [ends(pipeline, one, f"user-{number}") for number, one in enumerate(reasons)]
    assert [one | {"updatedAt": None} for one in answers] == [answers[0] | {"updatedAt": None}] * 4
    assert answers[0].keys() == ends(pipeline, "usability: BLURRED", "bob").keys()


def test_a_hint_is_over_with_the_next_attempt(pipeline: Pipeline) -> None:
    assert ends(pipeline, "usability: BLURRED")["hint"] == "photo-quality"
    pipeline.open()
    assert pipeline.told().body["hint"] is None
    assert ends_of_open(pipeline)["hint"] is None


def ends_of_open(pipeline: Pipeline) -> dict[str, object]:
    execution = pipeline.bff.executions()[-1]
    pipeline.play(execution, "imageChecks: FAKE")
    pipeline.call_back(execution)
    pipeline.work_off()
    return pipeline.told().body


def test_the_hint_is_on_record_with_the_decision_and_in_no_event(pipeline: Pipeline) -> None:
    ends(pipeline, "usability: BLURRED")
    (execution,) = pipeline.bff.executions()
    assert pipeline.execution(execution)["decision"]["tip"] == "photo-quality"
    assert "photo-quality" not in str(pipeline.consumer.entries)
