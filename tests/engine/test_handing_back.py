# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Opt-outs on their way back to the source: at least once, never counted as told before they are written, no address."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts.opt_out import OptOut
from airflow_provider_marketsync.engine.handing_back import collect, hand_back
from airflow_provider_marketsync.exceptions import AccountError, ExtractError, LedgerError, LimitExceeded, NoAnswerError
from airflow_provider_marketsync.extracts.manifest import read_manifest
from airflow_provider_marketsync.extracts.opt_out_file import COLUMNS, OptOutFile
from airflow_provider_marketsync.extracts.reader import read_lines
from airflow_provider_marketsync.ledger.ledger import Ledger
from tests.engine.made_source import mailbox
from tests.engine.stage import Stage, card


class Handing:
    """The two tasks over a stage.

    :param stage: the sync
    """

    def __init__(self, stage: Stage) -> None:
        self.stage, self.out = stage, stage.folder / "for-people"

    def collect(self, **options: Any) -> str:
        return collect("shop", self.stage.target(**options), self.stage.installation, "owner").path

    def apply(self, extract: str) -> dict[str, Any]:
        return hand_back("shop", extract, self.stage.installation, lambda name: OptOutFile(str(self.out), f"{name}.csv"))

    def opt_out(self, *tokens: str, origin: str = "optout") -> None:
        """Let people opt out at the target, or complain, or be deleted by hand."""
        for token in tokens:
            address = mailbox(token)
            self.stage.town.people[address].mailable = False
            self.stage.town.feed.append((address, origin))

    def told(self) -> list[list[str]]:
        """Return (key, decision, reason) of every line of every file, oldest first."""
        files = sorted(self.out.glob("*.csv"), key=lambda file: file.stat().st_mtime_ns)
        found = [list(csv.reader(file.read_text("utf-8-sig").splitlines(), delimiter=";")) for file in files]
        assert all(tuple(lines[0]) == COLUMNS for lines in found)
        return [[line[0], line[1], line[3]] for lines in found for line in lines[1:]]


def lines(path: str) -> list[OptOut]:
    """Return what stands in an extract of opt-outs."""
    raw = [line for block in read_lines(path, read_manifest(path)) for line in block]
    return [msgspec.json.decode(line, type=OptOut) for line in raw]


@pytest.fixture
def handing(stage: Stage) -> Handing:
    stage.bring(card("1", "anna"), card("2", "bert"), card("3", "carl"))
    return Handing(stage)


def test_an_opt_out_reaches_the_sources_people_by_key_and_only_once(handing: Handing) -> None:
    handing.opt_out("anna")
    summary = handing.apply(handing.collect())
    assert handing.told() == [["1", "opted_out", "optout"]]
    assert summary["outcomes"] == {"written": 1, "known": 0, "refused": 0}

    assert handing.apply(handing.collect())["outcomes"]["written"] == 0
    assert len(handing.told()) == 1


def test_neither_extract_nor_file_nor_ledger_holds_an_address(handing: Handing) -> None:
    handing.opt_out("anna")
    extract = handing.collect()
    handing.apply(extract)
    files = [path for path in handing.stage.folder.rglob("*") if path.is_file() and "rows-" not in str(path)]
    assert any(path.suffix == ".csv" for path in files)
    raw = "".join(json.dumps(msgspec.to_builtins(line)) for line in lines(extract)).encode()
    for content in [raw, *(path.read_bytes() for path in files)]:
        assert mailbox("anna").encode() not in content


def test_every_card_of_a_mailbox_is_told_but_not_one_that_says_no_itself(stage: Stage) -> None:
    stage.bring(card("1", "anna"), card("2", "anna"), card("3", "bert"))
    stage.bring(card("1", "anna"), card("2", "anna", word="no"), card("3", "bert"))
    handing = Handing(stage)
    handing.opt_out("anna")
    assert [one.key for one in lines(handing.collect())] == ["1"]


def test_what_an_upsert_has_pulled_is_told_too(handing: Handing) -> None:
    handing.opt_out("bert")
    handing.stage.bring(card("1", "anna"), card("2", "bert"), card("3", "carl"))
    handing.apply(handing.collect())
    assert handing.told() == [["2", "opted_out", "optout"]]


def test_what_is_not_applied_stands_in_the_next_extract_again(handing: Handing) -> None:
    handing.opt_out("anna")
    first = handing.collect()
    handing.opt_out("bert")
    second = handing.collect()
    assert [one.key for one in lines(first)] == ["1"]
    assert [one.key for one in lines(second)] == ["1", "2"]

    handing.apply(second)
    assert handing.apply(first)["outcomes"] == {"written": 0, "known": 1, "refused": 0}
    assert [key for key, *_ in handing.told()] == ["1", "2"]


