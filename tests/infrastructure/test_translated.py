"""The API as CloudFormation gets it: who may call what, and what is written down about it."""

import json
import re
from typing import Any

import cfnlint.helpers
import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from tests.support.deployed import Resources, of_type, translated
from tests.support.template import ROOT, template

FOREIGN = {
    "JwtIssuer": "https://issuer.example",
    "JwtAudience": "one,two",
    "AllowedOrigins": "https://app.example,https://www.example",
}
CALLBACK = "POST /callbacks/{capability}"
ASKED_FOR = {"Fn::If": ["ScopeIsRequired", {"Ref": "RequiredScope"}, {"Ref": "AWS::NoValue"}]}
SCOPE = ["ScopeIsOurs", "verification/start", ASKED_FOR]
SCOPED = [{"Users": [{"Fn::If": SCOPE}]}]
A_DAY = 86_400
# China, which has no Cognito, governments and sovereign clouds are partitions of their own.
COMMERCIAL = re.compile(r"(af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-\d")
REGIONS = [name for name in cfnlint.helpers.REGIONS if COMMERCIAL.fullmatch(name)]
NAMED_WITHIN = {"AWS::Lambda::Alias", "AWS::Cognito::UserPoolResourceServer"}  # a function, a pool
ACCEPTED = {"W2001": "SAM has put the value of Rollout where it was referred to"}


@pytest.fixture(scope="module", params=[{}, FOREIGN], ids=["own user pool", "foreign issuer"])
def stack(request: pytest.FixtureRequest) -> dict[str, Any]:
    return translated(**request.param)


@pytest.fixture
def resources(stack: dict[str, Any]) -> Resources:
    return dict(stack["Resources"])


@pytest.fixture
def body(resources: Resources) -> dict[str, Any]:
    (api,) = of_type(resources, "AWS::ApiGatewayV2::Api").values()
    return dict(api["Properties"]["Body"])


@pytest.fixture
def stage(resources: Resources) -> dict[str, Any]:
    (only,) = of_type(resources, "AWS::ApiGatewayV2::Stage").values()
    return dict(only["Properties"])


def routes(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in body["paths"].items()
        for method, operation in methods.items()
    }


def test_there_are_three_routes_and_no_catch_all(body: dict[str, Any]) -> None:
    assert set(routes(body)) == {"POST /sessions", "GET /verification", CALLBACK}


def test_every_route_but_jumios_needs_a_users_token_with_the_scope(body: dict[str, Any]) -> None:
    guarded = {route: operation.get("security") for route, operation in routes(body).items()}
    assert guarded.pop(CALLBACK) is None
    assert list(guarded.values()) == [SCOPED] * len(guarded)


def test_no_route_is_guarded_by_something_that_does_not_exist(body: dict[str, Any]) -> None:
    declared = set(body["components"]["securitySchemes"])
    used = {
        scheme
        for operation in [body, *routes(body).values()]
        for choice in operation.get("security", [])
        for scheme in choice
    }
    assert declared == used == {"Users"}


def test_tokens_are_of_the_configured_issuer_and_audience(body: dict[str, Any]) -> None:
    scheme = body["components"]["securitySchemes"]["Users"]
    authorizer = scheme["x-amazon-apigateway-authorizer"]
    assert authorizer["type"] == "jwt"
    assert authorizer["identitySource"] == "$request.header.Authorization"
    configuration = authorizer["jwtConfiguration"]
    condition, own, foreign = configuration["issuer"]["Fn::If"]
    assert condition == "OwnUserPool"
    assert own["Fn::Sub"] == "https://cognito-idp.${AWS::Region}.amazonaws.com/${UserPool}"
    assert foreign == {"Ref": "JwtIssuer"}
    assert configuration["audience"]["Fn::If"] == [
        "OwnUserPool",
        [{"Ref": "UserPoolClient"}],
        {"Ref": "JwtAudience"},
    ]


def test_other_origins_are_named_one_by_one(body: dict[str, Any]) -> None:
    cors = body["x-amazon-apigateway-cors"]
    assert cors["allowOrigins"]
    for origin in cors["allowOrigins"]:
        assert re.fullmatch(r"https://[a-z.]+", origin)
    assert set(cors["allowMethods"]) == {"GET", "POST"}
    assert {"authorization", "content-type", "idempotency-key"} <= set(cors["allowHeaders"])
    assert {"retry-after", "ratelimit", "x-request-id"} <= set(cors["exposeHeaders"])
    assert "*" not in json.dumps(cors)
    assert not cors.get("allowCredentials")
    assert 0 < cors["maxAge"] <= A_DAY


def test_every_route_ends_in_one_function_that_only_this_api_may_call(
    resources: Resources, body: dict[str, Any]
) -> None:
    permissions = of_type(resources, "AWS::Lambda::Permission")
    called = {}
    for route, operation in routes(body).items():
        integration = operation["x-amazon-apigateway-integration"]
        assert integration["payloadFormatVersion"] == "2.0"
        (alias,) = re.findall(r"functions/\$\{(\w+)\}/", integration["uri"]["Fn::Sub"])
        assert resources[alias]["Type"] == "AWS::Lambda::Alias"
        called[route] = resources[alias]["Properties"]["FunctionName"]["Ref"]
    assert called == {
        "POST /sessions": "CreateSession",
        "GET /verification": "GetVerification",
        CALLBACK: "ReceiveCallback",
    }
    assert {one["Properties"]["FunctionName"]["Ref"] for one in permissions.values()} == {
        f"{name}Aliaslive" for name in called.values()
    }
    for permission in permissions.values():
        properties = permission["Properties"]
        assert properties["Principal"] == "apigateway.amazonaws.com"
        assert "__ApiId__" in properties["SourceArn"]["Fn::Sub"][0]
        assert properties["SourceArn"]["Fn::Sub"][1]["__ApiId__"] == {"Ref": "Api"}


