"""Two invented people who can sign in at the stack's own user pool."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from local.cloud.aws import LocalAws

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.client import CognitoIdentityProviderClient


@dataclass(frozen=True)
class Person:
    """Somebody with an account at the app (not yet one at Jumio)."""

    name: str
    username: str
    password: str


PEOPLE = (
    Person("Ada Demo", "ada.demo", "Invented-Password-1"),
    Person("Ben Demo", "ben.demo", "Invented-Password-2"),
)


def enrol(aws: LocalAws, outputs: dict[str, str]) -> list[dict[str, str]]:
    """Create the people in the pool; returns each with an access token from signing in."""
    cognito = aws.cognito
    people = []
    for person in PEOPLE:
        add(cognito, outputs["UserPoolId"], person)
        token = sign_in(cognito, outputs["UserPoolClientId"], person.username, person.password)
        people.append({**asdict(person), "access_token": token})
    return people


def add(cognito: "CognitoIdentityProviderClient", pool: str, person: Person) -> None:
    """Create a user of the pool who need not change the password first."""
    cognito.admin_create_user(UserPoolId=pool, Username=person.username, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=person.username, Password=person.password, Permanent=True
    )


def sign_in(
    cognito: "CognitoIdentityProviderClient", client_id: str, username: str, password: str
) -> str:
    """A fresh access token, as an app gets it."""
    answer = cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password},
    )
    return str(answer["AuthenticationResult"]["AccessToken"])
