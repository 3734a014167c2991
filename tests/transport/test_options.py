# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Reading options from a connection's extra."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.exceptions import SettingsError
from airflow_provider_marketsync.transport.extra import as_count, as_flag, as_number, as_text
from airflow_provider_marketsync.transport.options import HttpOptions

ANY = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers()), st.just({"a": 1}))


@pytest.mark.parametrize("written", ["50", 50, 50.0, " 50 "])
def test_a_number_may_be_written_as_text_or_as_a_number(written):
    assert HttpOptions.from_extra({"timeout": written}).read_timeout == 50


@pytest.mark.parametrize("unset", [{}, {"timeout": ""}, {"timeout": None}, {"timeout": "  "}])
def test_missing_empty_and_null_mean_the_vendors_own_value(unset):
    assert HttpOptions.from_extra(unset, read_timeout=300) == HttpOptions(read_timeout=300)


def test_a_short_timeout_shortens_the_connect_timeout_too():
    assert HttpOptions.from_extra({"timeout": 3}).connect_timeout == 3
    assert HttpOptions.from_extra({"timeout": 300}).connect_timeout == 10


@pytest.mark.parametrize("name", ["timeout", "allow_http", "trust_env", "cert"])
def test_errors_name_the_field_and_not_its_value(name):
    with pytest.raises(SettingsError) as caught:
        HttpOptions.from_extra({name: ["hush"]})
    assert repr(name) in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("wrong", ["-1", 0, "soon", "nan", "inf", True])
def test_a_timeout_that_is_no_positive_number_is_refused(wrong):
    with pytest.raises(SettingsError, match="'timeout'"):
        HttpOptions.from_extra({"timeout": wrong})


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (True, True),
        (False, False),
        ("false", False),
        ("True", True),
        ("0", False),
        (1, True),
        ("", True),
        ("/ca.pem", "/ca.pem"),
    ],
)
def test_verify_is_a_flag_or_the_path_of_trusted_certificates(written, read):
    assert HttpOptions.from_extra({"verify": written}).verify == read


@pytest.mark.parametrize(
    ("extra", "read"),
    [
        ({"proxies": {"https": "http://p:1"}}, {"https": "http://p:1"}),
        ({"proxy": {"https": "http://p:1"}}, {"https": "http://p:1"}),
        ({"proxies": "http://p:1"}, {"http": "http://p:1", "https": "http://p:1"}),
        ({"proxies": ""}, None),
        ({"proxies": {}}, None),
    ],
)
def test_proxies_go_by_both_names_of_httphook(extra, read):
    assert HttpOptions.from_extra(extra).proxies == read


def test_proxies_of_another_shape_are_refused():
    with pytest.raises(SettingsError, match="'proxies'"):
        HttpOptions.from_extra({"proxies": ["http://user:secret@p"]})


def test_a_proxys_password_is_not_in_the_repr():
    assert "secret" not in repr(HttpOptions.from_extra({"proxies": "http://user:secret@p:1"}))


def test_foreign_names_in_the_extra_are_left_alone():
    assert HttpOptions.from_extra({"client_secret": "x", "headers": {"A": "b"}}) == HttpOptions()


@given(ANY)
def test_every_reader_returns_its_own_type_or_raises_a_settings_error(found):
    for reader, kind in ((as_text, str), (as_number, float), (as_count, int), (as_flag, bool)):
        try:
            read = reader({"x": found}, "x", None)
        except SettingsError:
            continue
        assert read is None or type(read) is kind
