# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Go through everything a run reads and sort out, cheaply, what needs no work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import msgspec

from airflow_provider_marketsync.contacts.personal import Personal
from airflow_provider_marketsync.contacts.record import FieldNames, Record
from airflow_provider_marketsync.engine.inputs import WHOLE, Input, Kind, Lines, shape_of
from airflow_provider_marketsync.engine.outcomes import Outcome
from airflow_provider_marketsync.ledger.ledger import SyncLedger
from airflow_provider_marketsync.ledger.rows import Attention, Glance, Known

_RECORD = msgspec.json.Decoder(Record)
BLOCK = 4000
"""At most so many records are looked at in one go, and learned from in one transaction."""
OLDER, REPEATED = "older reading", "read twice"


class Job(Personal, frozen=True):
    """One record that needs work.

    :param raw: its line
    :param fingerprint: its source fingerprint
    :param read_at: when it was first read
    :param shape: which fields it holds
    :param source: the input it stands in
    :param position: its position there
    :param record: what the line says
    :param known: what the ledger knows of it
    :param is_stranger: whether the ledger has no row of it yet
    """

    raw: bytes
    fingerprint: bytes
    read_at: str
    shape: str
    source: Input
    position: int
    record: Record
    known: Known
    is_stranger: bool

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


@dataclass(frozen=True, slots=True)
class Piece:
    """A few hundred lines of an input.

    :param source: the input
    :param lines: lines that were read together
    :param places: which of them are meant
    """

    source: Input
    lines: Lines
    places: range


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
        return map(self.sort, self.pieces())

    def pieces(self) -> Iterator[Piece]:
        """Begin a pass, and yield what is read: the ledger is not asked yet."""
        self._seen = _Bits()
        for source in self._inputs:
            for lines in source.blocks():
                for start in range(0, len(lines.keys), BLOCK):
                    yield Piece(source, lines, range(start, min(start + BLOCK, len(lines.keys))))

    def has_read(self, record: int) -> bool:
        """Tell whether the pass has met a record of the ledger."""
        return self._seen.has(record)

    def sort(self, piece: Piece) -> Block:
        """Look the records of a piece up.

        Strangers get ids nobody has: their rows have to be made in the transaction that holds during this call.
        """
        block, fingerprint, everything = Block(), self._fingerprint, self._everything
        raw, unchanged = piece.lines.raw, 0
        wanted: list[tuple[int, Glance, bytes]] = []
        for place, glance in self._counted(piece, block):
            mark = fingerprint(raw[place])
            if mark == glance.source_fp and not glance.attention and not everything:
                unchanged += 1
            else:
                wanted.append((place, glance, mark))
        if unchanged:
            block.settled[Outcome.UNCHANGED, None] = unchanged
        block.jobs = list(self._jobs(piece, wanted))
        return block

    def _jobs(self, piece: Piece, wanted: Sequence[tuple[int, Glance, bytes]]) -> Iterator[Job]:
        records, lines = self._ledger.records, piece.lines
        known = records.known([glance.id for _, glance, _ in wanted])
        for place, glance, mark in wanted:
            row = known.get(glance.id)
            yield Job(
                lines.raw[place],
                mark,
                lines.read_at[place],
                lines.shapes[place],
                piece.source,
                lines.position + place,
                _RECORD.decode(lines.raw[place]),
                row or records.stranger(glance.key, glance.id),
                row is None,
            )

    def _counted(self, piece: Piece, block: Block) -> Iterator[tuple[int, Glance]]:
        """Yield what counts in this input; what was read elsewhere, or later, is left out or settled."""
        source, lines = piece.source, piece.lines
        old = source.kind is Kind.EXTRACT and is_superseded(self._ledger, source)
        for place, glance in zip(piece.places, self._glances(lines.keys[piece.places.start : piece.places.stop]), strict=True):
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
        strangers = dict.fromkeys(glance.key for glance in glances if not glance.id)
        if not strangers:
            return glances
        ids = dict(zip(strangers, count(self._ledger.records.next_id())))
        return [glance if glance.id else glance._replace(id=ids[glance.key]) for glance in glances]


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
