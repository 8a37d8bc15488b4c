"""The ready events in events/, for one deployment: filled in, and given to its functions.

    python -m scripts.ready_events write                   to .local/events, for `sam local`
    python -m scripts.ready_events invoke EVENT            the deployed function answers it

In a file's name the function comes first: create_session.web.json is for CreateSession. Without
--stack it is about the stack on this machine.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from scripts.deployment import Deployment, DeploymentError, add_options, chosen, told_in_a_line
from verification.domain.capability import SigningKey, sign

ROOT = Path(__file__).parents[1]
EVENTS = ROOT / "events"
CAPABILITY = "<capability>"
"""Stands in an event for a genuine one, which only the deployment's own key can make."""

_EXAMPLE = "events/create_session.json"
_USER_KEY, _REFERENCE = "1-" + "A" * 43, "0123456789abcdef" * 2  # as the events have them


def function_of(path: Path) -> str:
    """The logical id of the function that an event is for."""
    return "".join(word.capitalize() for word in path.name.split(".")[0].split("_"))


def filled_in(path: Path, deployment: Deployment) -> dict[str, Any]:
    """An event with a genuine capability where it wants one; raises DeploymentError."""
    try:
        text = path.read_text()
        if CAPABILITY in text:
            text = text.replace(CAPABILITY, capability(deployment))
        return dict(json.loads(text))
    except (OSError, ValueError) as error:
        raise DeploymentError(f"{path} is no event: {error}") from None


def capability(deployment: Deployment) -> str:
    """The last part of a callback address that this deployment believes."""
    secret = deployment.client("secretsmanager").get_secret_value(
        SecretId=deployment.outputs["CallbackSecretArn"]
    )
    key = json.loads(secret["SecretString"])
    return sign(SigningKey(key["version"], key["key"]), _USER_KEY, _REFERENCE)


def environment(deployment: Deployment) -> dict[str, dict[str, str]]:
    """What `sam local --env-vars` wants: the variables that are references in the template."""
    template = json.loads((EVENTS / "environment/deployed.json").read_text())["Parameters"]
    outputs = deployment.outputs
    return {"Parameters": {name: outputs[text.split()[-1]] for name, text in template.items()}}


def write(deployment: Deployment, folder: Path) -> None:
    """All events, filled in, and deployed.json, to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(EVENTS.glob("*.json")):
        (folder / path.name).write_text(json.dumps(filled_in(path, deployment), indent=2) + "\n")
    (folder / "deployed.json").write_text(json.dumps(environment(deployment), indent=2) + "\n")


def invoke(deployment: Deployment, path: Path) -> tuple[bool, Any]:
    """Whether the function came to an end, and what it answered."""
    if not path.is_file():
        raise DeploymentError(f"EVENT={path if path.name else ''} is no file like {_EXAMPLE}")
    answer = deployment.client("lambda").invoke(
        FunctionName=deployment.function(function_of(path)),
        Payload=json.dumps(filled_in(path, deployment)).encode(),
    )
    return "FunctionError" not in answer, json.load(answer["Payload"])


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.ready_events",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_options(parser)
    commands = parser.add_subparsers(dest="command", required=True)
    writing = commands.add_parser("write", help="write all events, filled in")
    writing.add_argument("--to", type=Path, default=ROOT / ".local/events")
    asking = commands.add_parser("invoke", help="let a deployed function answer an event")
    asking.add_argument("event", type=Path)
    options = parser.parse_args(arguments)
    with told_in_a_line():
        deployment = chosen(options)
        if options.command == "write":
            write(deployment, options.to)
            sys.stdout.write(f"events and environment are in {options.to}\n")
            return 0
        ended, answer = invoke(deployment, options.event)
    sys.stdout.write(json.dumps(answer, indent=2) + "\n")
    return 0 if ended else 1


if __name__ == "__main__":
    sys.exit(main())
