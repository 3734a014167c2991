# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Finds converters by name: our own, then those that installed packages register."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.contacts.converters import BUILT_IN, Convert, Converter
from airflow_provider_marketsync.exceptions import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.metadata import EntryPoint

    from airflow_provider_marketsync.contacts.expressions import Argument

GROUP = "airflow_provider_marketsync.converters"
"""Entry point group: name = callable ``(text, *arguments) -> text or None``, pure, arguments are texts."""


@cache
def find_converter(name: str) -> Converter | None:
    """Return the converter of this name, None if there is none. Our own can not be replaced.

    :raises ValueError: an installed package registers it, but it can not be imported
    """
    if name in BUILT_IN:
        return BUILT_IN[name]
    entry = _registered().get(name)
    return _from_entry_point(entry) if entry else None


def converter_names() -> list[str]:
    """Return every name that :func:`find_converter` knows."""
    return [*BUILT_IN, *_registered()]


def _registered() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _from_entry_point(entry: EntryPoint) -> Converter:
    try:
        function = entry.load()
    except (ImportError, AttributeError) as error:
        raise ValueError(f'the converter "{entry.name}" ({entry.value}) can not be imported: {error}') from error
    version = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
    meaning = (function.__doc__ or "").strip()
    return Converter(f"{entry.name}(...)", meaning, _builder(entry.name, function), version=lambda: version)


def _builder(name: str, function: Callable[..., Any]) -> Callable[[Sequence[Argument]], Convert]:
    def build(arguments: Sequence[Argument]) -> Convert:
        if any(key is not None for key, _ in arguments):
            raise ValueError(f'the converter "{name}" takes no name=value arguments')
        texts = tuple(text for _, text in arguments)
        _check_arity(name, function, texts)
        return _guarded(name, function, texts)

    return build


def _check_arity(name: str, function: Callable[..., Any], texts: tuple[str, ...]) -> None:
    import inspect

    try:
        inspect.signature(function).bind("", *texts)
    except TypeError as error:
        raise ValueError(f'the converter "{name}" does not take {len(texts)} arguments: {error}') from None


def _guarded(name: str, function: Callable[..., Any], texts: tuple[str, ...]) -> Convert:
    def convert(text: str) -> str | None:
        try:
            converted = function(text, *texts)
        except Exception as error:  # the foreign message may quote the text, which may be personal
            told = f'the converter "{name}" failed with {type(error).__name__}'
            raise DefinitionError(f"{told}; it must return None for a text it can not convert") from None
        if converted is None or isinstance(converted, str):
            return converted
        raise DefinitionError(f'the converter "{name}" returned {type(converted).__name__}; it must return text or None')

    return convert
