"""Where people, their apps and Jumio come in, for what a deployment may say about it."""

import math
import uuid
from typing import Any

import pytest

from tests.support.deployed import Resources, of_type, translated
from tests.support.resolved import resolved
from tests.support.template import template

OURS = {"DomainName": "api.acme.example"}
CERTIFICATE = f"arn:aws:acm:eu-central-1:123456789012:certificate/{uuid.UUID(int=7)}"
MADE = OURS | {"CertificateArn": CERTIFICATE}
ORIGINS = {"AllowedOrigins": "https://www.acme.example,https://shop.acme.example"}
FOREIGN = {"JwtIssuer": "https://issuer.example/", "JwtAudience": "api", "RequiredScope": "verify"}
Json = dict[str, Any]


def deployed(**parameters: str) -> Json:
    return resolved(translated(**parameters), **parameters)


def resources(**parameters: str) -> Resources:
    return dict(deployed(**parameters)["Resources"])


def mapping(whole: Json) -> Json:
    (only,) = of_type(whole["Resources"], "AWS::ApiGatewayV2::ApiMapping").values()
    return dict(only["Properties"])


def callback_base(**parameters: str) -> str:
    function = resources(**parameters)["CreateSession"]["Properties"]
    return str(function["Environment"]["Variables"]["PUBLIC_BASE_URL"])


@pytest.mark.parametrize(
    ("parameters", "base"),
    [
        ({}, ""),
        (OURS, "https://api.acme.example"),
        (OURS | {"BasePath": "kyc/v1"}, "https://api.acme.example/kyc/v1"),
        (MADE | {"BasePath": "kyc"}, "https://api.acme.example/kyc"),
        (OURS | {"PublicBaseUrl": "https://in.acme.example"}, "https://in.acme.example"),
    ],
)
def test_jumio_calls_back_where_people_call_unless_told_otherwise(
    parameters: dict[str, str], base: str
) -> None:
    assert callback_base(**parameters) == base


def test_a_domain_with_a_certificate_is_made_and_led_to_the_api() -> None:
    whole = deployed(**MADE, BasePath="kyc")
    (domain,) = of_type(whole["Resources"], "AWS::ApiGatewayV2::DomainName").values()
    (configuration,) = domain["Properties"]["DomainNameConfigurations"]
    assert domain["Properties"]["DomainName"] == "api.acme.example"
    assert configuration["CertificateArn"] == CERTIFICATE
    assert configuration["SecurityPolicy"] == "TLS_1_2"
    assert mapping(whole) == {
        "DomainName": {"Ref": "Domain"},
        "ApiId": {"Ref": "Api"},
        "Stage": {"Ref": "ApiApiGatewayDefaultStage"},
        "ApiMappingKey": "kyc",
    }
    assert whole["Outputs"]["DomainTarget"]["Value"] == {
        "Fn::GetAtt": ["Domain", "RegionalDomainName"]
    }
    assert whole["Outputs"]["ApiUrl"]["Value"] == "https://api.acme.example/kyc"


def test_a_domain_that_is_there_already_is_shared_by_a_path() -> None:
    whole = deployed(**OURS, BasePath="kyc")
    assert not of_type(whole["Resources"], "AWS::ApiGatewayV2::DomainName")
    assert mapping(whole)["DomainName"] == "api.acme.example"
    assert "DomainTarget" not in whole["Outputs"]


def test_without_a_domain_there_is_only_the_gateways() -> None:
    whole = deployed()
    assert not of_type(whole["Resources"], "AWS::ApiGatewayV2::ApiMapping")
    assert "execute-api" in str(whole["Outputs"]["ApiUrl"]["Value"])


def test_the_gateways_own_address_can_be_closed_without_a_warning() -> None:
    """A server without an address would be one, and FailOnWarnings would end the deployment."""
    body = resources(**OURS, ExecuteApi="closed")["Api"]["Properties"]["Body"]
    assert body["servers"] == [
        {
            "url": "https://api.acme.example",
            "x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": True},
        }
    ]
    assert "servers" not in resources(**OURS)["Api"]["Properties"]["Body"]


def test_every_route_has_a_bucket_of_its_own() -> None:
    """So that whoever floods the one that is open to all takes nothing from people."""
    made = resources(SessionRequestsPerSecond="7", StatusRequestsPerSecond="8")
    (stage,) = of_type(made, "AWS::ApiGatewayV2::Stage").values()
    paths = made["Api"]["Properties"]["Body"]["paths"]
    routes = {f"{method.upper()} {path}" for path, one in paths.items() for method in one}
    rates = {
        route: (one["ThrottlingRateLimit"], one["ThrottlingBurstLimit"])
        for route, one in stage["Properties"]["RouteSettings"].items()
    }
    assert rates == {
        "POST /sessions": ("7", "7"),
        "GET /verification": ("8", "8"),
        "POST /callbacks/{capability}": ("50", "50"),
    }
    assert set(rates) == routes