def test_a_complaint_after_an_opt_out_is_told_and_an_opt_out_after_a_complaint_is_not(handing: Handing) -> None:
    handing.opt_out("anna")
    handing.apply(handing.collect())
    handing.opt_out("anna", origin="complaint")
    handing.apply(handing.collect())
    handing.opt_out("anna")
    handing.apply(handing.collect())
    assert handing.told() == [["1", "opted_out", "optout"], ["1", "complaint", "complaint"]]


def test_somebody_deleted_by_hand_is_told_as_withdrawn(handing: Handing) -> None:
    handing.opt_out("carl", origin="delete")
    handing.apply(handing.collect())
    assert handing.told() == [["3", "opted_out", "delete"]]


def test_a_card_whose_address_changed_keeps_the_no_of_its_old_mailbox(handing: Handing) -> None:
    handing.opt_out("anna")
    handing.stage.bring(card("1", "dora"), card("2", "bert"), card("3", "carl"))
    handing.apply(handing.collect())
    assert handing.told() == [["1", "opted_out", "optout"]]


def test_opt_outs_known_before_the_first_card_wait_for_the_cards(stage: Stage) -> None:
    handing = Handing(stage)
    stage.bring(card("1", "anna"))
    handing.opt_out("anna")
    other = Stage(stage.folder / "other", town=stage.town)
    (stage.folder / "other").mkdir()
    fresh = Handing(other)
    assert lines(fresh.collect()) == []
    other.bring(card("1", "anna"), first_run="adopt")
    assert [one.key for one in lines(fresh.collect())] == ["1"]


class Crash(Exception):
    """The worker dies here."""


class DyingFile(OptOutFile):
    """A file whose worker dies at one of three moments."""

    moment = ""

    def write(self, opt_outs: Iterable[OptOut]) -> Iterator[str | None]:
        def passing() -> Iterator[OptOut]:
            for opt_out in opt_outs:
                yield opt_out
                if self.moment == "writing":
                    raise Crash

        results = super().write(passing())
        for result in results:
            if self.moment == "written":
                raise Crash
            yield result
        if self.moment == "acknowledging":
            raise Crash


@pytest.mark.parametrize("moment", ["writing", "written", "acknowledging"])
def test_a_task_that_dies_loses_nothing_and_its_next_try_makes_no_second_file(handing: Handing, moment: str) -> None:
    handing.opt_out("anna", "bert")
    extract = handing.collect()

    def dying(name: str) -> DyingFile:
        file = DyingFile(str(handing.out), f"{name}.csv")
        file.moment = moment
        return file

    with pytest.raises(Crash):
        hand_back("shop", extract, handing.stage.installation, dying)
    assert [key for key, *_ in handing.told()] in ([], ["1", "2"])
    assert list(handing.out.glob("*.part")) == []
    handing.apply(extract)
    assert [key for key, *_ in handing.told()] == ["1", "2"]
    assert lines(handing.collect()) == []


class Fussy:
    """A sink that refuses some keys, as a source that is written to may."""

    def __init__(self, refuses: set[str]) -> None:
        self._refuses = refuses
        self.taken: list[str] = []

    def write(self, opt_outs: Iterable[OptOut]) -> Iterator[str | None]:
        for opt_out in opt_outs:
            if opt_out.key in self._refuses:
                yield "the card is locked"
            else:
                self.taken.append(opt_out.key)
                yield None


def test_what_a_sink_refuses_turns_the_task_red_and_is_handed_over_again(handing: Handing) -> None:
    handing.opt_out("anna", "bert")
    sink = Fussy({"1"})
    with pytest.raises(LimitExceeded, match="1 opt-outs were not taken: the card is locked") as caught:
        hand_back("shop", handing.collect(), handing.stage.installation, lambda _: sink)
    assert caught.value.summary["outcomes"] == {"written": 1, "known": 0, "refused": 1}
    assert [one.key for one in lines(handing.collect())] == ["1"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["opt_out", "collect", "apply", "crash", "refuse"]), max_size=14), st.data())
def test_law_each_opt_out_is_told_and_none_counts_as_told_before_it_is(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], data: st.DataObject
) -> None:
    stage = Stage(tmp_path_factory.mktemp("law"))
    tokens = ["anna", "bert", "carl", "dora"]
    stage.bring(*(card(str(number), token) for number, token in enumerate(tokens)))
    handing, extracts, out, written = Handing(stage), [], set(), []

    def sink(dies: bool, refuses: set[str]) -> Any:
        class Sink(Fussy):
            def write(self, opt_outs: Iterable[OptOut]) -> Iterator[str | None]:
                for result in super().write(opt_outs):
                    yield result
                    if dies:
                        raise Crash

        made = Sink(refuses)
        written.append(made.taken)
        return made

    def known() -> set[str]:
        return set(map(str, out)) - {one.key for one in lines(handing.collect())}

    for step in [*steps, "collect", "apply"]:
        if step == "opt_out" and len(out) < len(tokens):
            number = data.draw(st.sampled_from([n for n in range(len(tokens)) if n not in out]))
            out.add(number)
            handing.opt_out(tokens[number])
        elif step == "collect":
            extracts.append(handing.collect())
        elif step != "opt_out" and extracts:
            extract = extracts[-1] if step == "apply" else data.draw(st.sampled_from(extracts))
            made = sink(step == "crash", {"0", "2"} if step == "refuse" else set())
            with suppress(Crash, LimitExceeded):
                hand_back("shop", extract, stage.installation, lambda _, made=made: made)
        assert known() <= {key for keys in written for key in keys}
    assert known() == set(map(str, out))


