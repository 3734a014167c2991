# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Disks that are full, folders that can not be written, filesystems a ledger must not lie on."""

from __future__ import annotations

import os
import re
from types import SimpleNamespace

import psutil
import pytest

from airflow_provider_marketsync.exceptions import ExtractError, LedgerError

from .world import card

FULL = r"(disk is full|disk I/O).*free some space, then run again; nothing is lost"
NO_SPACE = r"extracts?.*No space left on device.*Free some space.*then run again, nothing is lost"
READ_ONLY = r"(Read-only.*\[marketsync\] ledger|folder on a disk that can be written)"
NO_WRITING = r"Read-only file system.*let the worker's user write there \(\[marketsync\] extracts\)"


@pytest.fixture
def on_disk(disk, world, request):
    """The world with its ledger, or its extracts, on a small disk."""
    place = disk.folder / "ledger.db" if request.param == "ledger" else disk.folder / "extracts"
    setattr(world, request.param, place)
    return world


LEDGER = pytest.mark.parametrize("on_disk", ["ledger"], indirect=True)
EXTRACTS = pytest.mark.parametrize("on_disk", ["extracts"], indirect=True)


@LEDGER
@pytest.mark.parametrize("step", ["fetch", "upsert"])
def test_a_full_disk_under_the_ledger(disk, on_disk, undisturbed, day, step):
    world = on_disk
    world.tell(day)
    path = None if step == "fetch" else world.fetch().path
    with world.unmoved():
        ballast = disk.fill(leave=0)
        world.fails(LedgerError, FULL, *([world.fetch] if step == "fetch" else [world.upsert, path]))
        ballast.unlink()
    world.upsert(path or world.fetch().path)
    assert world.settled() == undisturbed[day]


def refusal(world, path):
    """What an upsert on a full disk says, nothing if it went well."""
    try:
        world.upsert(path)
    except LedgerError as error:
        world.told.append(str(error))
        return str(error)
    return ""


@LEDGER
def test_a_disk_that_is_full_at_any_moment_of_a_run(disk, on_disk, undisturbed, day):
    world = on_disk
    world.tell(day)
    path = world.fetch().path
    told = []
    for leave in range(0, 2**20, 4096):
        ballast = disk.fill(leave)
        told.append(refusal(world, path))
        ballast.unlink()
        if not told[-1]:
            break
    assert len(told) > 10
    assert all(re.search(FULL, refused) for refused in told[:-1])
    assert world.settled() == undisturbed[day]


@EXTRACTS
def test_a_full_disk_under_the_extracts(disk, on_disk, undisturbed, day):
    world = on_disk
    world.tell(day)
    with world.unmoved():
        ballast = disk.fill(leave=0)
        world.fails(ExtractError, NO_SPACE, world.fetch)
        ballast.unlink()
    world.run()
    assert world.settled() == undisturbed[day]


@EXTRACTS
def test_a_disk_that_fills_up_in_the_middle_of_a_fetch(disk, on_disk):
    world = on_disk
    many = [card(f"{number}", f"isik{number}", "jah", name=os.urandom(80).hex()) for number in range(12_000)]
    world.seed(*many)
    ballast = disk.fill(leave=300_000)
    with world.unmoved():
        world.fails(ExtractError, NO_SPACE, world.fetch)
    assert list(world.extracts.glob("*/extract-*")) == []
    ballast.unlink()
    disk.remount("size=40m")
    assert world.fetch().summary["read"] == len(many)


@EXTRACTS
def test_a_full_disk_under_the_carry_over_loses_nothing(disk, on_disk, undisturbed):
    world = on_disk
    world.tell("first day")
    path = world.fetch().path
    world.order("smaily", "reset_after", match={"method": "POST"})
    ballast = disk.fill(leave=0)
    world.fails(ExtractError, NO_SPACE, world.upsert, path)
    assert world.watermark() is None
    world.calm()
    ballast.unlink()
    world.run()
    assert world.settled() == undisturbed["first day"]


@LEDGER
@pytest.mark.parametrize("step", ["fetch", "upsert"])
def test_a_ledger_in_a_read_only_folder(disk, on_disk, undisturbed, day, step):
    world = on_disk
    world.tell(day)
    path = None if step == "fetch" else world.fetch().path
    with world.unmoved():
        disk.remount("ro")
        world.fails(LedgerError, READ_ONLY, *([world.fetch] if step == "fetch" else [world.upsert, path]))
        disk.remount("rw")
    world.upsert(path or world.fetch().path)
    assert world.settled() == undisturbed[day]


@EXTRACTS
def test_extracts_in_a_read_only_folder(disk, on_disk, undisturbed, day):
    world = on_disk
    world.tell(day)
    disk.remount("ro")
    with world.unmoved():
        world.fails(ExtractError, NO_WRITING, world.fetch)
    disk.remount("rw")
    world.run()
    assert world.settled() == undisturbed[day]


@EXTRACTS
def test_a_folder_that_became_read_only_only_keeps_old_extracts(disk, on_disk, undisturbed):
    world = on_disk
    world.tell("second day")
    aged = next(world.extracts.glob("*/extract-*"))
    aged.rename(aged.with_name("extract-20260101T000000-0badcafe"))
    path = world.fetch().path
    disk.remount("ro")
    world.fails(ExtractError, NO_WRITING, world.upsert, path)
    disk.remount("rw")
    world.upsert(path)
    assert not aged.with_name("extract-20260101T000000-0badcafe").exists()
    assert world.settled() == undisturbed["second day"]


def test_a_missing_folder_of_the_ledger_may_be_a_disk_that_is_not_mounted(world, undisturbed):
    world.tell("second day")
    away = world.folder / "away"
    world.ledger.parent.joinpath("mounted").mkdir()
    for part in world.folder.glob("ledger.db*"):
        part.rename(world.folder / "mounted" / part.name)
    world.ledger = world.folder / "mounted" / "ledger.db"
    world.ledger.parent.rename(away)
    before = world.people()
    world.fails(LedgerError, "Create the folder", world.fetch)
    assert not world.ledger.parent.exists()
    assert world.people() == before
    away.rename(world.ledger.parent)
    world.run()
    assert world.settled() == undisturbed["second day"]


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.s3fs"])
def test_a_network_filesystem_is_refused_under_the_ledger(world, undisturbed, day, monkeypatch, kind):
    world.tell(day)
    path = world.fetch().path
    mounts = [SimpleNamespace(mountpoint="/", fstype="ext4"), SimpleNamespace(mountpoint=str(world.folder), fstype=kind)]
    with monkeypatch.context() as there:
        there.setattr(psutil, "disk_partitions", lambda all: mounts)  # no test can mount such a one
        for step in ([world.fetch], [world.upsert, path]):
            with world.unmoved():
                world.fails(LedgerError, rf"network filesystem \({kind}\).*Set \[marketsync\] ledger to a local disk", *step)
    world.upsert(path)
    assert world.settled() == undisturbed[day]