def test_the_defaults_let_through_what_the_default_pace_leads_to() -> None:
    """The formula of docs/deploying.md, for verifications of five minutes."""
    declared = {name: one["Default"] for name, one in template()["Parameters"].items()}
    pace, minutes, asks_a_minute = declared["AccountCallsPerSecond"], 5, 12
    assert declared["StatusRequestsPerSecond"] >= 2 * math.ceil(pace * minutes * asks_a_minute)
    assert declared["SessionRequestsPerSecond"] >= 10 * pace
    assert declared["CallbacksPerSecond"] >= 10 * pace


@pytest.mark.parametrize(
    ("parameter", "function"),
    [
        ("SessionConcurrency", "CreateSession"),
        ("StatusConcurrency", "GetVerification"),
        ("CallbackConcurrency", "ReceiveCallback"),
    ],
)
def test_a_function_can_have_lambdas_of_its_own_and_has_none_by_default(
    parameter: str, function: str
) -> None:
    reserved = resources(**{parameter: "20"})
    kept = {
        name: one["Properties"]["ReservedConcurrentExecutions"]
        for name, one in reserved.items()
        if "ReservedConcurrentExecutions" in one.get("Properties", {})
    }
    assert kept == {function: "20"}
    assert "ReservedConcurrentExecutions" not in str(resources())


def test_an_app_signs_people_in_by_the_code_flow_and_by_nothing_else() -> None:
    client = resources(**ORIGINS)["UserPoolClient"]["Properties"]
    assert client["AllowedOAuthFlowsUserPoolClient"] is True
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["GenerateSecret"] is False
    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert client["CallbackURLs"] == client["LogoutURLs"] == ORIGINS["AllowedOrigins"].split(",")
    assert "verification/start" in client["AllowedOAuthScopes"]


def test_apps_come_back_by_schemes_of_their_own() -> None:
    back = "https://www.acme.example/signed-in,acme://signed-in"
    client = resources(SignInReturnUrls=back)["UserPoolClient"]["Properties"]
    assert client["CallbackURLs"] == back.split(",")


def test_the_scope_is_one_that_the_pool_can_give_and_the_gateway_demands() -> None:
    whole = resources()
    server = whole["SignInScopes"]["Properties"]
    (scope,) = [f"{server['Identifier']}/{one['ScopeName']}" for one in server["Scopes"]]
    paths = whole["Api"]["Properties"]["Body"]["paths"]
    demanded = [
        scopes
        for methods in paths.values()
        for operation in methods.values()
        for choice in operation.get("security", [])
        for scopes in choice.values()
    ]
    assert demanded == [[scope]] * 2


def test_people_are_called_by_their_address_however_they_write_it() -> None:
    """Neither can be changed later; a second spelling would be a second person."""
    pool = resources()["UserPool"]["Properties"]
    assert pool["UsernameAttributes"] == pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    changed = pool["UserAttributeUpdateSettings"]
    assert changed == {"AttributesRequireVerificationBeforeUpdate": ["email"]}


def test_who_may_sign_up_and_how_is_a_parameter() -> None:
    usual = resources()["UserPool"]["Properties"]
    assert usual["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert "EnabledMfas" not in usual
    strict = resources(SelfSignUp="true", SignInMfa="ON", SignInTier="PLUS")["UserPool"][
        "Properties"
    ]
    assert strict["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": False}
    assert (strict["MfaConfiguration"], strict["EnabledMfas"]) == ("ON", ["SOFTWARE_TOKEN_MFA"])
    assert strict["UserPoolTier"] == "PLUS"


def test_the_page_of_the_sign_in_has_an_address_that_no_other_stack_has() -> None:
    made = resources()["SignInDomain"]["Properties"]["Domain"]
    assert "AWS::StackId" in str(made)
    named = resources(SignInDomainPrefix="acme-sign-in")["SignInDomain"]["Properties"]
    assert named["Domain"] == "acme-sign-in"


def test_with_an_issuer_of_ones_own_nothing_of_the_sign_in_is_made() -> None:
    kinds = {one["Type"] for one in resources(**FOREIGN).values()}
    assert not [kind for kind in kinds if kind.startswith("AWS::Cognito::")]
