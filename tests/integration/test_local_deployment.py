"""`sam deploy` to the AWS on this machine."""

import json
from pathlib import Path

from local.cloud.deployment import Deployment, deploy
from tests.support.ministack import running_ministack

_OF_A_REQUEST = 51_200  # bytes of a template


def test_a_template_that_is_too_long_for_a_request_is_deployed(tmp_path: Path) -> None:
    build, cache, cloud = (tmp_path / name for name in ("build", "cache", "cloud"))
    for folder in (build, cache, cloud):
        folder.mkdir()
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Description": "A queue",
        "Metadata": {"Padding": ["x" * 100] * (_OF_A_REQUEST // 100)},
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {"QueueUrl": {"Value": {"Ref": "Queue"}}},
    }
    (build / "template.yaml").write_text(json.dumps(template))
    said: list[str] = []
    with running_ministack(cloud) as aws:
        outputs = deploy(aws, Deployment("long", build, {}), cache, said.append)
        (queue,) = aws.sqs.list_queues()["QueueUrls"]
    assert queue.rpartition("/")[2] == outputs["QueueUrl"].rpartition("/")[2]
    assert "deploying 1 resources" in said
