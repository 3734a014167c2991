# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Which source fields a definition names, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.contacts.expressions import Condition, Datafield, Expression, Path, paths
from airflow_provider_marketsync.contacts.parser import parse_condition, parse_expression, parse_path
from airflow_provider_marketsync.contacts.record import FieldNames

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_provider_marketsync.contacts.definition import Sync


def trees(sync: Sync) -> Iterator[tuple[str, Expression | Condition]]:
    """Yield every expression and condition of a definition with the dotted path of its place."""
    for name, text in sync.mapping.items():
        yield f"mapping.{name}", parse_expression(text)
    if sync.where is not None:
        yield "where", parse_condition(sync.where)
    for channel, rule in sync.consent.items():
        yield f"consent.{channel}.state", parse_path(rule.state)
        if rule.date is not None:
            yield f"consent.{channel}.date", parse_path(rule.date)
    for index, entry in enumerate(sync.new_contacts):
        if entry.when is not None:
            yield f"new_contacts[{index}].when", parse_condition(entry.when)


def used_paths(sync: Sync) -> Iterator[tuple[str, Path]]:
    """Yield every source field a definition names, with the dotted path of its place."""
    for place, tree in trees(sync):
        for path in paths(tree):
            yield place, path


def field_names(used: Iterable[Path]) -> FieldNames:
    """Return the fields an extract must hold for these paths: each once, codes as first written."""
    plain: dict[str, None] = {}
    codes: dict[str, str] = {}
    for path in used:
        if isinstance(path, Datafield):
            codes.setdefault(path.code.casefold(), path.code)
        else:
            plain[path.name] = None
    return FieldNames(tuple(plain), tuple(codes.values()))


def names_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the field names of canonical paths, case-folded, without their params."""
    return frozenset(parse_path(text).name.casefold() for text in texts)
