# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Workers are killed with ``kill -9``, stopped and raced; the vendor lives in another process.

``MARKETSYNC_KILLS=500`` kills more often (``make soak``).
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.upsert import UpsertOptions, upsert
from airflow_provider_marketsync.exceptions import SyncLockedError
from airflow_provider_marketsync.extracts.rows import write_extract
from airflow_provider_marketsync.ledger.rows import Attention
from tests.engine.kill_harness import VARIANT, Arena, Trap, kill
from tests.engine.made_source import mailbox

pytestmark = pytest.mark.kill
KILLS = int(os.environ.get("MARKETSYNC_KILLS", "20"))
PEOPLE = 90
BEGAN = datetime(2026, 11, 20, tzinfo=timezone.utc)
LEAVERS = [mailbox(f"person{number}") for number in range(0, PEOPLE, 9)]


def first_row(number: int) -> dict[str, Any]:
    """Every tenth card shares the mailbox of the card before; some say no, some have no address."""
    owner = number - 1 if number % 10 == 5 else number
    email = "puudub" if number % 30 == 29 else mailbox(f"person{owner}")
    word = ("yes", "no", "", "asked")[number % 4]
    return {
        "id": f"k{number:03}",
        "cardno": f"k{number:03}",
        "email": email,
        "name": f"N{number}",
        "optin": word,
        "country": "EE",
    }


def second_row(number: int) -> dict[str, Any]:
    """A day later a third of the cards has another name, and some more say no."""
    row = first_row(number)
    return {**row, "name": row["name"] + ("b" if number % 3 == 0 else ""), "optin": "no" if number % 7 == 0 else row["optin"]}


def renamed_row(number: int) -> dict[str, Any]:
    """Another day later every card has another name, so that any batch of the first day is out of date."""
    return {**first_row(number), "name": f"M{number}"}


def written(folder: Path, day: int, row: Any) -> str:
    return write_extract(
        [row(number) for number in range(PEOPLE)],
        str(folder / f"extract-{day}"),
        source="made",
        key="id",
        complete=True,
        read_started_at=BEGAN + timedelta(days=day),
    )


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    arena = Arena(tmp_path_factory.mktemp("arena"))
    yield arena
    arena.close()


@pytest.fixture(scope="module")
def days(arena: Arena) -> list[str]:
    return [written(arena.folder, 1, first_row), written(arena.folder, 2, second_row)]


class Reaper:
    """Kill workers at random moments, and start them again as the scheduler would."""

    def __init__(self, arena: Arena, seed: int) -> None:
        self._arena, self._dice, self.kills = arena, random.Random(seed), 0

    def run(self, ledger: str, extract: str, most: int) -> dict[str, Any]:
        """Run one extract to its end, with up to so many kills on the way."""
        for _ in range(self._dice.randint(1, most)):
            self._kill_once(ledger, extract)
        self._arena.vendor.ask("set_trap")
        return self._arena.run(ledger, [extract])

    def _kill_once(self, ledger: str, extract: str) -> None:
        counted = self._dice.random() < 0.5
        trap = Trap(self._dice.randint(0, 12), signal.SIGKILL, self._dice.random() < 0.5)
        self._arena.vendor.ask("set_trap", **(asdict(trap) if counted else {}))
        worker, told = self._arena.start(ledger, [extract])
        if not counted:
            worker.join(self._dice.uniform(0.01, 0.35))
            kill(worker)
        worker.join(30)
        self.kills += not told.exists()


def story(arena: Arena, days: list[str], ledger: str, reaper: Reaper | None) -> dict[str, Any]:
    """Two days of a sync; in between people opt out at the vendor. Return the vendor's final state."""
    arena.vendor.ask("reset")
    for day in days:
        came = reaper.run(ledger, day, 3) if reaper else arena.run(ledger, [day])
        assert "error" not in came, came
        arena.vendor.ask("opt_out", addresses=LEAVERS)
    return dict(arena.vendor.ask("store"))


