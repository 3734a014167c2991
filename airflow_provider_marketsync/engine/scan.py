# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Go through everything a run reads and sort out, cheaply, what needs no work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from airflow_provider_marketsync.contacts.record import FieldNames, Record
from airflow_provider_marketsync.engine.inputs import WHOLE, Input, Kind, Lines, shape_of
from airflow_provider_marketsync.engine.outcomes import Outcome
from airflow_provider_marketsync.ledger.ledger import SyncLedger
from airflow_provider_marketsync.ledger.records import Attention, Glance, Known

_RECORD = msgspec.json.Decoder(Record)
BLOCK = 500
OLDER, REPEATED = "older reading", "read twice"


@dataclass(slots=True)
class Job:
    """One record that needs work.

    :param raw: its line
    :param fingerprint: its source fingerprint
    :param read_at: when it was first read
    :param shape: which fields it holds
    :param source: the input it stands in
    :param position: its position there
    :param known: what the ledger knows of it
    """

    raw: bytes
    fingerprint: bytes
    read_at: str
    shape: str
    source: Input
    position: int
    known: Known
    _record: Record | None = field(default=None, repr=False)

    @property
    def is_overtaken(self) -> bool:
        """Whether a newer reading was learned from, and not settled: a plan, or a run that died."""
        return self.read_at < (self.known.read_at or "")

    def lacks(self, needed: FieldNames) -> bool:
        """Tell whether it was read without some of the fields a definition needs."""
        if self.shape in (WHOLE, shape_of(needed)):
            return False
        read = self.source.manifest
        codes = {code.lower() for code in read.datafields or ()}
        return not (set(needed.plain) <= set(read.fields or ()) and {code.lower() for code in needed.datafields} <= codes)

    @property
    def record(self) -> Record:
        """The record itself, decoded once."""
        if self._record is None:
            self._record = _RECORD.decode(self.raw)
        return self._record


@dataclass(slots=True)
class Block:
    """What a few hundred lines came to.

    :param jobs: records that need work
    :param settled: how many needed none, by outcome and reason
    """

    jobs: list[Job] = field(default_factory=list)
    settled: Counter[tuple[Outcome, str | None]] = field(default_factory=Counter)

    @property
    def read(self) -> int:
        """Number of records."""
        return len(self.jobs) + self.settled.total()


class Scan:
    """One pass over everything a run reads; a key counts once, in its newest reading.

    :param ledger: the sync's ledger
    :param inputs: what is read, the newest extract first, the carry-over last
    :param digest: digest of the definition
    :param everything: whether nothing may be called unchanged (``resend``)
    """

    def __init__(self, ledger: SyncLedger, inputs: Sequence[Input], digest: bytes, *, everything: bool = False) -> None:
        self._ledger, self._inputs, self._everything = ledger, inputs, everything
        self._fingerprint = ledger.hashes.source(digest)
        self._seen = _Bits()

    def __iter__(self) -> Iterator[Block]:
        self._seen = _Bits()
        for source in self._inputs:
            for lines in source.blocks():
                for start in range(0, len(lines.keys), BLOCK):
                    yield self._block(source, lines, range(start, min(start + BLOCK, len(lines.keys))))

    def has_read(self, record: int) -> bool:
        """Tell whether the pass has met a record of the ledger."""
        return self._seen.has(record)

    def _block(self, source: Input, lines: Lines, places: range) -> Block:
        block, fingerprint, everything = Block(), self._fingerprint, self._everything
        wanted: list[tuple[int, int, bytes]] = []
        unchanged = 0
        for place, glance in self._counted(source, lines, places, block):
            mark = fingerprint(lines.raw[place])
            if mark == glance.source_fp and not glance.attention and not everything:
                unchanged += 1
            else:
                wanted.append((place, glance.id, mark))
        if unchanged:
            block.settled[Outcome.UNCHANGED, None] = unchanged
        known = self._ledger.records.known([record for _, record, _ in wanted]) if wanted else {}
        block.jobs = [
            Job(
                lines.raw[place],
                mark,
                lines.read_at[place],
                lines.shapes[place],
                source,
                lines.position + place,
                known[record],
            )
            for place, record, mark in wanted
        ]
        return block

    def _counted(self, source: Input, lines: Lines, places: range, block: Block) -> Iterator[tuple[int, Glance]]:
        """Yield what counts in this input; what was read elsewhere, or later, is left out or settled."""
        old = source.kind is Kind.EXTRACT and is_superseded(self._ledger, source)
        for place, glance in zip(places, self._glances(lines.keys[places.start : places.stop]), strict=True):
            if source.kind is not Kind.EXTRACT and self._is_elsewhere(source.kind, glance):
                continue
            if old or self._is_older(lines.read_at[place], glance):
                if source.kind is not Kind.PENDING:
                    block.settled[Outcome.SKIPPED, OLDER] += 1
            elif not self._seen.is_new(glance.id):
                block.settled[Outcome.SKIPPED, REPEATED] += 1
            else:
                yield place, glance

    def _is_elsewhere(self, kind: Kind, glance: Glance) -> bool:
        """Tell whether a record was taken from a newer reading, or its answer has come since."""
        return self._seen.has(glance.id) or (kind is Kind.PENDING and not glance.attention & Attention.PENDING)

    def _is_older(self, read_at: str, glance: Glance) -> bool:
        """Tell whether a newer reading was settled; one that was only learned from may never be delivered."""
        return read_at < (glance.read_at or "") and bool(self._ledger.records.settled_later([glance.id], read_at))

    def _glances(self, keys: Sequence[str]) -> list[Glance]:
        glances = self._ledger.records.glance(keys)
        strangers = [glance.key for glance in glances if not glance.id]
        if not strangers:
            return glances
        with self._ledger.transaction():
            self._ledger.records.add(strangers)
        return self._ledger.records.glance(keys)


def is_superseded(ledger: SyncLedger, extract: Input) -> bool:
    """Tell whether a newer reading was settled that held everything this one could tell.

    A card may have changed and gone back to what it was between two readings: its row then looks as if this older
    reading were news.
    """
    manifest = extract.manifest
    return manifest.read_started_at < ledger.syncs.settled_at(ledger.id, manifest.source)


class _Bits:
    """One bit a ledger row: 64 KiB for half a million records."""

    def __init__(self) -> None:
        self._bits = bytearray(64 * 1024)

    def has(self, number: int) -> bool:
        """Tell whether a bit is set."""
        place = number >> 3
        return place < len(self._bits) and bool(self._bits[place] & 1 << (number & 7))

    def is_new(self, number: int) -> bool:
        """Set a bit and tell whether it was unset."""
        place, bit = number >> 3, 1 << (number & 7)
        if place >= len(self._bits):
            self._bits.extend(bytes(max(place - len(self._bits) + 1, 64 * 1024)))
        if self._bits[place] & bit:
            return False
        self._bits[place] |= bit
        return True
