"""Changes of single members of a JSON document, named by dotted paths."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Document = Any  # whatever JSON holds
Place = tuple[Any, Any]  # a list or an object, and the index or name in it


def altered(document: Document, members: Mapping[str, Any], without: Sequence[str]) -> Document:
    """The document with these members set and those left out.

    A path such as `workflowExecution.credentials.0.id` names one member, `*` in it all of a list
    or an object, and the empty path the whole document. Raises LookupError for a path that
    leads nowhere: an alteration that changes nothing would be a test of nothing.
    """
    for path, value in members.items():
        if not path:
            document = value
            continue
        for container, key in _places(document, path):
            container[key] = value
    for path in without:
        for container, key in _places(document, path):
            if isinstance(container, list) or key not in container:
                raise LookupError(f"{path}: no member of an object that is there")
            del container[key]
    return document


def _places(document: Document, path: str) -> list[Place]:
    *way, last = path.split(".")
    nodes = [document]
    for step in way:
        there = ((node, key) for node in nodes for key in _keys(node, step))
        nodes = [node[key] for node, key in there if isinstance(node, list) or key in node]
    places = [(node, key) for node in nodes for key in _keys(node, last)]
    if not places:
        raise LookupError(f"{path}: leads nowhere")
    return places


def _keys(node: Document, step: str) -> Iterator[Any]:
    """What the step names in this node, which need not be there yet in an object."""
    if isinstance(node, dict):
        yield from list(node) if step == "*" else [step]
    elif isinstance(node, list):
        indexes = range(len(node))
        yield from (index for index in indexes if step in {"*", str(index)})
