# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Cards as XML, written piece by piece (contract section 4.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from airflow_provider_marketsync.sandbox.directo.card import Card, Datafield

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
CHUNK = 65_536
_SPECIAL = re.compile(r'[&<>"\x00-\x1f]')
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def _entity(match: re.Match[str]) -> str:
    sign = match[0]
    return _NAMED.get(sign) or f"&#{ord(sign)};"


def escaped(text: str) -> str:
    """Escape a value for an attribute or a text; control characters become references."""
    return _SPECIAL.sub(_entity, text) if _SPECIAL.search(text) else text


def attributes(pairs: Iterable[tuple[str, str | None]], nulls: str) -> str:
    """
    Write attributes.

    :param nulls: ``empty`` writes NULL as an empty attribute, ``absent`` leaves it out
    """
    if nulls == "empty":
        return "".join(f' {name}="{escaped(value or "")}"' for name, value in pairs)
    return "".join(f' {name}="{escaped(value)}"' for name, value in pairs if value is not None)


def _datafield(field: Datafield, nulls: str) -> str:
    return f"<data{attributes(zip(field._fields, field, strict=True), nulls)}/>"


def _datafields(card: Card, nulls: str) -> str:
    if not card.datafields:
        return "<datafields/>"
    return f"<datafields>{''.join(_datafield(field, nulls) for field in card.datafields)}</datafields>"


def in_attributes(card: Card, word: str, columns: tuple[str, ...], nulls: str, always_datafields: bool) -> str:
    """
    Write a card with its values in attributes.

    :param always_datafields: XML Direct writes the element even where it is empty
    """
    values = attributes([(name, card.columns.get(name)) for name in columns], nulls)
    if not card.datafields and not always_datafields:
        return f"<{word}{values}/>"
    return f"<{word}{values}>{_datafields(card, nulls)}</{word}>"


def in_elements(card: Card, word: str, columns: tuple[str, ...], nulls: str) -> str:
    """Write a card with its values in child elements."""
    parts = []
    for name in columns:
        value = card.columns.get(name, "" if nulls == "empty" else None)
        if value is not None:
            parts.append(f"<{name}>{escaped(value)}</{name}>")
    fields = _datafields(card, nulls) if card.datafields else ""
    return f"<{word}>{''.join(parts)}{fields}</{word}>"


def document(records: Iterator[str], container: str, with_container: bool, empty: str) -> Iterator[bytes]:
    """
    Write an answer piece by piece.

    :param with_container: records may also sit right under the root
    :param empty: the whole root element where there is no record
    """
    first = next(records, None)
    if first is None:
        yield (DECLARATION + empty).encode()
        return
    opening, closing = (f"<{container}>", f"</{container}>") if with_container else ("", "")
    parts, size = [f"{DECLARATION}<transport>{opening}{first}"], 0
    for record in records:
        parts.append(record)
        size += len(record)
        if size > CHUNK:
            yield "".join(parts).encode()
            parts, size = [], 0
    yield ("".join(parts) + f"{closing}</transport>").encode()
