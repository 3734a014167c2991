# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The table of connection fields, and the forms that come from it."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from airflow_provider_marketsync.connection_fields import ConnectionForm, ExtraField
from airflow_provider_marketsync.connection_forms import DIRECTO, FORMS
from airflow_provider_marketsync.exceptions import SettingsError

STANDARD = {"host", "schema", "login", "password", "port", "extra", "description"}
needs_web_forms = pytest.mark.skipif(
    importlib.util.find_spec("flask_appbuilder") is None, reason="this Airflow has declared forms only"
)
MADE = ConnectionForm(
    conn_type="made",
    hook_name="Made",
    hook_class="made.Hook",
    documentation="",
    extras=(
        ExtraField(name="client_secret", label="Secret", description="Hidden", secret=True),
        ExtraField(name="mode", label="Mode", description="One of two", choices=("slow", "<fast>"), default="slow"),
        ExtraField(name="size", label="Size", description="How many", kind="integer", default=5),
        ExtraField(name="loud", label="Loud", description="Or not", kind="boolean", default=True),
    ),
)
"""Fields of every sort, defaults among them."""


def hook_class(form):
    module, _, name = form.hook_class.rpartition(".")
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.conn_type)
def test_a_form_speaks_of_fields_that_exist(form):
    shown = STANDARD - set(form.hidden)
    assert set(form.hidden) <= STANDARD
    assert {*form.relabeling, *form.placeholders} <= shown
    assert len({extra.name for extra in form.extras}) == len(form.extras)
    assert len({extra.label for extra in form.extras}) == len(form.extras)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.conn_type)
def test_a_field_says_what_empty_means_unless_empty_means_off_or_nothing(form):
    for extra in form.extras:
        if extra.kind in ("integer", "number") or extra.choices:
            assert re.search(r"\bif empty\b", extra.description), extra.name


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.conn_type)
def test_the_number_that_empty_means_is_the_settings(form):
    plain = settings_of(form)
    for extra in form.extras:
        said = re.search(r"\b([\w/]+) if empty\b", extra.description)
        if not said or extra.name == "interface":  # read from the URL
            continue
        found = {"timeout": lambda: plain.http.read_timeout, "overlap_hours": lambda: plain.overlap.total_seconds() / 3600}
        value = found.get(extra.name, lambda name=extra.name: getattr(plain, name))()
        assert said.group(1) == str(getattr(value, "value", f"{value:g}" if isinstance(value, float) else value)), extra.name


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.conn_type)
def test_the_hook_tells_the_same_as_the_table(form):
    hook = hook_class(form)
    assert (hook.conn_type, hook.hook_name) == (form.conn_type, form.hook_name)
    assert hook.default_conn_name == form.default_conn_id
    assert hook.conn_name_attr == f"{form.conn_type}_conn_id"
    # Airflow looks into the class itself, not into its parents.
    assert {"get_ui_field_behaviour", "get_connection_form_widgets"} <= set(vars(hook))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.conn_type)
def test_both_kinds_of_form_say_the_same(form):
    declared, behaviour = form.connection_type(), hook_class(form).get_ui_field_behaviour()
    assert declared["ui-field-behaviour"] == {
        "hidden-fields": behaviour["hidden_fields"],
        "relabeling": behaviour["relabeling"],
        "placeholders": behaviour["placeholders"],
    }


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.conn_type)
def test_the_behaviour_fits_the_schema_airflow_checks_it_with(form):
    import airflow
    import jsonschema

    schema = Path(airflow.__file__).parent / "customized_form_field_behaviours.schema.json"
    jsonschema.validate(hook_class(form).get_ui_field_behaviour(), json.loads(schema.read_text()))


@contextmanager
def web_form(widgets, written=None):
    """Bind widgets as the web page does."""
    from flask import Flask
    from flask_babel import Babel
    from werkzeug.datastructures import MultiDict
    from wtforms import Form

    app = Flask("made")
    Babel(app)
    with app.test_request_context():
        yield type("Bound", (Form,), widgets)(MultiDict(written) if written else None)


def drawn(form):
    """Draw a form: field name to its label, the bound field and its HTML."""
    with web_form(form.widgets()) as bound:
        return {field.name: (str(field.label.text), field, str(field())) for field in bound}


@needs_web_forms
@pytest.mark.parametrize("form", [*FORMS, MADE], ids=lambda form: form.conn_type)
def test_the_web_form_shows_the_declared_fields_in_the_declared_order(form):
    declared, found = form.connection_type()["conn-fields"], drawn(form)
    assert list(found) == list(declared)
    types = {"boolean": "checkbox", "integer": "text", "number": "text", "string": "text"}
    for name, (label, field, html) in found.items():
        schema = declared[name]["schema"]
        assert (label, str(field.description)) == (declared[name]["label"], declared[name]["description"])
        assert field.data == schema.get("default", False if "boolean" in schema["type"] else None)
        if "enum" in schema:
            assert re.findall(r"<option[^>]*>([^<]*)</option>", html) == [
                "",
                *(one.replace("<", "&lt;").replace(">", "&gt;") for one in schema["enum"]),
            ]
            assert re.findall(r"<option selected [^>]*>(.*?)</option>", html) == [schema.get("default", "")]
            assert f'<select class="form-control" id="{name}" name="{name}">' in html
        else:
            kind = "password" if schema.get("format") == "password" else types[schema["type"][0]]
            assert re.search(rf'type="{kind}"', html), html


