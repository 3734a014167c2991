# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Extracts: what is written is read back, and what is damaged is never believed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts.record import Record
from airflow_provider_marketsync.exceptions import ExtractError
from airflow_provider_marketsync.extracts import writer as writing
from airflow_provider_marketsync.extracts.carry_over import Carried, CarryOverWriter
from airflow_provider_marketsync.extracts.folder import SyncFolder
from airflow_provider_marketsync.extracts.manifest import Manifest, read_manifest
from airflow_provider_marketsync.extracts.reader import read_lines, verify_parts
from airflow_provider_marketsync.extracts.rows import write_extract
from airflow_provider_marketsync.extracts.writer import ExtractWriter

NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
MANIFEST = Manifest(sync="shop", source="made", account="shop", read_started_at="2026-11-21T12:00:00.000000Z", complete=True)

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
values = st.dictionaries(texts.filter(lambda name: name != "datafields"), st.none() | texts, max_size=4)
records = st.builds(Record, texts, st.none() | texts, values)


def lines_of(path: str) -> list[bytes]:
    return [line for block in read_lines(path, read_manifest(path)) for line in block]


@given(st.lists(records, max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_records_come_back_as_they_were_in_their_order(tmp_path_factory: pytest.TempPathFactory, records: list[Record]) -> None:
    writer = ExtractWriter(str(tmp_path_factory.mktemp("extract") / "one"))
    writer.write(records)
    path = writer.finish(MANIFEST)
    assert [msgspec.json.decode(line, type=Record) for line in lines_of(path)] == records
    assert read_manifest(path).rows == len(records)


def test_many_records_are_spread_over_parts_and_come_back_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PART_ROWS", 1000)
    path = write_extract(({"id": number} for number in range(3300)), str(tmp_path / "x"), source="made", key="id")
    assert [part.rows for part in read_manifest(path).parts] == [1000, 1000, 1000, 300]
    assert [json.loads(line)["key"] for line in lines_of(path)] == [str(number) for number in range(3300)]


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    rows = ({"id": number, "name": f"N{number}"} for number in range(2000))
    return Path(write_extract(rows, str(tmp_path / "x"), source="made", key="id")).parent


@given(place=st.integers(0, 10**6), bit=st.integers(0, 7))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_part_with_one_flipped_bit_yields_nothing_at_all(extract: Path, place: int, bit: int) -> None:
    part, manifest = extract / "part-00000.ndjson.gz", str(extract / "manifest.json")
    whole = part.read_bytes()
    spoilt = bytearray(whole)
    spoilt[place % len(whole)] ^= 1 << bit
    part.write_bytes(bytes(spoilt))
    with pytest.raises(ExtractError, match=r"missing or damaged\. Run the fetch task again"):
        next(read_lines(manifest, read_manifest(manifest)))
    part.write_bytes(whole)


@pytest.mark.parametrize("length", [0, 1, 100, -1])
def test_a_truncated_part_is_refused(extract: Path, length: int) -> None:
    part = extract / "part-00000.ndjson.gz"
    part.write_bytes(part.read_bytes()[:length])
    manifest = str(extract / "manifest.json")
    with pytest.raises(ExtractError, match="missing or damaged"):
        verify_parts(manifest, read_manifest(manifest))


def test_a_missing_part_is_refused(extract: Path) -> None:
    (extract / "part-00000.ndjson.gz").unlink()
    manifest = str(extract / "manifest.json")
    with pytest.raises(ExtractError, match="missing or damaged"):
        list(read_lines(manifest, read_manifest(manifest)))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"sync": 1}', "\x00"])
def test_a_damaged_manifest_is_refused(extract: Path, content: str) -> None:
    (extract / "manifest.json").write_text(content)
    with pytest.raises(ExtractError, match=r"is damaged\. Run the fetch task again"):
        read_manifest(str(extract / "manifest.json"))


def test_a_missing_manifest_says_where_it_may_have_gone(extract: Path) -> None:
    (extract / "manifest.json").unlink()
    with pytest.raises(ExtractError, match="extract_retention"):
        read_manifest(str(extract / "manifest.json"))


def test_a_manifest_of_a_newer_format_is_refused(extract: Path) -> None:
    path = extract / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 2}))
    with pytest.raises(ExtractError, match="has format 2"):
        read_manifest(str(path))


def test_extracts_are_readable_by_their_owner_only(extract: Path) -> None:
    assert extract.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in extract.iterdir()} == {0o600}


def test_an_unfinished_extract_does_not_exist_and_leaves_nothing(tmp_path: Path) -> None:
    def rows():
        yield {"id": 1}
        yield {"id": None}

    with pytest.raises(ExtractError, match="Row 2 has no 'id'"):
        write_extract(rows(), str(tmp_path / "x"), source="made", key="id")
    assert not list((tmp_path / "x").iterdir())
    writer = ExtractWriter(str(tmp_path / "y"))
    writer.write([Record("a")])
    writer.discard()
    assert not (tmp_path / "y").exists()


# --------------------------------------------------------------------------------------- write_extract


