# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Delivering through drt-core's REST destination; runs where drt-core is installed."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

import drt.cli.main
import drt.destinations.rest_api
import drt.engine.sync
import drt.sources.sqlite  # noqa: F401  imported here, for start-up has a benchmark of its own
from drt.integrations._runner import run_drt_sync

PROJECT = "name: bench\nversion: '0.1'\nprofile: local\n"
PROFILE = "local:\n  type: sqlite\n  database: {database}\n"
SYNC = """\
name: contacts
model: SELECT email, name, customer_class, language, last_order FROM contacts
destination:
  type: rest_api
  url: {url}/api/contact.php
  method: POST
  headers: {{Content-Type: application/json}}
  auth: {{type: basic, username_env: BENCH_USER, password_env: BENCH_PASSWORD}}
  body_mode: batch
  batch_template: "{{{{ rows | tojson_safe }}}}"
  max_records_per_request: 100
sync:
  mode: full
  batch_size: {block}
  on_error: fail
  rate_limit: {{requests_per_second: 0}}
"""


def deliver(url: str, folder: str, block: str) -> str:
    """Run one sync, as drt's own Airflow helper does.

    :param block: rows that the engine hands to the destination at once; requests are of 100 rows
    :return: drt-core's version
    """
    _write_project(Path(folder), url, block)
    os.environ |= {"HOME": folder, "BENCH_USER": "user", "BENCH_PASSWORD": "secret", "DO_NOT_TRACK": "1"}
    said = run_drt_sync("contacts", folder)
    assert said["status"] == "success", said["errors"]
    return version("drt-core")


def _write_project(folder: Path, url: str, block: str) -> None:
    (folder / "syncs").mkdir(exist_ok=True)
    (folder / ".drt").mkdir(exist_ok=True)
    (folder / "drt_project.yml").write_text(PROJECT)
    (folder / "syncs" / "contacts.yml").write_text(SYNC.format(url=url, block=block))
    (folder / ".drt" / "profiles.yml").write_text(PROFILE.format(database=folder / "contacts.db"))
