# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The mapping language: what it computes, how it is printed, and what its errors say."""
# ruff: noqa: E501 -- a message is compared whole, as one literal

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts.evaluation import compile_condition, compile_expression
from airflow_provider_marketsync.contacts.expressions import (
    Among,
    Call,
    Compare,
    Datafield,
    Either,
    Every,
    Field,
    Missing,
    Not,
    Pipe,
    Text,
    When,
)
from airflow_provider_marketsync.contacts.parser import parse_condition, parse_expression
from airflow_provider_marketsync.contacts.row import Row
from airflow_provider_marketsync.contacts.scanner import ExpressionError

from .made import card

ANNA = card(
    ("LANG", "et", ""),
    ("LISANIMI", "Ann", "ENG"),
    ("LISANIMI", "Anne", "FRA"),
    ("OPTIN", "yes", "2026-01-31"),
    ("A.B", "odd", ""),
    ("EMPTY", "", ""),
    email="anna@example.com",
    name="  Anna\u00a0",
    country="EE",
    fax="",
    phone=None,
    balance="80.0000",
    since="20.11.2026",
)


def value(text: str) -> str | None:
    return compile_expression(parse_expression(text))(Row(ANNA))


def holds(text: str) -> bool:
    return compile_condition(parse_condition(text))(Row(ANNA))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("country", "EE"),
        ("Country", "EE"),
        ("fax", ""),
        ("phone", None),
        ("absent", None),
        ("datafields.LANG", "et"),
        ("datafields.lang", "et"),
        ("datafields.LISANIMI", "Ann"),
        ("datafields.LISANIMI.param", "ENG"),
        ("datafields.LISANIMI[FRA]", "Anne"),
        ("datafields.LISANIMI['fra']", "Anne"),
        ("datafields.LISANIMI[EST]", None),
        ("datafields['A.B']", "odd"),
        ('datafields["A.B"].param', ""),
        ("datafields.ABSENT", None),
        ("name | trim", "Anna"),
        ("name|trim|upper", "ANNA"),
        ("country | lower", "ee"),
        ("email | replace('@', ' at ')", "anna at example.com"),
        ('since | replace(".", "")', "20112026"),
        ("since | digits", "20112026"),
        ("country | map(EE=et, LV=lv)", "et"),
        ("country | map(LT=lt)", None),
        ("country | map('EE'='')", ""),
        ("country | bool(ee/lv)", "1"),
        ("country | bool(LV/EE)", "0"),
        ("country | bool(yes/no)", None),
        ("since | date(dd.mm.yyyy)", "2026-11-20"),
        ("since | date(yyyy-mm-dd)", None),
        ("balance | number", "80"),
        ("name | number", None),
        ("phone | trim", None),
        ("first(absent, fax, country)", "EE"),
        ("first(absent, fax)", None),
        ("first(datafields.EMPTY, country | map(EE=et, LV=lv))", "et"),
        ("default(fax, 'none')", "none"),
        ("default(country, 'none')", "EE"),
        ('join(", ", country, fax, absent, datafields.LANG)', "EE, et"),
        ("join(', ', fax, absent)", None),
        ('const("web shop")', "web shop"),
        ("const('it\\'s')", "it's"),
        ("when(country == 'EE', 'home', 'abroad')", "home"),
        ("when(missing(phone) and not country in ['EE'], 'home', datafields.LANG | upper)", "ET"),
        ("first(fax, 'x' | upper)", "X"),
    ],
)
def test_an_expression_gives(text: str, expected: str | None) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("country == 'EE'", True),
        ("country == 'ee'", False),
        ("country != 'LV'", True),
        ("country in ['LV', 'EE']", True),
        ("not country in ['LV', 'EE']", False),
        ("absent == ''", False),
        ("absent != ''", True),
        ("absent in ['']", False),
        ("phone != 'x'", True),
        ("fax == ''", True),
        ("missing(absent)", True),
        ("missing(phone)", True),
        ("missing(fax)", False),
        ("missing(since | date(yyyy-mm-dd))", True),
        ("balance | number > 79.99", True),
        ("balance | number < 80", False),
        ("balance | number > 9", True),
        ("balance | number == 80.00", True),
        ("balance | number in [1, '80.0']", True),
        ("absent | number < 5", False),
        ("absent | number > 5", False),
        ("name | number > 5", False),
        ("since | date(dd.mm.yyyy) > '2026-11-19'", True),
        ("since | date(dd.mm.yyyy) < '2026-11-20'", False),
        ("since | date(dd.mm.yyyy) == '2026-11-20'", True),
        ("country == 'EE' or country == 'LV' and missing(country)", True),
        ("(country == 'EE' or country == 'LV') and missing(country)", False),
        ("not not country == 'EE'", True),
        ("datafields.OPTIN == 'yes' and datafields.OPTIN.param | date(yyyy-mm-dd) > '2026-01-01'", True),
    ],
)
def test_a_condition_gives(text: str, expected: bool) -> None:
    assert holds(text) is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a field here\n      \n      ^"),
        ("name |", 'expected a converter after "|"\n      name |\n            ^'),
        ("name | trin", 'unknown converter "trin"; did you mean "trim"?\n      name | trin\n             ^'),
        ("name | first", '"first" is a function; write first(a, b, ...)\n      name | first\n             ^'),
        ("frist(a, b)", 'unknown function "frist"; did you mean "first"?\n      frist(a, b)\n      ^'),
        ("trim(name)", '"trim" is a converter; write it after a bar: a | trim(...)\n      trim(name)\n      ^'),
        ("first(a)", "write it as first(a, b, ...)\n      first(a)\n      ^"),
        ("first(a, b", 'expected ")" after the arguments of first\n      first(a, b\n                ^'),
        ("default(a)", 'write it as default(a, "text")\n      default(a)\n      ^'),
        ("const(a)", 'write it as const("text")\n      const(a)\n      ^'),
        ("join(a, b, c)", 'write it as join("separator", a, b, ...)\n      join(a, b, c)\n      ^'),
        ("name | trim(x)", "write it as trim\n      name | trim(x)\n             ^"),
        ("name | map", "write it as map(A=b, C=d), each word once\n      name | map\n             ^"),
        ("name | map(A=b, A=c)", "write it as map(A=b, C=d), each word once\n      name | map(A=b, A=c)\n             ^"),
        ("name | map(A=)", "expected a text here, an argument of map; write '' for an empty one\n      name | map(A=)\n                   ^"),
        ("name | date", "write it as date(dd.mm.yyyy)\n      name | date\n             ^"),
        ("name | replace(a)", 'write it as replace("old", "new")\n      name | replace(a)\n             ^'),
        ("name | bool(yes)", "write it as bool(yes/no): the word for yes, a slash, the word for no\n      name | bool(yes)\n             ^"),
        ("name name", 'expected a comma, "|" or the end here\n      name name\n           ^'),
        ("'name", "this quote is not closed\n      'name\n      ^"),
        ("'a\\q'", "unknown escape \\q; write \\\\ for a backslash\n      'a\\q'\n      ^"),
        ("2nd", "a field's name does not begin with a digit; write '2nd' if a text is meant\n      2nd\n      ^"),
        ("country.name", 'only datafields have parts; "country" is an ordinary field\n      country.name\n      ^'),
        ("datafields", 'expected "." after datafields; write datafields.CODE\n      datafields\n                ^'),
        ("datafields.A.B", "a free field has no part but .param; quote odd codes: datafields['A.B']\n      datafields.A.B\n                   ^"),
        ("datafields[A]", "expected a code in quotes, as datafields['A.B']\n      datafields[A]\n                 ^"),
        ("datafields.A[]", "expected a param in the brackets, as datafields.CODE[ENG]\n      datafields.A[]\n                   ^"),
    ],
)  # fmt: skip
def test_a_wrong_expression_says_where_and_what_to_write(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as told:
        parse_expression(text)
    assert str(told.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("country", "expected ==, !=, in, < or > here\n      country\n             ^"),
        ("country = 'EE'", "one = is not enough; write ==\n      country = 'EE'\n              ^"),
        ("country == EE", "write 'EE' in quotes\n      country == EE\n                 ^"),
        ("country in [EE]", "write 'EE' in quotes\n      country in [EE]\n                  ^"),
        ("country in 'EE'", "expected \"[\" after \"in\"; write in ['a', 'b']\n      country in 'EE'\n                 ^"),
        ("country not in ['EE']", "\"not\" stands in front: not a in [...]\n      country not in ['EE']\n              ^"),
        ("balance < 5", "< compares numbers and dates; write a | number, or a | date(dd.mm.yyyy), before < ...\n      balance < 5\n              ^"),
        ("balance | number >= 5", "there is no >=; write: not ... < ...\n      balance | number >= 5\n                       ^"),
        ("balance | number > '5 EUR'", "\"5 EUR\" can not be compared here; write a number, as 1.5\n      balance | number > '5 EUR'\n                         ^"),
        ("a | date(dd.mm.yyyy) > '20.11.2026'", "\"20.11.2026\" can not be compared here; write a date as '2026-01-31'\n      a | date(dd.mm.yyyy) > '20.11.2026'\n                             ^"),
        ("a == 'b' b == 'c'", "expected \"and\", \"or\" or the end here\n      a == 'b' b == 'c'\n               ^"),
        ("a == 'b' and", "expected a field here\n      a == 'b' and\n                  ^"),
        ("(a == 'b'", "expected \")\" after the condition\n      (a == 'b'\n               ^"),
        ("country is 'EE'", "write ==, or missing(field)\n      country is 'EE'\n              ^"),
    ],
)  # fmt: skip
def test_a_wrong_condition_says_where_and_what_to_write(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as told:
        parse_condition(text)
    assert str(told.value) == message


def test_the_caret_points_into_the_right_line_of_a_long_text() -> None:
    with pytest.raises(ExpressionError) as told:
        parse_expression("first(a,\n  b | trin)")
    assert str(told.value).endswith("\n        b | trin)\n            ^")


NAMES = st.sampled_from(["a", "email", "is_open", "x-1", "õun"])
LITERALS = st.text(alphabet="ab '\"\\\n,()|=[].é-0", max_size=6)
CODES = st.sampled_from(["OPTIN", "A.B", "2ND", "it's", "x y"])
PATHS = st.one_of(
    NAMES.map(Field),
    CODES.map(Datafield),
    CODES.map(lambda code: Datafield(code, takes_param=True)),
    st.builds(lambda code, param: Datafield(code, param=param), CODES, LITERALS),
)
CONVERTERS = st.one_of(
    st.sampled_from([("trim", ()), ("number", ()), ("date", ((None, "dd.mm.yyyy[ hh:mm]"),)), ("bool", ((None, "yes/no"),))]),
    st.tuples(
        st.just("map"), st.dictionaries(LITERALS, LITERALS, min_size=1, max_size=3).map(lambda table: tuple(table.items()))
    ),
)


def expressions_over(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(
        st.builds(lambda source, converter: Pipe(source, *converter), inner, CONVERTERS),
        st.builds(lambda a, b: Call("first", (a, b)), inner, inner),
        st.builds(lambda text, a, b: Call("join", (Text(text), a, b)), LITERALS, inner, inner),
        st.builds(When, CONDITIONS, inner, inner),
    )


SIMPLE = st.one_of(PATHS, LITERALS.map(Text))
TESTS = st.one_of(
    st.builds(Compare, PATHS, st.sampled_from(["==", "!="]), LITERALS),
    st.builds(lambda path: Compare(Pipe(path, "number"), "<", "1.5"), PATHS),
    st.builds(lambda path, choices: Among(path, tuple(choices)), PATHS, st.lists(LITERALS, min_size=1, max_size=3)),
    st.builds(Missing, PATHS),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        inner.map(Not),
        st.builds(lambda a, b: Every((a, b)), inner, inner),
        st.builds(lambda a, b: Either((a, b)), inner, inner),
    ),
    max_leaves=5,
)
EXPRESSIONS = st.recursive(SIMPLE, expressions_over, max_leaves=5)


@settings(max_examples=200)
@given(EXPRESSIONS)
def test_a_printed_expression_is_parsed_as_the_same_tree(tree: object) -> None:
    assert parse_expression(str(tree)) == tree


@settings(max_examples=200)
@given(CONDITIONS)
def test_a_printed_condition_is_parsed_as_the_same_tree(tree: object) -> None:
    assert parse_condition(str(tree)) == tree


@given(st.text(alphabet="ab.|(),='\"[] !<>datfielsrpmx12", max_size=25))
def test_any_text_is_parsed_or_refused_with_an_expression_error(text: str) -> None:
    for parse in (parse_expression, parse_condition):
        with contextlib.suppress(ExpressionError):
            tree = parse(text)
            assert parse(str(tree)) == tree
