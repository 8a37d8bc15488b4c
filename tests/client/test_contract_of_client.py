"""The browser client's types are those of docs/openapi.yaml, as TypeScript itself sees it."""

import json
import subprocess
from pathlib import Path

import pytest

from local.stack import ROOT
from tests.support.contract import DOCUMENT, Json, resolved

CLIENT = ROOT / "web" / "client" / "verification-client.js"
TOOLS = ROOT / ".venv"
SCHEMAS = DOCUMENT["components"]["schemas"]
_WORDS = {"string": "string", "boolean": "boolean", "integer": "number", "null": "null"}
_SAME = """
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
"""


def typescript(schema: Json, *, asked: bool) -> str:
    """A schema as a type. What is asked for is left out rather than null."""
    schema = resolved(schema)
    if "anyOf" in schema:
        (one,) = [one for one in schema["anyOf"] if one != {"type": "null"}]
        return typescript(one, asked=asked) + ("" if asked else " | null")
    if "properties" in schema:
        required = set(schema["required"])
        members = [
            f"{name}{'' if name in required else '?'}: {typescript(one, asked=asked)};"
            for name, one in schema["properties"].items()
        ]
        return f"{{ {' '.join(members)} }}"
    if schema["type"] == "object":
        return "Client.Applicant"
    if "enum" in schema and "pattern" not in schema:
        return " | ".join(json.dumps(one) for one in schema["enum"] if one is not None or not asked)
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " | ".join(_WORDS[one] for one in types if one != "null" or not asked)


def pairs() -> dict[str, str]:
    """Types of the client, and what the document says about them."""
    session = {
        kind: next(iter(variant["properties"][kind]["properties"].items()))
        for variant in SCHEMAS["Session"]["oneOf"]
        for kind in variant["properties"]
    }
    variants = [
        f'{{ kind: "{kind}"; {name}: {typescript(one, asked=False)} }}'
        for kind, (name, one) in session.items()
    ]
    return {
        "SessionRequest": typescript(SCHEMAS["SessionRequest"], asked=True),
        "Consent": typescript(SCHEMAS["Consent"], asked=True),
        "Standing": typescript(SCHEMAS["Verification"], asked=False),
        "Field": typescript(SCHEMAS["Problem"]["properties"]["errors"]["items"], asked=False),
        "Session": " | ".join([*variants, '{ kind: "done" }']),
    }


def compiled(folder: Path, name: str, described: str) -> subprocess.CompletedProcess[str]:
    program = folder / "same.ts"
    program.write_text(
        f'import type * as Client from "{CLIENT}";\n'
        f"{_SAME}export const same: Same<Client.{name}, {described}> = true;\n"
    )
    compiler = TOOLS / "node_modules" / "typescript" / "bin" / "tsc"
    options = ["--strict", "--noEmit", "--target", "es2022", "--module", "esnext"]
    command = [TOOLS / "bin" / "node", compiler, *options, "--moduleResolution", "bundler", program]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - no foreign input


@pytest.mark.parametrize(("name", "described"), pairs().items(), ids=pairs())
def test_a_type_of_the_client_is_as_described(tmp_path: Path, name: str, described: str) -> None:
    done = compiled(tmp_path, name, described)
    assert done.returncode == 0, f"{described}\n{done.stdout}"


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("renew?: boolean;", ""),
        ("renew?: boolean;", "renew: boolean;"),
        ("renew?: boolean;", "renew?: boolean; more?: string;"),
        ('"sdk" | "web"', '"sdk" | "web" | "fax"'),
    ],
)
def test_a_type_that_differs_is_found(tmp_path: Path, said: str, instead: str) -> None:
    described = pairs()["SessionRequest"]
    assert said in described
    assert compiled(tmp_path, "SessionRequest", described.replace(said, instead)).returncode != 0
