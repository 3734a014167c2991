# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""No change is missed, whatever ``ts`` turns out to mean (contract 3)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from airflow_provider_marketsync.exceptions import DefinitionError
from airflow_provider_marketsync.vendors.directo.cursor import (
    MIN_OVERLAP,
    StampTally,
    TsPrecision,
    cursor_of,
    local_now,
    stamp,
    ts_parameter,
)

from .made import NOW, TALLINN, customers, reading_of

UTC = ZoneInfo("UTC")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "sortable"),
    [
        ("2026-11-20T08:00:00", "2026-11-20T08:00:00"),
        ("2026-11-20T08:00:00.123", "2026-11-20T08:00:00.123"),
        ("2026-11-20T08:00:00.1200000", "2026-11-20T08:00:00.12"),
        ("2026-11-20T08:00:00.000", "2026-11-20T08:00:00"),
        ("2026-11-20 08:00:00", "2026-11-20T08:00:00"),
        ("2026-11-20T08:00", "2026-11-20T08:00:00"),
        ("2026-11-20", "2026-11-20T00:00:00"),
        ("20.11.2026", "2026-11-20T00:00:00"),
        ("1.2.2026 8:05", "2026-02-01T08:05:00"),
        ("20.11.2026 08:00:01", "2026-11-20T08:00:01"),
        (" 2026-11-20T08:00:00 ", "2026-11-20T08:00:00"),
        ("2026-11-20T06:00:00Z", "2026-11-20T08:00:00"),
        ("2026-07-20T06:00:00+00:00", "2026-07-20T09:00:00"),
        ("2026-11-20T06:00:00.5+0100", "2026-11-20T07:00:00.5"),
    ],
)
def test_every_shape_of_a_stamp_becomes_text_that_sorts(text, sortable):
    assert stamp(text, TALLINN) == sortable
    assert StampTally(TALLINN, None, NOW).take(text) == sortable


@pytest.mark.parametrize(
    "text", ["", " ", "never", "2026-13-01T00:00:00", "2026-02-30T00:00:00", "31.02.2026", "2026-11-20T25:00:00",
             "99.99.9999", "0001-01-01T00:00:00+14:00", "٢٠٢٦-١١-٢٠"]
)  # fmt: skip
def test_what_is_no_stamp_counts_as_absent(text):
    tally = StampTally(TALLINN, None, NOW)
    assert tally.take(text) is None
    assert (tally.absent, tally.cursor) == (1, None)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)), st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)))
def test_stamps_sort_like_the_moments_they_stand_for(one, other):
    def text(moment):
        return stamp(moment.isoformat(), TALLINN)

    assert (text(one) < text(other)) == (one < other)


def test_the_cursor_is_the_greatest_stamp_seen_and_never_falls_behind_where_it_began():
    tally = StampTally(TALLINN, "2026-11-20T09:00:00", NOW)
    tally.take("2026-11-19T23:00:00")
    assert tally.cursor == "2026-11-20T09:00:00"
    tally.take("2026-11-20T10:00:00")
    tally.take("2026-11-20T09:30:00")
    assert tally.cursor == "2026-11-20T10:00:00"


def test_a_stamp_from_the_future_never_becomes_the_cursor_and_is_told():
    reading = reading_of(customers("<customer code='1' ts='2099-01-01T00:00:00'/><customer code='2' ts='2026-11-20T08:00:00'/>"))
    assert [record.changed for record in reading] == ["2099-01-01T00:00:00", "2026-11-20T08:00:00"]
    assert reading.cursor == "2026-11-20T08:00:00"
    assert reading.notices == ["1 records bear a 'ts' later than our clock; the cursor leaves them out"]


def test_a_cursor_in_the_future_counts_as_now():
    assert ts_parameter("2099-01-01T00:00:00", NOW, overlap=DAY, precision=TsPrecision.DATE) == "20.11.2026"
    assert StampTally(TALLINN, "2099-01-01T00:00:00", NOW).cursor is None


def test_the_date_alone_is_asked_for_by_default_and_the_minute_on_request():
    assert ts_parameter("2026-11-20T08:30:59.9", NOW, overlap=DAY, precision=TsPrecision.DATE) == "19.11.2026"
    assert ts_parameter("2026-11-20T08:30:59.9", NOW, overlap=DAY, precision=TsPrecision.TIME) == "19.11.2026 08:30"


def test_the_cursor_reaches_back_before_the_start_of_all_time_without_harm():
    assert ts_parameter("0001-01-01T00:00:00", NOW, overlap=DAY, precision=TsPrecision.DATE) == "31.12.1969"


