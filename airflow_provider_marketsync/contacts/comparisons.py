# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a value may be compared with: texts, and numbers or dates where a converter says so."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from airflow_provider_marketsync.contacts.converter_registry import find_converter
from airflow_provider_marketsync.contacts.converters import canonical_number
from airflow_provider_marketsync.contacts.expressions import Among, Compare, Condition, Expression, Pipe

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.scanner import Scanner

_CURES = {
    "<=": "there is no <=; write: not ... > ...",
    ">=": "there is no >=; write: not ... < ...",
    "=": "one = is not enough; write ==",
    "is": "write ==, or missing(field)",
}


def kind_of(expression: Expression) -> str:
    """Return how an expression compares: ``number`` or ``date`` right after such a converter, else ``text``."""
    converter = find_converter(expression.converter) if isinstance(expression, Pipe) else None
    return converter.kind if converter else "text"


def parse_comparison(scanner: Scanner, left: Expression) -> Condition:
    """Parse what follows the left side of a test."""
    start = scanner.position
    if scanner.next_word() == "not":
        scanner.fail('"not" stands in front: not a in [...]')
    if scanner.next_word() == "in":
        scanner.word()
        return Among(left, _choices(scanner, kind_of(left)))
    sign = next((sign for sign in ("==", "!=", "<", ">") if scanner.sees(sign)), None)
    cure = next((cure for wrong, cure in _CURES.items() if scanner.sees(wrong) and sign != "=="), None)
    if cure or sign is None:
        scanner.fail(cure or "expected ==, !=, in, < or > here")
    scanner.takes(sign)
    kind = kind_of(left)
    if sign in "<>" and kind == "text":
        scanner.fail(f"{sign} compares numbers and dates; write {_EXAMPLE_LEFT} {sign} ...", start)
    return Compare(left, sign, _literal(scanner, kind))


def _choices(scanner: Scanner, kind: str) -> tuple[str, ...]:
    scanner.needs("[", "\"in\"; write in ['a', 'b']")
    choices = [_literal(scanner, kind)]
    while scanner.takes(","):
        choices.append(_literal(scanner, kind))
    scanner.needs("]", "the list")
    return tuple(choices)


def _literal(scanner: Scanner, kind: str) -> str:
    start = scanner.position
    text = scanner.quoted()
    text = scanner.number() if text is None else text
    if text is None:
        word = scanner.next_word()
        scanner.fail(f"write '{word}' in quotes" if word else "expected a text in quotes or a number here")
    fitting = comparable(text, kind)
    if fitting is None:
        scanner.fail(f'"{text}" can not be compared here; write {_EXAMPLES[kind]}', start)
    return fitting


_EXAMPLE_LEFT = "a | number, or a | date(dd.mm.yyyy), before"
_EXAMPLES = {"number": "a number, as 1.5", "date": "a date as '2026-01-31'"}


def comparable(text: str, kind: str) -> str | None:
    """Return a literal in the form in which values of this kind compare, None where it can never be one."""
    if kind == "number":
        return canonical_number(text)
    if kind == "date":
        return text if _is_iso(text) else None
    return text


def _is_iso(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
