"""Invented people who can sign in at the stack's own user pool."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from local.cloud.aws import LocalAws
from local.demo.sign_in import sign_in

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.client import CognitoIdentityProviderClient


@dataclass(frozen=True)
class Person:
    """Somebody with an account at the app (not yet one at Jumio)."""

    name: str
    username: str
    password: str

    @property
    def email(self) -> str:
        """By which the pool knows them."""
        return f"{self.username}@example.com"


PEOPLE = (
    Person("Ada Demo", "ada.demo", "Invented-Password-1"),
    Person("Ben Demo", "ben.demo", "Invented-Password-2"),
)


_MORE = ("Cleo", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Juna", "Kai", "Lea", "Milo", "Nora")


def invented(number: int) -> Person:
    """One more person, unlike all with another number."""
    turn, position = divmod(number, len(_MORE))
    name = _MORE[position] if turn == 0 else f"{_MORE[position]} {turn + 1}"
    username = f"{name.lower().replace(' ', '-')}.demo"
    return Person(f"{name} Demo", username, "Invented-Password-3")


def several(count: int) -> list[Person]:
    """So many people, the first ones always the same."""
    return [*PEOPLE[:count], *(invented(number) for number in range(count - len(PEOPLE)))]


def enrol(aws: LocalAws, facts: dict[str, Any], count: int) -> list[dict[str, str]]:
    """Create people in the pool; returns each with an access token from signing in."""
    enrolled = []
    for person in several(count):
        add(aws.cognito, facts["outputs"]["UserPoolId"], person)
        token = access_token(facts, person)
        enrolled.append({**asdict(person), "email": person.email, "access_token": token})
    return enrolled


def add(cognito: "CognitoIdentityProviderClient", pool: str, person: Person) -> None:
    """Create a user of the pool who need not change the password first."""
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=person.email,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": person.email},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=person.email, Password=person.password, Permanent=True
    )


def replace(cognito: "CognitoIdentityProviderClient", pool: str, person: Person) -> None:
    """Make a stranger of a user of the pool: the same name and password, another subject."""
    cognito.admin_delete_user(UserPoolId=pool, Username=person.email)
    add(cognito, pool, person)


def access_token(facts: dict[str, Any], person: Person) -> str:
    """A fresh access token, as the person's app gets it."""
    return str(sign_in(facts, person.email, person.password)["access_token"])
