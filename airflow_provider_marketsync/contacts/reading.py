# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Readers of single values of a definition: each takes a node and notes what is wrong with it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from airflow_provider_marketsync.contacts.expressions import Condition, Expression, paths
from airflow_provider_marketsync.contacts.parser import parse_path
from airflow_provider_marketsync.contacts.problems import Problems, nearest
from airflow_provider_marketsync.contacts.scanner import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow_provider_marketsync.contacts.tree import Node

Tree = TypeVar("Tree", bound="Expression | Condition")

_ID = re.compile(r"[a-z0-9_]+")
_SPAN = re.compile(r"([0-9]+)\s*([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def read_text(node: Node, problems: Problems) -> str | None:
    """Read a text that is not blank; booleans and numbers are refused, because YAML may have changed them already."""
    if isinstance(node.value, str) and node.value.strip():
        return node.value.strip()
    problems.add(node.place, _no_text(node.value))
    return None


def _no_text(value: object) -> str:
    if value is None or isinstance(value, str):
        return "there is no value; write one, or remove the key"
    if isinstance(value, bool):
        return f"{value} is a boolean, not text; quote the word: 'yes', 'no', 'true', '1', whatever the source holds"
    if isinstance(value, (int, float)):
        return f"{value} is a number, not text; quote it: '{value}'"
    if isinstance(value, (list, dict)):
        return f"must be text, not a {'list' if isinstance(value, list) else 'map'}"
    return f"must be text, not {type(value).__name__}"


def read_texts(node: Node, problems: Problems) -> tuple[str, ...] | None:
    """Read a list of texts; one text alone is a list of one."""
    if not isinstance(node.value, list):
        text = read_text(node, problems)
        return None if text is None else (text,)
    texts = [read_text(entry, problems) for entry in node.value]
    return tuple(text for text in texts if text is not None)


def read_id(node: Node, problems: Problems) -> str | None:
    """Read the id of a sync."""
    text = read_text(node, problems)
    if text is not None and not _ID.fullmatch(text):
        cure = re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_") or "my_sync"
        problems.add(node.place, f'"{text}" may hold only a-z, 0-9 and _; write {cure}')
    return text


def read_choice(*choices: str) -> Callable[[Node, Problems], str | None]:
    """Return a reader of one of these words."""

    def read(node: Node, problems: Problems) -> str | None:
        text = read_text(node, problems)
        if text is not None and text not in choices:
            problems.add(node.place, f'unknown word "{text}"; write one of {", ".join(choices)}')
        return text

    return read


def read_count(node: Node, problems: Problems) -> int | None:
    """Read a whole number of 0 or more, as text or as a number."""
    value = node.value
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value)
    problems.add(node.place, "must be a whole number of 0 or more")
    return None


def read_span(node: Node, problems: Problems) -> timedelta | None:
    """Read a stretch of time: ``1d``, ``12h``, ``30m``, or a timedelta of whole minutes."""
    span = node.value if isinstance(node.value, timedelta) else _parsed_span(node.value)
    if span is None or span <= timedelta() or span % _UNITS["m"]:
        problems.add(node.place, "must be a stretch of time of minutes, hours or days: 30m, 12h, 1d")
        return None
    return span


def _parsed_span(value: object) -> timedelta | None:
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(found.group(1)) * _UNITS[found.group(2)] if found else None


def span_text(span: timedelta) -> str:
    """Write a stretch of time as :func:`read_span` reads it."""
    unit = next(unit for unit in "dhm" if not span % _UNITS[unit])
    return f"{span // _UNITS[unit]}{unit}"


def read_zone(node: Node, problems: Problems) -> str | None:
    """Read the name of a time zone, as ``Europe/Tallinn``."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    text = read_text(node, problems)
    if text is None:
        return None
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name is that of a folder
        problems.add(node.place, f'unknown time zone "{text}"{nearest(text, available_timezones())}')
    return text


def read_tree(node: Node, problems: Problems, parse: Callable[[str], Tree]) -> Tree | None:
    """Read a text of the mapping language and parse it; note what is wrong with it, and which fields it names."""
    tree = _parsed(node, problems, parse)
    if tree is not None:
        problems.named += ((node.place, path) for path in paths(tree))
    return tree


def _parsed(node: Node, problems: Problems, parse: Callable[[str], Tree]) -> Tree | None:
    text = read_text(node, problems)
    if text is None:
        return None
    try:
        return parse(text)
    except ExpressionError as error:
        problems.add(node.place, str(error))
        return None


def read_path(node: Node, problems: Problems) -> str | None:
    """Read a path alone into its canonical text."""
    path = read_tree(node, problems, parse_path)
    return None if path is None else str(path)


def read_names(node: Node, problems: Problems) -> tuple[str, ...] | None:
    """Read a list of paths into their canonical texts; they only speak about fields that others name."""
    entries = node.value if isinstance(node.value, list) else [node]
    found = [_parsed(entry, problems, parse_path) for entry in entries]
    return tuple(str(path) for path in found if path is not None)
