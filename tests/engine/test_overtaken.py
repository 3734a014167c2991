# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A reading that a plan has looked at since is not thrown away: the plan delivered nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from airflow_provider_marketsync.contacts.definition import Sync, compile_sync
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.upsert import UpsertOptions, upsert
from airflow_provider_marketsync.extracts.rows import write_extract
from tests.engine.made_target import MadeTarget, Town

COMPILED = compile_sync(
    Sync.load(
        {
            "id": "overtaken",
            "source": {"name": "rows"},
            "target": "made_default",
            "mapping": {"email": "email", "name": "name"},
            "consent": {"email": {"state": "optin", "granted": ["yes"], "withdrawn": ["no"]}},
            "new_contacts": {"granted": "subscribe", "pending": "skip", "unknown": "skip", "withdrawn": "skip"},
        }
    )
)


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def run(tmp_path: Path, town: Town) -> Callable[..., dict[str, Any]]:
    installation = Installation(str(tmp_path / "ledger.db"), str(tmp_path / "extracts"))

    def go(extract: str, *, plan_only: bool = False) -> dict[str, Any]:
        return upsert(COMPILED, MadeTarget(town), installation, [extract], UpsertOptions("owner", plan_only=plan_only))

    return go


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., str]:
    def write(folder: str, name: str, *, complete: bool = True) -> str:
        row = {"id": "1", "email": "p@word.example.com", "name": name, "optin": "yes"}
        return write_extract([row], str(tmp_path / folder), source="rows", key="id", complete=complete)

    return write


def test_a_change_that_only_a_plan_has_seen_waits_and_is_delivered_by_the_next_reading(run, read, town) -> None:
    run(read("first", "Mari"))
    older, newer = read("older", "Mari Tamm", complete=False), read("newer", "Mari Tamm", complete=False)
    run(newer, plan_only=True)

    waits = run(older)
    assert waits["outcomes"]["postponed"] == 1
    assert waits["carried_over"] == 1
    assert waits["needs_full_read"] == 1

    settled = run(read("complete", "Mari Tamm"))
    assert settled["outcomes"]["updated"] == 1
    assert settled["carried_over"] == 0
    assert town.people["p@word.example.com"].fields["name"] == "Mari Tamm"


def test_a_reading_older_than_a_delivered_one_stays_skipped(run, read, town) -> None:
    older, newer = read("older", "Mari"), read("newer", "Mari Tamm")
    run(newer)
    assert run(older)["reasons"]["skipped"] == {"older reading": 1}
    assert town.people["p@word.example.com"].fields["name"] == "Mari Tamm"
