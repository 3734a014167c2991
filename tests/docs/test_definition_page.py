# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""docs/definition.md, and every definition on any page."""

from __future__ import annotations

import importlib.util
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from airflow_provider_marketsync.contacts.consent import Stated
from airflow_provider_marketsync.contacts.converter_registry import GROUP
from airflow_provider_marketsync.contacts.converters import BUILT_IN
from airflow_provider_marketsync.contacts.definition import Sync, compile_sync, describe
from airflow_provider_marketsync.contacts.evaluation import compile_condition, compile_expression
from airflow_provider_marketsync.contacts.keys import NOT_BUILT
from airflow_provider_marketsync.contacts.parser import _FUNCTIONS, parse_condition, parse_expression
from airflow_provider_marketsync.contacts.record import Record
from airflow_provider_marketsync.contacts.row import Row
from airflow_provider_marketsync.contacts.sensitive import _SENSITIVE
from airflow_provider_marketsync.exceptions import DefinitionError

from .pages import DOCS, ROOT, Block, blocks, blocks_of, quoted, read, rows, section

PAGE = "definition.md"
DEFINITIONS = blocks_of("yaml")


def smallest():
    """The definition that short examples are read together with, by key."""
    text = next(block.text for block in DEFINITIONS if block.text.startswith("id: shop\n"))
    return {line.partition(":")[0]: line for line in text.splitlines()}


def whole(text):
    """Complete a short example; its own lines keep their numbers."""
    given = set(re.findall(r"^(\w+):", text, re.MULTILINE))
    return "\n".join([text.rstrip("\n"), *(line for key, line in smallest().items() if key not in given)])


def load(text, folder):
    (folder / "sync.yaml").write_text(whole(text), encoding="utf-8")
    return Sync.load("sync.yaml", base=folder)


@pytest.mark.parametrize("block", DEFINITIONS, ids=str)
def test_every_definition_on_a_page_loads(block, tmp_path):
    compile_sync(load(block.text, tmp_path))


def errors():
    """Each example of an error with the block below it, which is the message."""
    found = []
    for page in sorted(DOCS.rglob("*.md")):
        all_blocks = [*blocks(page), Block(page, 0, "", "")]
        found += [pair for pair in pairwise(all_blocks) if pair[0].kind == "yaml error"]
    return found


@pytest.mark.parametrize(("block", "message"), errors(), ids=str)
def test_every_wrong_definition_on_a_page_gives_the_message_below_it(block, message, tmp_path):
    assert message.kind == "text"
    with pytest.raises(DefinitionError) as caught:
        load(block.text, tmp_path)
    assert str(caught.value) == message.text.rstrip("\n")


def test_the_page_begins_with_one_complete_example():
    first = blocks(DOCS / PAGE)[0]
    keys = {key for key, *_ in describe() if "." not in key}
    assert keys <= set(re.findall(r"^(\w+):", first.text, re.MULTILINE))


def test_the_example_dags_definition_loads():
    assert Sync.load(ROOT / "example_dags" / "syncs" / "directo_to_smaily.yaml").id == "directo_to_smaily"


def test_every_key_stands_on_the_page_with_its_type_default_and_meaning():
    told = [tuple(cells) for cells in rows(section(PAGE, "Keys"))]
    assert told == [(f"`{key}`", kind, default, meaning) for key, kind, default, meaning in describe()]


def test_words_of_later_versions_stand_on_the_page():
    text = section(PAGE, "Not built yet in this version")
    assert set(quoted(text)) >= NOT_BUILT


def test_sensitive_names_stand_on_the_page():
    assert set(quoted(section(PAGE, "New and sensitive fields"))) >= _SENSITIVE


def test_the_entry_point_group_stands_on_the_page():
    assert f'"{GROUP}"' in section(PAGE, "Your own converters")


# ---------------------------------------------------------------------------- the mapping language


def card():
    """The card of the page."""
    text = next(block.text for block in blocks(DOCS / PAGE) if block.kind == "xml")
    element = ElementTree.fromstring(text)
    free = sorted((one.get("code"), one.get("content"), one.get("param")) for one in element.iter("data"))
    return Record(f"customer:{element.get('code')}", element.get("ts"), {**element.attrib, "datafields": free})


EXPRESSIONS = [cells for title in ("Paths", "Functions", "Converters") for cells in rows(section(PAGE, title))]
CONDITIONS = rows(section(PAGE, "Conditions"))
WORDS = {"missing": None, "empty": ""}


def source_of(cell):
    assert cell.startswith("`"), cell
    return cell.strip("`")


@pytest.mark.parametrize(("expression", "gives", "about"), EXPRESSIONS, ids=[cells[0] for cells in EXPRESSIONS])
def test_every_expression_on_the_page_gives_what_it_says(expression, gives, about):
    if "e164" in expression and importlib.util.find_spec("phonenumbers") is None:
        pytest.skip("needs phonenumbers")
    row = Row(card())
    value = compile_expression(parse_expression(source_of(expression)))(row)
    assert value == (gives.strip("`") if gives.startswith("`") else WORDS[gives])
    assert row.misses == [miss for miss in quoted(about) if "not in its map" in miss]


@pytest.mark.parametrize(("condition", "holds", "about"), CONDITIONS, ids=[cells[0] for cells in CONDITIONS])
def test_every_condition_on_the_page_holds_or_not_as_it_says(condition, holds, about):
    assert compile_condition(parse_condition(source_of(condition)))(Row(card())) is {"yes": True, "no": False}[holds]


def test_every_function_and_converter_has_an_example_and_its_meaning():
    functions, converters = section(PAGE, "Functions"), section(PAGE, "Converters")
    assert [usage for usage in _FUNCTIONS.values() if f"`{usage}`:" not in functions] == []
    assert [one.usage for one in BUILT_IN.values() if f"`{one.usage}`: {one.meaning}" not in converters] == []


def test_the_policy_line_that_the_page_quotes_is_what_reports_say(tmp_path):
    text = next(block.text for block in DEFINITIONS if "resellers agreed" in block.text)
    reseller = Record("customer:1", None, {"class": "EDASIMYYJA", "country": "EE"})
    policy = compile_sync(load(text, tmp_path)).policy(reseller, Stated.UNKNOWN)
    assert f"`{policy.why}`" in read(PAGE)
