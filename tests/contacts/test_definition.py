# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Reading a definition: YAML, maps, Python; everything that is wrong with it, at once."""
# ruff: noqa: E501 -- a message is compared whole, as one literal

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts.consent import NewContact, Stated
from airflow_provider_marketsync.contacts.definition import (
    ConsentRule,
    Limits,
    PolicyEntry,
    SourceRef,
    Sync,
    compile_sync,
    describe,
)
from airflow_provider_marketsync.contacts.keys import NOT_BUILT, RUN_ARGUMENTS
from airflow_provider_marketsync.exceptions import DefinitionError

from .made import OPTIN, SKIP_ALL, definition

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = """\
id: directo_to_smaily
source: directo_default            # Airflow connection ids
target: smaily_default
full_every: 1d                     # a complete read at least daily; incremental in between
where: {closed: 0, country: [EE, NO]}
mapping:
  email: email
  name: name | trim
  customer_class: class
  language: "first(datafields.LANG, country | map(EE=et, LV=lv))"
  last_order: datafields.LASTORDER | date(dd.mm.yyyy)
allow_new_fields: [customer_class, last_order]
consent:
  email:
    state: datafields.OPTIN
    date: datafields.OPTIN.param
    formats: [yyyy-mm-dd, dd.mm.yyyy]      # no match = undated
    granted: [yes, jah]
    withdrawn: [no, 0123]
new_contacts: {granted: subscribe, pending: skip, unknown: skip, withdrawn: create_unsubscribed}
duplicates: newest
limits: {max_rejected: 0, max_creates: 500}
"""
WRONG = """\
id: Directo-Smaily
source: directo_default
target: smaily_default
removals: {action: unsubscribe}
limit: {max_creates: 5}
where: country == EE
mapping:
  email: email
  name: name | trin
  code: regno
  name: name
consent:
  email:
    state: datafields.OPTIN
    date: datafields.OPTIN.param
    granted: [yes, jah]
    withdrawn:
      - no
      - "YES "
new_contacts: {granted: subscribe, pending: skip}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "example.yaml").write_text(EXAMPLE, encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    return tmp_path


def told(**changed: object) -> str:
    with pytest.raises(DefinitionError) as error:
        Sync.load(definition(**changed))
    return str(error.value).removeprefix('the sync definition "shop" has ')


def test_a_yaml_file_is_read_with_every_plain_scalar_as_text(folder: Path) -> None:
    sync = Sync.load("example.yaml", base=folder)
    assert sync.id == "directo_to_smaily"
    assert sync.source == SourceRef("directo_default", None, "customers")
    assert sync.target == "smaily_default"
    assert sync.full_every == timedelta(days=1)
    assert sync.timezone == "Europe/Tallinn"
    assert sync.where == "closed == '0' and country in ['EE', 'NO']"
    assert list(sync.mapping) == ["email", "name", "customer_class", "language", "last_order"]
    assert sync.mapping["name"] == "name | trim"
    assert sync.allow_new_fields == ("customer_class", "last_order")
    assert sync.consent == {
        "email": ConsentRule(
            "datafields.OPTIN", "datafields.OPTIN.param", ("yyyy-mm-dd", "dd.mm.yyyy"), ("yes", "jah"), ("no", "0123")
        )
    }
    assert sync.new_contacts[0].states[Stated.WITHDRAWN] is NewContact.CREATE_UNSUBSCRIBED
    assert sync.duplicates == "newest"
    assert sync.limits == Limits(0, None, 500)
    assert (sync.allow_sensitive, sync.dismissed) == ((), ())


def test_the_forms_of_a_definition_are_equal(folder: Path) -> None:
    from_file = Sync.load(folder / "example.yaml")
    from_map = Sync.load(yaml.load(EXAMPLE, Loader=yaml.BaseLoader))  # noqa: S506 -- texts only
    assert Sync.load(os.fspath(folder / "example.yaml")) == from_file == from_map == Sync(**from_file.to_dict())
    assert Sync.load(from_file) is from_file


def test_every_error_of_a_file_is_told_at_once_with_line_and_cure(folder: Path) -> None:
    with pytest.raises(DefinitionError) as error:
        Sync.load("wrong.yaml", base=folder)
    assert (
        str(error.value)
        == """\
