"""The deployed functions with other settings for a while."""

import contextlib
from collections.abc import Iterator

from local.stack import NAME
from tests.support.stack import RunningStack

_ALIAS = "live"


def name_of(stack: RunningStack, service: str) -> str:
    """What the deployment calls the function of a folder in functions/."""
    for function in stack.aws.functions.list_functions()["Functions"]:
        variables, name = (
            function.get("Environment", {}).get("Variables", {}),
            function["FunctionName"],
        )
        if variables.get("POWERTOOLS_SERVICE_NAME") == service and name.startswith(f"{NAME}-"):
            return name
    raise AssertionError(f"no function {service} is deployed")


@contextlib.contextmanager
def reconfigured(stack: RunningStack, service: str, **changes: str | None) -> Iterator[None]:
    """The function with other variables (None: without) until the block ends.

    Its workers are new ones inside the block, and new ones again after it.
    """
    functions, name = stack.aws.functions, name_of(stack, service)
    usual = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    changed = {key: value for key, value in {**usual, **changes}.items() if value is not None}
    _release(stack, name, changed)
    try:
        yield
    finally:
        _release(stack, name, usual)


def _release(stack: RunningStack, name: str, variables: dict[str, str]) -> None:
    """People are served by a version: what is changed reaches them with the next one."""
    functions = stack.aws.functions
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.update_alias(FunctionName=name, Name=_ALIAS, FunctionVersion=version)
