"""An HTTP API described by OpenAPI, as one explicit resource per route.

API Gateway takes the description whole, in the property `Body`; MiniStack takes the resources
that the description stands for, and ignores the property.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Resources = dict[str, dict[str, Any]]

_METHODS = {
    "get": "GET",
    "post": "POST",
    "put": "PUT",
    "patch": "PATCH",
    "delete": "DELETE",
    "head": "HEAD",
    "options": "OPTIONS",
    "x-amazon-apigateway-any-method": "ANY",
}


@dataclass
class _Api:
    logical_id: str
    body: dict[str, Any]
    resources: Resources = field(default_factory=dict)

    def add(self, suffix: str, kind: str, properties: dict[str, Any], condition: str | None) -> str:
        logical_id = f"{self.logical_id}{suffix}"
        resource = {
            "Type": f"AWS::ApiGatewayV2::{kind}",
            "Properties": {"ApiId": {"Ref": self.logical_id}, **properties},
        }
        if condition:
            resource["Condition"] = condition
        self.resources[logical_id] = resource
        return logical_id


def make_explicit(resources: Resources) -> Resources:
    """The resources, with every HTTP API's `Body` replaced by what it describes."""
    result: Resources = {}
    for logical_id, resource in resources.items():
        body = resource.get("Properties", {}).get("Body")
        if resource["Type"] != "AWS::ApiGatewayV2::Api" or not body:
            result[logical_id] = resource
            continue
        properties = {key: value for key, value in resource["Properties"].items() if key != "Body"}
        properties |= {
            "Name": properties.get("Name", body["info"]["title"]),
            "ProtocolType": "HTTP",
        }
        if "x-amazon-apigateway-cors" in body:
            # CloudFormation spells the members AllowOrigins and so on. MiniStack keeps what it is
            # given and reads the API's own spelling, which is OpenAPI's.
            properties["CorsConfiguration"] = body["x-amazon-apigateway-cors"]
        result[logical_id] = {**resource, "Properties": properties}
        result |= _described(_Api(logical_id, body))
    return result


def _described(api: _Api) -> Resources:
    schemes = api.body.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        if authorizer := scheme.get("x-amazon-apigateway-authorizer"):
            api.add(f"Authorizer{_identifier(name)}", "Authorizer", _jwt(name, authorizer), None)
    for path, method, operation, condition in _operations(api.body):
        suffix = f"{_identifier(method)}{_identifier(path) or 'Root'}"
        integration = api.add(
            f"Integration{suffix}", "Integration", _integration(operation), condition
        )
        route = {
            "RouteKey": path if path == "$default" else f"{method} {path}",
            "Target": {"Fn::Join": ["/", ["integrations", {"Ref": integration}]]},
            **_authorization(api, operation, schemes),
        }
        api.add(f"Route{suffix}", "Route", route, condition)
    return api.resources


def _operations(body: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any], str | None]]:
    """Path, method, operation and condition; the translator wraps conditional ones in Fn::If."""
    for path, item in body.get("paths", {}).items():
        condition = None
        operations = item
        if "Fn::If" in item:
            condition, operations, _ = item["Fn::If"]
        for key, operation in operations.items():
            if key in _METHODS:
                chosen, inner = condition, operation
                if "Fn::If" in operation:
                    chosen, inner, _ = operation["Fn::If"]
                yield path, _METHODS[key], inner, chosen


def _jwt(name: str, authorizer: dict[str, Any]) -> dict[str, Any]:
    configuration = authorizer["jwtConfiguration"]
    return {
        "Name": name,
        "AuthorizerType": "JWT",
        "IdentitySource": [authorizer["identitySource"]],
        "JwtConfiguration": {
            "Issuer": configuration["issuer"],
            "Audience": configuration["audience"],
        },
    }


def _integration(operation: dict[str, Any]) -> dict[str, Any]:
    described = operation["x-amazon-apigateway-integration"]
    return {
        "IntegrationType": described["type"].upper(),
        "IntegrationUri": described["uri"],
        "IntegrationMethod": described["httpMethod"],
        "PayloadFormatVersion": described["payloadFormatVersion"],
    }


def _authorization(api: _Api, operation: dict[str, Any], schemes: dict[str, Any]) -> dict[str, Any]:
    for requirement in operation.get("security", []):
        for name, scopes in requirement.items():
            # A requirement that names no scheme, such as NONE, asks for nothing.
            if name in schemes:
                return {
                    "AuthorizationType": "JWT",
                    "AuthorizerId": {"Ref": f"{api.logical_id}Authorizer{_identifier(name)}"},
                    "AuthorizationScopes": scopes,
                }
    return {"AuthorizationType": "NONE"}


def _identifier(text: str) -> str:
    return "".join(word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", text))
