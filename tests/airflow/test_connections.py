# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One connection, however it is stored: JSON and URI in the environment, the forms, a secrets backend."""

from __future__ import annotations

import base64
import importlib
import json
import os
import pickle
import subprocess
import sys

import pytest
import yaml

from airflow_provider_marketsync.connection_forms import FORMS
from airflow_provider_marketsync.exceptions import SettingsError

SECRET = "made/s3cret?&=:@#%+ õ"
PLAIN = {
    "directo": {
        "host": "https://login.directo.ee/xmlcore/cap_xml_direct/xmlcore.asp",
        "password": SECRET,
        "extra": {"database": "demo_ee"},
    },
    "smaily": {"host": "demo", "login": "api user@shop", "password": SECRET, "extra": {}},
}
"""What each vendor's connection needs at least."""

TEXTS = {"database": "demo_ee", "timezone": "Europe/Riga", "base_url": "https://other.example.com/api"}
NUMBERS = {"integer": 50, "number": 2.5}
TRUE = ("true", "True", "TRUE", "yes", "on", "1", "y", " true ")
FALSE = ("false", "False", "no", "off", "0", "n", False)

fields = pytest.mark.parametrize(
    ("form", "extra"),
    [pytest.param(form, extra, id=f"{form.conn_type}-{extra.name}") for form in FORMS for extra in form.extras],
)
forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.conn_type)


def value_of(extra):
    """The value of a field as JSON would have it."""
    if extra.kind == "boolean":
        return True
    return NUMBERS.get(extra.kind) or TEXTS.get(extra.name) or extra.choices[-1]


def connection_of(form, **extra):
    plain = PLAIN[form.conn_type]
    return {"conn_type": form.conn_type, **plain, "extra": {**plain["extra"], **extra}}


def everything_of(form):
    return connection_of(form, **{extra.name: value_of(extra) for extra in form.extras})


def hook_of(form, conn_id):
    module, _, name = form.hook_class.rpartition(".")
    return getattr(importlib.import_module(module), name)(conn_id)


@pytest.fixture
def settings(connect):
    """Parse a connection out of JSON in the environment."""

    def parse(form, connection):
        connect("from_json", **connection)
        return hook_of(form, "from_json").settings

    return parse


def spellings(extra):
    """The same value as different stores and forms write it."""
    value = value_of(extra)
    if extra.kind == "boolean":
        return TRUE
    if extra.kind == "string":
        return (f" {value} ",)
    return (str(value), f" {value} ", float(value), f"{float(value)}")


@fields
def test_a_value_is_the_same_in_every_type_it_is_written_in(form, extra, settings):
    plain, proper = settings(form, connection_of(form)), settings(form, connection_of(form, **{extra.name: value_of(extra)}))
    for written in spellings(extra):
        assert settings(form, connection_of(form, **{extra.name: written})) == proper, written
    assert (proper == plain) is (extra.name in PLAIN[form.conn_type]["extra"])


@fields
@pytest.mark.parametrize("empty", ["", "  ", None], ids=repr)
def test_an_empty_field_is_one_that_is_not_there(form, extra, empty, settings):
    if extra.name in PLAIN[form.conn_type]["extra"]:
        with pytest.raises(SettingsError, match=extra.name):
            settings(form, connection_of(form, **{extra.name: empty}))
        return
    assert settings(form, connection_of(form, **{extra.name: empty})) == settings(form, connection_of(form))


@fields
def test_a_value_that_can_not_be_meant_is_refused_by_name_and_connection_and_not_repeated(form, extra, settings):
    for written in (["no such value"], {"no such value": 1}):
        with pytest.raises(SettingsError, match=f"^connection 'from_json': .*'{extra.name}'") as caught:
            settings(form, connection_of(form, **{extra.name: written}))
        assert "no such value" not in str(caught.value)


def test_no_is_no_however_it_is_written(settings):
    for form in FORMS:
        for extra in form.extras:
            if extra.kind == "boolean":
                found = {settings(form, connection_of(form, **{extra.name: written})) == settings(form, connection_of(form))
                         for written in FALSE}  # fmt: skip
                assert found == {True}, extra.name


