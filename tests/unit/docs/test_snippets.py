"""What the documents show is code: it compiles or parses wherever a compiler or parser is at hand.

Swift, Kotlin and Dart have none here; what they send and read is in test_frontend_pages.py.
"""

import json
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.template import ROOT

PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), *ROOT.glob("*/README.md")])
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
CLIENT = ROOT / "web" / "client"
NODE, TSC = ROOT / ".venv/bin/node", ROOT / ".venv/node_modules/typescript/bin/tsc"

# What a snippet leaves to its reader, and what Jumio's packages bring.
AROUND = """
declare const accessToken: string, signal: AbortSignal;
declare const session: {
  accessToken(wish: {notThis: string | null}): string | null; sdk: {token: string} };
declare const frame: HTMLIFrameElement, href: string;
declare function askHowItStands(result?: unknown): void;
declare function show(standing: object): void;
declare function say(trouble: string): void;
declare function decide(code: string): void;
type Failed = (error: {errorCode: string}) => void;
declare const JumioMobileSDK: {
  initialize(token: string, dataCenter: "US" | "EU" | "SG"): Promise<void>; start(): void };
declare class NativeEventEmitter {
  constructor(module: unknown);
  addListener(name: "EventResult", heard: (result: unknown) => void): void;
  addListener(name: "EventError", heard: Failed): void;
}
declare const Jumio: {
  initialize(token: string, dataCenter: "US" | "EU" | "SG", ok: () => void, no: () => void): void;
  start(ok: (result: unknown) => void, no: Failed, customization: object): void };
declare function started(): void;
declare function failed(): void;
"""


def blocks(language: str) -> list[Any]:
    """Each block in that language, named by its page and line."""
    found = []
    for page in PAGES:
        text = page.read_text()
        for match in BLOCK.finditer(text):
            indent, written, body = match.groups()
            if written == language:
                line = text.count("\n", 0, match.start()) + 2
                body = "\n".join(one.removeprefix(indent) for one in body.splitlines()) + "\n"
                found.append(pytest.param(body, id=f"{page.relative_to(ROOT)}:{line}"))
    return found


def typescript(folder: Path, *files: str) -> str:
    """What the compiler has to say about JavaScript."""
    options = {
        "allowJs": True,
        "checkJs": True,
        "strict": False,  # what is untyped or may be null is for people to see, not for a page
        "noEmit": True,
        "target": "es2022",
        "module": "esnext",
        "moduleResolution": "bundler",
        "lib": ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
        "types": [],
    }
    project = {"compilerOptions": options, "files": files}
    (folder / "tsconfig.json").write_text(json.dumps(project))
    done = subprocess.run(  # noqa: S603 our own words
        [NODE, TSC, "--project", folder], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_there_is_something_of_each_kind() -> None:
    assert {kind: bool(blocks(kind)) for kind in (*PARSERS, "js")} == dict.fromkeys(
        (*PARSERS, "js"), True
    )


PARSERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "python": lambda text: compile(text, "snippet", "exec"),
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param(language, *block.values, id=f"{block.id}")
        for language in PARSERS
        for block in blocks(language)
    ],
)
def test_what_has_a_parser_parses(language: str, text: str) -> None:
    PARSERS[language](text)


@pytest.mark.parametrize("text", blocks("sh"))
def test_a_shell_understands_it(text: str) -> None:
    said = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)  # noqa: S607
    assert said.stderr == ""


@pytest.mark.parametrize("text", blocks("js"))
def test_javascript_has_nothing_that_a_compiler_minds(text: str, tmp_path: Path) -> None:
    (tmp_path / "client").symlink_to(CLIENT)
    (tmp_path / "around.d.ts").write_text(AROUND)
    (tmp_path / "snippet.js").write_text(text + "\nexport {};\n")
    assert typescript(tmp_path, "around.d.ts", "snippet.js") == ""


def test_a_member_that_the_client_does_not_have_is_seen(tmp_path: Path) -> None:
    (tutorial,) = (block.values[0] for block in blocks("js") if "tutorial" in str(block.id))
    for right, wrong in (("standing?.status", "standing?.state"), ('"web"', '"www"')):
        folder = tmp_path / wrong.strip('"')
        folder.mkdir()
        (folder / "client").symlink_to(CLIENT)
        (folder / "app.js").write_text(tutorial.replace(right, wrong) + "\nexport {};\n")
        assert "error TS" in typescript(folder, "app.js")
