"""`make story`: what happened to one person, from a stack that is deployed or on this machine."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from scripts.deployment import DeploymentError, add_options, chosen, told_in_a_line

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient


def story_of(functions: "LambdaClient", function: str, whom: dict[str, Any]) -> dict[str, Any]:
    """What the function tells; raises DeploymentError with its problem's code."""
    answer = functions.invoke(FunctionName=function, Payload=json.dumps(whom))
    told: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise DeploymentError(f"no story: {told.get('errorMessage')}")
    return told


def lines(story: dict[str, Any]) -> list[str]:
    """The story, a line for each thing that happened, then how things stand now."""
    timeline = [_line(**entry) for entry in story["timeline"]]
    return [*timeline, json.dumps({**story, "timeline": len(timeline)}, indent=2)]


def _line(at: str, what: str, **members: object) -> str:
    said = (f"{name}={value}" for name, value in members.items() if value not in (None, False))
    return "  ".join([at, what, *said])


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.story", description=__doc__)
    add_options(parser)
    parser.add_argument("--ask-jumio", action="store_true", help="also how Jumio says it stands")
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("--person", nargs=2, metavar=("ISSUER", "SUBJECT"))
    whom.add_argument("--user-key")
    whom.add_argument("--account-id")
    whom.add_argument("--reference", help="executionId of an event; reads the whole table")
    options = parser.parse_args(arguments)
    asked: dict[str, Any] = {
        "user_key": options.user_key,
        "account_id": options.account_id,
        "reference": options.reference,
        "ask_jumio": options.ask_jumio,
    }
    named = {name: value for name, value in asked.items() if value}
    named |= dict(zip(("issuer", "subject"), options.person or (), strict=False))
    with told_in_a_line():
        deployment = chosen(options)
        function = deployment.outputs["TellStoryFunction"]
        story = story_of(deployment.client("lambda"), function, named)
    sys.stdout.writelines(f"{line}\n" for line in lines(story))
    return 0


if __name__ == "__main__":
    sys.exit(main())
