# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Ledgers and extracts that are damaged, lost or exchanged for others."""

from __future__ import annotations

import os
import shutil
import sqlite3

import pytest

from airflow_provider_marketsync.exceptions import ExtractError, LedgerError, NoAnswerError
from airflow_provider_marketsync.ledger.ledger import Ledger

from .world import World


def flipped(path):
    content = bytearray(path.read_bytes())
    content[4096:-4096:7] = bytes(byte ^ 0xFF for byte in content[4096:-4096:7])
    path.write_bytes(bytes(content))


def exchanged(path):
    path.unlink()
    Ledger(path).close()


DAMAGES = {
    "flipped bytes": (flipped, "damaged: restore it from a backup. Do not delete it"),
    "cut half way": (lambda path: os.truncate(path, path.stat().st_size // 2), "restore it from a backup"),
    "another file": (lambda path: path.write_text("Dear diary, " * 1000), "no ledger: restore it from a backup"),
    "emptied": (lambda path: os.truncate(path, 0), "forgotten who opted out: bring the old one back"),
    "deleted": (lambda path: path.unlink(), "forgotten who opted out: bring the old one back"),
    "swapped": (exchanged, "forgotten who opted out: bring the old one back"),
}


@pytest.mark.parametrize(("damage", "about"), DAMAGES.values(), ids=DAMAGES)
def test_a_ledger_that_is_not_what_it_was_stops_everything_until_it_is_back(world, undisturbed, damage, about):
    world.tell("second day")
    path = world.fetch().path
    with sqlite3.connect(world.ledger) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    backup = shutil.copy(world.ledger, world.folder / "backup")
    damage(world.ledger)
    before, asked = (world.people(), world.log()), len(world.requests("smaily"))
    for step in ([world.fetch], [world.upsert, path]):
        world.fails(LedgerError, about, *step)
    assert (world.people(), world.log()) == before
    assert len(world.requests("smaily")) == asked + 1, "the look into Smaily's log is the only call"
    assert len(world.written()) == 4, "two extracts, of a part and a manifest each"
    for left in world.folder.glob("ledger.db*"):
        left.unlink()
    shutil.copy(backup, world.ledger)
    world.run()
    assert world.settled() == undisturbed["second day"]


def test_an_extract_read_with_another_ledger_is_not_taken(world, undisturbed, tmp_path_factory):
    world.tell("second day")
    elsewhere = World(world.sandbox, tmp_path_factory.mktemp("elsewhere"))
    foreign = elsewhere.fetch().path
    with world.unmoved():
        world.fails(LedgerError, "watermark of another ledger. Run the fetch task again", world.upsert, foreign)
    world.run()
    assert world.settled() == undisturbed["second day"]


def part_of(path):
    return next(path.parent.glob("part-*"))


def cut(file):
    os.truncate(file, file.stat().st_size // 2)


BROKEN_EXTRACTS = {
    "part missing": (lambda path: part_of(path).unlink(), "missing or damaged. Run the fetch task again"),
    "part cut": (lambda path: cut(part_of(path)), "missing or damaged. Run the fetch task again"),
    "part emptied": (lambda path: os.truncate(part_of(path), 0), "missing or damaged. Run the fetch task again"),
    "manifest missing": (lambda path: path.unlink(), "There is no extract at .* Run the fetch task again"),
    "manifest cut": (cut, "manifest .* is damaged. Run the fetch task again"),
}


@pytest.mark.parametrize(("damage", "about"), BROKEN_EXTRACTS.values(), ids=BROKEN_EXTRACTS)
def test_a_broken_extract_is_never_taken_for_a_whole_one(world, undisturbed, day, damage, about):
    world.tell(day)
    path = world.fetch().path
    damage(world.folder / path)
    with world.unmoved():
        world.fails(ExtractError, about, world.upsert, path)
    world.run()
    assert world.settled() == undisturbed[day]


def test_an_extract_the_upsert_task_may_not_read_says_so(world, undisturbed):
    world.tell("first day")
    path = world.fetch().path
    manifest = world.folder / path
    manifest.rename(manifest.with_name("kept"))
    manifest.mkdir()
    world.fails(ExtractError, "can not be read", world.upsert, path)
    manifest.rmdir()
    manifest.with_name("kept").rename(manifest)
    world.upsert(path)
    assert world.settled() == undisturbed["first day"]


@pytest.mark.parametrize("lost", ["carry-over-*", "extract-*", "*-*"])
def test_lost_files_of_a_run_without_an_answer_are_made_up_for_by_a_complete_reading(world, undisturbed, day, lost):
    world.tell(day)
    world.order("smaily", "reset_after", match={"method": "POST"})
    world.fails(NoAnswerError, "the next try sends them again", world.run)
    world.calm()
    for folder in world.extracts.glob(f"company/{lost}"):
        shutil.rmtree(folder)
    world.run()
    world.run()
    assert world.settled() == undisturbed[day]


def test_a_damaged_note_of_the_ledger_in_the_extracts_folder(world, undisturbed):
    world.tell("second day")
    note = world.extracts / "company" / "ledger.json"
    kept = note.read_text()
    note.write_text(kept[: len(kept) // 2])
    with world.unmoved():
        world.fails(LedgerError, r"ledger.json is damaged.*Restore it", world.fetch)
    note.write_text(kept)
    world.run()
    assert world.settled() == undisturbed["second day"]
