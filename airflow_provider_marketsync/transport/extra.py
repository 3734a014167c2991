# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Typed readers for a connection's ``extra``, where forms, URIs and JSON write the same value in different types.

A missing name, None and an empty text all mean "not set". Errors name the field and never show what stood in it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

from airflow_provider_marketsync.exceptions import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

Default = TypeVar("Default")

_TRUE = frozenset({"true", "yes", "y", "on", "1"})  # "y" is what the form of Airflow 2.11 sends to test a connection
_FALSE = frozenset({"false", "no", "n", "off", "0"})


def as_text(extra: Mapping[str, Any], name: str, default: Default) -> str | Default:
    """Return the field as text without blanks around it.

    :raises SettingsError: if it is neither text nor a number
    """
    found = extra.get(name)
    if found is None:
        return default
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        raise _wrong(name, "text")
    return str(found).strip() or default


def as_number(extra: Mapping[str, Any], name: str, default: Default) -> float | Default:
    """Return the field as a number above 0.

    :raises SettingsError: if it is no such number
    """
    text = as_text(extra, name, None)
    if text is None:
        return default
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise _wrong(name, "a number above 0")
    return number


def as_count(extra: Mapping[str, Any], name: str, default: Default) -> int | Default:
    """Return the field as a whole number from 1 on.

    :raises SettingsError: if it is no such number
    """
    number = as_number(extra, name, None)
    if number is None:
        return default
    if not number.is_integer():
        raise _wrong(name, "a whole number from 1 on")
    return int(number)


def as_flag(extra: Mapping[str, Any], name: str, default: Default) -> bool | Default:
    """Return the field as a truth value: a JSON boolean or true/false, yes/no, y/n, on/off, 1/0 in any case.

    :raises SettingsError: if it is anything else
    """
    found = extra.get(name)
    if isinstance(found, bool):
        return found
    text = as_text(extra, name, None)
    if text is None:
        return default
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise _wrong(name, "true or false")


def _wrong(name: str, wanted: str) -> SettingsError:
    return SettingsError(f"The connection's extra field {name!r} must be {wanted}; correct it in the connection")
