# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Turns the trees of the mapping language into plain functions over a row."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.contacts.comparisons import kind_of
from airflow_provider_marketsync.contacts.converter_registry import find_converter
from airflow_provider_marketsync.contacts.expressions import (
    Among,
    Call,
    Compare,
    Condition,
    Datafield,
    Either,
    Every,
    Expression,
    Field,
    Missing,
    Not,
    Pipe,
    Text,
    When,
)
from airflow_provider_marketsync.contacts.row import Entry, Row
from airflow_provider_marketsync.contacts.text import shown, trim

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.converters import Convert

Reader = Callable[[Row], "str | None"]
"""Gives the value of an expression; None where it is missing or null."""
Test = Callable[[Row], bool]


def compile_expression(tree: Expression) -> Reader:
    """Compile an expression."""
    return _COMPILERS[type(tree)](tree)


def compile_condition(tree: Condition) -> Test:
    """Compile a condition."""
    return _COMPILERS[type(tree)](tree)


def _field(tree: Field) -> Reader:
    name = tree.name
    return lambda row: row.values.get(name)


def matching_entries(tree: Datafield) -> Callable[[Row], list[Entry]]:
    """Compile a free field's path to all entries it means: those of its code, and of its ``[param]`` if it has one."""
    code = tree.code.casefold()
    if tree.param is None:
        return lambda row: row.entries(code)
    wanted = tree.param.casefold()
    return lambda row: [entry for entry in row.entries(code) if trim(entry[1]).casefold() == wanted]


def _datafield(tree: Datafield) -> Reader:
    entries_of, part = matching_entries(tree), int(tree.takes_param)
    counted = (tree.code.casefold(), tree.param)

    def read(row: Row) -> str | None:
        entries = entries_of(row)
        if not entries:
            return None
        if len(entries) > 1:
            row.repeated.add(counted)
        return entries[0][part]

    return read


def _text(tree: Text) -> Reader:
    value = tree.value
    return lambda row: value


def _pipe(tree: Pipe) -> Reader:
    source, convert, told = compile_expression(tree.source), _build(tree), _miss(tree)

    def read(row: Row) -> str | None:
        text = source(row)
        if text is None:
            return None
        converted = convert(text)
        if converted is None and text.strip():
            row.misses.append(told(text))
        return converted

    return read


def _build(tree: Pipe) -> Convert:
    converter = find_converter(tree.converter)
    if converter is None:  # pragma: no cover -- the parser knows no such tree
        raise LookupError(tree.converter)
    return converter.build(tree.arguments)


def _miss(tree: Pipe) -> Callable[[str], str]:
    # Only what a map does not know is a code by nature; a date or a phone number may be a person's.
    if tree.converter == "map":
        return lambda text: f"{shown(text)} is not in its map"
    fits = str(Pipe(Text(""), tree.converter, tree.arguments)).removeprefix("'' | ")
    return lambda text: f"does not fit {fits}"


def _call(tree: Call) -> Reader:
    readers = [compile_expression(argument) for argument in tree.arguments]
    if tree.function == "const":
        return readers[0]
    return _join(readers) if tree.function == "join" else _first(readers)


def _first(readers: list[Reader]) -> Reader:
    def read(row: Row) -> str | None:
        for reader in readers:
            text = reader(row)
            if text:
                return text
        return None

    return read


def _join(readers: list[Reader]) -> Reader:
    separator, *parts = readers

    def read(row: Row) -> str | None:
        texts = [text for text in (part(row) for part in parts) if text]
        return (separator(row) or "").join(texts) if texts else None

    return read


def _when(tree: When) -> Reader:
    holds = compile_condition(tree.condition)
    then, otherwise = compile_expression(tree.then), compile_expression(tree.otherwise)
    return lambda row: then(row) if holds(row) else otherwise(row)


def _compare(tree: Compare) -> Test:
    left, right = compile_expression(tree.left), tree.right
    if tree.sign == "==":
        return lambda row: left(row) == right
    if tree.sign == "!=":
        return lambda row: left(row) != right
    return _ordered(tree)


def _ordered(tree: Compare) -> Test:
    left, in_order = compile_expression(tree.left), _SIGNS[tree.sign]
    order = _ORDERS[kind_of(tree.left)]
    bound = order(tree.right)

    def holds(row: Row) -> bool:
        text = left(row)
        return text is not None and in_order(order(text), bound)

    return holds


_SIGNS: dict[str, Callable[[Any, Any], bool]] = {"<": operator.lt, ">": operator.gt}
_ORDERS: dict[str, Callable[[str], Any]] = {"number": Decimal, "date": str}


def _among(tree: Among) -> Test:
    left, choices = compile_expression(tree.left), frozenset(tree.choices)
    return lambda row: left(row) in choices


def _missing(tree: Missing) -> Test:
    reader = compile_expression(tree.expression)
    return lambda row: reader(row) is None


def _not(tree: Not) -> Test:
    holds = compile_condition(tree.condition)
    return lambda row: not holds(row)


def _every(tree: Every) -> Test:
    tests = [compile_condition(condition) for condition in tree.conditions]

    def holds(row: Row) -> bool:
        for test in tests:  # noqa: SIM110  all() makes a generator for every record
            if not test(row):
                return False
        return True

    return holds


def _either(tree: Either) -> Test:
    tests = [compile_condition(condition) for condition in tree.conditions]
    return lambda row: any(holds(row) for holds in tests)


_COMPILERS: dict[type[Any], Callable[[Any], Callable[[Row], Any]]] = {
    Field: _field,
    Datafield: _datafield,
    Text: _text,
    Pipe: _pipe,
    Call: _call,
    When: _when,
    Compare: _compare,
    Among: _among,
    Missing: _missing,
    Not: _not,
    Every: _every,
    Either: _either,
}
