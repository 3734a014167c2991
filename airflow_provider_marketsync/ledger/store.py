# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Open, create and check the SQLite file a ledger lives in."""

from __future__ import annotations

import os
import secrets
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from airflow_provider_marketsync.exceptions import LedgerError
from airflow_provider_marketsync.ledger.keyed import KeyedHashes
from airflow_provider_marketsync.ledger.schema import MIGRATIONS

BUSY_SECONDS = 30.0
NETWORK_FILESYSTEMS = (
    "nfs",
    "cifs",
    "smb",
    "ceph",
    "gluster",
    "lustre",
    "afs",
    "fuse.sshfs",
    "fuse.s3fs",
    "fuse.gcsfuse",
    "9p",
)
DOCS = "ledger.md"


class Store:
    """One open ledger file.

    :param path: where the file lies; the folder must exist and be on a local disk
    :raises LedgerError: when the place is read-only, on a network filesystem, full, or the file is damaged
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        _refuse_network_filesystem(self.path.parent)
        with explained(self.path):
            self.connection = _connect(self.path)
            _migrate(self.connection)
            self.uuid, self.hashes = self._identity()

    def _identity(self) -> tuple[str, KeyedHashes]:
        stored = dict(self.connection.execute("SELECT name, value FROM meta"))
        return stored["uuid"], KeyedHashes(stored["secret"])

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run a block as one transaction: all of it or nothing."""
        with explained(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:  # a full disk has rolled it back already
                    self.connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    if not path.exists():
        path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA temp_store=FILE")
    connection.execute("PRAGMA cache_size=-16000")
    connection.create_function("unhex_text", 1, bytes.fromhex, deterministic=True)  # SQLite has unhex() only since 3.41
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise LedgerError(
            f"The ledger has schema {version}, this version of the provider knows {len(MIGRATIONS)}: upgrade the provider.",
            docs=DOCS,
        )
    for migration in MIGRATIONS[version:]:
        for statement in migration.split(";\n"):
            connection.execute(statement)
    if version == 0:
        identity = [("uuid", str(uuid.uuid4())), ("secret", secrets.token_bytes(32))]
        connection.executemany("INSERT INTO meta (name, value) VALUES (?, ?)", identity)
    connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
    connection.execute("COMMIT")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the operating system say about the file into an error that says what to do."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        raise LedgerError(f"The ledger {path} can not be used: {error}. {_cure(error)}", docs=DOCS) from error


def _cure(error: Exception) -> str:
    text = str(error).lower()
    for sign, cure in _CURES:
        if sign in text:
            return cure
    return "Look at the folder's owner, rights and disk."


_CURES = (
    ("readonly", "Give the worker's user write access to the file and its folder."),
    ("read-only", "Put the ledger on a disk that can be written ([marketsync] ledger)."),
    ("permission", "Give the worker's user write access to the file and its folder."),
    (
        "unable to open",
        "Create the folder on a disk that can be written and has space, and give the worker's user write access to it.",
    ),
    ("no such file", "Create the folder, or set [marketsync] ledger to one that exists."),
    (
        "malformed",
        "The file is damaged: restore it from a backup. Do not delete it, an empty ledger forgets who opted out.",
    ),
    (
        "not a database",
        "The file is no ledger: restore it from a backup, or set [marketsync] ledger to the right file.",
    ),
    ("disk i/o", "The disk failed or is full: free some space, then run again; nothing is lost."),
    ("full", "The disk is full: free some space, then run again; nothing is lost."),
    ("locked", "Another process holds it for long: look for a stuck task or a backup program."),
)


def _refuse_network_filesystem(folder: Path) -> None:
    kind = filesystem_of(folder)
    if kind.startswith(NETWORK_FILESYSTEMS):
        raise LedgerError(
            f"The ledger folder {folder} lies on a network filesystem ({kind}), where SQLite's locks are not dependable. "
            "Set [marketsync] ledger to a local disk.",
            docs=DOCS,
        )


def filesystem_of(folder: Path) -> str:
    """Return the type of the filesystem a folder lies on, as the operating system names it ('' where it is not known)."""
    import psutil

    mounts = {partition.mountpoint: partition.fstype for partition in psutil.disk_partitions(all=True)}
    resolved = folder.resolve()
    return next((mounts[str(place)] for place in (resolved, *resolved.parents) if str(place) in mounts), "")
