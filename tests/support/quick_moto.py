"""moto at half its cost: what follows from names and texts alone is found out once.

Most of what the integration tests cost was moto deriving the same words again for every request:
under which names a member may be found, what an expression consists of, which methods there are.
Nothing here changes an answer (tests/integration/test_quick_moto.py).
"""

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from moto.core import responses
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node
from moto.dynamodb.parsing.expressions import UpdateExpressionParser

_names_anew = XFormedAttributePicker.get_possible_keys


@cache
def _names(shape: Any, key: str) -> tuple[str, ...]:
    context = AttributePickerContext({}, key, shape)
    return tuple(dict.fromkeys(_names_anew(XFormedAttributePicker(), context)))


def _possible_keys(self: XFormedAttributePicker, context: AttributePickerContext) -> Any:
    """In a mapping, a member's names follow from its shape; of an object, also from its class."""
    if type(context.obj) is dict:
        return _names(context.shape, context.key)
    return _names_anew(self, context)


def _traverse(self: DepthFirstTraverser, node: Any, child_id: int = -1) -> Any:
    """As moto does it, but whether a kind of node is processed is looked up by its type."""
    if not isinstance(node, Node):
        return node
    parent = node.parent
    for number, child in enumerate(node.children or ()):
        self.pre_processing_of_child(node, number)
        self.traverse_node_recursively(child, number)
    if process := _process(self, type(node)):
        node = process(node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


def _process(traverser: Any, kind: type) -> Callable[[Any], Any] | None:
    known: dict[type, Any] = vars(traverser).setdefault("processes", {})
    if kind not in known:
        processes = traverser._processing_map().items()
        known[kind] = next((one for of, one in processes if issubclass(kind, of)), None)
    return known[kind]


def _copy(self: Node, _memo: dict[int, Any]) -> Any:
    return pickle.loads(pickle.dumps(self))  # noqa: S301 our own, a moment ago


_INSTEAD: list[tuple[Any, str, Any]] = [
    (XFormedAttributePicker, "get_possible_keys", _possible_keys),
    (DepthFirstTraverser, "traverse_node_recursively", _traverse),
    (Node, "__deepcopy__", _copy),
    # What is parsed is copied before anything is done with it.
    (UpdateExpressionParser, "make", cache(UpdateExpressionParser.make)),
    (responses, "camelcase_to_underscores", cache(camelcase_to_underscores)),
    (responses, "method_names_from_class", cache(method_names_from_class)),
]
_BEFORE = [(owner, name, vars(owner).get(name)) for owner, name, _ in _INSTEAD]


def hurry() -> None:
    """Put it in moto's place, for the whole process."""
    for owner, name, instead in _INSTEAD:
        setattr(owner, name, instead)


@contextmanager
def unhurried() -> Iterator[None]:
    """moto as it is, until the block ends."""
    for owner, name, before in _BEFORE:
        setattr(owner, name, before) if before else delattr(owner, name)
    try:
        yield
    finally:
        hurry()
