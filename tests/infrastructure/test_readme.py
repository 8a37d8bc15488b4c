"""What the README shows is there: commands, files, routes, functions."""

import json
import re

from tests.support.template import ROOT, template

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```\n(.*?)```", README, re.DOTALL)


def commands() -> list[str]:
    return [line for block in BLOCKS[1:] for line in block.replace("\\\n", " ").splitlines()]


def test_exactly_two_commands_set_up_and_use_the_project() -> None:
    makes = [line for line in commands() if line.startswith("make ")]
    assert makes == ["make demo", "make test"]
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"demo", "test"} <= set(targets)


def test_sam_local_is_shown_with_functions_and_files_that_exist() -> None:
    local = [line for line in commands() if line.startswith("sam local ")]
    assert len(local) == 3
    made_by_a_stack = (".local/sam-local/template.json", ".local/sam-local/linux.json")
    for line in local:
        for path in re.findall(r"(?:--event|--env-vars|--template) (\S+)", line):
            assert path in made_by_a_stack or json.loads((ROOT / path).read_text())
    resources = template()["Resources"]
    for name in re.findall(r"sam local invoke (\w+)", README):
        assert resources[name]["Type"] == "AWS::Serverless::Function"


def test_the_environment_for_sam_local_names_variables_and_outputs_of_the_template() -> None:
    shown = json.loads((ROOT / "events/environment/deployed.json").read_text())["Parameters"]
    deployed = template()
    functions = [
        resource["Properties"]["Environment"]["Variables"]
        for resource in deployed["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]
    assert shown.keys() <= {name for variables in functions for name in variables}
    outputs = {value.rpartition(" ")[2] for value in shown.values()}
    assert outputs <= deployed["Outputs"].keys()


def test_the_routes_are_those_of_the_template() -> None:
    shown = set(re.findall(r"^\| `((?:GET|POST) \S+)` ", README, re.MULTILINE))
    events = [
        event["Properties"]
        for resource in template()["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] == "HttpApi"
    ]
    assert shown == {f"{event['Method']} {event['Path']}" for event in events}


def test_every_path_that_is_named_exists() -> None:
    named = re.findall(r"`((?:functions|layers|events|local|web|docs)/[\w/.]*)`", README)
    named += re.findall(r"\b(docs/\w+\.md)", README)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
