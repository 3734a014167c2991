# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The end of a run: carry-over and watermark in one transaction, then the old files go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

import msgspec

from airflow_provider_marketsync.contacts.definition import CompiledSync
from airflow_provider_marketsync.engine.guards import Guard
from airflow_provider_marketsync.engine.inputs import Input
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.scan import is_superseded
from airflow_provider_marketsync.extracts.folder import SyncFolder
from airflow_provider_marketsync.ledger.decisions import utc_text
from airflow_provider_marketsync.ledger.ledger import SyncLedger
from airflow_provider_marketsync.ledger.locks import SyncLock


@dataclass(frozen=True, slots=True)
class Closing:
    """Commit a run.

    :param ledger: the sync's ledger
    :param lock: the sync's lock
    :param folder: the sync's folder
    :param compiled: the compiled definition
    :param installation: retention
    """

    ledger: SyncLedger
    lock: SyncLock
    folder: SyncFolder
    compiled: CompiledSync
    installation: Installation

    def commit(
        self, run: int, extracts: Sequence[Input], carry_over: str | None, summary: dict[str, object], guard: Guard
    ) -> dict[str, object]:
        """Let the watermark move: everything read is delivered or stands in the carry-over.

        :param run: number of the run
        :param extracts: what was handed to it
        :param carry_over: manifest path of the new carry-over
        :param summary: what the run tells
        :param guard: knows the plan that was applied, and whether this was the first run
        :return: the summary, completed
        """
        ledger, old = self.ledger, self.ledger.row.carry_over
        with ledger.transaction() as connection:
            self.lock.renew(connection)
            ledger.syncs.hang_carry_over(ledger.id, carry_over)
            ledger.marks.unhook()
            for extract in [extract for extract in extracts if not is_superseded(ledger, extract)]:
                self._settle_extract(extract)
            if summary["needs_full_read"]:
                ledger.syncs.make_complete_due(ledger.id)
            if guard.accepted:
                ledger.runs.applied(guard.accepted.id)
            if guard.meets:
                ledger.syncs.meet(guard.account)
            whole = {**summary, "new_refusals": ledger.records.new_refusals(run), "watermark": ledger.row.cursor}
            ledger.records.reported(run)
            ledger.syncs.remember_definition(ledger.id, msgspec.json.encode(self.compiled.sync.to_dict()).decode())
            ledger.runs.end(run, whole)
            ledger.runs.purge(utc_text(datetime.now(timezone.utc) - self.installation.journal_retention))
        self._tidy(old, carry_over, extracts)
        return whole

    def _settle_extract(self, extract: Input) -> None:
        manifest, syncs = extract.manifest, self.ledger.syncs
        if manifest.complete or manifest.moves_cursor:
            syncs.note_settled(self.ledger.id, manifest.source, manifest.read_started_at)
        if manifest.moves_cursor and manifest.cursor:
            syncs.move_cursor(self.ledger.id, manifest.cursor, manifest.read_started_at)
        if manifest.complete and manifest.digest == self.compiled.digest.hex():
            syncs.note_complete(self.ledger.id, manifest.read_started_at, self.compiled.digest)

    def _tidy(self, old: str | None, carry_over: str | None, extracts: Sequence[Input]) -> None:
        if old and old != carry_over:
            self.folder.delete(old)
        kept = [extract.path for extract in extracts] + ([carry_over] if carry_over else [])
        self.folder.retire(kept, self.installation.extract_retention, datetime.now(timezone.utc))