def test_roles_that_sam_adds_are_as_narrow_as_ours(resources: Resources) -> None:
    roles = of_type(resources, "AWS::IAM::Role")
    added = {name: roles[name]["Properties"] for name in set(roles) - set(template()["Resources"])}
    assert set(added) == {"SweepOverdueEveryMinuteRole"}
    (policy,) = added["SweepOverdueEveryMinuteRole"]["Policies"]
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "lambda:InvokeFunction",
            "Resource": {"Ref": "SweepOverdueAliaslive"},
        }
    ]


def test_what_is_written_down_about_a_call_opens_nothing(stage: dict[str, Any]) -> None:
    """The path of a callback holds its capability, and headers hold tokens."""
    settings = stage["AccessLogSettings"]
    line = json.loads(re.sub(r":\$context\.(\w+)", r':"$context.\1"', settings["Format"]))
    words = set(re.findall(r"\$context\.([\w.]+)", settings["Format"]))
    assert settings["DestinationArn"] == {"Fn::GetAtt": ["ApiLogs", "Arn"]}
    assert {"requestId", "routeKey", "status"} <= words
    failures = {"error.message", "integrationStatus", "integration.error", "authorizer.error"}
    assert words <= {"requestId", "requestTime", "routeKey", "status", "responseLatency"} | failures
    assert all(value.startswith("$context.") for value in line.values())


def test_nothing_has_a_name_that_a_second_stack_would_want_too(resources: Resources) -> None:
    """What SAM makes of the template counts: it names some things that the template does not."""
    unique = {"StageName", "AttributeName", "MetricName", "PolicyName"}  # within their own resource
    for logical_id, resource in resources.items():
        of_another = resource["Type"] in NAMED_WITHIN
        for member, value in resource["Properties"].items():
            fixed = member.endswith("Name") and isinstance(value, str) and not of_another
            if fixed and member not in unique:
                raise AssertionError(f"{logical_id} is always called {value}")
            if member in {"Name", "LayerName", "DashboardName"} and not of_another:
                assert "${AWS::StackName}" in value["Fn::Sub"], logical_id


def test_every_role_can_be_bounded(resources: Resources) -> None:
    for name, role in of_type(resources, "AWS::IAM::Role").items():
        condition, bound, _ = role["Properties"]["PermissionsBoundary"]["Fn::If"]
        assert (condition, bound) == ("RolesAreBounded", {"Ref": "PermissionsBoundary"}), name


def test_what_api_gateway_finds_strange_ends_the_deployment(resources: Resources) -> None:
    assert resources["Api"]["Properties"]["FailOnWarnings"] is True


def test_nothing_refers_to_what_is_not_deployed_with_a_foreign_issuer(
    stack: dict[str, Any],
) -> None:
    """References to what is made under a condition stand behind it."""
    conditions = {
        name: one["Condition"] for name, one in stack["Resources"].items() if "Condition" in one
    }
    assert {"OwnUserPool", "DomainIsMade", "OwnDomain"} <= set(conditions.values())
    for name, output in stack["Outputs"].items():
        found = re.findall(r'"(?:Ref|Fn::GetAtt)": \[?"(\w+)"|\$\{(\w+)', json.dumps(output))
        for referred in {one or other for one, other in found} & set(conditions):
            assert output.get("Condition") == conditions[referred], name


def test_cloudformation_has_nothing_to_complain_about(stack: dict[str, Any]) -> None:
    """Neither an error nor a warning."""
    matches = lint(json.dumps(stack), config=ManualArgs(regions=["eu-central-1"]))
    complaints = [str(match) for match in matches if match.rule.id not in ACCEPTED]
    assert complaints == []


def test_nor_has_it_in_any_commercial_region() -> None:
    """The linter makes the same translation of the source, once for all of them."""
    assert len(REGIONS) > 30
    matches = lint((ROOT / "template.yaml").read_text(), config=ManualArgs(regions=REGIONS))
    assert [str(match) for match in matches] == []


def test_the_linter_would_complain(resources: Resources) -> None:
    broken = json.loads(json.dumps(resources["Table"]))
    broken["Properties"]["BillingMode"] = "FREE"
    alone = json.dumps({"Resources": {"Table": broken}})
    matches = lint(alone, config=ManualArgs(regions=["eu-central-1"]))
    assert any(match.rule.id.startswith("E") and "FREE" in match.message for match in matches)


def test_parameters_explain_themselves_and_the_local_ones_are_off() -> None:
    whole = template()
    grouped = [
        name
        for group in whole["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        for name in group["Parameters"]
    ]
    assert sorted(grouped) == sorted(whole["Parameters"])
    assert whole["Parameters"]["Environment"]["Default"] == "production"
    assert whole["Parameters"]["JumioBaseUrl"]["Default"] == ""
    assert all("Default" in declared for declared in whole["Parameters"].values())
