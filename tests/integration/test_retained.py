"""While Jumio or the bus cannot, the hint stays on the queue; nothing is guessed meanwhile."""

from typing import Any

import pytest

from tests.support.observed import Observed
from tests.support.pipeline import Pipeline


def test_a_result_that_cannot_be_read_yet_is_waited_for(pipeline: Pipeline) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "callback before result")
    pipeline.call_back(execution)
    began = pipeline.clock()

    assert pipeline.work() == {"batchItemFailures": []}

    assert pipeline.clock() - began == 0.5 + 1.5  # two reads in vain, longer apart each time
    assert pipeline.status() == "approved"


def test_a_result_that_stays_unreadable_is_retained(pipeline: Pipeline, observed: Observed) -> None:
    execution = pipeline.open()
    pipeline.bff.simulator.admin.patch_options(unreadable_reads=5)
    pipeline.play(execution, "approved")
    pipeline.call_back(execution)

    assert len(pipeline.work()["batchItemFailures"]) == 1
    assert pipeline.execution(execution)["state"] == "pending"
    assert observed.with_code("message_retained")[0]["reason"] == "Jumio has nothing to read"

    pipeline.work_off()
    assert pipeline.status() == "approved"


@pytest.mark.parametrize(
    ("endpoint", "fault"),
    [
        ("retrieval.status", {"kind": "status", "status": 503}),
        ("retrieval.details", {"kind": "status", "status": 500}),
        ("retrieval.details", {"kind": "rate_limited"}),
        ("retrieval.details", {"kind": "reset_before_body"}),
        ("retrieval.details", {"kind": "truncated_json"}),
        ("retrieval.status", {"kind": "status", "status": 403}),
    ],
)
def test_while_jumio_is_down_the_hint_stays(
    pipeline: Pipeline, endpoint: str, fault: dict[str, Any]
) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "approved")
    pipeline.call_back(execution)
    pipeline.bff.simulator.admin.add_fault(endpoint, count=50, **fault)

    assert len(pipeline.work(seconds=1.2)["batchItemFailures"]) == 1
    assert pipeline.execution(execution)["state"] == "pending"
    assert pipeline.consumer.events() == []

    pipeline.bff.simulator.admin.clear_faults()
    pipeline.work_off()
    assert pipeline.status() == "approved"
    assert len(pipeline.consumer.outcomes()) == 1


def test_while_the_bus_is_down_the_hint_stays(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "approved")
    pipeline.call_back(execution)
    refusing = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}

    with monkeypatch.context() as patch:
        patch.setattr(pipeline.consumer, "put_events", lambda **_: refusing)
        assert len(pipeline.work()["batchItemFailures"]) == 1
    assert pipeline.execution(execution)["unpublished"] is True
    assert pipeline.status() == "approved"

    pipeline.work_off()
    assert len(pipeline.consumer.outcomes()) == 1
    assert "unpublished" not in pipeline.execution(execution)
