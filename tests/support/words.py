"""The tables of docs/jumio.md, and JSON as the paths that they name."""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from tests.support.template import ROOT

TEXT = (ROOT / "docs/jumio.md").read_text()


@dataclass(frozen=True)
class Row:
    """One row: the words that its first column names, and all cells by their heading."""

    heading: str
    column: str
    words: tuple[str, ...]
    cells: dict[str, str]

    @property
    def product(self) -> str:
        return self.cells["Product"]

    @property
    def simulated(self) -> bool:
        return self.cells["Simulator"].startswith("yes")

    def named(self, column: str) -> tuple[str, ...]:
        """The words of another column."""
        return tuple(re.findall(r"`([^`]+)`", self.cells[column]))


def _tables() -> Iterator[Row]:
    heading, lines = "", iter(TEXT.splitlines())
    for line in lines:
        heading = line.removeprefix("## ") if line.startswith("## ") else heading
        if not line.startswith("| "):
            continue
        titles = _cells(line)
        next(lines)
        for row in takewhile(lambda one: one.startswith("| "), lines):
            cells = dict(zip(titles, _cells(row), strict=True))
            words = tuple(re.findall(r"`([^`]+)`", cells[titles[0]]))
            yield Row(heading, titles[0], words, cells)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


ROWS = tuple(_tables())


def rows(heading: str, column: str | None = None) -> tuple[Row, ...]:
    """The rows below a heading, or only those of the table with this first column."""
    found = [one for one in ROWS if one.heading == heading and column in (None, one.column)]
    assert found, heading
    return tuple(found)


def words(heading: str, column: str | None = None, **wanted: object) -> set[str]:
    """What the rows name that are, say, ``product="sends"`` or ``simulated=True``."""
    chosen = (
        row
        for row in rows(heading, column)
        if all(getattr(row, name) == value for name, value in wanted.items())
    )
    return {word for row in chosen for word in row.words}


def paths(document: object, path: str = "") -> set[str]:
    """Where the values of a document are: ``a.b``, and ``a[].b`` within lists of objects."""
    if isinstance(document, dict) and document:
        return set().union(
            *(paths(value, f"{path}.{name}".strip(".")) for name, value in document.items())
        )
    if isinstance(document, list) and any(isinstance(one, dict) for one in document):
        return set().union(*(paths(one, f"{path}[]") for one in document))
    return {path}


def changed(document: Any, path: str, change: Callable[[Any], Any]) -> Any:
    """A copy in which every value at the path is what ``change`` makes of it."""
    copied = copy.deepcopy(document)
    *ways, last = path.split(".")
    for holder in _holders([copied], ways):
        if isinstance(holder, dict) and last in holder:
            holder[last] = change(holder[last])
    return copied


def another(value: Any) -> Any:
    """Another value of the same type."""
    match value:
        case bool():
            return not value
        case str():
            return f"{value}0"
        case int() | float():
            return 2 * value + 1
        case _:
            return ["another"]


def _holders(places: list[Any], ways: list[str]) -> list[Any]:
    for way in ways:
        name = way.removesuffix("[]")
        places = [one[name] for one in places if isinstance(one, dict) and name in one]
        if way.endswith("[]"):
            places = [one for listed in places for one in listed]
    return places