@pytest.fixture(scope="module")
def undisturbed(arena: Arena, days: list[str]) -> Mapping[str, Any]:
    return story(arena, days, "undisturbed", None)


def test_an_undisturbed_run_brings_everybody_and_mails_nobody_who_said_no(undisturbed: Mapping[str, Any]) -> None:
    people = undisturbed["people"]
    assert people[mailbox("person6")][0]["name"] == "N6b"
    assert not people[mailbox("person1")][1]
    assert not people[mailbox("person0")][1]
    assert mailbox("person5") not in people
    assert len(people) > PEOPLE / 2


def test_killed_workers_lose_nothing_double_nothing_and_mail_nobody_who_said_no(
    arena: Arena, days: list[str], undisturbed: Mapping[str, Any]
) -> None:
    """Every story with kills in it ends exactly as the undisturbed one."""
    kills = stories = 0
    while kills < KILLS:
        reaper = Reaper(arena, seed=1000 + stories)
        ended = story(arena, days, f"story-{stories}", reaper)
        assert ended["people"] == undisturbed["people"], f"story {stories}"
        assert ended["mailable"] == undisturbed["mailable"], f"story {stories}"
        kills, stories = kills + reaper.kills, stories + 1
        before = ended["batches"]
        assert arena.run(f"story-{stories - 1}", [days[-1]])["outcomes"]["updated"] == 0
        assert arena.vendor.ask("store")["batches"] == before


def attention(folder: Path, bit: Attention) -> int:
    connection = sqlite3.connect(folder / "ledger.db")
    found = connection.execute("SELECT count(*) FROM record WHERE attention & ?", (int(bit),)).fetchone()[0]
    connection.close()
    return int(found)


def until(holds: Any) -> None:
    """Wait for something another process does."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see that a process stands still")
def test_a_worker_back_from_the_dead_writes_nothing_but_resend_marks_and_the_next_run_mends(
    arena: Arena, days: list[str]
) -> None:
    """A batch of the first try hangs in the network while the second try delivers newer values, then arrives."""
    newer = written(arena.folder, 3, renamed_row)
    arena.vendor.ask("reset")
    arena.vendor.ask("set_trap", **asdict(Trap(2, signal.SIGSTOP, stored=False, waits=True)))
    zombie, told = arena.start("zombie", [days[0]])
    assert zombie.pid is not None
    until(lambda: is_stopped(zombie.pid or 0))
    assert "error" not in arena.run("zombie", [newer])
    delivered = arena.vendor.ask("store")["people"]
    arena.vendor.ask("release")
    os.kill(zombie.pid, signal.SIGCONT)
    zombie.join(30)
    assert "FencedError" in told.read_text()
    assert arena.vendor.ask("store")["people"] != delivered, "the late batch did not put old values over new ones"
    assert 0 < attention(arena.folder / "zombie", Attention.RESEND) <= 6
    arena.run("zombie", [newer])
    assert arena.vendor.ask("store")["people"] == delivered
    assert attention(arena.folder / "zombie", Attention.RESEND) == 0


def test_another_owner_is_refused_while_the_first_lives_and_takes_over_at_once_when_it_is_dead(
    arena: Arena, days: list[str]
) -> None:
    arena.vendor.ask("reset")
    arena.vendor.ask("set_trap", **asdict(Trap(1, signal.SIGCONT, stored=False, waits=True)))
    first, _ = arena.start("owners", [days[0]], owner="first")
    until(lambda: arena.vendor.ask("store")["batches"] > 1)
    folder = arena.folder / "owners"
    installation = Installation(str(folder / "ledger.db"), str(folder / "extracts"))
    with pytest.raises(SyncLockedError) as refused:
        upsert(VARIANT.compiled(), arena.vendor, installation, [days[0]], UpsertOptions("second"))
    assert 0 < (refused.value.retry_after or 0) <= 120
    kill(first)
    arena.vendor.ask("release")
    arena.vendor.ask("set_trap")
    assert "error" not in arena.run("owners", [days[0]], owner="second")