def uri_of(connection):
    """Write a connection as the installed Airflow writes its URI."""
    from airflow.models.connection import Connection

    return Connection(**{**connection, "extra": json.dumps(connection["extra"])}).get_uri()


@forms
def test_a_uri_says_the_same_as_json(form, settings, monkeypatch):
    for connection in (connection_of(form), everything_of(form)):
        proper = settings(form, connection)
        monkeypatch.setenv("AIRFLOW_CONN_FROM_URI", uri_of(connection))
        assert hook_of(form, "from_uri").settings == proper


@fields
def test_a_field_in_the_query_of_a_uri_is_text_and_means_the_same(form, extra, settings, monkeypatch):
    value = value_of(extra)
    connection = connection_of(form, **{extra.name: value})
    texts = {name: str(inner) for name, inner in connection["extra"].items()}
    monkeypatch.setenv("AIRFLOW_CONN_FROM_URI", uri_of({**connection, "extra": texts}))
    assert "__extra__" not in os.environ["AIRFLOW_CONN_FROM_URI"]
    assert hook_of(form, "from_uri").settings == settings(form, connection)


def stored_by_a_form(form, connection, airflow):
    """What the form of an Airflow stores, as seen in connections saved by a browser."""
    extra = {}
    for known in form.extras:
        value = connection["extra"].get(known.name)
        if airflow == "2.11":
            if known.kind == "boolean":
                value = bool(value)
            elif known.kind in ("string", "number"):
                value = None if value is None else str(value)
                if value is None:
                    continue  # a text field that is left empty is not stored
        if airflow == "3.1" and known.kind == "number" and value is not None:
            value = str(value)
        extra[known.name] = value
    absent = "" if airflow == "2.11" else None
    return {"login": absent, "schema": absent, "port": None, **connection, "extra": json.dumps(extra)}


@forms
@pytest.mark.parametrize("airflow", ["2.11", "3.1", "3.3"])
def test_what_each_form_stores_says_the_same_as_json(form, airflow, settings):
    for connection in (connection_of(form), everything_of(form)):
        assert settings(form, stored_by_a_form(form, connection, airflow)) == settings(form, connection)


READ = """
import base64, importlib, pickle, sys
for line in sys.stdin.read().split():
    conn_id, _, path = line.partition("=")
    module, _, name = path.rpartition(".")
    hook = getattr(importlib.import_module(module), name)(conn_id)
    print("SETTINGS", conn_id, base64.b64encode(pickle.dumps(hook.settings)).decode())
"""


@pytest.mark.airflow
@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_secrets_backend_says_the_same_as_json(suffix, settings, tmp_path):
    stored = {}
    for form in FORMS:
        stored[f"{form.conn_type}_least"], stored[f"{form.conn_type}_full"] = connection_of(form), everything_of(form)
    hooks = {conn_id: form for form in FORMS for conn_id in stored if conn_id.startswith(form.conn_type)}
    file = tmp_path / f"connections.{suffix}"
    file.write_text(json.dumps(stored) if suffix == "json" else yaml.safe_dump(stored, allow_unicode=True))
    environment = {
        **os.environ,
        "AIRFLOW__SECRETS__BACKEND": "airflow.secrets.local_filesystem.LocalFilesystemBackend",
        "AIRFLOW__SECRETS__BACKEND_KWARGS": json.dumps({"connections_file_path": str(file)}),
    }
    asked = "\n".join(f"{conn_id}={form.hook_class}" for conn_id, form in hooks.items())
    told = subprocess.run(
        [sys.executable, "-c", READ], input=asked, env=environment, check=True, capture_output=True, text=True, timeout=120
    )
    lines = [line.split() for line in told.stdout.splitlines() if line.startswith("SETTINGS")]
    found = {conn_id: pickle.loads(base64.b64decode(packed)) for _, conn_id, packed in lines}  # noqa: S301 - our own child
    assert found == {conn_id: settings(form, stored[conn_id]) for conn_id, form in hooks.items()}
