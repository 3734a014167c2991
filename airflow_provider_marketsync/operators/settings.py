# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The ``[marketsync]`` section of Airflow's configuration."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from airflow_provider_marketsync.exceptions import SettingsError

if TYPE_CHECKING:
    from datetime import timedelta

    from airflow_provider_marketsync.engine.installation import Installation

log = logging.getLogger(__name__)

SECTION = "marketsync"


def installation() -> Installation:
    """Read where this installation keeps its memory and whom it may write to.

    :raises SettingsError: if a setting can not be understood
    """
    from airflow_provider_marketsync.engine.installation import Installation

    return Installation(
        ledger=_text("ledger") or _begun(_home() / "ledger.db"),
        extracts=_text("extracts") or str(_home() / "extracts"),
        extract_retention=_span("extract_retention", "3d"),
        carry_over_retention=_span("carry_over_retention", "90d"),
        journal_retention=_span("journal_retention", "365d"),
        only_addresses=tuple(re.findall(r"[^\s,;]+", _text("only_addresses") or "")),
    )


def ledger_path() -> str:
    """Return where the ledger is or would be; makes nothing."""
    return _text("ledger") or str(_home() / "ledger.db")


def _home() -> Path:
    return Path(os.path.expandvars(os.environ.get("AIRFLOW_HOME", "~/airflow"))).expanduser() / "marketsync"


def _begun(ledger: Path) -> str:
    if not ledger.exists():
        # Only here: the missing folder of a named ledger may be a disk that is not mounted.
        ledger.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        log.warning(
            "The ledger begins at %s. It is the memory of all syncs: who was delivered, who opted out. A container that "
            "is rebuilt without this file has forgotten both, and the next run will stop and ask. Name a lasting place "
            "in [marketsync] ledger (docs/ledger.md).",
            ledger,
        )
    return str(ledger)


def _text(name: str) -> str | None:
    from airflow_provider_marketsync.compat import conf

    # Airflow 2.11 and 3.1 misread the defaults of providers, so every setting has its own here.
    return (conf.get(SECTION, name, fallback=None) or "").strip() or None


def _span(name: str, default: str) -> timedelta:
    from airflow_provider_marketsync.contacts.problems import Place, Problems
    from airflow_provider_marketsync.contacts.reading import read_span
    from airflow_provider_marketsync.contacts.tree import Node

    span = read_span(Node(_text(name) or default, Place(name)), Problems(SECTION))
    if span is None:
        raise SettingsError(f"[{SECTION}] {name} must be a stretch of time of minutes, hours or days: 30m, 12h, 3d")
    return span
