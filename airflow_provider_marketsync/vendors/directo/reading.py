# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One read of Directo in progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from airflow_provider_marketsync.contacts.record import FieldNames, Record
from airflow_provider_marketsync.vendors.directo.component import Component
from airflow_provider_marketsync.vendors.directo.cursor import StampTally
from airflow_provider_marketsync.vendors.directo.names import SeenNames
from airflow_provider_marketsync.vendors.directo.parser import RecordTarget
from airflow_provider_marketsync.vendors.directo.sanitize import Sanitizer
from airflow_provider_marketsync.vendors.directo.stream import RecordStream, even_blocks


@dataclass(frozen=True, slots=True)
class Reader:
    """What to make of an answer.

    :param component: the register that is read
    :param wanted: the fields to keep
    :param sanitize: whether control characters are dropped
    """

    component: Component
    wanted: FieldNames
    sanitize: bool


class DirectoReading:
    """Fulfils :class:`~airflow_provider_marketsync.engine.ports.Reading`.

    The answer is streamed; it was whole when the iteration ends without an error, and only then there is a cursor.

    :param body: makes the call and yields the answer's bytes
    :param reader: what to make of them
    :param stamps: watches ``ts``
    :param since: the cursor this read began with
    """

    def __init__(self, body: Callable[[], Iterable[bytes]], reader: Reader, stamps: StampTally, since: str | None) -> None:
        self._body = body
        self._reader = reader
        self._stamps = stamps
        self._since = since
        self._seen = SeenNames(reader.wanted)
        self._sanitizer = Sanitizer()
        self._count = 0
        self._whole = False

    def __iter__(self) -> Iterator[Record]:
        """Make the call and yield the records; once only."""
        target = RecordTarget(self._reader.component, self._reader.wanted, self._seen, self._stamps)
        yield from RecordStream(target).records(self._blocks())
        self._count = target.records
        self._whole = True

    @property
    def cursor(self) -> str | None:
        """The greatest stamp of all cards read, None where none was usable or the read is not whole."""
        return self._stamps.cursor if self._whole else None

    @property
    def names_seen(self) -> frozenset[str]:
        """Every field name that came along, lower case; datafields as ``datafields.CODE``."""
        return frozenset(self._seen.names)

    @property
    def notices(self) -> Sequence[str]:
        """What is odd about the answer, with counts."""
        stamps, dropped = self._stamps, self._sanitizer.dropped
        unexpected = self._whole and self._since is not None and not self._count
        oddities = (
            (stamps.absent, f"{stamps.absent} records have no usable 'ts'; only complete reads show their changes"),
            (stamps.future, f"{stamps.future} records bear a 'ts' later than our clock; the cursor leaves them out"),
            (dropped, f"{dropped} control characters were dropped from Directo's answer"),
            (unexpected, "No record at all was in the answer, not even the one the cursor came from; if this lasts, check the"
                         " connection's extra field 'ts_precision'"),
        )  # fmt: skip
        return [sentence for found, sentence in oddities if found]

    def _blocks(self) -> Iterator[bytes]:
        blocks = even_blocks(self._body())
        if not self._reader.sanitize:
            yield from blocks
            return
        yield from map(self._sanitizer.clean, blocks)
        yield self._sanitizer.rest()
