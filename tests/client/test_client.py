"""The browser client, checked by the tools of its own world."""

import json
import re
import subprocess
from pathlib import Path

from local.stack import ROOT
from tests.support.contract import ROUTES, codes_of, responses

CLIENT = ROOT / "web" / "client"
MODULE = CLIENT / "verification-client.js"
DECLARATIONS = CLIENT / "verification-client.d.ts"
TOOLS = ROOT / ".venv"
NODE = TOOLS / "bin" / "node"


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - no foreign input


def _typescript(*options: str | Path) -> subprocess.CompletedProcess[str]:
    compiler = TOOLS / "node_modules" / "typescript" / "bin" / "tsc"
    return _run(NODE, compiler, "--project", CLIENT, *options)


def test_what_the_client_promises_holds_under_node() -> None:
    tests = sorted((ROOT / "tests" / "client").glob("*.test.mjs"))
    done = _run(NODE, "--test", "--test-reporter=tap", *tests)
    assert done.returncode == 0, done.stdout
    assert re.search(r"^# skipped 0$", done.stdout, re.MULTILINE)
    assert re.search(r"^# pass [1-9]\d+$", done.stdout, re.MULTILINE)


def test_its_types_hold() -> None:
    done = _typescript()
    assert done.returncode == 0, done.stdout


def test_its_declarations_are_those_of_the_module(tmp_path: Path) -> None:
    done = _typescript(
        "--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", tmp_path
    )
    assert done.returncode == 0, done.stdout
    assert (tmp_path / DECLARATIONS.name).read_text() == DECLARATIONS.read_text(), "make client"


def test_it_needs_nothing_but_itself() -> None:
    assert not re.search(r"^\s*import\b|\bimport\(|\brequire\(", MODULE.read_text(), re.MULTILINE)


def test_it_knows_every_problem_that_is_described_and_no_other() -> None:
    described = {
        code for route in ROUTES for one in responses(route).values() for code in codes_of(one)
    }
    assert _answer("Object.keys(KIND_BY_CODE).sort()") == sorted(described)


def test_the_documents_give_the_clients_advice() -> None:
    text = (ROOT / "docs" / "frontends.md").read_text()
    rows = re.findall(
        r"^\| (?:SDK error|Web `errorCode`) (.*?) \|.*\| `([a-z-]+)` \|$", text, re.MULTILINE
    )
    told = {code: advice for codes, advice in rows for code in re.findall(r"\b[A-N9]\d*\b", codes)}
    assert len(told) > 25
    program = (
        "Object.fromEntries(JSON.parse(process.argv[1]).map((code) => [code, adviceFor(code)]))"
    )
    assert _answer(program, json.dumps(list(told))) == told


def test_the_documents_list_every_kind_of_error() -> None:
    kinds = set(
        re.findall(
            r'"([a-z-]+)"', DECLARATIONS.read_text().split("export type Kind =")[1].split(";")[0]
        )
    )
    table = (ROOT / "docs" / "frontends.md").read_text().split("| `kind` |")[1].split("\n\n")[0]
    first = [line.split("|")[1] for line in table.splitlines()[2:]]
    assert set(re.findall(r"`([a-z-]+)`", "".join(first))) == kinds


def _answer(expression: str, *arguments: str) -> object:
    program = f"const {{ adviceFor, KIND_BY_CODE }} = await import('{MODULE}');"
    program += f"console.log(JSON.stringify({expression}))"
    done = _run(NODE, "--input-type=module", "--eval", program, *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
