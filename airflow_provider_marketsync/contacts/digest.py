# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The digest of a definition: it changes with anything that may change what becomes of a record."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.contacts.consent_rule import folded
from airflow_provider_marketsync.contacts.converter_registry import find_converter
from airflow_provider_marketsync.contacts.expressions import Condition, Expression, Pipe, parts
from airflow_provider_marketsync.contacts.parser import parse_expression
from airflow_provider_marketsync.contacts.usage import trees

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_marketsync.contacts.definition import Sync

_FORM = 1  # raise it when the same definition begins to mean something else
_WITHOUT_EFFECT = ("limits", "full_every", "allow_new_fields", "allow_sensitive", "dismissed")
"""Keys that decide whether and when a run goes on, and change neither a payload nor a judgement: raising a limit must not
read everything again, nor spend a plan that waits."""
_WORDS = ("granted", "withdrawn", "pending")


def digest_of(sync: Sync) -> bytes:
    """Return 16 bytes over the canonical definition: blanks, order of keys and of word lists, and limits do not count."""
    canonical = json.dumps([_FORM, _canonical(sync), _versions(sync)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).digest()[:16]


def _canonical(sync: Sync) -> dict[str, Any]:
    rendered = {name: value for name, value in sync.to_dict().items() if name not in _WITHOUT_EFFECT}
    rendered["mapping"] = {name: str(parse_expression(text)) for name, text in sync.mapping.items()}
    for rule in rendered.get("consent", {}).values():
        rule.update({name: sorted(map(folded, rule[name])) for name in _WORDS if name in rule})
    return rendered


def _versions(sync: Sync) -> list[list[str]]:
    names = {name for _, tree in trees(sync) for name in _converters(tree)}
    found = {name: find_converter(name) for name in sorted(names)}
    return [[name, converter.version()] for name, converter in found.items() if converter and converter.version()]


def _converters(tree: Expression | Condition) -> Iterator[str]:
    if isinstance(tree, Pipe):
        yield tree.converter
    for part in parts(tree):
        yield from _converters(part)
