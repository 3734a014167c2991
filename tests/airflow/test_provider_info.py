# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What Airflow reads first."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_provider_marketsync.get_provider_info import get_provider_info


def schemas():
    import airflow

    folder = Path(airflow.__file__).parent
    return [folder / name for name in ("provider_info.schema.json", "provider.yaml.schema.json")]


def test_the_metadata_fit_the_schema_airflow_checks_them_with():
    import jsonschema

    schema = json.loads(schemas()[0].read_text())
    jsonschema.validate(get_provider_info(), schema)


def test_every_key_is_one_that_airflow_knows_for_a_misspelt_one_is_ignored_in_silence():
    known = set().union(*(json.loads(path.read_text())["properties"] for path in schemas()))
    assert set(get_provider_info()) <= known


def test_the_metadata_would_pass_as_the_provider_yaml_of_one_of_airflows_own():
    import jsonschema

    schema = json.loads(schemas()[1].read_text())
    of_the_build = {"state": "ready", "source-date-epoch": 1, "dependencies": []}
    asked = {name: value for name, value in of_the_build.items() if name in schema["required"]}
    jsonschema.validate({**get_provider_info(), **asked}, schema)


def test_the_schema_would_notice_a_misspelt_key_of_a_connection_type():
    import jsonschema

    schema = json.loads(schemas()[1].read_text())
    wrong = {"connection-type": "made", "hook-class-name": "made.Hook", "conn-field": {}}
    types = {"definitions": schema.get("definitions", {}), **schema["properties"]["connection-types"]}
    if "additionalProperties" in types["items"]:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate([wrong], types)
    assert {key for form in get_provider_info()["connection-types"] for key in form} == {
        "connection-type", "hook-class-name", "hook-name", "ui-field-behaviour", "conn-fields"
    }  # fmt: skip


def public_classes():
    """Yield every class of the package that a DAG author or Airflow may use, with its module."""
    import airflow_provider_marketsync

    not_airflows = ("sandbox", "cli", "contacts", "engine", "ledger", "extracts", "transport", "vendors", "example_dags")
    for found in pkgutil.walk_packages(airflow_provider_marketsync.__path__, "airflow_provider_marketsync."):
        # The one that asks a person can not be imported before Airflow 3.1, so that the metadata do not name it either.
        if found.name.split(".")[1] in not_airflows or found.name.endswith(".operators.approval"):
            continue
        module = importlib.import_module(found.name)
        for name, one in vars(module).items():
            if inspect.isclass(one) and one.__module__ == found.name and not name.startswith("_"):
                yield found.name, one


def bases():
    """Return what a kind of class derives from, by its key in the metadata; the most special one first."""
    from airflow.triggers.base import BaseTrigger

    from airflow_provider_marketsync.compat import BaseHook, BaseOperator

    try:
        from airflow.sdk import BaseNotifier, BaseOperatorLink, BaseSensorOperator
    except ImportError:
        from airflow.models.baseoperatorlink import BaseOperatorLink
        from airflow.notifications.basenotifier import BaseNotifier
        from airflow.sensors.base import BaseSensorOperator
    return {
        "sensors": BaseSensorOperator, "operators": BaseOperator, "triggers": BaseTrigger, "hooks": BaseHook,
        "extra-links": BaseOperatorLink, "notifications": BaseNotifier,  # noqa: AIR301 - of 2.11
    }  # fmt: skip


def kind_of(one):
    return next((key for key, base in bases().items() if issubclass(one, base)), None)


def listed(key):
    """Return what the metadata list under a key: modules, or classes where Airflow wants classes."""
    found = get_provider_info().get(key, [])
    return {name for entry in found for name in (entry["python-modules"] if isinstance(entry, dict) else [entry])}


def test_every_operator_sensor_trigger_hook_link_and_notifier_is_listed():
    missing = []
    for module, one in public_classes():
        key = kind_of(one)
        shared = one.__module__.endswith((".base", ".operators.waiting"))  # what others derive from; nobody uses it by itself
        if key and not shared and not {module, f"{module}.{one.__name__}"} & listed(key):
            missing.append(f"{key}: {module}.{one.__name__}")
    assert missing == []


def test_a_hook_that_has_a_connection_type_is_a_connection_types_hook():
    named = {form["hook-class-name"] for form in get_provider_info()["connection-types"]}
    found = {
        f"{module}.{one.__name__}" for module, one in public_classes() if kind_of(one) == "hooks" and "conn_type" in vars(one)
    }
    assert found == named


def test_connection_fields_fit_the_stricter_schema_of_a_provider_yaml():
    import jsonschema

    schema = json.loads(schemas()[1].read_text())
    types = {"definitions": schema.get("definitions", {}), **schema["properties"]["connection-types"]}
    jsonschema.validate(get_provider_info()["connection-types"], types)


def test_every_named_module_and_class_exists():
    info = get_provider_info()
    for key in ("operators", "sensors", "triggers", "hooks"):
        for module in listed(key):
            importlib.import_module(module)
    for key in ("extra-links", "notifications"):
        for path in listed(key):
            module, _, name = path.rpartition(".")
            assert hasattr(importlib.import_module(module), name)
    for form in info["connection-types"]:
        module, _, name = form["hook-class-name"].rpartition(".")
        assert hasattr(importlib.import_module(module), name)
        assert re.fullmatch(r"[a-z]+", form["connection-type"])  # the form's code splits at "__"; 3.4 refuses capitals


def test_reading_the_metadata_imports_nothing_of_airflow():
    code = (
        "import sys; from airflow_provider_marketsync.get_provider_info import get_provider_info; get_provider_info();"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] == 'airflow'))"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"


def test_airflow_finds_the_provider_and_its_hooks():
    from airflow.providers_manager import ProvidersManager

    manager = ProvidersManager()
    assert "airflow-provider-marketsync" in manager.providers
    assert {"directo", "smaily"} <= set(manager.hooks)


# Airflow 3.1 makes its page of the old widgets, with stand-ins for the form library, which must not stay in this process.
ASK_THE_PAGE = """
import json
try:
    from airflow.api_fastapi.core_api.services.ui.connections import HookMetaService
except ImportError:
    from airflow.providers_manager import ProvidersManager

    manager = ProvidersManager()
    fields = [name.split("__")[1:] for name in manager.connection_form_widgets]
    label = manager.field_behaviours["smaily"]["relabeling"]["login"]
else:
    hooks = {hook.connection_type: hook for hook in HookMetaService.hook_meta_data()}
    fields = [[kind, name] for kind, hook in hooks.items() for name in hook.extra_fields or {}]
    label = hooks["smaily"].standard_fields.login.title
print("\\n" + json.dumps([fields, label]))
"""


def test_the_page_of_connections_shows_every_declared_field_and_our_labels():
    told = subprocess.run([sys.executable, "-c", ASK_THE_PAGE], check=True, capture_output=True, text=True)
    fields, label = json.loads(told.stdout.strip().splitlines()[-1])
    forms = {form["connection-type"]: form for form in get_provider_info()["connection-types"]}
    shown = {(kind, name) for kind, name in fields if kind in forms}
    assert shown == {(kind, name) for kind, form in forms.items() for name in form["conn-fields"]}
    assert label == "API user"


@pytest.mark.parametrize("name", list(get_provider_info()["config"]["marketsync"]["options"]))
def test_every_declared_setting_is_one_the_operators_read(name):
    from airflow_provider_marketsync.engine.installation import Installation

    assert name in Installation.__dataclass_fields__
