"""What each role allows is what its function asks AWS for: no more, and no less.

Asked for is what was recorded while all nine functions did everything that they can. What is rare
was recorded wherever it happened, and counts for every function that leads there.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from jumio_simulator.testing import running_simulator
from tests.support.bff import Bff
from tests.support.deployed import functions
from tests.support.every_use import Deployed, every_function_works
from tests.support.permissions import Demand, recording, refused, unused
from tests.support.pipeline import Consumer, Hints, Pipeline
from tests.support.policies import arn, statements_of
from tests.support.rare_use import something_rare_happens
from tests.support.template import ROOT, table_definition
from verification.aws.bus import Bus
from verification.domain.journeys import load_journeys

Json = dict[str, Any]
FUNCTIONS = functions()
PACKAGE = ROOT / "layers/verification/verification"
every_function = pytest.mark.parametrize("name", sorted(FUNCTIONS))


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """After it all."""
    with (
        pytest.MonkeyPatch.context() as patch,
        mock_aws(config={"core": {"reset_boto3_session": False}}),
        running_simulator() as simulator,
        recording() as found,
    ):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        dynamodb, events = boto3.client("dynamodb"), boto3.client("events")
        dynamodb.create_table(**table_definition("verification"))
        events.create_event_bus(Name="verification")
        simulator.admin.patch_options(account_rate=1000, account_burst=1000)
        nothing = load_journeys('{"journeys": [{"name": "identity", "steps": [{"name": "a"}]}]}')
        bff = Bff(dynamodb, "verification", simulator, Bus(events, "verification"), nothing)
        pipeline = Pipeline(bff, Consumer(events), Hints())
        deployed = Deployed(pipeline, found, tmp_path_factory.mktemp("layer"))
        every_function_works(deployed)
        something_rare_happens(pipeline)
        yield deployed


def role_of(name: str) -> str:
    return str(FUNCTIONS[name]["Role"]["Fn::GetAtt"][0])


def allowed_to(deployed: Deployed, name: str) -> list[Json]:
    return statements_of(role_of(name), deployed.arns)


def asked_by_lambda(deployed: Deployed, name: str) -> set[Demand]:
    """What Lambda itself does in a function's name: it writes the log, and works off a queue."""
    group = FUNCTIONS[name]["LoggingConfig"]["LogGroup"]["Ref"]
    actions = {("logs:CreateLogStream", group), ("logs:PutLogEvents", group)}
    for one in FUNCTIONS[name].get("Events", {}).values():
        if one["Type"] == "SQS":
            queue = one["Properties"]["Queue"]["Fn::GetAtt"][0]
            does = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
            actions |= {(f"sqs:{action}", queue) for action in does}
    return {Demand(action, arn(name, deployed.arns)) for action, name in actions}


def asked(deployed: Deployed, name: str) -> set[Demand]:
    return deployed.recording.of(name) | asked_by_lambda(deployed, name)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def reached(function: Path) -> Iterator[ast.stmt]:
    """What a function consists of, and every class and function of ours that it leads to.

    Of `edge/` and `use_cases/`: neither the domain nor Jumio's client asks AWS anything.
    """
    waiting: list[tuple[Path, ast.stmt]] = [(function, one) for one in parsed(function).body]
    seen: list[ast.stmt] = []
    while waiting:
        path, statement = waiting.pop()
        if statement in seen:
            continue
        seen.append(statement)
        yield statement
        for name in {one.id for one in ast.walk(statement) if isinstance(one, ast.Name)}:
            waiting += definitions(path, name)


def definitions(path: Path, name: str) -> Iterator[tuple[Path, ast.stmt]]:
    """Where a name that a module uses comes from, if that is another part of what decides."""
    for one in parsed(path).body:
        match one:
            case ast.ClassDef() | ast.FunctionDef() if one.name == name:
                yield path, one
            case ast.ImportFrom(module=str(module)) if name in {alias.name for alias in one.names}:
                source = PACKAGE.parent / f"{module.replace('.', '/')}.py"
                if source.parent.name in {"edge", "use_cases"} and source.is_file():
                    yield from definitions(source, name)
                yield path, one


def leads_to(name: str) -> set[str]:
    """The methods of `store/` and `aws/` that this names, of classes that it imports."""
    statements = [*reached(ROOT / FUNCTIONS[name]["CodeUri"] / "app.py")]
    imports = [one for one in statements if isinstance(one, ast.ImportFrom)]
    classes = {alias.name for one in imports for alias in one.names}
    nodes = [node for one in statements for node in ast.walk(one)]
    named = {one.attr for one in nodes if isinstance(one, ast.Attribute)}
    return {f"{of}.{method}" for of, method in CALLING if of in classes and method in named}


