# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Go through everything a run reads and sort out, cheaply, what needs no work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from airflow_provider_marketsync.contacts.record import Record
from airflow_provider_marketsync.engine.inputs import Input, Kind, Lines
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
        for place, glance in zip(places, self._glances(lines.keys[places.start : places.stop]), strict=True):
            if source.kind is Kind.PENDING and not glance.attention & Attention.PENDING:
                continue
            if lines.read_at[place] < (glance.read_at or ""):
                if source.kind is not Kind.PENDING:
                    block.settled[Outcome.SKIPPED, OLDER] += 1
            elif not self._seen.is_new(glance.id):
                if source.kind is Kind.EXTRACT:
                    block.settled[Outcome.SKIPPED, REPEATED] += 1
            else:
                yield place, glance

    def _glances(self, keys: Sequence[str]) -> list[Glance]:
        glances = self._ledger.records.glance(keys)
        strangers = [glance.key for glance in glances if not glance.id]
        if not strangers:
            return glances
        with self._ledger.transaction():
            self._ledger.records.add(strangers)
        return self._ledger.records.glance(keys)


class _Bits:
    """One bit a ledger row: 64 KiB for half a million records."""

    def __init__(self) -> None:
        self._bits = bytearray(64 * 1024)

    def is_new(self, number: int) -> bool:
        """Set a bit and tell whether it was unset."""
        place, bit = number >> 3, 1 << (number & 7)
        if place >= len(self._bits):
            self._bits.extend(bytes(max(place - len(self._bits) + 1, 64 * 1024)))
        if self._bits[place] & bit:
            return False
        self._bits[place] |= bit
        return True
