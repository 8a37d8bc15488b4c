"""What the deployment keeps, and what must not be lost with it."""

import json
import re

from tests.support.deployed import Resources, of_type
from tests.support.template import ROOT, template
from verification.store.items import LIMITER_KEY

RESOURCES: Resources = template()["Resources"]
TABLE = RESOURCES["Table"]["Properties"]


def test_the_table_is_paid_by_use_and_can_be_brought_back() -> None:
    assert TABLE["BillingMode"] == "PAY_PER_REQUEST"
    assert TABLE["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert TABLE["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}


def test_the_table_is_encrypted_with_a_key_of_its_own_that_rotates() -> None:
    assert TABLE["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": {"Ref": "TableKey"},
    }
    assert RESOURCES["TableKey"]["Properties"]["EnableKeyRotation"] is True


def test_the_tables_keys_are_those_that_the_store_writes() -> None:
    schema = {key["KeyType"]: key["AttributeName"] for key in TABLE["KeySchema"]}
    assert schema == {"HASH": "pk", "RANGE": "sk"}
    assert set(LIMITER_KEY.attributes) == set(schema.values())
    types = {one["AttributeName"]: one["AttributeType"] for one in TABLE["AttributeDefinitions"]}
    assert types == {"pk": "S", "sk": "S", "due": "S", "due_at": "N"}


def test_the_one_index_finds_what_is_due_and_copies_nothing_else() -> None:
    (index,) = TABLE["GlobalSecondaryIndexes"]
    schema = {key["KeyType"]: key["AttributeName"] for key in index["KeySchema"]}
    assert (index["IndexName"], schema) == ("due", {"HASH": "due", "RANGE": "due_at"})
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_what_cannot_be_made_again_outlives_the_stack() -> None:
    """But not a first deployment that fails, which would leave something behind each time."""
    kept = {name for name, one in RESOURCES.items() if "DeletionPolicy" in one}
    assert kept == {"Table", "TableKey", "UserKeySecret", "UserPool"}
    for name in kept:
        assert RESOURCES[name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


def test_nothing_can_change_the_pepper() -> None:
    """Whatever differs here generates it anew, and makes strangers of everybody who is known."""
    assert RESOURCES["UserKeySecret"]["Properties"] == {
        "Description": "Pepper of the user keys. Losing or changing it loses every user's account.",
        "GenerateSecretString": {
            "SecretStringTemplate": '{"version": "1"}',
            "GenerateStringKey": "key",
            "PasswordLength": 64,
            "ExcludePunctuation": True,
        },
    }
    text = (ROOT / "template.yaml").read_text()
    pepper = text.partition("\n  UserKeySecret:\n")[2].partition("\n\n")[0]
    assert "GenerateSecretString:\n" in pepper, "no anchor, and no other's properties"
    assert not re.search(r"[&*]\w", pepper)


def test_no_update_of_the_stack_touches_what_must_not_be_lost() -> None:
    policy = json.loads((ROOT / "stack-policy.json").read_text())
    allowed, *denied = policy["Statement"]
    assert (allowed["Effect"], allowed["Action"]) == ("Allow", "Update:*")
    kept = {name for name, one in RESOURCES.items() if "DeletionPolicy" in one}
    guarded: dict[str, set[str]] = {}
    for statement in denied:
        assert statement["Effect"] == "Deny"
        for resource in statement["Resource"]:
            name = resource.removeprefix("LogicalResourceId/")
            guarded.setdefault(name, set()).update(statement["Action"])
    assert set(guarded) == kept
    assert guarded.pop("UserKeySecret") == {"Update:*"}
    assert all(actions == {"Update:Replace", "Update:Delete"} for actions in guarded.values())


def test_table_and_people_refuse_to_be_deleted() -> None:
    assert TABLE["DeletionProtectionEnabled"] == {"Fn::If": ["Protected", True, False]}
    pool = RESOURCES["UserPool"]["Properties"]["DeletionProtection"]
    assert pool == {"Fn::If": ["Protected", "ACTIVE", "INACTIVE"]}
    assert template()["Parameters"]["DeletionProtection"]["Default"] == "true"


def test_our_own_secrets_are_generated_and_long() -> None:
    for name in ("UserKeySecret", "CallbackSecret"):
        properties = RESOURCES[name]["Properties"]
        assert "SecretString" not in properties
        generated = properties["GenerateSecretString"]
        assert json.loads(generated["SecretStringTemplate"]) == {"version": "1"}
        assert generated["GenerateStringKey"] == "key"
        assert generated["PasswordLength"] >= 64


def test_no_secret_has_a_value_in_the_template() -> None:
    for name, secret in of_type(RESOURCES, "AWS::SecretsManager::Secret").items():
        assert "SecretString" not in secret["Properties"], name
