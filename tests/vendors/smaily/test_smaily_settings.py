# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The three shapes of a pasted subdomain, and what else a connection may hold."""

from __future__ import annotations

import pytest

from airflow_provider_marketsync.exceptions import SettingsError
from airflow_provider_marketsync.vendors.smaily.client import open_session
from airflow_provider_marketsync.vendors.smaily.settings import SmailySettings

PASSWORD = "s3cret"


def read(host="demo", login="api-user", password=PASSWORD, port=None, schema=None, **extra):
    return SmailySettings.from_connection(host, login, password, port, schema, extra)


@pytest.mark.parametrize(
    "pasted",
    [
        "my-shop2",
        "My-Shop2",
        " my-shop2 ",
        "my-shop2.sendsmaily.net",
        "https://my-shop2.sendsmaily.net",
        "https://my-shop2.sendsmaily.net/settings/?a=1",
        "my-shop2.sendsmaily.net:443",
    ],
)
def test_a_subdomain_is_read_from_all_the_shapes_users_paste(pasted):
    for settings in (read(host=pasted), read(host=None, subdomain=pasted)):
        assert settings.subdomain == "my-shop2"
        assert settings.base_url == "https://my-shop2.sendsmaily.net"


@pytest.mark.parametrize("pasted", ["", None, "127.0.0.1", "shop.example.com", "-shop", "šop", "a b", "https://", "a_b"])
def test_what_is_no_subdomain_is_refused(pasted):
    with pytest.raises(SettingsError, match="subdomain"):
        read(host=pasted)


@pytest.mark.parametrize(("login", "password"), [(None, "x"), ("x", None), ("", "x"), ("x", "")])
def test_the_api_users_name_and_password_are_required(login, password):
    with pytest.raises(SettingsError, match="API user"):
        read(login=login, password=password)


def test_the_sandbox_is_named_by_its_base_url_and_keeps_the_accounts_identity():
    settings = read(base_url="http://127.0.0.1:8702/")
    assert (settings.subdomain, settings.base_url) == ("demo", "http://127.0.0.1:8702")


def test_a_server_with_a_port_needs_the_subdomain_beside_it():
    settings = read(host="localhost", port=8702, schema="http", subdomain="demo")
    assert (settings.subdomain, settings.base_url) == ("demo", "http://localhost:8702")
    with pytest.raises(SettingsError, match="'subdomain'"):
        read(host="localhost", port=8702, schema="http")


def test_smailys_own_host_needs_no_port():
    assert read(host="demo.sendsmaily.net", port=443).base_url == "https://demo.sendsmaily.net"


@pytest.mark.parametrize("wrong", ["demo", "ftp://x", "https://", "https://user:pw@x"])
def test_a_base_url_that_is_none_is_refused_without_being_shown(wrong):
    with pytest.raises(SettingsError, match="'base_url'") as caught:
        read(base_url=wrong)
    assert "pw" not in str(caught.value)


def test_defaults_are_the_contracts():
    settings = read()
    assert (settings.all_segment, settings.opted_out_segment) == (1, 2)
    assert settings.calls_per_second == 5
    assert settings.batch_size == 500
    assert settings.http.read_timeout == 300
    assert settings.http.connect_timeout == 10


def test_extra_fields_may_be_text_and_empty_ones_are_not_set():
    settings = read(all_segment="11", opted_out_segment="", calls_per_second="2.5", batch_size=1000, timeout="60")
    assert (settings.all_segment, settings.opted_out_segment) == (11, 2)
    assert (settings.calls_per_second, settings.batch_size, settings.http.read_timeout) == (2.5, 1000, 60)


def test_calls_in_flight_go_by_the_rate_unless_the_connection_names_them():
    assert read().in_flight == 2
    assert read(calls_per_second=50).in_flight == 8
    assert read(calls_per_second=50, in_flight=3).in_flight == 3


@pytest.mark.parametrize("name", ["all_segment", "opted_out_segment", "calls_per_second", "batch_size", "timeout"])
def test_a_wrong_extra_field_is_named(name):
    with pytest.raises(SettingsError, match=f"'{name}'"):
        read(**{name: "0"})


def test_the_password_is_in_no_repr():
    assert "s3cret" not in repr(read())


def test_all_accounts_of_one_machine_share_one_rate_and_other_servers_do_not():
    assert read(host="a").rate_key == read(host="b").rate_key
    assert read(base_url="http://127.0.0.1:1").rate_key != read(base_url="http://127.0.0.1:2").rate_key != read().rate_key


def test_a_password_with_any_letters_travels_as_utf8(scripted):
    scripted.says([])
    settings = read(password="šä&ö", base_url=scripted.url)
    with open_session(settings) as session:
        assert session.request("GET", scripted.url, repeatable=True).status_code == 200
