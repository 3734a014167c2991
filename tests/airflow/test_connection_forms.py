# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The table of connection fields, and the forms that come from it."""

from __future__ import annotations

import importlib
import importlib.util

import pytest

from airflow_provider_marketsync.connection_forms import FORMS, ConnectionForm, ExtraField
from airflow_provider_marketsync.exceptions import SettingsError

STANDARD = {"host", "schema", "login", "password", "port", "extra", "description"}


def hook_class(form):
    module, _, name = form.hook_class.rpartition(".")
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.conn_type)
def test_a_form_speaks_of_fields_that_exist(form):
    known = STANDARD | {extra.name for extra in form.extras}
    assert {*form.relabeling, *form.hidden} <= STANDARD
    assert set(form.placeholders) <= known
    assert len({extra.name for extra in form.extras}) == len(form.extras)


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


@pytest.mark.skipif(importlib.util.find_spec("flask_appbuilder") is None, reason="this Airflow has declared forms only")
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.conn_type)
def test_widgets_have_the_declared_fields_in_the_declared_order(form):
    widgets = hook_class(form).get_connection_form_widgets()
    declared = form.connection_type()["conn-fields"]
    assert list(widgets) == list(declared)
    kinds = {"string": "StringField", "number": "StringField", "integer": "IntegerField", "boolean": "BooleanField"}
    for name, widget in widgets.items():
        assert widget.field_class.__name__ == kinds[declared[name]["schema"]["type"][0]]


def test_a_secret_field_is_hidden_in_the_declared_form():
    form = ConnectionForm(
        conn_type="made",
        hook_name="Made",
        hook_class="made.Hook",
        documentation="",
        extras=(ExtraField(name="client_secret", label="Secret", description="", secret=True),),
    )
    assert form.connection_type()["conn-fields"]["client_secret"]["schema"]["format"] == "password"


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
