# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Where the extracts of a sync lie, which ledger they belong to, and when they die."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta, timezone

import fsspec.core
import msgspec

from airflow_provider_marketsync.exceptions import LedgerError
from airflow_provider_marketsync.extracts.manifest import MANIFEST
from airflow_provider_marketsync.extracts.writer import explained, make_private_folder

_STAMP = "%Y%m%dT%H%M%S"


class _Bound(msgspec.Struct):
    uuid: str


class SyncFolder:
    """The folder ``<extracts>/<sync>``.

    :param base: path or URL of the extracts folder
    :param sync: id of the sync
    """

    def __init__(self, base: str, sync: str) -> None:
        self.path = f"{base.rstrip('/')}/{sync}"
        self._filesystem, self._root = fsspec.core.url_to_fs(self.path)

    def new(self, kind: str, now: datetime) -> str:
        """Return the path of a folder nobody has used: ``extract-…``, ``carry-over-…`` or ``opt-outs-…``."""
        return f"{self.path}/{kind}-{now.astimezone(timezone.utc).strftime(_STAMP)}-{secrets.token_hex(4)}"

    def bind(self, ledger: str) -> None:
        """Remember which ledger this folder belongs to, and refuse another.

        :raises LedgerError: when the ledger is not the one that worked here before
        :raises ExtractError: when the folder can not be written
        """
        name = f"{self._root}/ledger.json"
        if self._filesystem.exists(name):
            known = self._known_ledger(name)
            if known != ledger:
                raise LedgerError(
                    f"The extracts in {self.path} were written with ledger {known}, and this is ledger {ledger}. An other or "
                    "empty ledger "
                    "has forgotten who opted out: bring the old one back. If it is lost for good, remove ledger.json from "
                    "that folder, "
                    'then run once with first_run="adopt".',
                    docs="ledger.md",
                )
            return
        with explained(self.path):
            make_private_folder(self._filesystem, self._root)
            # Moved into place whole: a note cut by a full disk would lock everybody out.
            draft = f"{name}.{secrets.token_hex(4)}"
            self._filesystem.pipe_file(draft, msgspec.json.encode(_Bound(ledger)))
            self._filesystem.mv(draft, name)

    def _known_ledger(self, name: str) -> str:
        try:
            return msgspec.json.decode(self._filesystem.cat_file(name), type=_Bound).uuid
        except msgspec.MsgspecError:
            raise LedgerError(
                f"{self.path}/ledger.json is damaged: it names the ledger these extracts belong to. Restore it, or remove it if "
                "you are sure that the ledger is the one that was always used.",
                docs="ledger.md",
            ) from None

    def delete(self, manifest_path: str) -> None:
        """Delete one extract or carry-over."""
        _, name = fsspec.core.url_to_fs(manifest_path)
        folder = name.removesuffix(f"/{MANIFEST}")
        self._remove(folder)

    def retire(self, keep: Collection[str], older_than: timedelta, now: datetime) -> int:
        """Delete superseded extracts.

        :param keep: manifest paths that must stay (pending records, the carry-over, the newest)
        :param older_than: how long the others stay
        :return: how many were deleted
        """
        kept = {fsspec.core.url_to_fs(path)[1].removesuffix(f"/{MANIFEST}") for path in keep}
        limit = (now - older_than).astimezone(timezone.utc).strftime(_STAMP)
        doomed = [
            folder
            for folder in self._filesystem.ls(self._root, detail=False)
            if folder not in kept and _made_at(folder.rpartition("/")[2]) < limit
        ]
        for folder in doomed:
            self._remove(folder)
        return len(doomed)

    def _remove(self, folder: str) -> None:
        with explained(folder):
            if self._filesystem.exists(folder):
                self._filesystem.rm(folder, recursive=True)


def _made_at(name: str) -> str:
    """Return the stamp in a folder's name; a name that is none of ours never dies."""
    kind, _, rest = name.rpartition("-")[0].rpartition("-")
    return rest if kind in ("extract", "carry-over", "opt-outs") else "9"
