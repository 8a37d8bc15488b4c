"""docs/openapi.yaml, and what is wrong with an answer in its eyes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from tests.support.template import ROOT

Json = dict[str, Any]
_METHODS = {"get", "post", "put", "patch", "delete", "head", "options", "trace"}
_ALWAYS = {"Cache-Control", "X-Content-Type-Options", "X-Request-Id"}
_GATEWAY = "#/components/schemas/GatewayMessage"

DOCUMENT: Json = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())


def resolved(node: Json) -> Json:
    """The node itself, or what it refers to, with what stands beside the reference."""
    if "$ref" not in node:
        return node
    found = DOCUMENT
    for name in str(node["$ref"]).removeprefix("#/").split("/"):
        found = found[name]
    return {**resolved(found), **{key: value for key, value in node.items() if key != "$ref"}}


def operations() -> Iterator[tuple[str, Json]]:
    """Each operation under the key of its route, like ``POST /sessions``."""
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            if method in _METHODS:
                yield f"{method.upper()} {path}", operation


ROUTES: dict[str, Json] = dict(operations())


def responses(route: str) -> dict[int, Json]:
    """What a route may answer, by status."""
    answers = ROUTES[route]["responses"]
    return {int(status): resolved(response) for status, response in answers.items()}


def of_functions(response: Json) -> dict[str, Json]:
    """The schemas of a response by media type, without what the gateway itself says."""
    schemas = {kind: one["schema"] for kind, one in response.get("content", {}).items()}
    return {kind: one for kind, one in schemas.items() if one.get("$ref") != _GATEWAY}


def codes_of(response: Json) -> set[str]:
    """The problems with which a response may say why."""
    schema = of_functions(response).get("application/problem+json", {})
    return set(schema.get("properties", {}).get("code", {}).get("enum", ()))


def violations(schema: Json, value: object) -> list[str]:
    """What is wrong with a value."""
    whole = {"components": DOCUMENT["components"], "allOf": [schema]}
    checked = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in checked.iter_errors(value)]


def deviations(route: str, answer: Mapping[str, Any]) -> list[str]:
    """Where a function's answer, in the gateway's format, and the document differ."""
    status, headers = answer["statusCode"], answer["headers"]
    documented = responses(route).get(status)
    if documented is None:
        return [f"{status} is not documented"]
    named = {name: resolved(one) for name, one in documented.get("headers", {}).items()}
    given = {name: value for name, value in headers.items() if name != "Content-Type"}
    wrong = [f"{name} is not documented" for name in given.keys() - named.keys()]
    required = _ALWAYS | {name for name, one in named.items() if one.get("required")}
    wrong += [f"{name} is missing" for name in required - given.keys()]
    for name in given.keys() & named.keys():
        schema = named[name]["schema"]
        value = int(given[name]) if schema.get("type") == "integer" else given[name]
        wrong += [f"{name}: {one}" for one in violations(schema, value)]
    schemas, kind = of_functions(documented), headers.get("Content-Type")
    if kind not in (schemas or {None: None}):
        return [*wrong, f"{kind} is not documented"]
    return wrong + (violations(schemas[kind], json.loads(answer["body"])) if kind else [])