def test_records_without_stamps_leave_the_old_cursor():
    reading = reading_of(customers("<customer code='1'/>"), since="2026-11-20T08:00:00")
    assert len(list(reading)) == 1
    assert reading.cursor == "2026-11-20T08:00:00"


def test_an_incremental_answer_without_even_the_known_card_is_told():
    reading = reading_of(customers(""), since="2026-11-20T08:00:00")
    assert list(reading) == []
    assert "ts_precision" in reading.notices[0]


@pytest.mark.parametrize(
    ("moment", "cursor"),
    [
        ("2026-11-01", "2026-11-01T00:00:00"),
        ("2026-11-01T10:00:00", "2026-11-01T10:00:00"),
        ("2026-11-01T10:00:00+00:00", "2026-11-01T12:00:00"),
        ("2026-11-20T08:00:00.123", "2026-11-20T08:00:00.123"),
    ],
)
def test_a_moment_given_by_a_person_becomes_a_cursor_and_a_cursor_stays_one(moment, cursor):
    assert cursor_of(moment, TALLINN) == cursor
    assert cursor_of(cursor, TALLINN) == cursor


def test_a_moment_that_is_none_is_refused_with_the_cure():
    with pytest.raises(DefinitionError, match="2026-11-21"):
        cursor_of("yesterday", TALLINN)


# ------------------------------------------------------------------------------------- the law of no missed change


class Server:
    """Directo with every unknown of ``ts`` as a choice."""

    def __init__(self, stamps_in: ZoneInfo, reads_in: ZoneInfo, compare: str, precision: str) -> None:
        self.stamps_in, self.reads_in, self.compare, self.precision = stamps_in, reads_in, compare, precision

    def stamp(self, moment: datetime) -> str:
        """Print a moment as a card's ``ts``."""
        return moment.astimezone(self.stamps_in).strftime("%Y-%m-%dT%H:%M:%S")

    def answers(self, stamp: str, parameter: str) -> bool:
        """Say whether a card of this stamp is in the answer."""
        since = datetime.strptime(parameter, "%d.%m.%Y %H:%M" if " " in parameter else "%d.%m.%Y")
        if self.precision == "date":
            since = since.replace(hour=0, minute=0)
        since = since.replace(tzinfo=self.reads_in).astimezone(self.stamps_in).replace(tzinfo=None)
        known = datetime.fromisoformat(stamp)
        return known > since if self.compare == "gt" else known >= since


_MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(timezone.utc))
_NIGHT = datetime(2026, 10, 25, 0, 0, tzinfo=timezone.utc)  # 03:00 in Tallinn, an hour before clocks go back
_SERVERS = st.builds(
    Server,
    st.sampled_from([TALLINN, UTC]),
    st.sampled_from([TALLINN, UTC]),
    st.sampled_from(["ge", "gt"]),
    st.sampled_from(["date", "time"]),
)


@given(
    server=_SERVERS,
    first=_MOMENTS | st.timedeltas(timedelta(0), timedelta(hours=3)).map(lambda later: _NIGHT + later),
    later=st.timedeltas(timedelta(0), timedelta(days=2)),
    slow=st.timedeltas(timedelta(0), timedelta(hours=1)),
    precision=st.sampled_from(TsPrecision),
    overlap=st.timedeltas(MIN_OVERLAP, timedelta(days=3)),
)
@example(
    server=Server(TALLINN, TALLINN, "gt", "time"),
    first=_NIGHT + timedelta(minutes=59),
    later=timedelta(minutes=1),
    slow=timedelta(0),
    precision=TsPrecision.TIME,
    overlap=MIN_OVERLAP,
)
def test_a_change_after_the_cursor_is_always_answered(server, first, later, slow, precision, overlap):
    """``slow``: a clock that was set back by up to an hour between the two changes."""
    now = local_now(first + later + timedelta(hours=1), TALLINN)
    tally = StampTally(TALLINN, None, now)
    tally.take(server.stamp(first))
    cursor = tally.cursor or now
    parameter = ts_parameter(cursor, now, overlap=overlap, precision=precision)
    assert server.answers(server.stamp(first + later - slow), parameter)


def test_the_hour_that_comes_twice_loses_nothing():
    server = Server(TALLINN, TALLINN, "ge", "time")
    before, after = _NIGHT + timedelta(minutes=55), _NIGHT + timedelta(minutes=65)
    assert server.stamp(before) == "2026-10-25T03:55:00"
    assert server.stamp(after) == "2026-10-25T03:05:00"
    now = local_now(after + DAY, TALLINN)
    parameter = ts_parameter(server.stamp(before), now, overlap=MIN_OVERLAP, precision=TsPrecision.TIME)
    assert server.answers(server.stamp(after), parameter)
