"""Access tokens that say what e-mail address a person has.

Cognito's do not, unless a function of the customer's adds it (docs/journeys.md, "Inputs"). The demo
is such a customer.
"""

import io
import zipfile

from local.cloud.aws import LocalAws

_NAME = "demo-claims"
_SOURCE = """
def handler(event, context):
    known = event["request"]["userAttributes"]
    added = {name: known[name] for name in ("email", "email_verified") if name in known}
    generation = {"claimsToAddOrOverride": added}
    event["response"] = {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": generation}}
    return event
"""


def add_email(aws: LocalAws, outputs: dict[str, str]) -> None:
    """From now on access tokens of the stack's pool have `email` and `email_verified`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", _SOURCE)
    functions = aws.functions
    # It needs no rights, but a role that exists.
    other = functions.get_function_configuration(FunctionName=outputs["EraseSubjectFunction"])
    function = functions.create_function(
        FunctionName=_NAME,
        Runtime="python3.13",
        Role=other["Role"],
        Handler="index.handler",
        Code={"ZipFile": packed.getvalue()},
    )
    aws.cognito.update_user_pool(
        UserPoolId=outputs["UserPoolId"],
        LambdaConfig={
            "PreTokenGenerationConfig": {
                "LambdaVersion": "V2_0",
                "LambdaArn": function["FunctionArn"],
            }
        },
    )
