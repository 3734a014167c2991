# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The cursor of incremental reads: the greatest ``ts`` among the records, and the ``ts`` to ask with (contract 3).

What is not known of ``ts`` (whether equality counts, whether the time of day does, which zone the parameter is read
in) is covered by an overlap: it is never shorter than :data:`MIN_OVERLAP`, which outlasts the hour that comes twice in
October plus the distance between Tallinn and UTC. Everything the server answers is handed on; what was seen before is
for the engine's fingerprints to drop.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from airflow_provider_marketsync.exceptions import DefinitionError

MIN_OVERLAP = timedelta(hours=6)
EVERYTHING = "01.01.1970"
"""A ``ts`` before all cards, for interfaces that refuse a read without any filter (contract 2.2)."""

_parsed = datetime.fromisoformat
_EPOCH = datetime(1970, 1, 1)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_ESTONIAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?", re.ASCII)


class TsPrecision(str, Enum):
    """How fine the ``ts`` parameter is: the date (documented), or date and minute (seen at one classic interface)."""

    DATE = "date"
    TIME = "time"


_PATTERNS = {TsPrecision.DATE: "%d.%m.%Y", TsPrecision.TIME: "%d.%m.%Y %H:%M"}


def stamp(text: str, zone: ZoneInfo) -> str | None:
    """Return a card's ``ts`` as text that sorts: ``YYYY-MM-DDTHH:MM:SS[.fff]``, local time of the source.

    :param text: any shape seen in Directo's answers; one with an offset is moved to the zone
    :param zone: the source's zone
    :return: None where it is no date
    """
    text = text.strip()
    try:
        return _iso(text, zone) or _estonian(text)
    except (ValueError, OverflowError):
        return None


def cursor_of(moment: str, zone: ZoneInfo) -> str:
    """Return the cursor for a date or date-time as a person gives it, or as a reading gave it.

    :raises DefinitionError: if it is neither
    """
    cursor = stamp(moment, zone)
    if cursor is None:
        raise DefinitionError(
            "The moment to read from is no date; write it as 2026-11-21 or 2026-11-21T08:30:00", vendor="directo"
        )
    return cursor


def ts_parameter(cursor: str, now: str, *, overlap: timedelta, precision: TsPrecision) -> str:
    """Return the ``ts`` to ask with, so early that no change after the cursor can be missed.

    :param cursor: as :func:`cursor_of` returns it; one in the future counts as now
    :param now: this machine's clock, in the source's zone, in the cursor's shape
    :param overlap: how far to go back
    """
    moment = max(_parsed(min(cursor, now)[:19]), _EPOCH)
    return (moment - overlap).strftime(_PATTERNS[precision])


class StampTally:
    """Watches the stamps of one read.

    A stamp later than our clock was made by a clock that was wrong: as a cursor it would hide all changes until that
    moment comes, so it is left out. If it is our own clock that is slow, the cursor is merely early.

    :param zone: the source's zone
    :param since: the cursor this read began with, None for a complete one
    :param now: this machine's clock at the start of the read, in the source's zone, in the cursor's shape
    """

    __slots__ = ("_now", "_zone", "absent", "future", "greatest")

    def __init__(self, zone: ZoneInfo, since: str | None, now: str) -> None:
        self.greatest = since if since and since <= now else ""
        self.absent = 0
        self.future = 0
        self._now = now
        self._zone = zone

    @property
    def cursor(self) -> str | None:
        """The cursor for the next read, None where no stamp was usable."""
        return self.greatest or None

    def take(self, text: str) -> str | None:
        """Count one card's ``ts`` in ("" where it has none) and return it as text that sorts."""
        if len(text) == 19 and text[10::3] == "T::":  # in shape already, as all of XML Direct's are
            try:
                _parsed(text)
            except ValueError:
                return self._note(None)
            if text <= self.greatest:
                return text
        return self._note(stamp(text, self._zone))

    def _note(self, changed: str | None) -> str | None:
        if changed is None:
            self.absent += 1
        elif changed > self._now:
            self.future += 1
        elif changed > self.greatest:
            self.greatest = changed
        return changed


def local_now(now: datetime, zone: ZoneInfo) -> str:
    """Return a moment as local time of the source, in the cursor's shape."""
    return now.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


def _iso(text: str, zone: ZoneInfo) -> str | None:
    found = _ISO.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    moment = _moment(year, month, day, hour, minute, second)
    if offset:
        aware = _parsed(f"{moment.isoformat()}{_offset(offset)}")
        moment = aware.astimezone(zone).replace(tzinfo=None)
    return _text(moment, fraction)


def _estonian(text: str) -> str | None:
    found = _ESTONIAN.fullmatch(text)
    if not found:
        return None
    day, month, year, hour, minute, second, fraction = found.groups()
    return _text(_moment(year, month, day, hour, minute, second), fraction)


def _moment(*parts: str | None) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in parts)
    return datetime(year, month, day, hour, minute, second)


def _offset(text: str) -> str:
    return "+00:00" if text == "Z" else f"{text[:3]}:{text[-2:]}"


def _text(moment: datetime, fraction: str | None) -> str:
    digits = (fraction or "").rstrip("0")
    return f"{moment.isoformat()}.{digits}" if digits else moment.isoformat()