def test_write_extract_makes_text_of_values_and_keeps_null_missing_and_empty_apart(tmp_path: Path) -> None:
    rows = [{"id": 7, "Name": "Ann", "age": 41, "phone": None, "note": ""}, {"id": 8}]
    path = write_extract(rows, str(tmp_path / "x"), source="warehouse", key="id", complete=True)
    first, second = [msgspec.json.decode(line, type=Record) for line in lines_of(path)]
    assert first == Record("7", None, {"age": "41", "id": "7", "name": "Ann", "note": "", "phone": None})
    assert second == Record("8", None, {"id": "8"})
    manifest = read_manifest(path)
    assert (manifest.source, manifest.account, manifest.complete, manifest.moves_cursor) == (
        "warehouse",
        "warehouse",
        True,
        False,
    )
    assert manifest.names_seen == ("age", "id", "name", "note", "phone")


def test_write_extract_stamps_sort_as_the_moments_do(tmp_path: Path) -> None:
    tallinn = timezone(timedelta(hours=2))
    moments = [datetime(2026, 1, 1, 1, tzinfo=tallinn), datetime(2026, 1, 1, 0, tzinfo=timezone.utc)]
    rows = [{"id": number, "at": moment} for number, moment in enumerate(moments)]
    path = write_extract(rows, str(tmp_path / "x"), source="w", key="id", changed="at")
    stamps = [msgspec.json.decode(line, type=Record).changed for line in lines_of(path)]
    assert stamps == sorted(str(stamp) for stamp in stamps)


def test_write_extract_keeps_the_moment_the_reading_began_in_utc(tmp_path: Path) -> None:
    began = datetime(2026, 11, 21, 14, tzinfo=timezone(timedelta(hours=2)))
    path = write_extract([], str(tmp_path / "x"), source="w", key="id", read_started_at=began)
    assert read_manifest(path).read_started_at == "2026-11-21T12:00:00.000000Z"


# ----------------------------------------------------------------------------------------- the folder


def made(folder: SyncFolder, kind: str, days_old: float) -> str:
    writer = ExtractWriter(folder.new(kind, NOW - timedelta(days=days_old)))
    return writer.finish(MANIFEST)


def test_only_superseded_extracts_die_and_only_when_they_are_old(tmp_path: Path) -> None:
    folder = SyncFolder(str(tmp_path), "shop")
    folder.bind("ledger-1")
    old, kept, young = made(folder, "extract", 5), made(folder, "extract", 5), made(folder, "extract", 2)
    old_carry, own = made(folder, "carry-over", 4), tmp_path / "shop" / "notes-20200101T000000-abcd"
    own.mkdir()
    assert folder.retire([kept], timedelta(days=3), NOW) == 2
    assert [Path(path).exists() for path in (old, kept, young, old_carry)] == [False, True, True, False]
    assert own.exists()
    assert (tmp_path / "shop" / "ledger.json").exists()


def test_two_extracts_of_one_second_have_two_folders(tmp_path: Path) -> None:
    folder = SyncFolder(str(tmp_path), "shop")
    assert folder.new("extract", NOW) != folder.new("extract", NOW)


# --------------------------------------------------------------------------------------- the carry-over


def test_a_carry_over_keeps_records_as_they_were_read(tmp_path: Path) -> None:
    writer = CarryOverWriter(SyncFolder(str(tmp_path), "shop"), "account", "ledger-1")
    carried = Carried(msgspec.Raw(b'{"key":"a","values":{"name":"N"}}'), "2026-11-20T00:00:00Z", "*", "rejected", "refused")
    writer.add([carried])
    path = writer.finish()
    assert path is not None
    line = msgspec.json.decode(lines_of(path)[0], type=Carried)
    assert (bytes(line.record), line.read_at, line.reason) == (bytes(carried.record), carried.read_at, "refused")


def test_an_empty_carry_over_makes_nothing_on_disk(tmp_path: Path) -> None:
    writer = CarryOverWriter(SyncFolder(str(tmp_path), "shop"), "account", "ledger-1")
    writer.add([])
    assert writer.finish() is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("1", "a@word.example.com"), "row 1 is no mapping"),
        ({"id": ""}, "row 1 has no 'id'"),
        ({"id": "1", "email": ["a@word.example.com"]}, "row 1 holds a list in 'email'"),
        ({"id": "1", "changed": "20.11.2026"}, "row 1 has a stamp of change that does not sort"),
    ],
)
def test_a_row_that_can_not_be_kept_is_refused_by_its_number_and_leaves_nothing_behind(tmp_path, row, told):
    with pytest.raises(ExtractError, match="(?i)" + told) as caught:
        write_extract([row], str(tmp_path / "rows"), source="rows", key="id", changed="changed")
    assert "word.example.com" not in str(caught.value)
    assert not list((tmp_path / "rows").glob("*"))


def test_each_call_writes_an_extract_of_its_own(tmp_path):
    first, second = (write_extract([{"id": "1"}], str(tmp_path), source="rows", key="id") for _ in range(2))
    assert first != second
    assert read_manifest(first).rows == read_manifest(second).rows == 1
