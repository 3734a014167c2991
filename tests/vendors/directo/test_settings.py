# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A Directo connection as Airflow keeps it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from airflow_provider_marketsync.exceptions import SettingsError
from airflow_provider_marketsync.vendors.directo.component import Component
from airflow_provider_marketsync.vendors.directo.interface import Interface
from airflow_provider_marketsync.vendors.directo.request import read_changed, read_code
from airflow_provider_marketsync.vendors.directo.settings import DirectoSettings, Method, Routing

SECRET = "0123456789ABCDEF0123456789ABCDEF"
CLASSIC = "https://login.directo.ee/xmlcore/demo_ee/xmlcore.asp"
XML_DIRECT = "https://login.directo.ee/xmlcore/cap_xml_direct/xmlcore.asp"


def settings(host: str = CLASSIC, *, password: str | None = SECRET, port=None, schema=None, **extra) -> DirectoSettings:
    return DirectoSettings.from_connection(host=host, login=None, password=password, port=port, schema=schema, extra=extra)


@pytest.mark.parametrize(
    ("url", "interface", "account"),
    [
        (CLASSIC, Interface.CLASSIC, "login.directo.ee/demo_ee"),
        ("https://directo.gate.ee/xmlcore/Demo_EE/xmlcore.asp", Interface.CLASSIC, "directo.gate.ee/demo_ee"),
        ("https://login.directo.ee/xmlcore/demo_ee/transport/xmlcore.asp", Interface.CLASSIC, "login.directo.ee/demo_ee"),
        (XML_DIRECT, Interface.XML_DIRECT, "my_db"),
        ("https://login.directo.ee/XMLCore/CAP_XML_Direct/xmlcore.asp", Interface.XML_DIRECT, "my_db"),
        ("https://login.directo.ee/xmlcore/cap_bi/xmlcore.asp", Interface.BI_DIRECT, "my_db"),
    ],
)  # fmt: skip
def test_the_interface_and_the_account_are_told_by_the_url(url, interface, account):
    extra = {} if interface is Interface.CLASSIC else {"database": "My_DB"}
    found = settings(url, **extra)
    assert (found.interface, found.account, found.url) == (interface, account, url)


def test_the_interface_can_be_set_where_the_path_tells_none():
    found = settings("https://erp.example.com/directo", interface="classic", database="demo_ee")
    assert (found.interface, found.account) == (Interface.CLASSIC, "erp.example.com/demo_ee")


def test_the_account_does_not_depend_on_port_or_key():
    assert settings("http://127.0.0.1:8701/xmlcore/demo_ee/xmlcore.asp").account == "127.0.0.1/demo_ee"
    assert settings(password="other").account == settings().account


@pytest.mark.parametrize("name", ["rest", "soap", "REST"])
def test_an_interface_that_is_not_supported_is_refused_and_the_supported_ones_are_named(name):
    with pytest.raises(SettingsError, match="classic, xml_direct, bi_direct"):
        settings(interface=name)


def test_the_rest_url_is_told_as_not_supported():
    with pytest.raises(SettingsError, match="REST"):
        settings("https://login.directo.ee/apidirect/v1/customers", database="my_db")


@pytest.mark.parametrize(
    ("host", "port", "schema", "url"),
    [
        ("login.directo.ee/xmlcore/demo_ee/xmlcore.asp", None, None, CLASSIC),
        ("login.directo.ee/xmlcore/demo_ee/xmlcore.asp", None, "https", CLASSIC),
        (" " + CLASSIC + "\n", None, None, CLASSIC),
        ("127.0.0.1/xmlcore/demo_ee/xmlcore.asp", 8701, "http", "http://127.0.0.1:8701/xmlcore/demo_ee/xmlcore.asp"),
        ("http://localhost:1/xmlcore/demo_ee/xmlcore.asp", 2, None, "http://localhost:1/xmlcore/demo_ee/xmlcore.asp"),
    ],
)
def test_the_url_may_be_spread_over_the_connections_fields(host, port, schema, url):
    assert settings(host, port=port, schema=schema).url == url


