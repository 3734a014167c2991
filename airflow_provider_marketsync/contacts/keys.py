# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Tables of keys: one row names a key of a definition, reads it and describes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.contacts.problems import Place, Problems, nearest
from airflow_provider_marketsync.contacts.reading import span_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from airflow_provider_marketsync.contacts.tree import Node

REQUIRED = object()
"""Default of a key that must be there."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a map.

    :param name: the key
    :param type: what stands there, in a user's words
    :param default: what holds without it; `REQUIRED` where it must be there
    :param meaning: one sentence for the docs
    :param read: reads its node
    :param below: keys of the map that stands there, for the docs
    """

    name: str
    type: str
    default: Any
    meaning: str
    read: Callable[[Node, Problems], Any]
    below: Sequence[Key] = ()


NOT_BUILT = frozenset(
    (
        "removals", "memberships", "on_unmatched", "may_resubscribe", "max_resubscribes", "prefer", "merge", "mode",
        "suppression", "scope", "purpose", "brand", "wording", "private_persons", "double_opt_in", "fire_events",
        "not_older_than", "policy", "policies", "field_policies", "clear_when_empty", "events", "two_way", "sms",
    )
)  # fmt: skip
"""Words of the design that come in a later version."""

RUN_ARGUMENTS = frozenset(("first_run", "full", "updated_since", "plan_only", "apply_plan", "resend", "extract"))
"""Arguments of operators: what one run does differently is no part of a definition."""


def read_keys(node: Node, keys: Sequence[Key], problems: Problems) -> dict[str, Any]:
    """Read a map by its table; unknown and absent keys are noted, absent optional ones get their default."""
    if not isinstance(node.value, dict):
        problems.add(node.place, f"must be a map with {', '.join(key.name for key in keys)}")
        return {}
    known = {key.name: key for key in keys}
    # None comes from Python and JSON only and says "not given".
    given = {name: inner for name, inner in node.value.items() if inner.value is not None}
    for name in [name for name in given if name not in known]:
        problems.add(given[name].place, unknown_key(name, known))
    return {key.name: _read(key, given, node.place, problems) for key in keys}


def _read(key: Key, given: Mapping[str, Node], place: Place, problems: Problems) -> Any:
    if key.name in given:
        return key.read(given[key.name], problems)
    if key.default is REQUIRED:
        problems.add(place.down(key.name), f"is missing ({key.type}): {key.meaning}")
        return None
    return key.default


def unknown_key(name: str, known: Mapping[str, object]) -> str:
    """Return what to say about a key that is in no table."""
    if name in NOT_BUILT:
        return "not built yet in this version; remove the key"
    if name in RUN_ARGUMENTS:
        return "is an argument of a run, never of the definition; give it to the operator"
    return f"unknown key{nearest(name, known) or '; known are ' + ', '.join(known)}"


def described(keys: Sequence[Key], prefix: str = "") -> list[tuple[str, str, str, str]]:
    """Return (key, type, default, meaning) of a table and the tables below it."""
    rows: list[tuple[str, str, str, str]] = []
    for key in keys:
        default = "" if key.below and key.default is not REQUIRED else _default_text(key.default)
        rows.append((prefix + key.name, key.type, default, key.meaning))
        rows += described(key.below, f"{prefix}{key.name}.")
    return rows


def _default_text(default: Any) -> str:
    if default is REQUIRED:
        return "required"
    if isinstance(default, timedelta):
        return span_text(default)
    return "" if default is None or default == () else str(default)
