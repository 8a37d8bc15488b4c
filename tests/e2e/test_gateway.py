"""What the gateway lets through, before any function of ours is asked."""

from typing import Any

import boto3
import pytest
import requests

from local.demo.people import Person, add
from local.demo.sign_in import SCOPES, sign_in
from tests.support.stack import RunningStack
from tests.support.waiting import eventually

_AUTHENTICATED = [("POST", "/sessions"), ("GET", "/verification")]


def _call(stack: RunningStack, method: str, path: str, **headers: str) -> requests.Response:
    return requests.request(method, stack.facts["api"] + path, headers=headers, timeout=30)


def _token(stack: RunningStack, kind: str = "access_token", client_id: str = "") -> str:
    """What Ada gets from the stack's user pool, by this app of hers or by the product's."""
    user, outputs = stack.facts["users"][0], stack.outputs
    app = {**outputs, "UserPoolClientId": client_id or outputs["UserPoolClientId"]}
    return str(sign_in(stack.facts | {"outputs": app}, user["email"], user["password"])[kind])


def _app(stack: RunningStack, pool: str) -> str:
    """Another app, which may ask a pool for the same as the product's."""
    made = stack.aws.cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="another app",
        CallbackURLs=[stack.facts["page"]],
        AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=SCOPES.split(),
        SupportedIdentityProviders=["COGNITO"],
    )
    return made["UserPoolClient"]["ClientId"]


def _standing(stack: RunningStack, token: str) -> int:
    return _call(stack, "GET", "/verification", Authorization=f"Bearer {token}").status_code


def test_every_route_is_deployed(stack: RunningStack) -> None:
    gateway = boto3.client(
        "apigatewayv2",
        endpoint_url=stack.facts["aws_endpoint"],
        region_name=stack.facts["region"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    routes = gateway.get_routes(ApiId=stack.outputs["ApiId"])["Items"]
    authorization = {route["RouteKey"]: route["AuthorizationType"] for route in routes}
    assert authorization == {
        "POST /sessions": "JWT",
        "GET /verification": "JWT",
        "POST /callbacks/{capability}": "NONE",
    }


@pytest.mark.parametrize(("method", "path"), _AUTHENTICATED)
@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer nonsense", "Bearer a.b.c"])
def test_without_a_token_nothing_is_answered(
    stack: RunningStack, method: str, path: str, authorization: str | None
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    assert _call(stack, method, path, **headers).status_code == 401


@pytest.mark.parametrize(("method", "path"), _AUTHENTICATED)
def test_a_token_of_another_user_pool_is_refused(
    stack: RunningStack, method: str, path: str
) -> None:
    cognito = stack.aws.cognito
    pool = cognito.create_user_pool(PoolName="foreign", UsernameAttributes=["email"])
    pool_id = pool["UserPool"]["Id"]
    scope = {"ScopeName": "start", "ScopeDescription": "Be verified"}
    cognito.create_resource_server(
        UserPoolId=pool_id, Identifier="verification", Name="verification", Scopes=[scope]
    )
    stranger = Person("Stranger", "stranger", "Invented-Password-0")
    add(cognito, pool_id, stranger)
    foreign = stack.facts | {"outputs": {"UserPoolClientId": _app(stack, pool_id)}}
    token = sign_in(foreign, stranger.email, stranger.password)["access_token"]
    assert _call(stack, method, path, Authorization=f"Bearer {token}").status_code == 401


def test_a_token_for_another_app_of_the_same_pool_is_refused(stack: RunningStack) -> None:
    token = _token(stack, client_id=_app(stack, stack.outputs["UserPoolId"]))
    assert _standing(stack, token) == 401


def test_an_expired_token_is_refused(stack: RunningStack) -> None:
    cognito = stack.aws.cognito
    asked: dict[str, Any] = cognito.describe_user_pool_client(
        UserPoolId=stack.outputs["UserPoolId"], ClientId=stack.outputs["UserPoolClientId"]
    )["UserPoolClient"]
    kept = {"UserPoolId", "ClientId", "CallbackURLs", "SupportedIdentityProviders"}
    settings = {
        name: value for name, value in asked.items() if name in kept or "AllowedOAuth" in name
    }
    lifetime = {"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "seconds"}}
    cognito.update_user_pool_client(**settings, **lifetime)
    token = _token(stack)
    lifetime["TokenValidityUnits"] = {"AccessToken": "hours"}
    cognito.update_user_pool_client(**settings, **lifetime)
    assert eventually(lambda: _standing(stack, token), lambda status: status == 401) == 401


@pytest.mark.parametrize(("method", "path"), _AUTHENTICATED)
def test_a_token_without_the_scope_is_forbidden(
    stack: RunningStack, method: str, path: str
) -> None:
    """An id token has the right issuer and audience, and no scope at all."""
    token = _token(stack, "id_token")
    assert _call(stack, method, path, Authorization=f"Bearer {token}").status_code == 403


def test_the_page_may_call_the_api_from_its_origin(stack: RunningStack) -> None:
    origin = stack.facts["page"]
    answer = _call(
        stack,
        "OPTIONS",
        "/sessions",
        **{
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].split(",")
    assert {"authorization", "content-type"} <= set(allowed)


def test_the_page_can_read_when_to_ask_again(stack: RunningStack) -> None:
    origin, token = stack.facts["page"], stack.facts["users"][1]["access_token"]
    answer = _call(stack, "GET", "/verification", Origin=origin, Authorization=f"Bearer {token}")
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "retry-after" in answer.headers["Access-Control-Expose-Headers"]


def test_no_other_origin_may_call_the_api(stack: RunningStack) -> None:
    answer = _call(
        stack,
        "OPTIONS",
        "/sessions",
        **{"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    )
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_callbacks_need_no_token_but_a_capability(stack: RunningStack) -> None:
    answer = requests.post(f"{stack.facts['api']}/callbacks/invented", json={}, timeout=30)
    assert answer.status_code not in {200, 401}
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_who_knows_the_password_but_not_the_page_gets_no_token(stack: RunningStack) -> None:
    """There is one way to sign in, here as in production: the code flow."""
    user = stack.facts["users"][0]
    with pytest.raises(stack.aws.cognito.exceptions.InvalidParameterException, match="not enabled"):
        stack.aws.cognito.initiate_auth(
            ClientId=stack.outputs["UserPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": user["email"], "PASSWORD": user["password"]},
        )


def test_functions_are_held_to_their_roles(stack: RunningStack) -> None:
    """The local cloud checks who calls; otherwise no missing permission would ever show."""
    stranger = boto3.client(
        "dynamodb",
        endpoint_url=stack.facts["aws_endpoint"],
        region_name=stack.facts["region"],
        aws_access_key_id="AKIAINVENTEDINVENTED",
        aws_secret_access_key="invented",
    )
    with pytest.raises(stranger.exceptions.ClientError):
        stranger.scan(TableName=stack.outputs["TableName"])
