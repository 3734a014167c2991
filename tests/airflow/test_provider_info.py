# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What Airflow reads first."""

from __future__ import annotations

import importlib
import json
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


def test_connection_fields_fit_the_stricter_schema_of_a_provider_yaml():
    import jsonschema

    schema = json.loads(schemas()[1].read_text())
    types = {"definitions": schema.get("definitions", {}), **schema["properties"]["connection-types"]}
    jsonschema.validate(get_provider_info()["connection-types"], types)


def test_every_named_module_and_class_exists():
    info = get_provider_info()
    for part in info["operators"] + info["hooks"]:
        for module in part["python-modules"]:
            importlib.import_module(module)
    for form in info["connection-types"]:
        module, _, name = form["hook-class-name"].rpartition(".")
        assert hasattr(importlib.import_module(module), name)
        assert re.fullmatch(r"[a-z]+", form["connection-type"])


def test_reading_the_metadata_imports_nothing_of_airflow():
    code = (
        "import sys; from airflow_provider_marketsync.get_provider_info import get_provider_info; get_provider_info();"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] == 'airflow'))"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"


def test_airflow_finds_the_provider_its_hooks_and_its_forms():
    from airflow.providers_manager import ProvidersManager

    manager = ProvidersManager()
    assert "airflow-provider-marketsync" in manager.providers
    assert {"directo", "smaily"} <= set(manager.hooks)
    widgets = {name for name in manager.connection_form_widgets if name.startswith(("extra__directo", "extra__smaily"))}
    declared = {
        f"extra__{form['connection-type']}__{name}"
        for form in get_provider_info()["connection-types"]
        for name in form["conn-fields"]
    }
    assert widgets == declared
    assert manager.field_behaviours["smaily"]["relabeling"]["login"] == "API user"


@pytest.mark.parametrize("name", list(get_provider_info()["config"]["marketsync"]["options"]))
def test_every_declared_setting_is_one_the_operators_read(name):
    from airflow_provider_marketsync.engine.installation import Installation

    assert name in Installation.__dataclass_fields__
