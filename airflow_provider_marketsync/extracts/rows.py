# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``write_extract``: make any rows (SQL, files, a warehouse) the source of a sync."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from operator import itemgetter
from typing import Any

from airflow_provider_marketsync.contacts.record import DATAFIELDS, Record, Value
from airflow_provider_marketsync.exceptions import ExtractError
from airflow_provider_marketsync.extracts.manifest import DOCS, Manifest
from airflow_provider_marketsync.extracts.writer import ExtractWriter


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

    :param rows: mappings of column name to value; read once, never held together
    :param path: path or URL of a folder that does not exist yet
    :param source: the name the definition gives the source
    :param key: name of the column that identifies a row for ever
    :param changed: name of a column with the stamp of the last change (a datetime, or text that sorts)
    :param complete: whether these are all rows there are; without it nothing is ever called gone
    :param read_started_at: aware moment the reading began; now, if None
    :return: path of the manifest
    :raises ExtractError: when a row has no key
    """
    started = (read_started_at or datetime.now(timezone.utc)).astimezone(timezone.utc)
    writer = ExtractWriter(path)
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
        if row.get(key) in (None, ""):
            raise ExtractError(f"Row {number} has no {key!r}: every row needs a key that stays the same for ever.", docs=DOCS)
        names.update(name.lower() for name in row)
        values: dict[str, Value] = {name.lower(): _text(name, row[name]) for name in sorted(row)}
        yield Record(str(row[key]), _stamp(row.get(changed)) if changed else None, values)


def _text(name: str, value: Any) -> Value:
    if value is None:
        return None
    if name.lower() == DATAFIELDS:
        return sorted(((str(code), str(content), str(param)) for code, content, param in value), key=itemgetter(0))
    return str(value)


def _stamp(value: Any) -> str | None:
    if isinstance(value, datetime):
        return (value.astimezone(timezone.utc) if value.tzinfo else value).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return None if value is None else str(value)
