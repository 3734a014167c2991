# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""How fast contacts reach a server that answers in 20 ms, beside other tools that deliver the same contacts to it.

Measured from a started process, all imports done and the contacts ready on disk, until everything is delivered. The
others read finished contacts; ours reads an extract of customers, maps them, asks for their consent, and writes down
what became of each.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from benchmarks.child import Cost, cost_of, run_for_cost
from benchmarks.feed import write_feed
from benchmarks.rivals.contacts import contacts, write_contacts
from benchmarks.server import digest, serving
from benchmarks.sizes import Sizes
from benchmarks.table import Result, Row, middle

ANSWER_SECONDS = 0.020
REPEATS = 3
OURS = "ours"
TARGETS = {"dlt": 2.0, "drt-core": 7.0, "singer-sdk": 7.0}
"""How many times as fast ours is to be."""
ENVIRONMENTS = Path(__file__).parents[1] / ".bench"


@dataclass(frozen=True)
class Way:
    """One tool with one set of settings.

    :param tool: its package; its environment has the same name
    :param best: whether these are the settings that were found fastest, instead of its own
    :param settings: in words
    :param work: ``module:function``
    :param arguments: what the function takes besides URL and folder
    :param slow: whether it gets fewer contacts
    """

    tool: str
    best: bool
    settings: str
    work: str
    arguments: tuple[str, ...] = ()
    slow: bool = False

    @property
    def name(self) -> str:
        """What the table says."""
        return f"{self.tool}, {self.settings}"

    @property
    def python(self) -> str:
        """The interpreter that has the tool."""
        return sys.executable if self.tool == OURS else str(ENVIRONMENTS / self.tool / "bin" / "python")

    def count(self, sizes: Sizes) -> int:
        """Return how many contacts it gets."""
        return sizes.delivered_slowly if self.slow else sizes.delivered


RIVALS = "benchmarks.rivals"
WAYS = (
    Way(OURS, False, "as installed: 8 requests in flight where no rate is known", "benchmarks.work:deliver"),
    Way(OURS, True, "8 requests in flight", "benchmarks.work:deliver", ("8",)),
    Way("dlt", False, "as installed", f"{RIVALS}.with_dlt:as_it_comes"),
    Way("dlt", True, "files of 2,500 rows for 20 load workers", f"{RIVALS}.with_dlt:in_parallel", ("2500", "20")),
    Way("drt-core", False, "blocks of 100 as installed, unlimited", f"{RIVALS}.with_drt:deliver", ("100",), slow=True),
    Way("drt-core", True, "blocks of 10,000, unlimited", f"{RIVALS}.with_drt:deliver", ("10000",), slow=True),
    Way("singer-sdk", False, "as installed", f"{RIVALS}.with_singer:as_it_comes", slow=True),
    Way("singer-sdk", True, "fast reader, records not checked", f"{RIVALS}.with_singer:lean", slow=True),
)


def measure(sizes: Sizes) -> Result:
    """Deliver in every way, round after round, so that a slower hour of the machine is shared by all."""
    ways = [way for way in WAYS if Path(way.python).exists()]
    with TemporaryDirectory() as folder:
        counts = {way.count(sizes) for way in ways}
        expected = {count: _make(Path(folder, str(count)), count) for count in counts}
        rounds = [
            {way: _deliver(way, Path(folder, str(way.count(sizes))), expected[way.count(sizes)]) for way in ways}
            for _ in range(min(REPEATS, sizes.repeats))
        ]
    rows = [_row(way, [costs[way] for costs in rounds], way.count(sizes)) for way in ways]
    return Result([*rows, *_beside(rounds, sizes)], _settings(ways, rounds, sizes))


def _make(folder: Path, count: int) -> str:
    """Write feed and contacts, and return the digest of what has to arrive."""
    folder.mkdir()
    write_feed(folder / "feed.xml", count)
    (folder / "contacts").mkdir()
    write_contacts(folder / "contacts", count)
    return digest(contacts(count))


def _deliver(way: Way, made: Path, expected: str) -> Cost:
    """Deliver to a new server from a new folder, and make sure that everything arrived once."""
    with TemporaryDirectory() as folder, serving(made / "feed.xml", ANSWER_SECONDS) as url:
        cost = _ours(way, url, folder) if way.tool == OURS else _rival(way, url, folder, made)
        with urlopen(f"{url}/received") as answer:  # noqa: S310
            assert json.load(answer)["digest"] == expected, f"{way.name}: not what was to be delivered"
    return cost


def _ours(way: Way, url: str, folder: str) -> Cost:
    extract = cost_of("benchmarks.work:fetch_all", url, folder).said
    return cost_of(way.work, url, folder, extract, *way.arguments)


def _rival(way: Way, url: str, folder: str, made: Path) -> Cost:
    copytree(made / "contacts", folder, dirs_exist_ok=True)
    return run_for_cost([way.python, "-m", "benchmarks.child", way.work, url, folder, *way.arguments])


def _row(way: Way, costs: Sequence[Cost], count: int) -> Row:
    rate, cpu = middle([count / cost.wall for cost in costs]), middle([cost.cpu / count * 1e6 for cost in costs])
    return Row.plain(way.name, f"{rate:,.0f} contacts/s, {cpu:.0f} µs CPU each", rate)


def _beside(rounds: Sequence[dict[Way, Cost]], sizes: Sizes) -> Iterator[Row]:
    """Compare ours with each rival, as installed and at their best, within each round."""
    ours = {way.best: way for way in WAYS if way.tool == OURS}
    for rival in rounds[0]:
        if rival.tool != OURS:
            mine = ours[rival.best]
            ratio = middle([_rate(mine, costs, sizes) / _rate(rival, costs, sizes) for costs in rounds])
            how = "both at their best" if rival.best else "both as installed"
            yield Row.at_least(f"ours beside {rival.tool}, {how}", f"{ratio:.2f} times as fast", ratio, TARGETS[rival.tool])


def _rate(way: Way, costs: dict[Way, Cost], sizes: Sizes) -> float:
    return way.count(sizes) / costs[way].wall


def _settings(ways: Sequence[Way], rounds: Sequence[dict[Way, Cost]], sizes: Sizes) -> dict[str, object]:
    return {
        "answer_seconds": ANSWER_SECONDS,
        "contacts_per_request": 100,
        "repeats": len(rounds),
        "measured": "from started process, imports done, contacts on disk, until all are delivered",
        "contacts": {way.name: way.count(sizes) for way in ways},
        "rivals": {way.tool: rounds[0][way].said for way in ways if way.tool != OURS},
        "not installed": sorted(set(TARGETS) - {way.tool for way in ways}),
    }
