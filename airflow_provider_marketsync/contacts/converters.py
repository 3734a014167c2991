# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Converters: small pure functions from text to text, used as ``path | converter(arguments)``.

A converter is called with a text that may be empty, never with a missing value. None means "could not be converted":
the value counts as missing and is listed in the report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from airflow_provider_marketsync.contacts.dates import compile_date
from airflow_provider_marketsync.contacts.text import trim

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.expressions import Argument

Convert = Callable[[str], "str | None"]

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_NO_DIGITS = re.compile(r"[^0-9]+")


@dataclass(frozen=True, slots=True)
class Converter:
    """One converter as users write it.

    :param usage: how it is written, for messages and docs
    :param meaning: one sentence for the docs
    :param build: makes the function from the arguments; raises ValueError with a message for the user
    :param kind: what its result compares as: text, number or date
    :param version: returns a text that changes when the same arguments may give another result (part of the
        definition's digest); "" where they never do
    """

    usage: str
    meaning: str
    build: Callable[[Sequence[Argument]], Convert]
    kind: str = "text"
    version: Callable[[], str] = str


def positional(arguments: Sequence[Argument], count: int, usage: str) -> list[str]:
    """Return the texts of exactly ``count`` unnamed arguments.

    :raises ValueError: another number of them, or one with a name
    """
    if len(arguments) != count or any(name is not None for name, _ in arguments):
        raise ValueError(f"write it as {usage}")
    return [text for _, text in arguments]


def canonical_number(text: str) -> str | None:
    """Return a decimal number without needless zeros (``80.0000`` is ``80``), or None where the text is none."""
    plain = trim(text)
    if not _NUMBER.fullmatch(plain):
        return None
    number = format(Decimal(plain), "f")
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return "0" if number == "-0" else number


def _simple(convert: Convert, usage: str) -> Callable[[Sequence[Argument]], Convert]:
    def build(arguments: Sequence[Argument]) -> Convert:
        positional(arguments, 0, usage)
        return convert

    return build


def _build_map(arguments: Sequence[Argument]) -> Convert:
    table = {name: text for name, text in arguments if name is not None}
    if not arguments or len(table) != len(arguments):
        raise ValueError("write it as map(A=b, C=d), each word once")
    return table.get


def _build_date(arguments: Sequence[Argument]) -> Convert:
    (form,) = positional(arguments, 1, "date(dd.mm.yyyy)")
    return compile_date(form)


def _build_replace(arguments: Sequence[Argument]) -> Convert:
    old, new = positional(arguments, 2, 'replace("old", "new")')
    if not old:
        raise ValueError('replace("old", "new") needs a text to look for')
    return lambda text: text.replace(old, new)


def _build_bool(arguments: Sequence[Argument]) -> Convert:
    (words,) = positional(arguments, 1, "bool(yes/no)")
    yes, slash, no = (part.strip().casefold() for part in words.partition("/"))
    if not (yes and slash and no) or yes == no:
        raise ValueError("write it as bool(yes/no): the word for yes, a slash, the word for no")
    table = {yes: "1", no: "0"}
    return lambda text: table.get(trim(text).casefold())


def _build_e164(arguments: Sequence[Argument]) -> Convert:
    (region,) = positional(arguments, 1, "e164(EE)")
    try:
        import phonenumbers
    except ImportError:
        raise ValueError("e164 needs the package phonenumbers: pip install phonenumbers") from None
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f'"{region}" is no country for e164; write its two letters in capitals, as e164(EE)')

    def convert(text: str) -> str | None:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            return None
        valid = phonenumbers.is_valid_number(number)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if valid else None

    return convert


def _phonenumbers_version() -> str:
    import phonenumbers

    return str(phonenumbers.__version__)


BUILT_IN = {
    "trim": Converter("trim", "drops blanks at both ends; control characters inside become one blank", _simple(trim, "trim")),
    "lower": Converter("lower", "turns capitals into small letters", _simple(str.lower, "lower")),
    "upper": Converter("upper", "turns small letters into capitals", _simple(str.upper, "upper")),
    "digits": Converter("digits", "keeps the digits 0 to 9", _simple(lambda text: _NO_DIGITS.sub("", text), "digits")),
    "replace": Converter('replace("old", "new")', "replaces one text by another everywhere", _build_replace),
    "map": Converter("map(A=b, C=d)", "turns A into b and C into d; any other text is missing and listed", _build_map),
    "bool": Converter("bool(yes/no)", "turns the first word into 1 and the second into 0, without case", _build_bool),
    "date": Converter("date(dd.mm.yyyy)", "reads a date in this form; the value becomes YYYY-MM-DD", _build_date, kind="date"),
    "number": Converter(
        "number", "reads a decimal number with a dot, for comparing", _simple(canonical_number, "number"), kind="number"
    ),
    "e164": Converter(
        "e164(EE)",
        "reads a phone number of this country; the value becomes +3725123456",
        _build_e164,
        version=_phonenumbers_version,
    ),
}
"""The converters of this package, by name."""
