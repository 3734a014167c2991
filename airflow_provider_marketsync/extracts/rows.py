# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``write_extract``: make any rows (SQL, files, a warehouse) the source of a sync."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from operator import itemgetter
from typing import Any

from airflow_provider_marketsync.contacts.record import DATAFIELDS, Record, Value
from airflow_provider_marketsync.exceptions import ExtractError
from airflow_provider_marketsync.extracts.manifest import DOCS, Manifest
from airflow_provider_marketsync.extracts.writer import ExtractWriter

_SORTS = re.compile(r"\d{4}-\d\d-\d\d|\d+$")
"""ISO text, or a number that only grows."""


def write_extract(
    rows: Iterable[Mapping[str, Any]],
    path: str,
    *,
    source: str,
    key: str,
    changed: str | None = None,
    complete: bool = False,
    read_started_at: datetime | None = None,
) -> str:
    """Write rows of your own as an extract that ``UpsertContactsOperator`` reads.

    Call it in any ``@task`` and pass what it returns as ``extract``; the sync's definition says
    ``source: {name: <source>}``. Values become text as ``str()`` writes them; None stays "null", an absent name stays missing.
    Each call makes a folder of its own, so that a retry overwrites nothing; old ones are yours to delete.

    :param rows: mappings of column name to value; read once, never held together
    :param path: path or URL of the folder in which extracts are made
    :param source: the name the definition gives the source
    :param key: name of the column that identifies a row for ever
    :param changed: name of a column with the stamp of the last change: a date, a datetime, ISO text or a number
    :param complete: whether these are all rows there are; without it nothing is ever called gone
    :param read_started_at: aware moment the reading began; now, if None
    :return: path of the manifest
    :raises ExtractError: when a row has no key, a value that is no single value, or a stamp that does not sort
    """
    started = (read_started_at or datetime.now(timezone.utc)).astimezone(timezone.utc)
    writer = ExtractWriter(f"{path.rstrip('/')}/rows-{started:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}")
    names: set[str] = set()
    try:
        writer.write(_records(rows, key, changed, names))
    except BaseException:
        writer.discard()
        raise
    return writer.finish(
        Manifest(
            sync=None,
            source=source,
            account=source,
            read_started_at=started.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            complete=complete,
            moves_cursor=False,
            names_seen=tuple(sorted(names)),
        )
    )


def _records(rows: Iterable[Mapping[str, Any]], key: str, changed: str | None, names: set[str]) -> Iterator[Record]:
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise _wrong(number, "is no mapping of column names to values; with a cursor, zip its column names with each row")
        if row.get(key) in (None, ""):
            raise _wrong(number, f"has no {key!r}: every row needs a key that stays the same for ever")
        names.update(name.lower() for name in row)
        values = {name.lower(): _text(number, name, row[name]) for name in sorted(row)}
        yield Record(str(row[key]), _stamp(number, row.get(changed)) if changed else None, values)


def _text(number: int, name: str, value: Any) -> Value:
    if value is None:
        return None
    if name.lower() == DATAFIELDS:
        return sorted(((str(code), str(content), str(param)) for code, content, param in value), key=itemgetter(0))
    if isinstance(value, (list, tuple, set, Mapping, bytes)):
        raise _wrong(number, f"holds a {type(value).__name__} in {name!r}; give it as one text, or as columns of its own")
    return str(value)


def _stamp(number: int, value: Any) -> str | None:
    if isinstance(value, datetime):
        return (value.astimezone(timezone.utc) if value.tzinfo else value).strftime("%Y-%m-%dT%H:%M:%S.%f")
    if value is None or _SORTS.match(str(value)):
        return None if value is None else str(value)
    raise _wrong(
        number, "has a stamp of change that does not sort as text; give a datetime, or ISO text such as 2026-11-20T08:30:00"
    )


def _wrong(number: int, what: str) -> ExtractError:
    return ExtractError(f"Row {number} {what}.", docs=DOCS)
