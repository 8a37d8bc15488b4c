"""docs/openapi.yaml: well-formed, true to the template and the code, with examples that hold."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel, TypeAdapter, ValidationError

from tests.support.contract import DOCUMENT, ROUTES, Json, codes_of, resolved, violations
from tests.support.contract import responses as documented
from tests.support.template import template
from verification.domain.errors import (
    AttemptsExhausted,
    NotDecidable,
    OutcomeUnknown,
    Problem,
    ProviderError,
)
from verification.domain.execution import State, Tip
from verification.domain.standing import LAPSED
from verification.edge.http.callback import _Callback
from verification.edge.http.problems import body_of, status_of
from verification.edge.http.sessions import _KEY, ConsentBody, SessionRequest

SCHEMAS = DOCUMENT["components"]["schemas"]


def leaves(kind: type[Problem] = Problem) -> list[type[Problem]]:
    own = [] if kind in (ProviderError, NotDecidable) else [kind]  # the last is for operators
    return own + [leaf for child in kind.__subclasses__() for leaf in leaves(child)]


def made(kind: type[Problem]) -> Problem:
    if kind is AttemptsExhausted:
        return AttemptsExhausted(retry_after=1, limit=1, window=60)
    return kind("x")


def test_it_is_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_every_route_of_the_template_is_described_with_its_authorizer_and_no_other() -> None:
    deployed = {}
    for resource in template()["Resources"].values():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            if event["Type"] == "HttpApi":
                called = event["Properties"]
                secured = called.get("Auth", {}).get("Authorizer") == "Users"
                deployed[f"{called['Method']} {called['Path']}"] = secured
    described = {
        route: bool(operation.get("security", DOCUMENT["security"]))
        for route, operation in ROUTES.items()
    }
    assert described == deployed


def bare(schema: Any, definitions: Json) -> Any:
    """What a schema demands, written in one way: no words about it, no references, no unions."""
    if isinstance(schema, list):
        return [bare(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return bare(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    members = {
        name: {key: bare(one, definitions) for key, one in value.items()}
        if name == "properties"
        else bare(value, definitions)
        for name, value in schema.items()
        if name not in {"title", "description", "if", "then", "$defs"}
        and (name, value) != ("default", None)
    }
    match members.pop("anyOf", None):
        case [one, {"type": "null"}]:
            members |= one
            members["type"] = [one["type"], "null"]
            if "enum" in one:
                members["enum"] = [*one["enum"], None]
        case None:
            pass
        case union:
            members["anyOf"] = union
    return members


@pytest.mark.parametrize(
    ("name", "model"),
    [("SessionRequest", SessionRequest), ("Consent", ConsentBody), ("Callback", _Callback)],
)
def test_a_request_is_described_as_its_model_reads_it(name: str, model: type[BaseModel]) -> None:
    read = model.model_json_schema()
    assert bare(SCHEMAS[name], SCHEMAS) == bare(read, read.get("$defs", {}))


@pytest.mark.parametrize(
    "key",
    [
        "a",
        '"a"',
        "!~#[]",
        "a" * 255,
        f'"{"a" * 255}"',
        "a" * 256,
        "",
        '"',
        '""',
        '"a',
        'a"',
        '"a"b"',
        "a b",
        "é",
        "\\",
        "\x7f",
    ],
)
def test_an_idempotency_key_is_described_as_it_is_read(key: str) -> None:
    assert bool(_KEY.fullmatch(key)) is not bool(violations(SCHEMAS["IdempotencyKey"], key))


@pytest.mark.parametrize(
    "body",
    [
        {"channel": "sdk", "locale": "de"},
        {"channel": "sdk", "locale": None},
        {"channel": "web", "locale": "de"},
        {"channel": "web", "locale": None},
    ],
)
def test_a_locale_is_described_as_it_is_read(body: Json) -> None:
    try:
        TypeAdapter(SessionRequest).validate_python(body)
        accepted = True
    except ValidationError:
        accepted = False
    assert accepted is not bool(violations(SCHEMAS["SessionRequest"], body))


def test_every_problem_is_described_with_its_statuses_and_no_other() -> None:
    described = {
        (code, status)
        for route in ROUTES
        for status, response in documented(route).items()
        for code in codes_of(response)
    }
    assert described == {(one.code, int(status_of(made(one)))) for one in leaves()}


def test_the_examples_of_problems_are_what_the_functions_say() -> None:
    stable = ("type", "title", "status", "code")
    told = {
        "outcome-unknown" if kind is OutcomeUnknown else kind.code: body_of(made(kind))
        for kind in leaves()
    }
    shown = {name: one["value"] for name, one in DOCUMENT["components"]["examples"].items()}
    del shown["callback"]
    assert {name: [one[key] for key in stable] for name, one in shown.items()} == {
        name: [one[key] for key in stable] for name, one in told.items()
    }


def test_every_code_of_an_answer_has_an_example_of_its_own() -> None:
    for route in ROUTES:
        for response in documented(route).values():
            shown = response.get("content", {}).get("application/problem+json", {"examples": {}})
            values = [resolved(one)["value"] for one in shown["examples"].values()]
            assert {one["code"] for one in values} == codes_of(response)
            assert len(values) == len(codes_of(response))


def media(node: Any, at: str = "") -> Iterator[tuple[str, Json]]:
    """Everything in the document that has a schema, where it stands."""
    if isinstance(node, list):
        node = dict(enumerate(node))
    if isinstance(node, dict):
        if "schema" in node:
            yield at, node
        for name, child in node.items():
            yield from media(child, f"{at}/{name}")


def examples() -> Iterator[Any]:
    for at, node in media(DOCUMENT):
        named = {name: resolved(one)["value"] for name, one in node.get("examples", {}).items()}
        if "example" in node:
            named[""] = node["example"]
        for name, value in named.items():
            yield pytest.param(node["schema"], value, id=f"{at}/{name}")


@pytest.mark.parametrize(("schema", "value"), list(examples()))
def test_every_example_is_what_it_is_an_example_of(schema: Json, value: object) -> None:
    assert violations(schema, value) == []


def test_every_body_has_an_example() -> None:
    bodies = [(at, one) for at, one in media(DOCUMENT) if "/content/" in at]
    assert [at for at, one in bodies if not {"example", "examples"} & one.keys()] == []


def test_whatever_a_page_sends_or_reads_is_allowed_to_other_origins() -> None:
    cors = template()["Resources"]["Api"]["Properties"]["CorsConfiguration"]
    people = {route: one for route, one in ROUTES.items() if one["tags"] == ["people"]}
    sent = {
        parameter["name"].lower()
        for one in people.values()
        for parameter in one["parameters"]
        if parameter["in"] == "header"
    }
    assert set(cors["AllowHeaders"]) == sent | {"authorization", "content-type"}
    read = {
        name.lower()
        for route in people
        for response in documented(route).values()
        for name in response.get("headers", ())
    }
    needless = {"cache-control", "x-content-type-options", "www-authenticate"}
    gateways = {"apigw-requestid"}  # which puts it on every answer, also on those of its own
    assert set(cors["ExposeHeaders"]) == (read - needless) | gateways
    assert set(cors["AllowMethods"]) == {route.split()[0] for route in people}


def test_every_status_and_hint_of_a_verification_is_described_and_no_other() -> None:
    words = {"none", LAPSED, *(state.word for state in State)}
    assert sorted(SCHEMAS["Status"]["enum"]) == sorted(words)
    hints = SCHEMAS["Verification"]["properties"]["hint"]["enum"]
    assert hints == [*get_args(Tip), None]


OPTIONAL = {"Problem": {"detail", "errors"}}


def objects(schema: Any, name: str) -> Iterator[tuple[str, Json]]:
    """The schema, if it is of an object, and those within it."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield name, schema
        for key, child in {**schema.get("properties", {}), "": schema.get("items")}.items():
            yield from objects(child, f"{name}.{key}")
        for child in schema.get("oneOf", ()):
            yield from objects(child, name)


@pytest.mark.parametrize("name", ["Session", "Verification", "Problem", "Nothing"])
def test_an_answer_has_all_that_is_described_and_nothing_else(name: str) -> None:
    for path, schema in objects(SCHEMAS[name], name):
        assert schema["additionalProperties"] is False
        optional = schema["properties"].keys() - set(schema["required"])
        assert optional == OPTIONAL.get(path, set()), path
