"""The deployed template, as data."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).parents[2]


def template() -> dict[str, Any]:
    """template.yaml with its intrinsic functions as ordinary mappings."""
    return deepcopy(_parsed())


@cache
def _parsed() -> dict[str, Any]:
    return dict(yaml_parse((ROOT / "template.yaml").read_text()))


def table_definition(name: str) -> dict[str, Any]:
    """Arguments of CreateTable for the table that the template deploys."""
    properties = _parsed()["Resources"]["Table"]["Properties"]
    wanted = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    return {"TableName": name, **{member: properties[member] for member in wanted}}
