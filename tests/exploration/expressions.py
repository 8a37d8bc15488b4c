"""DynamoDB's expressions as far as the stores use them, compiled once per text.

Items are kept as DynamoDB spells them: ``{"name": {"S": "..."}}``. Whatever is not understood
is an error, so that a store that begins to use more of the language is noticed;
``test_agreement.py`` compares with an independent implementation.
"""

import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

Value = dict[str, Any]
Item = dict[str, Value]
Names = Mapping[str, str]
Values = Mapping[str, Value]
Condition = Callable[[Item, Names, Values], bool]
Change = Callable[[Item, Item, Names, Values], None]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TOKEN = re.compile(r"\s*(attribute_not_exists|attribute_exists|AND|OR|[#:]\w+|<>|<=|>=|[=<>()])")
_SET = re.compile(r"(#\w+) = (?:(#\w+) \+ )?(:\w+)")


@cache
def condition(text: str) -> Condition:
    """A condition expression; the empty one always holds."""
    if not text:
        return lambda *_: True
    tokens = _tokens(text)
    parsed, rest = _any_of(tokens)
    if rest:
        raise ValueError(f"not understood: {rest}")
    return parsed


def _tokens(text: str) -> list[str]:
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise ValueError(f"not understood: {text}")
    return tokens


def _any_of(tokens: list[str]) -> tuple[Condition, list[str]]:
    first, rest = _all_of(tokens)
    if rest[:1] != ["OR"]:
        return first, rest
    second, rest = _any_of(rest[1:])
    return lambda *of: first(*of) or second(*of), rest


def _all_of(tokens: list[str]) -> tuple[Condition, list[str]]:
    first, rest = _one(tokens)
    if rest[:1] != ["AND"]:
        return first, rest
    second, rest = _all_of(rest[1:])
    return lambda *of: first(*of) and second(*of), rest


def _one(tokens: list[str]) -> tuple[Condition, list[str]]:
    match tokens:
        case ["(", *inner]:
            parsed, rest = _any_of(inner)
            if rest[:1] != [")"]:
                raise ValueError(f"not closed: {rest}")
            return parsed, rest[1:]
        case ["attribute_exists", "(", name, ")", *rest]:
            return lambda item, names, _: names[name] in item, rest
        case ["attribute_not_exists", "(", name, ")", *rest]:
            return lambda item, names, _: names[name] not in item, rest
        case [name, sign, value, *rest] if sign in _COMPARISONS:
            compare = _COMPARISONS[sign]
            return lambda item, names, values: _holds(
                compare, item.get(names[name]), values[value]
            ), rest
    raise ValueError(f"not understood: {tokens}")


def _holds(compare: Callable[[Any, Any], bool], found: Value | None, wanted: Value) -> bool:
    """What is not there, or of another type, fulfils nothing but an inequality."""
    if found is None:
        return compare is operator.ne
    (kind, value), (other, limit) = *found.items(), *wanted.items()
    if kind != other:
        return compare is operator.ne
    if kind == "N":
        value, limit = Decimal(value), Decimal(limit)
    return bool(compare(value, limit))


@cache
def change(text: str) -> Change:
    """An update expression: what it does to a new item, by the old one."""
    steps: list[Change] = []
    for clause, body in re.findall(r"\b(SET|REMOVE|ADD) (.*?)(?= SET | REMOVE | ADD |$)", text):
        steps += [_step(clause, part) for part in body.split(", ")]
    if not steps:
        raise ValueError(f"not understood: {text}")

    def apply(new: Item, old: Item, names: Names, values: Values) -> None:
        for step in steps:
            step(new, old, names, values)

    return apply


def _step(clause: str, part: str) -> Change:
    if clause == "REMOVE" and re.fullmatch(r"#\w+", part):
        return lambda new, _old, names, _values: void(new.pop(names[part], None))
    if clause == "ADD" and len(part.split()) == 2:
        name, amount = part.split()
        return lambda new, old, names, values: void(
            new.update({names[name]: _sum(old.get(names[name], {"N": "0"}), values[amount])})
        )
    if clause == "SET" and (found := _SET.fullmatch(part)):
        target, base, value = found.groups()
        if base is None:
            return lambda new, _old, names, values: void(new.update({names[target]: values[value]}))
        return lambda new, old, names, values: void(
            new.update({names[target]: _sum(old[names[base]], values[value])})
        )
    raise ValueError(f"not understood: {clause} {part}")


def _sum(one: Value, other: Value) -> Value:
    return {"N": str(Decimal(one["N"]) + Decimal(other["N"]))}


def spelt(value: object) -> Value:
    """A plain value as DynamoDB spells it, faster than its client does."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": str(value)}
        case int() | Decimal():
            return {"N": str(value)}
        case list():
            return {"L": [spelt(member) for member in value]}
        case dict():
            return {"M": {name: spelt(member) for name, member in value.items()}}
    raise ValueError(f"not understood: {value!r}")


def read(value: Value) -> Any:
    """The plain value."""
    ((kind, held),) = value.items()
    match kind:
        case "S" | "BOOL":
            return held
        case "NULL":
            return None
        case "N":
            return Decimal(held) if "." in held else int(held)
        case "L":
            return [read(member) for member in held]
        case "M":
            return {name: read(member) for name, member in held.items()}
    raise ValueError(f"not understood: {value}")


def void(_: object) -> None:
    """Forget a value."""
