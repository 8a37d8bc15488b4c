"""What the gateway lets through, before any function of ours is asked."""

import boto3
import pytest
import requests

from local.demo.people import Person, add, sign_in
from tests.support.stack import RunningStack
from tests.support.waiting import eventually

_AUTHENTICATED = [("POST", "/sessions"), ("GET", "/verification")]


def _call(stack: RunningStack, method: str, path: str, **headers: str) -> requests.Response:
    return requests.request(method, stack.facts["api"] + path, headers=headers, timeout=30)


def _token(stack: RunningStack, client_id: str, kind: str = "AccessToken") -> str:
    user = stack.facts["users"][0]
    answer = stack.aws.cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user["username"], "PASSWORD": user["password"]},
    )
    return str(answer["AuthenticationResult"][kind])  # type: ignore[literal-required]


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
    pool = cognito.create_user_pool(PoolName="foreign")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="app", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    stranger = Person("Stranger", "stranger", "Invented-Password-0")
    add(cognito, pool, stranger)
    token = sign_in(cognito, client, stranger.username, stranger.password)
    assert _call(stack, method, path, Authorization=f"Bearer {token}").status_code == 401


def test_a_token_for_another_app_of_the_same_pool_is_refused(stack: RunningStack) -> None:
    client = stack.aws.cognito.create_user_pool_client(
        UserPoolId=stack.outputs["UserPoolId"],
        ClientName="another app",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
    )["UserPoolClient"]["ClientId"]
    token = _token(stack, client)
    assert _standing(stack, token) == 401


def test_an_expired_token_is_refused(stack: RunningStack) -> None:
    client_id = stack.outputs["UserPoolClientId"]
    settings = {
        "UserPoolId": stack.outputs["UserPoolId"],
        "ClientId": client_id,
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    }
    stack.aws.cognito.update_user_pool_client(
        **settings, AccessTokenValidity=1, TokenValidityUnits={"AccessToken": "seconds"}
    )
    token = _token(stack, client_id)
    stack.aws.cognito.update_user_pool_client(
        **settings, AccessTokenValidity=1, TokenValidityUnits={"AccessToken": "hours"}
    )
    assert eventually(lambda: _standing(stack, token), lambda status: status == 401) == 401


@pytest.mark.parametrize(("method", "path"), _AUTHENTICATED)
def test_a_token_without_the_scope_is_forbidden(
    stack: RunningStack, method: str, path: str
) -> None:
    """An id token has the right issuer and audience, and no scope at all."""
    token = _token(stack, stack.outputs["UserPoolClientId"], "IdToken")
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
