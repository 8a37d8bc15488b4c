"""Commands of a page of the documents, as they are written, carried out on the embedded stack."""

import re
import shlex
from typing import Any

import boto3
from botocore import xform_name

from local.cloud.aws import CREDENTIALS
from tests.support.end_to_end import make
from tests.support.stack import RunningStack
from tests.support.template import ROOT


def commands(page: str, title: str) -> list[str]:
    """Those of a section, in their order; what is still to be filled in is as it is written."""
    whole = (ROOT / "docs" / page).read_text()
    section = whole.partition(f"\n## {title}\n")[2].partition("\n## ")[0].replace("\\\n", " ")
    return re.findall(r"^ {4,}((?:make|aws) .+)", section, re.MULTILINE)


def carry_out(stack: RunningStack, command: str) -> str:
    """What `make` prints; AWS's own command line is not needed."""
    program, *words = shlex.split(command)
    if program == "make":
        assert "STACK=jumio-bff" in words
        return make(stack, *words)
    service, operation, *options = words
    region, endpoint = stack.facts["region"], stack.facts["aws_endpoint"]
    own = {name.lower(): value for name, value in CREDENTIALS.items()}
    client: Any = boto3.client(service, region, endpoint_url=endpoint, **own)  # type: ignore[call-overload]
    getattr(client, operation.replace("-", "_"))(**arguments(client, operation, options))
    return ""


def arguments(client: Any, operation: str, options: list[str]) -> dict[str, str]:
    """The options of AWS's command line as boto3 takes them; KeyError for one that there is not."""
    method = operation.replace("-", "_")
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    names = {f"--{xform_name(name, '-')}": name for name in model.input_shape.members}
    return {names[name]: value for name, value in zip(options[::2], options[1::2], strict=True)}