def calling_methods(of: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """The public ones that ask AWS something, perhaps through others of their class."""
    attributes = {
        method.name: {one.attr for one in ast.walk(method) if isinstance(one, ast.Attribute)}
        for method in of.body
        if isinstance(method, ast.FunctionDef)
    }
    asking, before = {"_table", "_client"}, set[str]()
    while asking != before:
        before = set(asking)
        asking |= {name for name, named in attributes.items() if named & asking}
    return ((of.name, name) for name in attributes if name in asking and name[0] != "_")


CALLING = {
    found
    for wing in ("store", "aws")
    for path in (PACKAGE / wing).glob("*.py")
    for one in parsed(path).body
    if isinstance(one, ast.ClassDef) and one.name not in {"Table", "Secrets"}
    for found in calling_methods(one)
}


def trimmed_to() -> dict[str, set[str]]:
    """The operations of each service that the layer is left with."""
    for one in parsed(ROOT / "layers/dependencies/trim.py").body:
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "OPERATIONS":
            return dict(ast.literal_eval(one.value))
    raise AssertionError("trim.py names no operations")


@every_function
def test_a_function_may_do_all_that_it_does(deployed: Deployed, name: str) -> None:
    assert refused(allowed_to(deployed, name), asked(deployed, name)) == set()


@every_function
def test_a_function_does_all_that_it_may(deployed: Deployed, name: str) -> None:
    assert unused(allowed_to(deployed, name), asked(deployed, name)) == set()


@every_function
def test_a_function_may_also_do_what_was_too_rare_to_meet_it(deployed: Deployed, name: str) -> None:
    wanted = deployed.recording.through(leads_to(name))
    assert wanted
    assert refused(allowed_to(deployed, name), wanted) == set()


def test_whatever_the_product_can_ask_of_aws_was_asked(deployed: Deployed) -> None:
    asking = {f"{of}.{method}" for of, method in CALLING}
    met = {one.method for one in deployed.recording.calls}
    assert asking - met == set()
    assert asking == set().union(*map(leads_to, FUNCTIONS))


def test_what_is_left_of_botocore_is_what_was_asked_for(deployed: Deployed) -> None:
    assert deployed.recording.operations == trimmed_to()


@every_function
def test_without_any_of_its_grants_a_function_would_be_refused(
    deployed: Deployed, name: str
) -> None:
    statements, wanted = allowed_to(deployed, name), asked(deployed, name)
    for number, statement in enumerate(statements):
        for part in ("Action", "Resource"):
            for one in statement[part]:
                left = [other for other in statement[part] if other != one]
                others = [*statements[:number], *statements[number + 1 :]]
                assert refused([*others, {**statement, part: left}], wanted), (part, one)


@every_function
def test_whatever_another_function_may_do_beyond_it_would_be_noticed(
    deployed: Deployed, name: str
) -> None:
    statements, wanted = allowed_to(deployed, name), asked(deployed, name)
    for other in set(FUNCTIONS) - {name}:
        beyond = unused(allowed_to(deployed, other), wanted)
        assert beyond
        for action, resource in beyond:
            more = {"Effect": "Allow", "Action": [action], "Resource": [resource]}
            assert unused([*statements, more], wanted) == {(action, resource)}


@pytest.mark.parametrize(
    ("key", "enough", "too_little"),
    [
        ("dynamodb:LeadingKeys", ["LIMITER", "USER#*"], ["USER#*"]),
        ("dynamodb:Attributes", ["*"], ["pk", "sk"]),
    ],
)
def test_a_condition_on_keys_or_attributes_counts(
    deployed: Deployed, key: str, enough: list[str], too_little: list[str]
) -> None:
    wanted = deployed.recording.through({"Limiter.take", "SessionStore.let_go"})
    grant = {"Action": ["dynamodb:UpdateItem"], "Resource": [deployed.arns["Table"]]}
    (writing,) = {one.action for one in wanted}
    for values, answer in ((enough, set()), (too_little, {(writing, deployed.arns["Table"])})):
        condition = {"ForAllValues:StringLike": {key: values}}
        statement = {"Effect": "Allow", **grant, "Condition": condition}
        assert refused([statement], wanted) == answer
