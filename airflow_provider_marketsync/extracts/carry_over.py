# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The carry-over: a sync's unfinished records, kept with their reason until they are settled."""

from __future__ import annotations

from datetime import datetime, timezone

import msgspec

from airflow_provider_marketsync.extracts.folder import SyncFolder
from airflow_provider_marketsync.extracts.manifest import Manifest
from airflow_provider_marketsync.extracts.writer import ExtractWriter


class Carried(msgspec.Struct):
    """One line of a carry-over.

    :param record: the record's own line as it stood in its extract
    :param read_at: ``read_started_at`` of its first reading
    :param shape: which fields its extract held (:func:`shape_of`)
    :param outcome: what became of it (``rejected``, ``invalid``, ``postponed``, ``unknown``)
    :param reason: why, without personal data
    """

    record: msgspec.Raw
    read_at: str
    shape: str
    outcome: str
    reason: str


class CarryOverWriter:
    """Collect the carry-over of a run; nothing is made on disk until there is something to carry.

    :param folder: the sync's folder
    :param account: identity of the source account
    :param ledger: uuid of the ledger
    """

    def __init__(self, folder: SyncFolder, account: str, ledger: str) -> None:
        self._folder, self._account, self._ledger = folder, account, ledger
        self._started = datetime.now(timezone.utc)
        self._writer: ExtractWriter | None = None

    def add(self, carried: list[Carried]) -> None:
        """Add records."""
        if not carried:
            return
        if self._writer is None:
            self._writer = ExtractWriter(self._folder.new("carry-over", self._started))
        self._writer.write(carried)

    def finish(self) -> str | None:
        """Write the manifest.

        :return: its path, None when nothing is carried
        """
        if self._writer is None:
            return None
        return self._writer.finish(
            Manifest(
                sync=None,
                source="carry-over",
                account=self._account,
                ledger=self._ledger,
                read_started_at=self._started.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                complete=False,
                moves_cursor=False,
            )
        )

    def discard(self) -> None:
        """Delete what was written; for a run that did not end."""
        if self._writer is not None:
            self._writer.discard()
