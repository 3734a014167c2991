# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Read a source and write extracts: the whole feed when it is due, else what changed since the watermark."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import reduce
from itertools import islice
from operator import or_

from airflow_provider_marketsync.contacts.definition import CompiledSync
from airflow_provider_marketsync.contacts.record import DATAFIELDS, FieldNames, Record
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.ports import Reading, ReadRequest, Source
from airflow_provider_marketsync.engine.pulse import Pulse
from airflow_provider_marketsync.exceptions import about_connection
from airflow_provider_marketsync.extracts.folder import SyncFolder
from airflow_provider_marketsync.extracts.manifest import Manifest, read_manifest
from airflow_provider_marketsync.extracts.writer import ExtractWriter
from airflow_provider_marketsync.ledger.ledger import Ledger
from airflow_provider_marketsync.ledger.syncs import SyncRow, refuse_other_account

log = logging.getLogger(__name__)
CHUNK = 100
"""Records held at one time; more of them outlive the garbage collector's young generations, which costs a fifth of the CPU."""


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """What one fetch is asked to do.

    :param updated_since: ISO date or moment to read from; such a reading never moves the watermark
    :param full: read everything, whatever the watermark says
    """

    updated_since: str | None = None
    full: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """One extract that was written.

    :param sync: id of the sync it is for
    :param path: path of its manifest
    :param summary: counts and names, plain JSON
    """

    sync: str
    path: str
    summary: dict[str, object]


@dataclass(frozen=True, slots=True)
class _Wish:
    """Where one reading begins, and why."""

    since: str | None
    complete: bool
    moves_cursor: bool
    why: str


def fetch(syncs: Sequence[CompiledSync], source: Source, installation: Installation, options: FetchOptions) -> list[Fetched]:
    """Read a source once and write one extract a sync, each with its own fields only.

    :param syncs: the compiled definitions the reading serves
    :param source: where from
    :param installation: ledger and extracts folder
    :param options: what this fetch is asked to do
    :return: one extract a sync, in their order
    :raises MarketSyncError: see ``exceptions.py``; no extract exists then
    """
    with Ledger(installation.ledger) as ledger:
        rows = [ledger.syncs.row(compiled.sync.id) for compiled in syncs]
        for row in rows:
            refuse_other_account("source", row.source_account if row else None, source.account)
        for compiled in syncs:
            SyncFolder(installation.extracts, compiled.sync.id).bind(ledger.uuid)
        started = _started([ledger.syncs.newest_reading(row.id) for row in rows if row])
    wish = _wish(syncs, rows, source, options)
    log.info(
        "Reading %s %s for %s, %s. Ledger %s, extracts %s.",
        source.vendor,
        source.account,
        " and ".join(compiled.sync.id for compiled in syncs),
        wish.why,
        installation.ledger,
        installation.extracts,
    )
    with about_connection(syncs[0].sync.source.conn_id, source.vendor):
        return _Fetch(syncs, source, installation, wish, ledger.uuid, started).run()


def _started(known: Sequence[str | None]) -> datetime:
    """Return the moment this reading begins: after every known one, also when the clock has stepped back."""
    newest = max((moment for moment in known if moment), default=None)
    now = datetime.now(timezone.utc)
    return max(now, _moment(newest) + timedelta(microseconds=1)) if newest else now


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _wish(syncs: Sequence[CompiledSync], rows: Sequence[SyncRow | None], source: Source, options: FetchOptions) -> _Wish:
    if options.updated_since:
        return _Wish(source.since_moment(options.updated_since), False, False, "as asked, without moving the watermark")
    if options.full:
        return _Wish(None, True, True, "completely, as asked")
    for compiled, row in zip(syncs, rows, strict=True):
        due = complete_due(compiled, row)
        if due:
            return _Wish(None, True, True, f"completely: {due}")
    lowest = min((row for row in rows if row), key=lambda row: row.cursor_read_at or "")
    return _Wish(lowest.cursor, False, True, "since the last delivered reading")