@pytest.mark.parametrize(
    "host",
    [None, "", "login.directo.ee", "https://login.directo.ee/", "ftp://login.directo.ee/xmlcore/demo_ee/xmlcore.asp",
     CLASSIC + "?get=1&what=customer&key=" + SECRET, CLASSIC + "#x", "https://me:" + SECRET + "@login.directo.ee/x/y",
     "https://[login/xmlcore/demo_ee/xmlcore.asp", "https://login.directo.ee:port/xmlcore/demo_ee/xmlcore.asp"],
)  # fmt: skip
def test_a_host_that_is_no_plain_url_is_refused_without_being_shown(host):
    with pytest.raises(SettingsError) as caught:
        settings(host)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "about"),
    [
        ({"password": None}, "password"),
        ({"password": "  "}, "password"),
        ({"host": XML_DIRECT}, "database"),
        ({"database": "other_ee"}, "another one"),
        ({"method": "PUT"}, "POST, GET"),
        ({"routing": "anywhere"}, "body, query"),
        ({"ts_precision": "second"}, "date, time"),
        ({"timezone": "Estonia/Tartu"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"overlap_hours": 1}, "6 or more"),
        ({"overlap_hours": "much"}, "overlap_hours"),
        ({"sanitize": "perhaps"}, "sanitize"),
        ({"filter_required": 7}, "filter_required"),
        ({"timeout": -1}, "timeout"),
    ],
)
def test_what_is_missing_or_wrong_is_named(wrong, about):
    with pytest.raises(SettingsError, match=about):
        settings(**wrong)


def test_the_defaults_are_the_documented_way():
    found = settings()
    assert (found.method, found.routing, found.overlap) == (Method.POST, Routing.BODY, timedelta(days=1))
    assert (found.timezone.key, found.ts_precision.value, found.sanitize) == ("Europe/Tallinn", "date", False)
    assert (found.http.connect_timeout, found.http.read_timeout) == (10, 300)


def test_every_option_is_read_in_the_types_that_forms_and_json_give():
    found = settings(method="get", routing="QUERY", ts_precision="time", timezone="UTC", overlap_hours="12",
                     sanitize="true", filter_required=True, timeout=20)  # fmt: skip
    assert (found.method, found.routing, found.ts_precision.value) == (Method.GET, Routing.QUERY, "time")
    assert (found.timezone.key, found.overlap, found.sanitize) == ("UTC", timedelta(hours=12), True)
    assert (found.filter_required, found.http.read_timeout) == (True, 20)


def test_the_secret_is_never_shown():
    found = settings()
    assert SECRET not in f"{found!r} {found} {read_changed(found, Component.CUSTOMER, '01.01.2026')!r}"


@pytest.mark.parametrize(
    ("host", "extra", "method", "query", "form"),
    [
        (CLASSIC, {}, "POST", "", "key get what ts"),
        (XML_DIRECT, {"database": "d"}, "POST", "", "token get what ts"),
        (CLASSIC, {"routing": "query"}, "POST", "get what ts", "key"),
        (CLASSIC, {"method": "GET"}, "GET", "get what ts key", ""),
        (XML_DIRECT, {"database": "d", "method": "GET", "routing": "query"}, "GET", "get what ts token", ""),
    ],
)
def test_the_request_carries_everything_once_where_it_belongs(host, extra, method, query, form):
    question = read_changed(settings(host, **extra), Component.CONTACT, "19.11.2026")
    assert (question.method, list(question.query), list(question.form)) == (method, query.split(), form.split())
    everything = {**question.query, **question.form}
    assert everything["get"] == "1"
    assert everything["what"] == "contact"
    assert everything["ts"] == "19.11.2026"


def test_a_complete_read_has_no_filter_unless_the_interface_needs_one():
    assert "ts" not in read_changed(settings(), Component.CUSTOMER, None).form
    assert read_changed(settings(filter_required=True), Component.CUSTOMER, None).form["ts"] == "01.01.1970"


def test_closed_cards_are_never_filtered_out():
    for question in (read_changed(settings(), Component.CUSTOMER, "19.11.2026"), read_code(settings(), Component.CUSTOMER, "1")):
        assert "closed" not in {**question.query, **question.form}
