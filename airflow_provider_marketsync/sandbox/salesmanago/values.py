# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Reading values of a body: what is absent, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_provider_marketsync.sandbox.salesmanago.replies import Refusal


def text_of(given: Any, field: str) -> str:
    """
    Read text; a number becomes text.

    :raises Refusal: it is a list, an object or a boolean
    """
    if isinstance(given, (list, dict, bool)):
        raise Refusal(f"{field} is not a text", field)
    return "" if given is None else str(given)


def text_in(body: Mapping[str, Any], field: str) -> str | None:
    """
    Read text of a body; None where it is absent, null or blank.

    :raises Refusal: it is no text
    """
    return text_of(body.get(field), field).strip() or None


def flag_in(body: Mapping[str, Any], field: str) -> bool:
    """Read a flag; only a JSON true is one."""
    return body.get(field) is True


def object_in(body: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """
    Read an object; empty where it is absent or null.

    :raises Refusal: it is something else
    """
    given = body.get(field)
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise Refusal(f"{field} is not an object", field)
    return given


def list_in(body: Mapping[str, Any], field: str) -> list[Any]:
    """
    Read a list; one single value counts as a list of it, absent and null as an empty one.

    :raises Refusal: it is an object
    """
    given = body.get(field)
    if isinstance(given, dict):
        raise Refusal(f"{field} is not a list", field)
    if given is None:
        return []
    return given if isinstance(given, list) else [given]


def objects_in(body: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    """
    Read a list of objects.

    :raises Refusal: it is empty or holds something else
    """
    given = body.get(field)
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        raise Refusal(f"{field} is not a list of objects", field)
    return given


def whole_number_in(body: Mapping[str, Any], field: str, default: int) -> int:
    """
    Read a whole number of at least 1.

    :raises Refusal: it is none
    """
    given = body.get(field, default)
    if isinstance(given, bool) or not str(given).isdecimal() or int(given) < 1:
        raise Refusal(f"{field} is not a positive number", field)
    return int(given)
