# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Date forms."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts.dates import compile_date

FORMS = {
    "dd.mm.yyyy": "%d.%m.%Y",
    "yyyy-mm-dd": "%Y-%m-%d",
    "mm/dd/yyyy": "%m/%d/%Y",
    "yyyymmdd": "%Y%m%d",
    "yyyy-mm-dd hh:mm": "%Y-%m-%d %H:%M",
    "yyyy-mm-ddThh:mm:ss": "%Y-%m-%dT%H:%M:%S",
}


@given(st.datetimes(min_value=datetime(1000, 1, 1)), st.sampled_from(sorted(FORMS)))
def test_a_date_written_in_its_form_is_read_as_the_same_day(moment: datetime, form: str) -> None:
    assert compile_date(form)(moment.strftime(FORMS[form])) == moment.date().isoformat()


@given(st.from_regex(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}", fullmatch=True))
def test_digits_are_a_date_exactly_when_the_calendar_has_the_day(text: str) -> None:
    day, month, year = map(int, text.split("."))
    try:
        expected = date(year, month, day).isoformat()
    except ValueError:
        expected = None
    assert compile_date("d.m.yyyy")(text) == expected


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("dd.mm.yyyy", "1.2.2026"),
        ("dd.mm.yyyy", "31.02.2026"),
        ("dd.mm.yyyy", "20.11.2026 08:30"),
        ("dd.mm.yyyy", "20.11.26"),
        ("dd.mm.yyyy", "٢٠.١١.٢٠٢٦"),
        ("yyyy-mm-dd", "eile"),
        ("yyyy-mm-dd", ""),
        ("yyyy-mm-dd hh:mm", "2026-11-20 24:30"),
    ],
)
def test_a_text_that_does_not_fit_is_no_date(form: str, text: str) -> None:
    assert compile_date(form)(text) is None


def test_what_stands_in_brackets_may_be_absent() -> None:
    read = compile_date("yyyy-mm-dd[ hh:mm[:ss]]")
    assert {read("2026-11-20"), read("2026-11-20 08:30"), read(" 2026-11-20 08:30:59 ")} == {"2026-11-20"}
    assert read("2026-11-20 08:30:99") is None


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("dd.mm.yy", 'the date form "dd.mm.yy" has no year; write it like dd.mm.yyyy or yyyy-mm-dd hh:mm[:ss]'),
        ("mm.yyyy", 'the date form "mm.yyyy" has no day; write it like dd.mm.yyyy or yyyy-mm-dd hh:mm[:ss]'),
        ("d.dd.mm.yyyy", 'the date form "d.dd.mm.yyyy" has the day twice'),
        ("dd.mm.yyyy[ hh", 'the date form "dd.mm.yyyy[ hh" has a bracket without its partner'),
        ("dd.mm.yyyy] hh[", 'the date form "dd.mm.yyyy] hh[" has a bracket without its partner'),
    ],
)
def test_a_form_that_can_not_work_says_why(form: str, message: str) -> None:
    with pytest.raises(ValueError) as told:  # noqa: PT011 -- the whole message is compared
        compile_date(form)
    assert str(told.value) == message
