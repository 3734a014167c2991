# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Request bodies: JSON, or forms with PHP's bracket keys (contract section 2)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from airflow_provider_marketsync.sandbox.smaily.codes import Refusal

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.call import Call

_KEY = re.compile(r"^([^\[]+|(?=\[))((?:\[[^\]]*\])*)")
_PART = re.compile(r"\[([^\]]*)\]")


def body_of(call: Call) -> Any:
    """
    Read the body by its content type.

    :return: what JSON says, or nested dicts and lists of text
    :raises Refusal: announced as JSON and is none
    """
    if call.content_type != "application/json":
        pairs = parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True)
        return nested(pairs)
    try:
        return json.loads(call.body)
    except ValueError:
        raise Refusal(203) from None


def parameters_of(call: Call) -> dict[str, Any]:
    """Read the query, bracket keys included."""
    parameters = nested(call.query)
    return parameters if isinstance(parameters, dict) else {}


def object_of(call: Call) -> dict[str, Any]:
    """
    Read a body that must be one object.

    :raises Refusal: it is something else
    """
    body = body_of(call)
    if not isinstance(body, dict):
        raise Refusal(203)
    return body


def nested(pairs: list[tuple[str, str]]) -> Any:
    """Nest ``a[b][0]=x`` the way PHP does; arrays numbered throughout become lists, in order of arrival."""
    root: dict[str, Any] = {}
    for key, value in pairs:
        _put(root, _path(key), value)
    return _listed(root)


def _path(key: str) -> list[str]:
    match = _KEY.match(key)
    if not match:
        return [key]
    parts = _PART.findall(match[2])
    return [match[1], *parts] if match[1] else parts


def _put(node: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        name = part or str(len(node))
        if not isinstance(node.get(name), dict):
            node[name] = {}
        node = node[name]
    node[path[-1] or str(len(node))] = value


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(part) for name, part in value.items()}
    return list(inner.values()) if inner and all(name.isdigit() for name in inner) else inner


def whole_number(text: Any, default: int = 0) -> int:
    """Read a number the lenient way of PHP: what is none counts as the default."""
    if isinstance(text, int):
        return int(text)
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else default


def words(value: Any) -> list[str]:
    """Read ``a,b`` or an array of words; nothing given is an empty list."""
    given = value if isinstance(value, list) else str(value or "").split(",")
    return [str(word).strip() for word in given if str(word).strip()]


def flag(value: Any, default: bool) -> bool:
    """Read a yes or no as JSON or a form carries it."""
    if value is None:
        return default
    return str(value).lower() not in {"", "0", "false"}
