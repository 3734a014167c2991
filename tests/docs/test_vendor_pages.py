# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""docs/vendors: forms, examples of connections, limits and every error message."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from datetime import timedelta

import pytest

from airflow_provider_marketsync.connection_forms import FORMS
from airflow_provider_marketsync.vendors.directo import component, cursor, limits, settings
from airflow_provider_marketsync.vendors.directo.settings import DirectoSettings
from airflow_provider_marketsync.vendors.smaily import answers, fields, target
from airflow_provider_marketsync.vendors.smaily.settings import SmailySettings

from .messages import messages, strings
from .pages import ROOT, blocks_of, quoted, read, rows, section

SETTINGS = {"directo": DirectoSettings, "smaily": SmailySettings}
# Sentences that are filled in: what fills them has rows of its own.
FRAMES = {
    "directo": {"Directo's answer …; try again later, and check the connection's URL and proxy if this lasts"},
    "smaily": {"Smaily: … (code …)", "The Smaily connection …"},
}
NOT_MET = {"directo": {"… did not answer an earlier attempt, so it may have been done"}, "smaily": set()}
"""What the transport raises and this vendor can not: reads leave no doubt."""


SENTENCE = 2
"""Blanks in a quoted text from which on it is a message, and no name of a field."""


def page(vendor):
    return f"vendors/{vendor}.md"


def told(vendor):
    """The fragments of messages in the first column of the page's tables of errors."""
    return [fragment for cells in rows(section(page(vendor), "Errors")) for fragment in quoted(cells[0])]


def raised(vendor):
    found = {text for _, text in messages(f"vendors/{vendor}", "transport")} - FRAMES[vendor] - NOT_MET[vendor]
    if vendor == "directo":
        return found | {"Directo's answer is empty", "Directo's answer is not XML"}
    return found | {reason for _, reason in [*answers.CODES.values(), *answers.STATUSES.values()]} - {"taken"}


@pytest.mark.parametrize("vendor", SETTINGS)
def test_every_message_a_vendor_raises_stands_in_its_table_of_errors(vendor):
    fragments = [one for one in quoted(section(page(vendor), "Errors")) if one.count(" ") >= SENTENCE]
    assert [text for text in raised(vendor) if not any(one in text for one in fragments)] == []


@pytest.mark.parametrize("vendor", SETTINGS)
def test_every_message_in_a_table_of_errors_is_raised_somewhere(vendor):
    known = raised(vendor) | {text.replace("…", vendor, 1) for _, text in messages("engine")}
    known.update(strings(f"vendors/{vendor}"), (text.replace("…", vendor) for _, text in messages("engine")))
    assert [one for one in told(vendor) if not any(one in text for text in known)] == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.conn_type)
def test_every_field_of_a_connections_form_stands_on_the_page(form):
    told_fields = {cells[0]: cells[1] for cells in rows(read(page(form.conn_type)))}
    for label in form.relabeling.values():
        assert label in told_fields
    for extra in form.extras:
        assert told_fields[extra.label] == f"extra `{extra.name}`"
        for choice in extra.choices:
            assert f"`{choice}`" in read(page(form.conn_type))


# --------------------------------------------------------------------------- examples of connections


def lines(kind):
    """The AIRFLOW_CONN_ lines of all pages whose value begins as this kind does."""
    found = []
    for block in blocks_of("bash"):
        for word in shlex.split(block.text):
            name, _, value = word.partition("=")
            if name.startswith("AIRFLOW_CONN_") and value.startswith("{") is (kind == "json"):
                found.append(pytest.param(value, id=f"{block}-{name}"))
    return found


def settings_of(connection):
    standard = {name: connection.get(name) for name in ("host", "login", "password", "port", "schema")}
    return SETTINGS[connection["conn_type"]].from_connection(**standard, extra=connection.get("extra") or {})


@pytest.mark.parametrize("value", lines("json"))
def test_every_connection_in_json_is_accepted(value):
    assert settings_of(json.loads(value))


READ_URI = """
import json, sys
from airflow.models.connection import Connection
one = Connection(uri=sys.argv[1])
names = "conn_type", "host", "login", "password", "port", "schema"
print("CONNECTION" + json.dumps({**{name: getattr(one, name) or None for name in names}, "extra": one.extra_dejson}))
"""


