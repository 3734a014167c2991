# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A small stage for plain tests of one run: rows in, the made target out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.upsert import UpsertOptions, upsert
from airflow_provider_marketsync.extracts.rows import write_extract
from airflow_provider_marketsync.ledger.ledger import Ledger
from tests.engine.definitions import Variant
from tests.engine.made_source import mailbox
from tests.engine.made_target import MadeTarget, Person, Town

FIELDS = frozenset({"email", "name", "cardno"})
BEGAN = datetime(2026, 11, 20, tzinfo=timezone.utc)


def card(key: str, token: str, name: str = "Kadrin", word: str | None = "yes", **more: str | None) -> dict[str, str | None]:
    """Return one row of a made source."""
    said = {"optin": word} if word is not None else {}
    return {"id": key, "cardno": key, "email": mailbox(token) if token else "", "name": name, "country": "EE", **said, **more}


@dataclass
class Stage:
    """One sync with its ledger, its extracts and its target.

    :param folder: an empty folder
    :param variant: the definition
    """

    folder: Path
    variant: Variant = field(default_factory=Variant)
    town: Town = field(default_factory=Town)
    only_addresses: tuple[str, ...] = ()
    written: int = 0
    runs: int = 0

    @property
    def installation(self) -> Installation:
        """Where the sync keeps its memory."""
        return Installation(str(self.folder / "ledger.db"), str(self.folder / "extracts"), only_addresses=self.only_addresses)

    def write(self, rows: Iterable[Mapping[str, Any]], at: int | None = None, *, complete: bool = True) -> str:
        """Write rows as an extract, read one hour after the one before or at the hour given."""
        self.written += 1
        return write_extract(
            rows,
            str(self.folder / f"rows-{self.written}"),
            source="made",
            key="id",
            changed="changed",
            complete=complete,
            read_started_at=BEGAN + timedelta(hours=self.written if at is None else at),
        )

    def target(self, **options: Any) -> MadeTarget:
        """Return the target, perhaps with faults."""
        return MadeTarget(self.town, fields=FIELDS, **options)

    def run(self, paths: str | list[str], target: MadeTarget | None = None, **options: Any) -> dict[str, Any]:
        """Run the sync once, as a task instance of its own where no ``owner`` is given."""
        self.runs += 1
        compiled = self.variant.compiled()
        extracts = [paths] if isinstance(paths, str) else paths
        wish = UpsertOptions(**{"owner": f"run {self.runs}", **options})
        return upsert(compiled, target or self.target(), self.installation, extracts, wish)

    def bring(self, *rows: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        """Write rows as a complete extract and run it."""
        return self.run(self.write(rows), **options)

    def person(self, token: str) -> Person | None:
        """Return who stands at the target."""
        return self.town.people.get(mailbox(token))

    def names(self) -> dict[str, str | None]:
        """Return the name of everybody at the target, by token."""
        return {address.partition("@")[0]: person.fields.get("name") for address, person in self.town.people.items()}

    def ledger(self) -> Ledger:
        """Open the ledger."""
        return Ledger(self.installation.ledger)

    def accept(self) -> str:
        """Accept the plan that waits and return its id."""
        with self.ledger() as ledger:
            sync = ledger.open_sync("shop")
            plan = next(plan for plan in sync.runs.plans() if not plan.accepted_at)
            with ledger.transaction():
                sync.runs.accept(plan.id, "somebody")
        return plan.id