def complete_due(compiled: CompiledSync, row: SyncRow | None) -> str | None:
    """Say why a complete reading is due, None if it is not."""
    if row is None or row.cursor is None or row.complete_settled_at is None:
        return "nothing was delivered yet"
    if row.complete_digest != compiled.digest:
        return "the definition has changed"
    if row.complete_due:
        return "some records have to be read again"
    # Not by when the reading began: that is always after the readings before, so ahead of a clock that has stepped back.
    age = datetime.now(timezone.utc) - _moment(row.complete_settled_at)
    if age < timedelta(0):
        return "the clock has stepped back"
    return "full_every has passed" if age >= compiled.sync.full_every else None


class _Fetch:
    """One reading on its way into extracts."""

    def __init__(
        self,
        syncs: Sequence[CompiledSync],
        source: Source,
        installation: Installation,
        wish: _Wish,
        ledger: str,
        started: datetime,
    ) -> None:
        self._syncs, self._source, self._wish, self._ledger = syncs, source, wish, ledger
        self._began, self._started = time.monotonic(), started
        folders = [SyncFolder(installation.extracts, compiled.sync.id) for compiled in syncs]
        self._writers = [ExtractWriter(folder.new("extract", self._started)) for folder in folders]

    def run(self) -> list[Fetched]:
        fields = reduce(or_, (compiled.fields for compiled in self._syncs))
        reading = self._source.read(ReadRequest(fields, self._wish.since))
        try:
            self._write(iter(reading))
            return [self._finish(compiled, writer, reading) for compiled, writer in zip(self._syncs, self._writers, strict=True)]
        except BaseException:
            for writer in self._writers:
                writer.discard()
            raise

    def _write(self, records: Iterator[Record]) -> None:
        pulse, number = Pulse(f"reading {self._source.vendor}"), 0
        while chunk := list(islice(records, CHUNK)):
            for compiled, writer in zip(self._syncs, self._writers, strict=True):
                own = chunk if len(self._syncs) == 1 else [_reduced(record, compiled.fields) for record in chunk]
                writer.write(own)
            number += len(chunk)
            pulse.beat(number)

    def _finish(self, compiled: CompiledSync, writer: ExtractWriter, reading: Reading) -> Fetched:
        path = writer.finish(
            Manifest(
                sync=compiled.sync.id,
                source=self._source.vendor,
                account=self._source.account,
                ledger=self._ledger,
                fields=compiled.fields.plain,
                datafields=compiled.fields.datafields,
                digest=compiled.digest.hex(),
                read_started_at=self._started.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                complete=self._wish.complete,
                since=self._wish.since,
                moves_cursor=self._wish.moves_cursor,
                cursor=reading.cursor,
                names_seen=tuple(sorted(reading.names_seen)),
                notices=tuple(reading.notices),
            )
        )
        return Fetched(compiled.sync.id, path, self._summary(compiled, read_manifest(path)))

    def _summary(self, compiled: CompiledSync, manifest: Manifest) -> dict[str, object]:
        return {
            "sync": compiled.sync.id,
            "source": manifest.source,
            "source_account": manifest.account,
            "read": manifest.rows,
            "complete": manifest.complete,
            "why": self._wish.why,
            "since": manifest.since,
            "watermark": manifest.cursor,
            "bytes": sum(part.bytes for part in manifest.parts),
            "seconds": round(time.monotonic() - self._began, 3),
            "notices": list(manifest.notices),
        }


def _reduced(record: Record, fields: FieldNames) -> Record:
    """Leave out what another sync of the same reading asked for (rule 13)."""
    codes = {code.lower() for code in fields.datafields}
    values = {name: record.values[name] for name in fields.plain if name in record.values}
    free = record.values.get(DATAFIELDS)
    if codes and isinstance(free, list):
        values[DATAFIELDS] = [entry for entry in free if entry[0].lower() in codes]
    return Record(record.key, record.changed, values)
