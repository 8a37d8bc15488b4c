"""The embedded stack takes a template that is too large for a request, as AWS does from S3."""

from pathlib import Path
from typing import Any

from local.cloud import artefacts
from local.cloud.aws import REGION
from local.cloud.deployment import Deployment, _create_stack
from tests.support.ministack import running_ministack


def test_a_template_larger_than_a_request_is_deployed(tmp_path: Path) -> None:
    description = "what nobody reads " * 50
    template: dict[str, Any] = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {
            f"Output{number}": {"Description": description, "Value": {"Ref": "Queue"}}
            for number in range(100)
        },
    }
    assert len(str(template)) > 51200
    with running_ministack(tmp_path) as aws:
        where: Any = {"LocationConstraint": REGION}
        aws.s3.create_bucket(Bucket="artefacts", CreateBucketConfiguration=where)
        url = artefacts.keep(template, aws)
        outputs = _create_stack(aws.cloudformation, Deployment("large", tmp_path, {}), url)
    assert outputs.keys() == template["Outputs"].keys()
