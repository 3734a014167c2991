# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What Airflow reads first: connection types, modules and settings. Nothing of Airflow may be imported here."""

from __future__ import annotations

from typing import Any

from airflow_provider_marketsync import __version__
from airflow_provider_marketsync.connection_forms import FORMS

_ENGINE = "MarketSync"
_OPERATORS = ("fetch", "upsert", "opt_outs", "preflight", "run_report", "task_group")

_SETTINGS: dict[str, dict[str, Any]] = {
    "ledger": {
        "description": "Path of the ledger, the memory of all syncs: an SQLite file on a local disk that outlives the "
        "worker. Empty means $AIRFLOW_HOME/marketsync/ledger.db.",
        "example": "/srv/marketsync/ledger.db",
        "default": None,
    },
    "extracts": {
        "description": "Folder for extracts, a path or an fsspec URL that every worker sees. Empty means "
        "$AIRFLOW_HOME/marketsync/extracts.",
        "example": "/srv/marketsync/extracts",
        "default": None,
    },
    "extract_retention": {
        "description": "How long a superseded extract stays: a number and one of m, h, d.",
        "example": "12h",
        "default": "3d",
    },
    "carry_over_retention": {
        "description": "How long the values of an unfinished record stay; then only its key does.",
        "example": "30d",
        "default": "90d",
    },
    "journal_retention": {
        "description": "How long the ledger remembers runs, and the journal of what they did to whom.",
        "example": "90d",
        "default": "365d",
    },
    "only_addresses": {
        "description": "Patterns of the only addresses this installation may write to, separated by commas. Set it on "
        "a copy of production, so that it can not reach customers.",
        "example": "*@example.com, test-*@example.org",
        "default": None,
    },
}


def get_provider_info() -> dict[str, Any]:
    """Return the provider's metadata, as ``provider_info.schema.json`` of Airflow describes them."""
    return {
        "package-name": "airflow-provider-marketsync",
        "name": _ENGINE,
        "description": "Brings customers from an ERP or CRM to a marketing platform, and opt-outs back.",
        "versions": [__version__],
        "integrations": [_integration(form.hook_name, form.documentation) for form in FORMS],
        "operators": [_modules(_ENGINE, *(f"operators.{name}" for name in _OPERATORS))],
        "sensors": [_modules(_ENGINE, "sensors.customers", "sensors.optouts")],
        "triggers": [_modules(_ENGINE, "triggers.moment", "triggers.sensing", "triggers.watching")],
        "hooks": [_modules(form.hook_name, f"hooks.{form.conn_type}") for form in FORMS],
        "connection-types": [form.connection_type() for form in FORMS],
        "extra-links": ["airflow_provider_marketsync.links.MarketSyncLink"],
        "config": {
            "marketsync": {
                "description": "Where MarketSync keeps its memory, and whom it may write to.",
                "options": {name: {"type": "string", "version_added": "0.1.0", **setting} for name, setting in _SETTINGS.items()},
            }
        },
    }


def _integration(name: str, documentation: str) -> dict[str, Any]:
    return {"integration-name": name, "external-doc-url": documentation, "tags": ["service"]}


def _modules(integration: str, *modules: str) -> dict[str, Any]:
    return {
        "integration-name": integration,
        "python-modules": [f"airflow_provider_marketsync.{module}" for module in modules],
    }
