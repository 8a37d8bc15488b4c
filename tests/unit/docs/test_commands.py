"""Every command that a document shows can be given: targets, variables, options, names.

What `aws` can be told is in test_aws_commands.py.
"""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deployed import translated
from tests.support.metrics import filters
from tests.support.template import ROOT, template
from tests.unit.docs.test_named_files import DOCUMENTS

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z][\w-]*(?: [a-z][\w-]*)*):", MAKEFILE, re.MULTILINE))
VARIABLES = set(re.findall(r"\$\(([A-Z]+)\)|\$\(if \$\(([A-Z]+)\)", MAKEFILE))
SELF_EVIDENT = {"Company", "App", "BackupArn", "Name", "TopicArn", "UUID"}
BLOCK = re.compile(r"^( *)```\w*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^|\n)\n((?: {4,}\S.*\n)+)")
SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")

every_document = pytest.mark.parametrize(
    "path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


def code(path: Path) -> Iterator[str]:
    """What a document shows to be typed: blocks line by line, and spans."""
    text = path.read_text()
    for block in [block for _, block in BLOCK.findall(text)] + INDENTED.findall(text):
        begun = ""
        for line in re.sub(r"\\\n\s*", " ", block).splitlines():
            begun += f"{line.strip()} "
            if begun.count("'") % 2 == 0:  # a text in quotes may go over lines
                yield begun.strip()
                begun = ""
    for span in SPAN.findall(BLOCK.sub("", text)):
        yield " ".join(span.split())


def commands(path: Path, program: str) -> list[str]:
    return [line for line in code(path) if re.match(rf"{program} \S", line)]


def targets() -> set[str]:
    return {name for names in TARGETS for name in names.split()}


@every_document
def test_what_is_to_be_made_is_a_target_with_variables_of_the_makefile(path: Path) -> None:
    known = {name for pair in VARIABLES for name in pair if name}
    for line in commands(path, "make"):
        _, *words = shlex.split(re.split(r" {2,}| #", line)[0])  # a remark may stand beside it
        named = [word for word in words if re.fullmatch(r"[a-z][a-z0-9-]*", word)]
        given = [word.partition("=")[0] for word in words if re.match(r"[A-Z]+=", word)]
        assert named, line
        assert set(named) <= targets(), line
        assert set(given) <= known, line


@every_document
def test_what_is_passed_on_by_make_is_an_option_of_ours(path: Path) -> None:
    """Of whichever program: what the programs do with it is tested where they are."""
    programs = [*ROOT.glob("local/*.py"), *ROOT.glob("scripts/*.py"), *ROOT.glob("benchmarks/*.py")]
    programs += [*ROOT.glob("tests/exploration/__main__.py"), *ROOT.glob("tests/exploration/m*.py")]
    known = set(re.findall(r'"(--[a-z-]+)"', "".join(one.read_text() for one in programs)))
    for line in commands(path, "make"):
        passed = re.findall(r"ARGS=(?:'([^']*)'|\"([^\"]*)\"|(\S+))", line)
        options = set(re.findall(r"--[a-z-]+", " ".join("".join(one) for one in passed)))
        assert options <= known, line


@every_document
def test_what_is_left_to_fill_in_is_an_output_or_a_parameter(path: Path) -> None:
    left = {name for line in code(path) for name in re.findall(r"<([A-Z][a-z]\w+)>", line)}
    assert left - SELF_EVIDENT <= {*template()["Outputs"], *template()["Parameters"]}


@every_document
def test_parameters_that_are_given_are_parameters_of_the_template(path: Path) -> None:
    known = {*template()["Parameters"], "Name"}
    for line in code(path):
        given = re.findall(r"(?:^|[\"' ])([A-Z][a-z]+[A-Za-z]*)=", line)
        if not line.startswith(("aws ", "sam local")) and "Name=email" not in line:
            assert set(given) <= known, line


OPERATORS = ["README.md", *(f"docs/{name}.md" for name in (
    "data", "deploying", "events", "journeys", "metrics", "settings", "threat-model",
))]  # fmt: skip


@pytest.mark.parametrize("name", OPERATORS)
def test_what_operators_read_names_parameters_outputs_resources_and_metrics(name: str) -> None:
    known = {*template()["Outputs"], *translated()["Resources"], *(one.metric for one in filters())}
    for parameter, about in template()["Parameters"].items():
        known |= {parameter, *map(str, about.get("AllowedValues", []))}
    text = BLOCK.sub("", (ROOT / name).read_text())
    assert set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]*)+)`", text)) <= known


def test_the_deployer_has_rights_to_every_service_that_the_stack_consists_of() -> None:
    guide = (ROOT / "docs/deploying.md").read_text()
    rights = guide.partition("## What the deployer may")[2].partition("\n## ")[0]
    by_another_name = {"apigatewayv2": "apigateway", "cognito": "cognito-idp"}
    made = {one["Type"].split("::")[1].lower() for one in translated()["Resources"].values()}
    named = set(re.findall(r"`([a-z0-9-]+)[`:]", rights))
    assert {by_another_name.get(one, one) for one in made} <= named


def test_every_parameter_has_its_row_in_the_settings() -> None:
    table = (ROOT / "docs/settings.md").read_text().partition("|---|")[2].partition("\n\n")[0]
    rows = [row.split("|")[1] for row in table.splitlines()[1:]]
    assert sorted(re.findall(r"`(\w+)`", "".join(rows))) == sorted(template()["Parameters"])


def test_the_guides_environment_is_one_that_the_template_takes() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/deploying.md").read_text(), re.DOTALL)
    shown = tomllib.loads(block)["staging"]["deploy"]["parameters"]
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    shipped = config["staging"]["deploy"]["parameters"]
    given = dict(one.split("=", 1) for one in shown.pop("parameter_overrides"))
    before = dict(one.split("=", 1) for one in shipped.pop("parameter_overrides"))
    assert shown == shipped
    assert before.items() <= given.items()
    parameters = template()["Parameters"]
    for name, value in given.items():
        assert re.fullmatch(parameters[name].get("AllowedPattern", ".*"), value), name
        assert value in parameters[name].get("AllowedValues", [value])
    demanded = {"JumioUserAgent", "AllowedOrigins", "AlarmTopicArn"}
    assert all(given[name] != parameters[name]["Default"] for name in demanded)


def test_the_commands_are_found() -> None:
    assert sum(len(commands(path, "make")) for path in DOCUMENTS) > 50
