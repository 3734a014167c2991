# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The feed's customers as finished contacts, written in the form that each tool likes to read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from benchmarks.feed import contact

FIELDS = ("email", "name", "customer_class", "language", "last_order")
SCHEMA = {
    "type": "SCHEMA",
    "stream": "contacts",
    "key_properties": ["email"],
    "schema": {"type": "object", "properties": {name: {"type": ["string", "null"]} for name in FIELDS}},
}


def write_contacts(folder: Path, count: int) -> None:
    """Write the contacts as JSON lines (dlt), as Singer's messages and as an SQLite table (drt).

    :param folder: where to
    :param count: number of contacts
    """
    _write_lines(folder / "contacts.jsonl", count)
    _write_messages(folder / "contacts.singer", count)
    _write_table(folder / "contacts.db", count)


def _write_lines(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(one, ensure_ascii=False)}\n" for one in contacts(count))


def _write_messages(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{json.dumps(SCHEMA)}\n")
        for one in contacts(count):
            file.write(f"{json.dumps({'type': 'RECORD', 'stream': 'contacts', 'record': one}, ensure_ascii=False)}\n")


def _write_table(path: Path, count: int) -> None:
    table = sqlite3.connect(path)
    table.execute(f"CREATE TABLE contacts ({', '.join(FIELDS)})")
    rows = (tuple(one[name] for name in FIELDS) for one in contacts(count))
    table.executemany("INSERT INTO contacts VALUES (?, ?, ?, ?, ?)", rows)
    table.commit()
    table.close()


def contacts(count: int) -> Iterator[dict[str, str]]:
    """Yield the contacts."""
    return (contact(number) for number in range(count))
