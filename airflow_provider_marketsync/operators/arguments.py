# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Readers of rendered arguments: a template can only give text, and text where nothing was meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from airflow_provider_marketsync.exceptions import SettingsError

_NOTHING = frozenset(("", "none", "null"))
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_ADDRESS = re.compile(r"[^\s@'\"(]+@[^\s@'\"()]+\.[^\W\d_]{2,}")


def as_text(argument: Any) -> str | None:
    """Return a text argument; empty text and what a template makes of None mean that nothing was given."""
    text = str(argument).strip() if argument is not None else ""
    return None if text.lower() in _NOTHING else text


def as_flag(name: str, argument: bool | str | None) -> bool:
    """Return a flag; a template gives it as text.

    :raises SettingsError: if it is neither true nor false
    """
    text = as_text(argument)
    if text is None:
        return False
    if text.lower() not in _WORDS:
        raise SettingsError(f"The argument {name!r} must be true or false")
    return _WORDS[text.lower()]


def as_paths(argument: Any) -> list[str]:
    """Return paths; one path alone is a list of one, and nothing an empty list."""
    if argument is None or isinstance(argument, str):
        path = as_text(argument)
        return [path] if path else []
    return [str(path) for path in argument]


def refuse_addresses(name: str, argument: Any) -> None:
    """Refuse literal addresses: arguments stand in Airflow's database and on its pages (rule 14 about people).

    :param name: the argument's name
    :param argument: text, or lists and maps of it
    :raises SettingsError: if an e-mail address stands anywhere in it
    """
    if isinstance(argument, str) and _ADDRESS.search(argument):
        raise SettingsError(
            f"The argument {name!r} holds an e-mail address, which would stand in Airflow's database; "
            "name people by a field of the source, by the path of a file, or by short ids of `marketsync why`"
        )
    if isinstance(argument, Mapping):
        argument = [*argument.keys(), *argument.values()]
    if isinstance(argument, (list, tuple)):
        for part in argument:
            refuse_addresses(name, part)


def refuse_unknown_word(name: str, argument: Any, known: Sequence[str]) -> None:
    """Refuse a misspelt word where the DAG file is parsed; a template is looked at when the task runs.

    :param name: the argument's name
    :param argument: what was given
    :param known: the words it may be, besides nothing
    :raises SettingsError: if it is text without a template, and none of them
    """
    if not isinstance(argument, str) or "{{" in argument or "{%" in argument:
        return
    if as_text(argument) not in (None, *known):
        raise SettingsError(f"The argument {name!r} must be {' or '.join(map(repr, known))}, or left out; it is {argument!r}")
