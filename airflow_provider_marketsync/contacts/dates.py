# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Dates in the forms people write them, as ``dd.mm.yyyy`` or ``yyyy-mm-dd hh:mm[:ss]``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from functools import lru_cache

DateReader = Callable[[str], "str | None"]
"""Turns a text into ``YYYY-MM-DD``, or None where it does not fit the form or names no day of the calendar."""

_REMEMBERED = 4096
"""Days that come again and again are read once: ten years of them have fewer than this."""
_PART = re.compile(r"yyyy|dd|d|hh|mm|m|ss|.", re.DOTALL)
_TWO_DIGITS = "[0-9]{2}"
_DIGITS = {"year": "[0-9]{4}", "short month": "[0-9]{1,2}", "short day": "[0-9]{1,2}"}
_MEANING = {
    "yyyy": "year",
    "mm": "month",
    "m": "short month",
    "dd": "day",
    "d": "short day",
    "hh": "hour",
    "ss": "second",
}


def compile_date(form: str) -> DateReader:
    """Compile a form of yyyy, mm or m, dd or d, and if need be hh, mm (after hh) and ss; brackets: may be absent.

    :raises ValueError: the form names no year, month or day, or one of them twice; the message says so
    """
    pattern = _pattern(form)
    try:
        fits = re.compile(pattern).fullmatch
    except re.error:  # only brackets reach the pattern as signs of its own
        raise ValueError(f'the date form "{form}" has a bracket without its partner') from None

    @lru_cache(_REMEMBERED)
    def read(text: str) -> str | None:
        found = fits(text.strip())
        return _iso(found) if found else None

    return read


def _pattern(form: str) -> str:
    met: list[str] = []
    pattern = "".join(_part(part, met) for part in _PART.findall(form))
    for needed in ("year", "month", "day"):
        if needed not in met:
            raise ValueError(f'the date form "{form}" has no {needed}; write it like dd.mm.yyyy or yyyy-mm-dd hh:mm[:ss]')
    repeated = next((name for name in met if met.count(name) > 1), None)
    if repeated:
        raise ValueError(f'the date form "{form}" has the {repeated} twice')
    return pattern


def _part(part: str, met: list[str]) -> str:
    if part in "[]":
        return "(?:" if part == "[" else ")?"
    meaning = "minute" if part == "mm" and "hour" in met else _MEANING.get(part)
    if meaning is None:
        return re.escape(part)
    name = meaning.removeprefix("short ")
    met.append(name)
    # A part that comes twice is an error told by the caller; a second group of its name would be one of re.
    return f"(?P<{name}>{_DIGITS.get(meaning, _TWO_DIGITS)})" if met.count(name) == 1 else ""


def _iso(found: re.Match[str]) -> str | None:
    parts = {name: int(digits) for name, digits in found.groupdict().items() if digits is not None}
    try:
        day = date(parts["year"], parts["month"], parts["day"])
        time(parts.get("hour", 0), parts.get("minute", 0), parts.get("second", 0))
    except (ValueError, KeyError):  # KeyError: a day in brackets that is absent
        return None
    return day.isoformat()