@needs_web_forms
@pytest.mark.parametrize(("text", "valid"), [("POST", True), ("GET", True), ("", True), ("PUT", False)])
def test_the_web_form_takes_the_choices_only(text, valid):
    with web_form({"mode": DIRECTO.widgets()["method"]}, {"mode": text}) as bound:
        assert bound.validate() is valid


@needs_web_forms
def test_airflow_keeps_every_kind_of_widget():
    # Airflow 2.11 ignores the whole hook over a field of another class, and looks at the class itself.
    from wtforms import BooleanField, IntegerField, PasswordField, StringField

    known = {BooleanField, IntegerField, PasswordField, StringField}
    assert {widget.field_class for form in (*FORMS, MADE) for widget in form.widgets().values()} == known


SERVED = """
import json
from airflow.api_fastapi.core_api.services.ui.connections import HookMetaService
print("SERVED" + json.dumps([form.model_dump() for form in HookMetaService.hook_meta_data()]))
"""


@pytest.mark.airflow
@pytest.mark.skipif(importlib.util.find_spec("airflow.api_fastapi") is None, reason="this Airflow draws its forms itself")
def test_the_form_airflow_serves_to_the_browser_is_the_table():
    told = subprocess.run([sys.executable, "-c", SERVED], env=os.environ, check=True, capture_output=True, text=True, timeout=180)
    line = next(line for line in told.stdout.splitlines() if line.startswith("SERVED"))
    served = {one["connection_type"]: one for one in json.loads(line.removeprefix("SERVED"))}
    for form in FORMS:
        found = served[form.conn_type]
        assert found["hook_name"] == form.hook_name
        assert list(found["extra_fields"]) == [extra.name for extra in form.extras]
        for extra in form.extras:
            shown = found["extra_fields"][extra.name]
            # Before 3.2 there is no field for a number with a fraction; the settings read it from text.
            kinds = ([extra.kind, "null"], ["string", "null"] if extra.kind == "number" else [extra.kind, "null"])
            assert shown["schema"]["type"] in kinds
            assert (shown["schema"]["title"], shown["description"]) == (extra.label, extra.description)
            assert tuple(shown["schema"].get("enum") or ()) == extra.choices
            assert shown["schema"].get("format") == ("password" if extra.secret else None)
            assert shown["value"] == extra.default
        for name, served_as in {
            "host": "host",
            "login": "login",
            "password": "password",
            "port": "port",
            "schema": "url_schema",
        }.items():
            shown = found["standard_fields"][served_as] or {"hidden": False, "title": None, "placeholder": None}
            assert shown["hidden"] is (name in form.hidden)
            assert (shown["title"], shown["placeholder"]) == (form.relabeling.get(name), form.placeholders.get(name))


def test_a_secret_field_is_hidden_in_the_declared_form():
    assert MADE.connection_type()["conn-fields"]["client_secret"]["schema"]["format"] == "password"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.conn_type)
def test_a_secret_extra_has_a_name_that_airflow_masks(form):
    try:
        from airflow.sdk._shared.secrets_masker.secrets_masker import DEFAULT_SENSITIVE_FIELDS
    except ImportError:
        from airflow.utils.log.secrets_masker import DEFAULT_SENSITIVE_FIELDS

    for extra in form.extras:
        masked = any(word in extra.name for word in DEFAULT_SENSITIVE_FIELDS)
        assert masked is extra.secret, extra.name


VALUES = {"string": "made", "integer": 30, "number": 2.5, "boolean": True}
PLAIN = {
    "directo": {"host": "https://login.directo.ee/xmlcore/cap_xml_direct/xmlcore.asp", "login": None},
    "smaily": {"host": "demo", "login": "user"},
}


def value_of(extra):
    if extra.choices:
        return extra.choices[0]
    return {"timezone": "Europe/Riga", "base_url": "https://example.com"}.get(extra.name, VALUES[extra.kind])


def settings_of(form, **extra):
    from airflow_provider_marketsync.vendors.directo.settings import DirectoSettings
    from airflow_provider_marketsync.vendors.smaily.settings import SmailySettings

    parse = {"directo": DirectoSettings, "smaily": SmailySettings}[form.conn_type].from_connection
    needed = {"directo": {"database": "demo_ee"}, "smaily": {}}[form.conn_type]
    return parse(password="made-secret", port=None, schema=None, extra={**needed, **extra}, **PLAIN[form.conn_type])


@pytest.mark.parametrize(
    ("form", "extra"),
    [pytest.param(form, extra, id=f"{form.conn_type}-{extra.name}") for form in FORMS for extra in form.extras],
)
def test_every_field_of_a_form_is_read_by_the_settings(form, extra):
    if extra.kind == "string" and not extra.choices and extra.name == "database":
        assert settings_of(form, database="other_ee").database == "other_ee"
        return
    settings_of(form, **{extra.name: value_of(extra)})
    settings_of(form, **{extra.name: ""})
    with pytest.raises(SettingsError):
        settings_of(form, **{extra.name: ["no such value"]})
