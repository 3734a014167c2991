# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The LINQ-like filter and order expressions (contract sections 4.3 and 11.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from airflow_provider_marketsync.sandbox.mailup.replies import Refusal

T = TypeVar("T")
Getter = Callable[[T], Any]
Columns = Mapping[str, Callable[[T], Any]]
Test = Callable[[T], bool]

_TERM = re.compile(
    r"""\s*(?:(?P<name>[A-Za-z_]+)(?:\['(?P<field>[^']*)'\])?)
        (?P<trims>(?:\.Trim\(\))*)
        (?:\.(?P<call>Contains|Equals|StartsWith)\('(?P<argument>[^']*)'\)
          |\s*==?\s*(?:'(?P<text>[^']*)'|(?P<number>-?\d+)|(?P<word>null|true|false)))\s*""",
    re.VERBOSE,
)
_AND = re.compile(r"and\b|&&", re.IGNORECASE)
_WORDS = {"null": None, "true": True, "false": False}


def unwrapped(expression: str) -> str:
    """Take the documented outer double quotes off."""
    text = expression.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _getter(columns: Columns[T], name: str, field: str | None) -> Getter[T]:
    if name not in columns or (field is not None) != (name == "Fields"):
        raise Refusal(400, f"No property or field '{name}' exists in type 'Item'")
    get = columns[name]
    if field is None:
        return get
    return lambda one: next((value["Value"] for value in get(one) if value["Description"] == field), "")


def _term(columns: Columns[T], match: re.Match[str]) -> Test[T]:
    get, trims = _getter(columns, match["name"], match["field"]), bool(match["trims"])

    def value(one: T) -> Any:
        got = get(one)
        return got.strip() if trims and isinstance(got, str) else got

    if match["call"] is None:
        wanted = _literal(match)
        return lambda one: bool(value(one) == wanted)
    word = match["argument"]
    tests: dict[str, Callable[[str], bool]] = {
        "Contains": lambda text: word in text,
        "Equals": lambda text: word == text,
        "StartsWith": lambda text: text.startswith(word),
    }
    test = tests[match["call"]]
    return lambda one: isinstance(got := value(one), str) and test(got)


def _literal(match: re.Match[str]) -> Any:
    if match["number"] is not None:
        return int(match["number"])
    return _WORDS[match["word"]] if match["word"] else match["text"]


def compile_filter(columns: Columns[T], expression: str) -> Test[T]:
    """
    Make a test of an expression.

    :raises Refusal: it is not understood, or names a property that the items do not have
    """
    text, tests = unwrapped(expression), []
    position = 0
    while True:
        match = _TERM.match(text, position)
        if match is None:
            raise Refusal(400, f"Filter expression is not valid: syntax error at index {position}")
        tests.append(_term(columns, match))
        if match.end() == len(text):
            return lambda one: all(test(one) for test in tests)
        joint = _AND.match(text, match.end())
        if joint is None:
            raise Refusal(400, f"Filter expression is not valid: syntax error at index {match.end()}")
        position = joint.end()


def ordered(columns: Columns[T], expression: str, sources: Sequence[T]) -> Sequence[T]:
    """
    Sort by ``"Email asc;Name desc"``.

    :raises Refusal: it is not understood
    """
    for condition in reversed(unwrapped(expression).split(";")):
        name, _, direction = condition.strip().partition(" ")
        if direction.strip().lower() not in ("", "asc", "desc"):
            raise Refusal(400, "Order expression is not valid")
        get = _getter(columns, name, None)
        sources = sorted(sources, key=_sortable(get), reverse=direction.strip().lower() == "desc")
    return sources


def _sortable(get: Getter[T]) -> Callable[[T], tuple[int, Any]]:
    def key(one: T) -> tuple[int, Any]:
        value = get(one)
        if value is None:
            return 0, 0
        return (1, value) if isinstance(value, int) else (2, str(value))

    return key