@pytest.mark.airflow
@pytest.mark.parametrize("value", lines("uri"))
def test_every_connection_as_a_uri_is_read_by_airflow_and_accepted(value, tmp_path):
    environment = {"AIRFLOW_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", READ_URI, value]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120).stdout
    read_back = json.loads(answer.partition("CONNECTION")[2])
    expected = {
        "directo": ("https://login.directo.ee/xmlcore/cap_xml_direct/xmlcore.asp", "my_company_ee"),
        "smaily": ("https://my-shop.sendsmaily.net", "my-shop"),
    }
    parsed = settings_of(read_back)
    found = {
        "directo": lambda: (parsed.url, parsed.database),
        "smaily": lambda: (parsed.base_url, parsed.subdomain),
    }[read_back["conn_type"]]()
    assert found == expected[read_back["conn_type"]]


# --------------------------------------------------------------------------------------- single facts


def test_the_ts_of_the_example_is_what_is_asked_for():
    text = section(page("directo"), "5. What is read")
    asked = [
        cursor.ts_parameter("2026-11-20T08:00:00", "2026-11-21T09:00:00", overlap=timedelta(days=1), precision=precision)
        for precision in (cursor.TsPrecision.DATE, cursor.TsPrecision.TIME)
    ]
    assert "`2026-11-20T08:00:00`" in text
    assert f"`ts={asked[0]}`" in text
    assert f"`{asked[1]}`" in text
    assert f"`ts={cursor.EVERYTHING}`" in read(page("directo"))


def test_directos_limits_and_defaults_are_the_codes():
    text = section(page("directo"), "6. Limits")
    assert f"{limits.MAX_RECORD_BYTES // 2**20} MiB, {limits.MAX_DEPTH} levels" in text
    assert f"{limits.MAX_ATTRIBUTES:,} attributes" in text
    assert f"{limits.MAX_NAMES:,}" in text
    form = section(page("directo"), "3. The Airflow connection")
    assert f"{settings.READ_TIMEOUT} if empty" in form
    assert f"at least {cursor.MIN_OVERLAP // timedelta(hours=1)}" in form
    assert f"`{settings.TIMEZONE}`" in form


def test_directos_fields_are_those_the_code_names():
    text = section(page("directo"), "4. Customers and contacts")
    lists = re.findall(r"\* (customer|contact): ``([^`]+)``", " ".join(component.Component.__doc__.split()))
    for _, names in lists:
        written = re.sub(r"(\w+)1-3", r"\g<1>1 \g<1>2 \g<1>3", names).split()
        assert " ".join(f"`{name}`" for name in written) in " ".join(text.split())
    assert len(lists) == 2


def test_directos_notices_are_the_codes():
    source = (ROOT / "airflow_provider_marketsync/vendors/directo/reading.py").read_text()
    for cells in rows(section(page("directo"), "5. What is read")):
        assert quoted(cells[0])[0] in source


def test_smailys_defaults_are_the_codes():
    form = section(page("smaily"), "2. The Airflow connection")
    plain = SmailySettings.from_connection("demo", "user", "secret", None, None, {})
    assert f"| {plain.calls_per_second} if empty" in form
    assert f"| {plain.batch_size} if empty; at most {target.WIDE_BATCH} where" in form
    assert f"a mapping has more than {target.WIDE_FIELDS} fields" in form
    assert f"; {plain.http.read_timeout:.0f} if empty" in form
    assert f"all subscribers; {plain.all_segment} if empty" in form
    assert f"opted-out subscribers; {plain.opted_out_segment} if empty" in form


def test_names_that_smaily_keeps_for_itself_stand_on_the_page():
    named = set(quoted(section(page("smaily"), "4. Fields")))
    assert named >= fields.READ_ONLY | (fields.RESERVED - {fields.EMAIL})


def test_what_is_read_of_smailys_action_log_stands_on_the_page():
    from airflow_provider_marketsync.vendors.smaily.optouts import MEANINGS

    assert set(MEANINGS) <= set(quoted(section(page("smaily"), "6. Opt-outs back")))
