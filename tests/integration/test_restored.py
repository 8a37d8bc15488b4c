"""A restored backup brings erased people back, and their tombstones erase them again."""

import io
import json
from functools import partial
from typing import Any

import pytest

from scripts import erase_again
from tests.support.bff import ISSUER, PEPPER
from tests.support.erasing import SUBJECT, Eraser, deleted_at_jumio, items_of, with_history
from tests.support.interruptions import interleaved
from tests.support.pipeline import Pipeline
from verification.domain.deadline import Deadline, moment
from verification.domain.errors import InvalidRequest, Problem
from verification.domain.identity import Caller
from verification.edge.operators import tombstone_of
from verification.use_cases.erase_subject import EraseSubject

Json = dict[str, Any]
OLD = "before-the-restore"
STACK = ["--stack", "deployed", "--region", "eu-central-1"]


def copied(pipeline: Pipeline, into: str) -> None:
    """A table with everything that there is now."""
    bff = pipeline.bff
    described = bff.dynamodb.describe_table(TableName=bff.table_name)["Table"]
    names = ("KeySchema", "AttributeDefinitions")
    bff.dynamodb.create_table(
        TableName=into,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=described["KeySchema"],
        AttributeDefinitions=[
            one for one in described[names[1]] if one["AttributeName"] in ("pk", "sk")
        ],
    )
    for item in bff.items():
        bff.dynamodb.put_item(TableName=into, Item=item)


def restored(pipeline: Pipeline, backup: list[Json]) -> None:
    """The table is as it was; what has happened since is in the old one."""
    bff = pipeline.bff
    copied(pipeline, OLD)
    for item in bff.items():
        key = {"pk": item["pk"], "sk": item["sk"]}
        bff.dynamodb.delete_item(TableName=bff.table_name, Key=key)
    for item in backup:
        bff.dynamodb.put_item(TableName=bff.table_name, Item=item)


class Aws:
    """CloudFormation, DynamoDB and Lambda, for one stack with one function."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.get_paginator = pipeline.bff.dynamodb.get_paginator
        self._erase = EraseSubject(
            pipeline.bff.people, pipeline.bff.erasures, pipeline.bff.jumio, clock=pipeline.clock
        )

    def describe_stacks(self, StackName: str) -> Json:  # noqa: N803 as boto3 spells it
        output = {"OutputKey": "EraseSubjectFunction", "OutputValue": "the-function"}
        return {"Stacks": [{"StackName": StackName, "Outputs": [output]}]}

    def invoke(self, FunctionName: str, Payload: str) -> Json:  # noqa: N803
        assert FunctionName == "the-function"
        tombstone = tombstone_of(json.loads(Payload))
        assert tombstone is not None
        try:
            answer = vars(self._erase.again(*tombstone, Deadline(5)))
        except Problem as problem:
            answer = {"errorMessage": problem.code}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def again(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Run the command for all erasures since some time; its status and what it prints."""

    def run(since: float) -> tuple[int, list[str]]:
        with monkeypatch.context() as patch:
            patch.setattr("scripts.deployment.boto3.client", lambda *_, **__: Aws(pipeline))
            capsys.readouterr()
            status = erase_again.main([*STACK, "--tombstones", OLD, "--since", moment(int(since))])
        return status, capsys.readouterr().out.splitlines()

    return run


def test_who_was_erased_since_the_backup_is_erased_again(pipeline: Pipeline, again: Any) -> None:
    executions = with_history(pipeline)
    bob = pipeline.open(user="bob")
    backup, at = pipeline.bff.items(), pipeline.clock()
    pipeline.let_pass(3600)
    Eraser(pipeline)()
    restored(pipeline, backup)
    assert len(items_of(pipeline)) > 1

    assert again(at) == (0, ["1 erased"])

    (tombstone,) = items_of(pipeline)
    assert tombstone["sk"] == {"S": "TOMBSTONE"}
    assert deleted_at_jumio(pipeline) == {one["accountId"] for one in executions}
    assert pipeline.execution(bob, "bob")["state"] == "pending"
    assert again(at) == (0, ["1 erased-before"])


def test_an_erasure_before_the_backup_is_none_of_its_business(
    pipeline: Pipeline, again: Any
) -> None:
    with_history(pipeline)
    Eraser(pipeline)()
    pipeline.let_pass(60)
    at = pipeline.clock()
    restored(pipeline, pipeline.bff.items())
    assert again(at) == (0, [])


def test_who_has_come_back_since_is_left_alone(pipeline: Pipeline, again: Any) -> None:
    """Also if the command is pointed at a table that was never restored."""
    with_history(pipeline)
    at = pipeline.clock()
    Eraser(pipeline)()
    pipeline.let_pass(60)
    back = pipeline.open(user=SUBJECT)
    copied(pipeline, OLD)
    before = pipeline.bff.items()

    assert again(at) == (0, ["1 came-back"])
    assert pipeline.bff.items() == before
    assert not pipeline.bff.simulator.admin.execution(back["id"])["deleted"]


def test_who_comes_back_at_that_moment_is_left_alone(pipeline: Pipeline, again: Any) -> None:
    pipeline.open(user=SUBJECT)
    backup, at = pipeline.bff.items(), pipeline.clock()
    pipeline.let_pass(60)
    Eraser(pipeline)()
    restored(pipeline, backup)
    pipeline.let_pass(60)
    others = partial(pipeline.open, user=SUBJECT, renew=True)
    with interleaved("before", pipeline.bff.erasures, "hold", others):
        assert again(at) == (1, ["1 failed: session-busy"])
    assert again(at) == (0, ["1 came-back"])
    assert not deleted_at_jumio(pipeline) & {pipeline.bff.executions()[-1]["accountId"]}


def test_a_failure_is_told_and_the_rest_goes_on(pipeline: Pipeline, again: Any) -> None:
    for user in (SUBJECT, "bob"):
        pipeline.open(user=user)
    backup, at = pipeline.bff.items(), pipeline.clock()
    pipeline.let_pass(60)
    for user in (SUBJECT, "bob"):
        Eraser(pipeline)(user)
    restored(pipeline, backup)
    pipeline.bff.simulator.admin.add_fault("accounts.delete", "status", status=403, count=1)
    assert again(at) == (1, ["1 erased", "1 failed: provider-rejected"])
    assert again(at) == (0, ["1 erased", "1 erased-before"])


@pytest.mark.parametrize(
    "event",
    [
        {"user_key": "1-x"},
        {"user_key": "1-x", "erased_at": "yesterday"},
        {"user_key": "1 x", "erased_at": 7},
        {"user_key": "1-x", "erased_at": 7, "subject": "ada"},
    ],
)
def test_a_tombstone_has_to_be_whole(event: Json) -> None:
    with pytest.raises(InvalidRequest):
        tombstone_of(event)


def test_a_tombstone_is_what_an_erasure_leaves(pipeline: Pipeline) -> None:
    pipeline.open(user=SUBJECT)
    Eraser(pipeline)()
    (found,) = erase_again.tombstones(pipeline.bff.dynamodb, pipeline.bff.table_name, 0)
    key = PEPPER.user_key(Caller(ISSUER, SUBJECT))
    assert tombstone_of(found) == (key, int(pipeline.clock()))
