# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Names and stamps."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.exceptions import PreflightError, ResponseError
from airflow_provider_marketsync.vendors.smaily.fields import FIELD_NAME, READ_ONLY, RESERVED, checked_name
from airflow_provider_marketsync.vendors.smaily.stamps import earliest_utc, latest_utc


@pytest.mark.parametrize("name", ["first_name", "customer_group", "product_price_1", "birthday", "x", "code"])
def test_ordinary_names_are_taken(name):
    assert checked_name(name) == name
    assert re.fullmatch(FIELD_NAME, name)


@pytest.mark.parametrize("name", [*sorted(RESERVED | READ_ONLY), "", "Name", "eesnimi-1", "õnn", "a b", "a\n", "a.b", "٣"])
def test_reserved_read_only_and_odd_names_are_refused(name):
    with pytest.raises(PreflightError):
        checked_name(name)
    assert name == "email" or not re.fullmatch(FIELD_NAME, name)


@given(st.text(max_size=20))
def test_the_capabilitys_pattern_and_the_check_agree_on_every_name_but_email(name):
    try:
        taken = checked_name(name) == name
    except PreflightError:
        taken = False
    assert taken == (bool(re.fullmatch(FIELD_NAME, name)) and name != "email")


@pytest.mark.parametrize(
    ("stamp", "utc"),
    [
        ("2026-11-18 21:40:02", "2026-11-18T19:40:02Z"),
        ("2026-07-01 00:00:00", "2026-06-30T21:00:00Z"),
        ("0000-00-00 00:00:00", None),
        ("0000-00-00", None),
        ("", None),
        (None, None),
    ],
)
def test_tallinn_becomes_utc_and_zeros_become_nothing(stamp, utc):
    assert earliest_utc(stamp) == latest_utc(stamp) == utc


def test_in_the_repeated_hour_of_october_both_readings_can_be_had():
    assert earliest_utc("2026-10-25 03:30:00") == "2026-10-25T00:30:00Z"
    assert latest_utc("2026-10-25 03:30:00") == "2026-10-25T01:30:00Z"


@pytest.mark.parametrize("odd", ["yesterday", "2026-13-01 00:00:00", "2026-11-18T19:40:02Z", "2026-11-18"])
def test_any_other_stamp_is_an_error_that_does_not_repeat_it(odd):
    with pytest.raises(ResponseError) as caught:
        latest_utc(odd)
    assert odd not in str(caught.value)
