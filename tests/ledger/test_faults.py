# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Disks that fill up, folders that can not be written, files that are damaged: real ones."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.exceptions import ExtractError, FatalError, LedgerError
from airflow_provider_marketsync.extracts.rows import write_extract
from airflow_provider_marketsync.ledger.ledger import Ledger
from airflow_provider_marketsync.ledger.store import filesystem_of
from tests.engine.definitions import Variant
from tests.engine.stage import Stage, card

MANY = [card(f"k{number}", f"person{number}", name=os.urandom(40).hex()) for number in range(1500)]


class Disk:
    """A small filesystem of its own.

    :param folder: where it is mounted
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def remount(self, options: str) -> None:
        """Change its size or rights."""
        subprocess.run(["/bin/mount", "-o", f"remount,{options}", str(self.folder)], check=True, capture_output=True)

    def fill(self, leave: int) -> Path:
        """Fill it up but for so many bytes."""
        ballast = self.folder / "ballast"
        free = os.statvfs(self.folder)
        ballast.write_bytes(bytes(max(free.f_bavail * free.f_frsize - leave, 0)))
        return ballast


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting a small filesystem needs root")
    yield Disk(folder)
    subprocess.run(["/bin/umount", "-l", str(folder)], check=True)


def stage_on(disk: Disk, tmp_path: Path) -> Stage:
    """A sync whose ledger lies on the small disk, and its extracts elsewhere."""

    class Elsewhere(Stage):
        @property
        def installation(self) -> Installation:
            return Installation(str(disk.folder / "ledger.db"), str(tmp_path / "extracts"))

    return Elsewhere(tmp_path, Variant(max_creates=len(MANY) + 1))


def test_a_full_disk_says_so_and_the_next_try_goes_on_where_this_one_ended(disk: Disk, tmp_path: Path) -> None:
    stage = stage_on(disk, tmp_path)
    stage.bring(card("a", "anna"))
    path = stage.write(MANY)
    ballast = disk.fill(leave=200_000)
    with pytest.raises(LedgerError, match=r"full.*free some space.*nothing is lost"):
        stage.run(path)
    ballast.unlink()
    disk.remount("size=40m")
    summary = stage.run(path)
    assert summary["read"] == len(MANY)
    assert len(stage.town.people) == len(MANY) + 1
    assert all(person.writes <= 2 for person in stage.town.people.values())


def test_a_full_disk_leaves_no_half_extract(disk: Disk) -> None:
    disk.fill(leave=64_000)
    with pytest.raises(ExtractError, match=r"No space left on device.*Free some space"):
        write_extract(MANY, str(disk.folder / "extract"), source="made", key="id")
    assert not (disk.folder / "extract" / "manifest.json").exists()


def test_a_read_only_disk_is_named_with_its_cure(disk: Disk) -> None:
    disk.remount("ro")
    with pytest.raises(LedgerError, match=r"can not be used: .*[Rr]ead-only.*\[marketsync\] ledger"):
        Ledger(disk.folder / "ledger.db")


def test_a_ledger_that_became_read_only_is_named_with_its_cure(disk: Disk, tmp_path: Path) -> None:
    stage = stage_on(disk, tmp_path)
    stage.bring(card("a", "anna"))
    path = stage.write([card("a", "anna", name="New")])
    disk.remount("ro")
    with pytest.raises(LedgerError, match=r"(?i)read-?only|unable to open"):
        stage.run(path)
    assert stage.names() == {"anna": "Kadrin"}


def test_a_missing_folder_is_named_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="Create the folder"):
        Ledger(tmp_path / "nowhere" / "ledger.db")


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.s3fs", "smb3", "ceph"])
def test_a_network_filesystem_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    mounts = [SimpleNamespace(mountpoint="/", fstype="ext4"), SimpleNamespace(mountpoint=str(tmp_path), fstype=kind)]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: mounts)
    with pytest.raises(LedgerError, match=rf"network filesystem \({kind}\).*local disk"):
        Ledger(tmp_path / "ledger.db")
    assert not (tmp_path / "ledger.db").exists()


def test_the_filesystem_of_a_folder_is_that_of_its_nearest_mount(disk: Disk) -> None:
    (disk.folder / "below").mkdir()
    assert filesystem_of(disk.folder / "below") == "tmpfs"


# --------------------------------------------------------------------------------------------- damaged


def settled(stage: Stage) -> Path:
    """Return the ledger file of a sync that has run, all in one file."""
    stage.bring(*[card(f"k{number}", f"person{number}") for number in range(300)])
    path = Path(stage.installation.ledger)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_a_ledger_with_flipped_bytes_is_never_taken_for_an_empty_one(stage: Stage) -> None:
    path = settled(stage)
    content = bytearray(path.read_bytes())
    content[4096:-4096:7] = bytes(byte ^ 0xFF for byte in content[4096:-4096:7])
    path.write_bytes(bytes(content))
    before = stage.town.requests
    with pytest.raises(LedgerError, match=r"damaged.*restore it from a backup"):
        stage.bring(card("k1", "person1", name="New"))
    assert stage.town.requests == before


def test_a_truncated_ledger_is_refused(stage: Stage) -> None:
    path = settled(stage)
    os.truncate(path, path.stat().st_size // 2)
    before = stage.town.requests
    with pytest.raises(LedgerError, match=r"damaged|can not be used"):
        stage.bring(card("k1", "person1", name="New"))
    assert stage.town.requests == before


def test_an_empty_ledger_file_in_place_of_the_old_one_is_refused(stage: Stage) -> None:
    path = settled(stage)
    os.truncate(path, 0)
    with pytest.raises(LedgerError, match="forgotten who opted out"):
        stage.bring(card("k1", "person1", name="New"))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_text("Dear diary, " * 1000)
    with pytest.raises(LedgerError, match="is no ledger: restore it"):
        Ledger(path)


def test_a_swapped_ledger_is_refused_and_nothing_is_sent(stage: Stage, tmp_path: Path) -> None:
    path = settled(stage)
    other = tmp_path / "other"
    other.mkdir()
    Ledger(other / "ledger.db").close()
    for left in path.parent.glob("ledger.db*"):
        left.unlink()
    (other / "ledger.db").rename(path)
    before = stage.town.requests
    with pytest.raises(LedgerError, match="bring the old one back"):
        stage.bring(card("k1", "person1", name="New"))
    assert stage.town.requests == before


def test_a_ledger_of_a_newer_version_is_refused(stage: Stage) -> None:
    path = settled(stage)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(LedgerError, match=r"schema 99.*upgrade the provider"):
        Ledger(path)


def test_a_damaged_binding_of_an_extracts_folder_is_refused(stage: Stage) -> None:
    settled(stage)
    bound = Path(stage.installation.extracts) / "shop" / "ledger.json"
    bound.write_text('{"uuid": ')
    with pytest.raises(LedgerError, match=r"ledger\.json is damaged"):
        stage.bring(card("k1", "person1"))


def test_every_fault_here_is_fatal_a_retry_changes_nothing() -> None:
    assert issubclass(LedgerError, FatalError)
    assert issubclass(ExtractError, FatalError)


def test_the_ledger_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    Ledger(tmp_path / "ledger.db").close()
    assert (tmp_path / "ledger.db").stat().st_mode & 0o777 == 0o600