def test_a_failed_pull_writes_no_extract(handing: Handing) -> None:
    class Broken:
        rebaselined = False
        cursor = "0"

        def __iter__(self) -> Iterator[Any]:
            raise NoAnswerError("the feed broke off")

    target = handing.stage.target()
    target.pull_opt_outs = lambda cursor: Broken()  # type: ignore[method-assign,return-value,assignment]
    with pytest.raises(NoAnswerError):
        collect("shop", target, handing.stage.installation, "owner")
    assert list((handing.stage.folder / "extracts" / "shop").glob("opt-outs-*")) == []
    with handing.stage.ledger() as ledger:
        ledger.open_sync("shop").lock("somebody else").release()


def test_another_account_another_ledger_another_sync_and_other_files_are_refused(handing: Handing) -> None:
    with pytest.raises(AccountError):
        handing.collect(account="other.example.com")
    handing.opt_out("anna")
    extract = handing.collect()
    with pytest.raises(ExtractError, match="no opt-outs of the sync 'other'"):
        hand_back("other", extract, handing.stage.installation, lambda _: Fussy(set()))
    with pytest.raises(ExtractError, match="no opt-outs"):
        handing.apply(handing.stage.write([card("1", "anna")]))
    with pytest.raises(ExtractError, match="holds opt-outs of the target"):
        handing.stage.run(extract)
    Path(handing.stage.installation.ledger).unlink()
    Ledger(handing.stage.installation.ledger).close()
    with pytest.raises(LedgerError, match="another ledger"):
        handing.apply(extract)


def test_old_extracts_of_opt_outs_die_with_the_others(handing: Handing) -> None:
    handing.opt_out("anna")
    extract = Path(handing.collect()).parent
    aged = extract.with_name("opt-outs-20200101T000000-0123abcd")
    extract.rename(aged)
    handing.stage.bring(card("1", "anna"), card("2", "bert"), card("3", "carl"))
    assert not aged.exists()
    assert [one.key for one in lines(handing.collect())] == ["1"]


def test_a_key_that_a_spreadsheet_would_take_for_a_formula_is_harmless(tmp_path: Path) -> None:
    file = OptOutFile(str(tmp_path / "out"), "x.csv")
    rows = [
        OptOut("=1+1", "opted_out", "2026-11-20T10:00:00Z", "optout", 1, 1),
        OptOut("Õ;1", "complaint", None, "complaint", 2, 2),
    ]
    assert list(file.write(iter(rows))) == [None, None]
    text = (tmp_path / "out" / "x.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfkey;decision;date;reason\r\n'=1+1;opted_out;2026-11-20T10:00:00Z;optout\r\n")
    assert '"Õ;1";complaint;;complaint' in text.decode("utf-8-sig")
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "out" / "x.csv").stat().st_mode & 0o777 == 0o640


def test_a_folder_that_can_not_be_written_is_told_and_nothing_counts_as_told(handing: Handing) -> None:
    handing.opt_out("anna")
    handing.out.write_text("a file where the folder should be")
    with pytest.raises(ExtractError, match="can not be written"):
        handing.apply(handing.collect())
    assert [one.key for one in lines(handing.collect())] == ["1"]


def test_opt_outs_only_tells_every_no_and_holds_everything_else_until_the_next_run(stage: Stage) -> None:
    stage.bring(card("1", "anna"), card("2", "bert"))
    rows = [card("1", "anna", word="no"), card("2", "bert", name="Berta"), card("3", "carl"), card("4", "dora", word="no")]
    extract = stage.write(rows)
    summary = stage.run(extract, opt_outs_only=True)
    assert summary["outcomes"] | {"updated": 1, "created": 0, "postponed": 2} == summary["outcomes"]
    assert summary["held"] == {"approval": 2}
    assert not stage.person("anna").mailable
    assert stage.names() == {"anna": "Kadrin", "bert": "Kadrin"}

    plan = stage.run(extract, plan_only=True)
    assert (plan["outcomes"]["created"], plan["outcomes"]["updated"]) == (1, 1)
    stage.run(extract)
    assert stage.names() == {"anna": "Kadrin", "bert": "Berta", "carl": "Kadrin"}
    assert stage.person("carl").mailable
