"""`make rotate-pepper`: new people come under a new pepper, everybody else stays where they are.

The new value has all peppers before it, is written whole, and becomes the current one only if
nobody has changed the secret meanwhile. Nothing shows a pepper. Safe to repeat: within an hour it
is the same rotation. Needs to read and write the secret, and to read the table.
"""

import argparse
import json
import secrets
import sys
import time
from typing import TYPE_CHECKING

from scripts.deployment import Deployment, DeploymentError, add_options, chosen, told_in_a_line
from verification.domain.errors import Misconfigured
from verification.domain.identity import Peppers
from verification.store.items import LIMITER_KEY
from verification.wiring import peppers_in

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_SAME = 3600  # seconds in which a second rotation is taken for the first one, said again
_NONE = "nobody has begun a session here yet: there is nothing to rotate"
_ANOTHER = (
    "the secret lacks a pepper with which the table was used, has gone back to an older one, or has"
    " one version twice; nothing was changed: see PepperUnusableAlarm in docs/runbook.md"
)
_OVERTAKEN = "somebody else has changed the secret meanwhile: nothing was changed"


def on_record(dynamodb: "DynamoDBClient", table: str) -> str:
    """The fingerprints of the peppers with which a table was used, the latest last."""
    key = {"pk": {"S": LIMITER_KEY.pk}, "sk": {"S": LIMITER_KEY.sk}}
    item = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
    return item.get("pepper", {}).get("S", "")


def with_new(members: dict[str, str], known: Peppers) -> dict[str, str]:
    """The secret's members with a new pepper, and those that are known, the newest first."""
    numbers = [int(one.version) for one in known.newest_first if one.version.isdecimal()]
    older = {name: key for name, key in members.items() if name.startswith("key_")}
    return {
        "version": str(max(numbers, default=0) + 1),
        "key": secrets.token_hex(32),
        f"key_{known.current.version}": known.current.key,
        **older,
    }


def rotate(deployment: Deployment, now: float) -> str:
    """Rotate the pepper unless that was just done; returns what to tell, or raises DeploymentError.

    Whoever wrote another pepper over the right one is not helped by one more value, which would
    push the right one out of the secret: so the table has to know what the secret holds.
    """
    manager, secret = deployment.client("secretsmanager"), deployment.outputs["UserKeySecretArn"]
    found = manager.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT")
    try:
        members = json.loads(found["SecretString"])
        known = peppers_in(members)
    except (KeyError, ValueError, AttributeError, Misconfigured):
        raise DeploymentError(_ANOTHER) from None
    record = on_record(deployment.client("dynamodb"), deployment.outputs["TableName"])
    if not record:
        raise DeploymentError(_NONE)
    new = with_new(members, known)
    kept = peppers_in(new).cover(" ".join(one.fingerprint for one in known.newest_first))
    if not (kept and known.cover(record) and known.follow(record)):
        raise DeploymentError(_ANOTHER)
    version, minutes = known.current.version, (now - found["CreatedDate"].timestamp()) / 60
    if known.older and minutes < _SAME / 60:
        return f"version {version} is {minutes:.0f} minutes old: nothing was changed"
    made = manager.put_secret_value(
        SecretId=secret, SecretString=json.dumps(new), VersionStages=["AWSPENDING"]
    )
    try:
        manager.update_secret_version_stage(
            SecretId=secret,
            VersionStage="AWSCURRENT",
            MoveToVersionId=made["VersionId"],
            RemoveFromVersionId=found["VersionId"],
        )
    except manager.exceptions.InvalidParameterException:
        raise DeploymentError(_OVERTAKEN) from None
    return f"version {new['version']} is the pepper of new people; version {version} is kept"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.rotate_pepper", description=__doc__)
    add_options(parser)
    with told_in_a_line():
        told = rotate(chosen(parser.parse_args(arguments)), time.time())
    sys.stdout.write(f"{told}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
