# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The database as the control port shows it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.directo.columns import COMPONENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from airflow_provider_marketsync.sandbox.directo.card import Card
    from airflow_provider_marketsync.sandbox.directo.database import Database


def store_view(database: Database, name: str, query: Mapping[str, str]) -> Iterator[str]:
    """Give the database as pieces of one JSON text; cards come one by one, with their write-only columns."""
    summary = {
        "database": name,
        "counts": {component.container: len(database.registers[word]) for word, component in COMPONENTS.items()},
        "deleted": [one._asdict() for one in database.deletions],
    }
    text = json.dumps(summary, ensure_ascii=False)
    if query.get("count"):
        yield text
        return
    yield text[:-1]
    for word, component in COMPONENTS.items():
        yield f', "{component.container}": ['
        yield from _cards(database, word, query.get("code"))
        yield "]"
    yield "}"


def _cards(database: Database, word: str, code: str | None) -> Iterator[str]:
    separator = ""
    for card in _chosen(database, word, code):
        yield separator + json.dumps(card.as_json(), ensure_ascii=False)
        separator = ", "


def _chosen(database: Database, word: str, code: str | None) -> Iterator[Card]:
    if code is None:
        return database.registers[word].snapshot()
    found = database.registers[word].find(code)
    return iter([found] if found else [])
