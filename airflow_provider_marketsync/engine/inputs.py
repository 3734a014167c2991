# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a run reads: the extracts handed to it, older ones with unanswered records, and the carry-over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from hashlib import blake2b

import msgspec

from airflow_provider_marketsync.contacts.record import FieldNames
from airflow_provider_marketsync.exceptions import ExtractError, LedgerError
from airflow_provider_marketsync.extracts.carry_over import Carried
from airflow_provider_marketsync.extracts.manifest import RECORDS, Manifest, read_manifest
from airflow_provider_marketsync.extracts.reader import read_lines

WHOLE = "*"
"""Shape of an extract that was not reduced to the fields of one definition."""


class Kind(Enum):
    """Why an input is read."""

    EXTRACT = "extract"
    PENDING = "pending"
    CARRIED = "carried"


@dataclass(slots=True)
class Lines:
    """Some hundred lines of an input.

    :param raw: each record's own line
    :param keys: their keys
    :param read_at: when each was first read
    :param shapes: which fields each holds (:func:`shape_of`)
    :param position: position of the first line in the input
    """

    raw: list[bytes]
    keys: list[str]
    read_at: list[str]
    shapes: list[str]
    position: int


@dataclass(frozen=True, slots=True)
class Input:
    """One file set to read.

    :param path: path of its manifest
    :param manifest: the manifest
    :param kind: why it is read
    """

    path: str
    manifest: Manifest
    kind: Kind

    @property
    def shape(self) -> str:
        """Which fields the records hold."""
        if self.manifest.fields is None:
            return WHOLE
        return shape_of(FieldNames(self.manifest.fields, self.manifest.datafields or ()))

    def blocks(self) -> Iterator[Lines]:
        """Yield the lines."""
        position = 0
        for raw in read_lines(self.path, self.manifest):
            if not raw:
                continue
            yield self._carried(raw, position) if self.kind is Kind.CARRIED else self._plain(raw, position)
            position += len(raw)

    def _plain(self, raw: list[bytes], position: int) -> Lines:
        count = len(raw)
        return Lines(raw, keys_of(raw), [self.manifest.read_started_at] * count, [self.shape] * count, position)

    def _carried(self, raw: list[bytes], position: int) -> Lines:
        carried = [_CARRIED.decode(line) for line in raw]
        records = [bytes(line.record) for line in carried]
        return Lines(records, keys_of(records), [line.read_at for line in carried], [line.shape for line in carried], position)


class _Keyed(msgspec.Struct, gc=False):
    key: str


_KEYED = msgspec.json.Decoder(_Keyed)
_CARRIED = msgspec.json.Decoder(Carried)


def keys_of(raw: Sequence[bytes]) -> list[str]:
    """Return the keys of raw lines without decoding the rest."""
    return [keyed.key for keyed in msgspec.json.decode(b"[" + b",".join(raw) + b"]", type=list[_Keyed])]


@lru_cache
def shape_of(fields: FieldNames) -> str:
    """Return a short name for a set of fields, to tell whether a record was read with all that is needed."""
    names = "\x1f".join([*sorted(fields.plain), "", *sorted(code.lower() for code in fields.datafields)])
    return blake2b(names.encode(), digest_size=4).hexdigest()


def open_extracts(paths: Sequence[str], sync: str, source: str | None, ledger: str) -> list[Input]:
    """Open the extracts handed to a run, newest reading first.

    :param paths: manifest paths; those of other syncs are left aside, as a fetch for several syncs hands out all of them
    :param sync: id of the sync
    :param source: name of a source that is no connection, None otherwise
    :param ledger: uuid of the ledger
    :raises ExtractError: when none of them is this sync's
    :raises LedgerError: when one was read by another ledger's watermark
    """
    opened = [Input(path, read_manifest(path), Kind.EXTRACT) for path in paths]
    if any(extract.manifest.holds != RECORDS for extract in opened):
        raise ExtractError("An `extract` holds opt-outs of the target; pass what the task that fetches customers returned.")
    ours = [extract for extract in opened if _is_ours(extract.manifest, sync, source)]
    if opened and not ours:
        named = ", ".join(sorted({extract.manifest.sync or extract.manifest.source for extract in opened}))
        raise ExtractError(
            f"None of the extracts belongs to the sync {sync!r}: they are of {named}. Look at the task's `extract`."
        )
    for extract in ours:
        if extract.manifest.ledger not in (None, ledger):
            raise LedgerError(
                "The extract was read by the watermark of another ledger. Run the fetch task again with the ledger in use.",
                docs="ledger.md",
            )
    return sorted(ours, key=lambda extract: extract.manifest.read_started_at, reverse=True)


def _is_ours(manifest: Manifest, sync: str, source: str | None) -> bool:
    if manifest.sync is None:
        return source is None or manifest.source == source
    return manifest.sync == sync
