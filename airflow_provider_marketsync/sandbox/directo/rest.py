# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""REST, "API Direct": whole lists as JSON or XML (contract section 11)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.directo.asking import Asking
from airflow_provider_marketsync.sandbox.directo.columns import CONTACT, CUSTOMER, Component
from airflow_provider_marketsync.sandbox.directo.reading import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from airflow_provider_marketsync.sandbox.directo.card import Card, Datafield
    from airflow_provider_marketsync.sandbox.directo.database import Database

RESOURCES = {"customers": CUSTOMER, "contacts": CONTACT}
JSON = {"Content-Type": "application/json; charset=utf-8"}
CHUNK = 65_536


def message(status: int, text: str) -> Reply:
    """Make an error reply."""
    return Reply(status, json.dumps({"message": text}).encode(), JSON)


def read_resource(database: Database, component: Component, call: Call) -> Reply:
    """Answer a GET; a parameter that names no stored field is ignored."""
    tests = [
        _test(name.lower(), value)
        for name, value in call.query
        if name.lower() in component.read or name.lower() in component.write
    ]
    snapshot = database.registers[component.word].snapshot()
    cards = (card for card in snapshot if all(test(card) for test in tests))
    if "xml" in call.headers.get("accept", ""):
        return written(database, Asking("xml_direct", {}, {}, None), component, cards)
    shape = _mixed if database.switches["rest_types"] == "mixed" else _as_text
    return Reply(200, _array(shape(number, card) for number, card in enumerate(cards)), JSON)


def _test(name: str, value: str) -> Callable[[Card], bool]:
    if not value.startswith(">"):
        return lambda card: _field(card, name) == _comparable(name, value)
    bound = _comparable(name, value[1:])
    return lambda card: _later(_field(card, name), bound)


def _field(card: Card, name: str) -> str:
    return card.closed if name == "closed" else _comparable(name, card.columns.get(name, ""))


def _comparable(name: str, value: str) -> str:
    return value.strip().replace("T", " ") if name == "ts" else value


def _later(have: str, bound: str) -> bool:
    try:
        return float(have) > float(bound)
    except ValueError:
        return have > bound


def _array(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    parts, size = ["["], 0
    separator = ""
    for row in rows:
        parts.append(separator + json.dumps(row, ensure_ascii=False))
        separator = ","
        size += len(parts[-1])
        if size > CHUNK:
            yield "".join(parts).encode()
            parts, size = [], 0
    yield ("".join(parts) + "]").encode()


def _as_text(number: int, card: Card) -> dict[str, Any]:
    columns = {**card.columns, "ts": card.ts.replace("T", " ")}
    return {**columns, "datafields": [_datafield(field) for field in card.datafields]}


def _datafield(field: Datafield) -> dict[str, str]:
    return {name: value for name, value in field._asdict().items() if value is not None}


def _mixed(number: int, card: Card) -> dict[str, Any]:
    # The same key is now number, now text; NULL is now absent, now null (contract section 11).
    row = _as_text(number, card)
    if number % 2 == 0:
        return {**row, "closed": int(card.closed)}
    numeric = {name: int(row[name]) for name in ("code", "class") if _is_plain_number(row.get(name))}
    missing = {name: None for name in ("phone", "email", "class") if name not in row}
    return {**row, **numeric, **missing}


def _is_plain_number(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and str(int(value)) == value
