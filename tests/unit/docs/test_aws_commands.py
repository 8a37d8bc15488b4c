"""Each `aws` command that the documents show is one that AWS has, with what it must be told.

A shell takes it apart, and botocore's models, of which the AWS CLI makes its commands, say what
services, operations and members there are. Whether it does what the page says is tried by hand.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from tempfile import TemporaryDirectory

import botocore.session
import jmespath
import pytest
from botocore import xform_name
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from tests.support.template import ROOT

PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), *ROOT.glob("*/README.md")])
OF_EVERY_COMMAND = {"query", "output", "region", "endpoint-url", "cli-read-timeout"}
OF_BLOBS = {"cli-binary-format"}
RENAMED = {"notification-endpoint": "endpoint"}  # the CLI has an option of that name itself
FROM_A_FILE = "cli-input-json"
ON_ITS_OWN = {"lambda invoke": ["outfile"]}  # what is not an option
SHELL = "exec 3>&1\naws() { printf '%s\\0' \"$@\" >&3; }\n"
MODELS = botocore.session.get_session()


def commands_of(text: str) -> Iterator[tuple[int, str]]:
    """Each command, however many lines it takes, and its first line's number."""
    begun, command = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if not command and not re.match(r"\s*aws [a-z]", line):
            continue
        begun, command = (begun, f"{command}\n{line}") if command else (number, line)
        if not goes_on(command):
            yield begun, command
            command = ""
    assert not command


def goes_on(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:  # within quotes
        return True
    return command.endswith("\\")


COMMANDS = [
    pytest.param(command, id=f"{page.relative_to(ROOT)}:{line}")
    for page in PAGES
    for line, command in commands_of(page.read_text())
]


def wrong_with(command: str) -> list[str]:
    """What the AWS CLI would mind."""
    filled = re.sub(r"<([^<>]+)>", r"\1", command)
    with TemporaryDirectory() as folder:  # for what a command writes
        said = subprocess.run(  # noqa: S603 our own pages
            ["bash", "-euc", SHELL + filled],  # noqa: S607
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    service, name, *words = said.stdout.removesuffix("\0").split("\0")
    if service not in MODELS.get_available_services():
        return [f"no service {service}"]
    model = MODELS.get_service_model(service)
    operations = {xform_name(one, "-"): one for one in model.operation_names}
    if name not in operations:
        return [f"no {name} of {service}"]
    operation = model.operation_model(operations[name])
    return list(_mistakes(operation, _options(words, len(ON_ITS_OWN.get(f"{service} {name}", [])))))


def _options(words: list[str], on_their_own: int) -> dict[str, list[str]]:
    """Each option with its values; under the empty name what belongs to none."""
    options: dict[str, list[str]] = {"": []}
    current = ""
    for word in words:
        if word.startswith("--"):
            current = word.removeprefix("--")
            current = RENAMED.get(current, current)
            options[current] = []
        else:
            options[current].append(word)
    if current and on_their_own:  # they stand at the end, behind an option's one value
        options[""] += options[current][1:]
        options[current] = options[current][:1]
    if len(options.pop("")) != on_their_own:
        options["what belongs to no option"] = []
    return options


def _mistakes(operation: OperationModel, options: dict[str, list[str]]) -> Iterator[str]:
    members = {xform_name(one, "-"): one for one in operation.input_shape.members}
    shapes = operation.input_shape.members
    blobs = any(shape.type_name == "blob" for shape in shapes.values())
    for option, values in options.items():
        if option in OF_EVERY_COMMAND | {FROM_A_FILE} or (blobs and option in OF_BLOBS):
            yield from [] if len(values) == 1 else [f"--{option} takes one value"]
        elif option.removeprefix("no-") not in members:
            yield f"no --{option} of {operation.name}"
        else:
            yield from _taken(option, values, shapes[members[option.removeprefix("no-")]])
    for required in operation.input_shape.required_members:
        if not {xform_name(required, "-"), FROM_A_FILE} & set(options):
            yield f"{operation.name} must be told {required}"
    fields = set(_fields(jmespath.compile(options.get("query", ["@"])[0]).parsed))
    if unknown := fields - set(_names(operation.output_shape)):
        yield f"{operation.name} answers no {', '.join(sorted(unknown))}"


def _taken(option: str, values: list[str], shape: Shape) -> Iterator[str]:
    flag = shape.type_name == "boolean"
    if flag is not (not values) or (option.startswith("no-") and not flag):
        yield f"--{option} takes {'no value' if flag else 'a value'}"
    if shape.type_name in ("integer", "long") and not all(one.isdecimal() for one in values):
        yield f"--{option} takes a number"
    if not isinstance(shape, (ListShape, MapShape)) and len(values) > 1:
        yield f"--{option} takes one value"
    allowed = getattr(shape, "enum", [])
    if allowed and not set(values) <= set(allowed):
        yield f"--{option} takes one of {allowed}"


def _fields(tree: dict[str, object]) -> Iterator[str]:
    if tree["type"] == "field":
        yield str(tree["value"])
    for child in tree["children"]:  # type: ignore[attr-defined]
        yield from _fields(child)


def _names(shape: Shape | None, seen: tuple[str, ...] = ()) -> Iterator[str]:
    """The members that an answer may have, however deep."""
    if shape is None or shape.name in seen:
        return
    if isinstance(shape, ListShape):
        yield from _names(shape.member, (*seen, shape.name))
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield name
            yield from _names(member, (*seen, shape.name))


def test_the_pages_show_commands() -> None:
    assert len(COMMANDS) > 12


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_one_that_aws_has(command: str) -> None:
    assert wrong_with(command) == []


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("aws sqss purge-queue", "no service sqss"),
        ("aws sqs empty-queue", "no empty-queue of sqs"),
        ("aws sqs purge-queue --queue <Url>", "no --queue of PurgeQueue"),
        ("aws sqs purge-queue", "PurgeQueue must be told QueueUrl"),
        ("aws sqs purge-queue --queue-url", "--queue-url takes a value"),
        ("aws sqs purge-queue --queue-url a b", "--queue-url takes one value"),
        ("aws sqs purge-queue --queue-url a --output", "--output takes one value"),
        ("aws sqs receive-message --queue-url a --wait-time-seconds x", "takes a number"),
        ("aws sqs receive-message --queue-url a --query 'Message[]'", "answers no Message"),
        ("aws lambda invoke --function-name a", "no --what belongs to no option"),
        ("aws lambda invoke --function-name a b c", "no --what belongs to no option"),
        ("aws lambda invoke --function-name a --log-type Head b", "takes one of"),
        ("aws lambda update-event-source-mapping --uuid a --enabled yes", "takes no value"),
        ("aws lambda list-functions --cli-binary-format raw-in-base64-out", "no --cli-binary"),
    ],
)
def test_what_aws_would_mind_is_seen(command: str, wrong: str) -> None:
    assert wrong in " ".join(wrong_with(command))


def test_a_command_ends_where_its_quotes_and_continuations_do() -> None:
    text = "Say\n\n    aws a b --c \\\n        'd\n    e' f\n\nand not aws itself.\n    aws g h\n"
    found = [" ".join(command.split()) for _, command in commands_of(text)]
    assert found == ["aws a b --c \\ 'd e' f", "aws g h"]