wrong.yaml has 10 errors:
  line 1, id: "Directo-Smaily" may hold only a-z, 0-9 and _; write directo_smaily
  line 4, removals: not built yet in this version; remove the key
  line 5, limit: unknown key; did you mean "limits"?
  line 6, where: write 'EE' in quotes
      country == EE
                 ^
  line 9, mapping.name: unknown converter "trin"; did you mean "trim"?
      name | trin
             ^
  line 10, mapping.code: "regno" may hold an identity code, a birthday, money or free comment;\
 if it shall travel, write allow_sensitive: [regno]
  line 11, mapping.name: the key stands here a second time; the first is on line 9
  line 13, consent.email: has date but no formats; they go together
  line 17, consent.email.withdrawn: the word "YES" stands in granted too; keep one
  line 20, new_contacts: names no unknown and no withdrawn; say what happens to new people in each state"""
    )


def test_an_empty_definition_names_what_is_needed() -> None:
    with pytest.raises(DefinitionError) as error:
        Sync()  # type: ignore[call-arg]
    assert (
        str(error.value)
        == """\
the sync definition has 5 errors:
  id: is missing (text of a-z, 0-9, _): name of the sync, for ever: its memory goes by it
  source: is missing (connection id or map): where records come from
  target: is missing (connection id): the Airflow connection contacts go to
  mapping: is missing (map of expressions): target field: expression over the source's fields
  new_contacts: is missing (word, map or list of maps): subscribe, create_unsubscribed or skip,\
 for each of granted, pending, unknown and withdrawn"""
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: [a", "x.yaml has 1 error:\n  line 1: this is no YAML: expected ',' or ']', but got '<stream end>'"),
        ("", "x.yaml has 1 error:\n  the file must hold a map of keys (id, source, target, mapping, new_contacts, ...)"),
        ("- a", "x.yaml has 1 error:\n  the file must hold a map of keys (id, source, target, mapping, new_contacts, ...)"),
        ("a: 1\n---\nb: 2", "x.yaml has 1 error:\n  line 2: this is no YAML: but found another document"),
    ],
)
def test_a_file_that_holds_no_map_is_told(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(DefinitionError) as error:
        Sync.load("x.yaml", base=tmp_path)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ("dismissed: &a [b]\nallow_sensitive: *a", "line 24, allow_sensitive: YAML anchors (&name, *name) are not read here; write the value out"),
        ("dismissed: &a [*a]", "line 23, dismissed[0]: YAML anchors (&name, *name) are not read here; write the value out"),
        ("? [a, b]\n: c", "line 1: a key must be text"),
        ("timezone:", "line 23, timezone: there is no value; write one, or remove the key"),
        ("timezone: Europe/Talinn", 'line 23, timezone: unknown time zone "Europe/Talinn"; did you mean "Europe/Tallinn"?'),
        ("<<: {timezone: UTC}", "line 23, <<: unknown key; known are id, source, target, full_every, timezone, where, mapping, allow_new_fields, allow_sensitive, consent, dismissed, new_contacts, duplicates, limits"),
    ],
)  # fmt: skip
def test_what_yaml_could_hide_is_told(tmp_path: Path, added: str, message: str) -> None:
    (tmp_path / "x.yaml").write_text(EXAMPLE + added)
    with pytest.raises(DefinitionError) as error:
        Sync.load("x.yaml", base=tmp_path)
    assert message in str(error.value)


def test_an_error_between_two_keys_has_the_line_of_the_one_to_mend(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(EXAMPLE.replace("class, last_order]", "class, last_oder]"))
    with pytest.raises(DefinitionError) as error:
        Sync.load("x.yaml", base=tmp_path)
    assert str(error.value) == (
        'x.yaml has 1 error:\n  line 12, allow_new_fields: "last_oder" is no field of the mapping; did you mean "last_order"?'
    )


def test_a_field_whose_expression_is_wrong_is_still_a_field_and_its_error_is_told_once(tmp_path: Path) -> None:
    wrong = EXAMPLE.replace("customer_class: class", "customer_class: class | trimm")
    assert wrong != EXAMPLE
    (tmp_path / "x.yaml").write_text(wrong)
    with pytest.raises(DefinitionError) as error:
        Sync.load("x.yaml", base=tmp_path)
    assert "x.yaml has 1 error:" in str(error.value)
    assert 'mapping.customer_class: unknown converter "trimm"; did you mean "trim"?' in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as error:
        Sync.load("absent.yaml", base=tmp_path)
    assert str(error.value) == f"the sync definition {tmp_path / 'absent.yaml'} can not be read: No such file or directory"


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes("id: nõu".encode("latin-1"))
    with pytest.raises(DefinitionError) as error:
        Sync.load(tmp_path / "x.yaml")
    assert str(error.value) == f"the sync definition {tmp_path / 'x.yaml'} is no UTF-8 text; save it as UTF-8"


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(EXAMPLE, encoding="utf-8-sig")
    assert Sync.load(tmp_path / "x.yaml").id == "directo_to_smaily"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"id": "Shop 1"}, 'id: "Shop 1" may hold only a-z, 0-9 and _; write shop_1'),
        ({"target": ""}, "target: there is no value; write one, or remove the key"),
        ({"target": 5}, "target: 5 is a number, not text; quote it: '5'"),
        ({"target": ["a"]}, "target: must be text, not a list"),
        ({"source": {"connection": "a", "name": "b"}}, "source: write one of the two: connection (of Airflow), or name (of a source of your own)"),
        ({"source": {"component": "contacts"}}, "source: write one of the two: connection (of Airflow), or name (of a source of your own)"),
        ({"source": {"connection": "a", "component": "invoices"}}, 'source.component: unknown word "invoices"; write one of customers, contacts'),
        ({"full_every": "daily"}, "full_every: must be a stretch of time of minutes, hours or days: 30m, 12h, 1d"),
        ({"full_every": "0d"}, "full_every: must be a stretch of time of minutes, hours or days: 30m, 12h, 1d"),
        ({"full_every": timedelta(seconds=90)}, "full_every: must be a stretch of time of minutes, hours or days: 30m, 12h, 1d"),
        ({"mapping": ["email"]}, "mapping: must be a map of target field to expression"),
        ({"mapping": {"name": "name"}}, "mapping: has no email; name the field that holds the address, as email: email"),
        ({"mapping": {"email": "email", " ": "name"}}, "mapping: a target field has no name"),
        ({"mapping": {"email": "email", "x": {"from": "x", "policy": "fill_empty"}}}, "mapping.x: policies of fields are not built yet in this version; write the expression as text"),
        ({"mapping": {"email": "email", "x": True}}, "mapping.x: True is a boolean, not text; quote the word: 'yes', 'no', 'true', '1', whatever the source holds"),
        ({"mapping": {"email": "email", "x": None}}, "mapping.x: there is no value; write one, or remove the key"),
        ({"allow_new_fields": ["emial"]}, 'allow_new_fields: "emial" is no field of the mapping; did you mean "email"?'),
        ({"consent": "OPTIN"}, "consent: must be a map with email"),
        ({"consent": {"sms": OPTIN}}, "consent.sms: not built yet in this version; remove the key"),
        ({"consent": {"email": {**OPTIN, "may_resubscribe": "true"}}}, "consent.email.may_resubscribe: not built yet in this version; remove the key"),
        ({"consent": {"email": {**OPTIN, "granted": [True]}}}, "consent.email.granted[0]: True is a boolean, not text; quote the word: 'yes', 'no', 'true', '1', whatever the source holds"),
        ({"consent": {"email": {**OPTIN, "state": "OPTIN | lower"}}}, "consent.email.state: expected a path alone (a field, datafields.CODE or datafields.CODE.param) here\n      OPTIN | lower\n            ^"),
        ({"consent": {"email": {**OPTIN, "formats": "dd.mm"}}}, 'consent.email.formats: the date form "dd.mm" has no year; write it like dd.mm.yyyy or yyyy-mm-dd hh:mm[:ss]'),
        ({"consent": {"email": {"state": "a", "formats": "dd.mm.yyyy", "withdrawn": "no"}}}, "consent.email: has formats but no date; they go together"),
        ({"consent": {"email": {"state": "a", "granted": "yes"}}}, "consent.email.withdrawn: is missing (list of words): words that mean no; write [] if the field can not say no"),
        ({"dismissed": ["OPT IN"]}, "dismissed[0]: expected a path alone (a field, datafields.CODE or datafields.CODE.param) here\n      OPT IN\n          ^"),
        ({"consent": {"email": {"state": "optin", "withdrawn": "no"}}, "dismissed": ["OPTIN"]}, 'consent.email.state: "optin" is used here, yet dismissed; remove one of the two'),
        ({"duplicates": "first"}, 'duplicates: "first" is not built yet in this version; write one of newest, refuse'),
        ({"duplicates": "prefer:class"}, 'duplicates: "prefer:class" is not built yet in this version; write one of newest, refuse'),
        ({"duplicates": {"merge": {}}}, "duplicates: must be text, not a map"),
        ({"duplicates": "oldest"}, 'duplicates: unknown word "oldest"; write one of newest, refuse'),
        ({"limits": {"max_creates": True}}, "limits.max_creates: must be a whole number of 0 or more"),
        ({"limits": {"max_creates": "-1"}}, "limits.max_creates: must be a whole number of 0 or more"),
        ({"limits": {"max_create": 1}}, 'limits.max_create: unknown key; did you mean "max_creates"?'),
        ({"first_run": "adopt"}, "first_run: is an argument of a run, never of the definition; give it to the operator"),
        ({"where": "comment == 'x'"}, 'where: "comment" may hold an identity code, a birthday, money or free comment; if it shall travel, write allow_sensitive: [comment]'),
        ({"mapping": {"email": "email", "b": "datafields.BIRTHDAY | trim"}}, 'mapping.b: "datafields.BIRTHDAY" may hold an identity code, a birthday, money or free comment; if it shall travel, write allow_sensitive: [datafields.BIRTHDAY]'),
    ],
)  # fmt: skip
def test_one_wrong_key_is_told_with_its_cure(changed: dict[str, object], message: str) -> None:
    with pytest.raises(DefinitionError) as error:
        Sync.load(definition(**changed))
    assert str(error.value) == f'the sync definition "{changed.get("id", "shop")}" has 1 error:\n  {message}'


@pytest.mark.parametrize("key", sorted(NOT_BUILT))
def test_a_key_of_a_later_version_says_so(key: str) -> None:
    assert told(**{key: "x"}) == f"1 error:\n  {key}: not built yet in this version; remove the key"


def test_no_key_is_both_known_and_not_built() -> None:
    known = {row[0].rpartition(".")[2] for row in describe()}
    assert not known & (NOT_BUILT | RUN_ARGUMENTS)


def test_allowed_sensitive_fields_may_be_named_anywhere() -> None:
    sync = Sync.load(
        definition(
            mapping={"email": "email", "b": "birthday", "f": "datafields.PID.param"},
            where="balance | number > 5",
            allow_sensitive=["Birthday", "datafields.pid", "balance"],
        )
    )
    assert sync.allow_sensitive == ("birthday", "datafields.pid", "balance")


def test_numbers_of_limits_may_be_text_or_numbers() -> None:
    assert Sync.load(definition(limits={"max_rejected": "3", "max_invalid": 7})).limits == Limits(3, 7, 500)
    assert Sync.load(definition(limits={"max_invalid": None})).limits == Limits()


@pytest.mark.parametrize(
    ("text", "span"), [("30m", timedelta(minutes=30)), ("12h", timedelta(hours=12)), ("2 d", timedelta(days=2))]
)
def test_stretches_of_time(text: str, span: timedelta) -> None:
    assert Sync.load(definition(full_every=text)).full_every == span == Sync.load(definition(full_every=span)).full_every


def test_sources_of_ones_own_have_a_name() -> None:
    assert Sync.load(definition(source={"name": "warehouse"})).source == SourceRef(None, "warehouse", "customers")
    contacts = Sync.load(definition(source={"connection": "d", "component": "contacts"}))
    assert contacts.source == SourceRef("d", None, "contacts")


def test_one_word_alone_is_a_list_of_one() -> None:
    rule = {"state": "news", "granted": "1", "withdrawn": []}
    assert Sync.load(definition(consent={"email": rule})).consent["email"] == ConsentRule("news", granted=("1",))


def test_a_definition_is_plain_json_and_comes_back_equal() -> None:
    sync = Sync.load(definition(source={"name": "warehouse"}, limits={"max_invalid": 4}, full_every="90m"))
    assert sync.to_dict() == {
        "id": "shop",
        "source": {"name": "warehouse", "component": "customers"},
        "target": "smaily_default",
        "full_every": "90m",
        "timezone": "Europe/Tallinn",
        "mapping": {"email": "email"},
        "new_contacts": SKIP_ALL,
        "duplicates": "newest",
        "limits": {"max_rejected": 0, "max_creates": 500, "max_invalid": 4},
    }
    assert Sync.load(json.loads(json.dumps(sync.to_dict()))) == sync


WORDS = st.text(alphabet="abyesno NÕ0'\"1", min_size=1, max_size=6).filter(lambda word: word.strip())
EXPRESSIONS = st.sampled_from(
    ["name", "name | trim", "first(a,b)", "datafields.X", "datafields['A.B'].param", "country | map(EE=et)", "const('x')"]
)
CONDITIONS = st.one_of(
    st.dictionaries(st.sampled_from(["closed", "country"]), st.one_of(WORDS, st.lists(WORDS, min_size=1)), min_size=1),
    st.sampled_from(["closed == '0'", "missing(a) or not b in ['x','y']", "a | number < 5"]),
)
ACTIONS = st.sampled_from(["create_unsubscribed", "skip"])
STATES = st.fixed_dictionaries({state.value: ACTIONS for state in Stated})
REFINEMENTS = st.fixed_dictionaries({"when": CONDITIONS, "basis": WORDS, "unknown": ACTIONS})
RULES = st.fixed_dictionaries(
    {"state": st.just("datafields.OPTIN"), "withdrawn": st.lists(st.sampled_from(["no", "ei"]))},
    optional={"granted": st.lists(st.sampled_from(["yes", "jah"]), min_size=1), "pending": st.just("asked")},
)
DEFINITIONS = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"[a-z0-9_]+", fullmatch=True),
        "source": st.one_of(WORDS, WORDS.map(lambda name: {"name": name})),
        "target": WORDS,
        "mapping": st.dictionaries(WORDS, EXPRESSIONS, max_size=3).map(lambda fields: {"email": "email", **fields}),
        "new_contacts": st.one_of(ACTIONS, STATES, st.tuples(REFINEMENTS, STATES).map(list)),
    },
    optional={
        "where": CONDITIONS,
        "consent": RULES.map(lambda rule: {"email": rule}),
        "full_every": st.integers(1, 10_000).map(lambda minutes: f"{minutes}m"),
        "timezone": st.sampled_from(["UTC", "Europe/Riga"]),
        "dismissed": st.lists(st.sampled_from(["newsletter", "datafields.NEWS"])),
        "duplicates": st.sampled_from(["newest", "refuse"]),
        "limits": st.fixed_dictionaries({}, optional={"max_invalid": st.integers(0, 9), "max_creates": st.integers(0, 9)}),
    },
)


@settings(max_examples=150)
@given(DEFINITIONS)
def test_any_definition_comes_back_equal_from_json_and_from_yaml(
    tmp_path_factory: pytest.TempPathFactory, made: dict[str, object]
) -> None:
    sync = Sync.load(made)
    again = Sync.load(json.loads(json.dumps(sync.to_dict())))
    path = tmp_path_factory.mktemp("syncs") / "made.yaml"
    path.write_text(yaml.safe_dump(sync.to_dict(), allow_unicode=True, sort_keys=False), encoding="utf-8")
    assert sync == again == Sync.load(path)
    assert compile_sync(sync).digest == compile_sync(again).digest == compile_sync(Sync.load(path)).digest


@settings(max_examples=60)
@given(st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)), lambda inner: st.one_of(
    st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["id", "mapping", "email", "state", "consent", "when", "where", "source"]), inner, max_size=3)
)), st.sampled_from([row[0] for row in describe() if "." not in row[0]]))  # fmt: skip
def test_whatever_stands_there_the_only_error_is_a_definition_error(value: object, key: str) -> None:
    with contextlib.suppress(DefinitionError):
        assert Sync.load(definition(**{key: value})).to_dict()


def test_the_keys_are_described_for_the_docs() -> None:
    rows = {key: (kind, default) for key, kind, default, _ in describe()}
    assert rows["id"] == ("text of a-z, 0-9, _", "required")
    assert rows["full_every"] == ("30m, 12h, 1d", "1d")
    assert rows["limits.max_creates"] == ("number", "500")
    assert rows["limits.max_invalid"] == ("number", "")
    assert rows["consent.email.withdrawn"] == ("list of words", "required")
    assert rows["new_contacts.basis"] == ("text", "")
    assert all(meaning for *_, meaning in describe())


def test_a_policy_keeps_its_condition_in_canonical_text() -> None:
    entry = {"when": {"country": "PL"}, "basis": "law", "unknown": "skip"}
    sync = Sync.load(definition(new_contacts=[entry, SKIP_ALL]))
    assert sync.new_contacts[0] == PolicyEntry({Stated.UNKNOWN: NewContact.SKIP}, "country == 'PL'", "law")


def test_importing_the_definition_loads_neither_yaml_nor_the_address_library_nor_airflow() -> None:
    heavy = ("yaml", "email_validator", "idna", "phonenumbers", "pydantic", "airflow")
    code = (
        "import sys; import airflow_provider_marketsync.contacts.definition;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
