# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the names in an answer mean; Directo's letter case is not to be relied on (contract 4.1)."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import TypeVar

from airflow_provider_marketsync.contacts.record import DATAFIELDS, FieldNames
from airflow_provider_marketsync.vendors.directo.component import Component
from airflow_provider_marketsync.vendors.directo.limits import MAX_NAMES, too_many_names

Meaning = TypeVar("Meaning")


class Tag(Enum):
    """What an element is by its name."""

    RECORD = auto()
    CONTAINER = auto()
    ROOT = auto()
    RESULT = auto()
    DATAFIELDS = auto()
    OTHER = auto()


def plain_name(spelling: str) -> str:
    """Return a name of the document without namespace, in lower case."""
    return spelling.rpartition("}")[2].lower()


class Learned(dict[str, Meaning]):
    """Meanings by spelling; each spelling is looked at once, and there may be only so many.

    :param look: tells the meaning of a spelling
    """

    def __init__(self, look: Callable[[str], Meaning]) -> None:
        super().__init__()
        self._look = look

    def __missing__(self, spelling: str) -> Meaning:
        if len(self) >= MAX_NAMES:
            raise too_many_names()
        meaning = self[spelling] = self._look(spelling)
        return meaning


def tags_of(component: Component) -> Learned[Tag]:
    """Return the meanings of element names in an answer about the component."""
    meanings = {
        "transport": Tag.ROOT,
        "result": Tag.RESULT,
        DATAFIELDS: Tag.DATAFIELDS,
        component.container: Tag.CONTAINER,
        component.value: Tag.RECORD,
    }
    return Learned(lambda spelling: meanings.get(plain_name(spelling), Tag.OTHER))


class SeenNames:
    """Notes every field name that comes along, and says which of them are kept.

    :param wanted: the fields that may leave the source
    """

    def __init__(self, wanted: FieldNames) -> None:
        self.names: set[str] = set()
        self._plain = frozenset(wanted.plain) | {"code", "ts"}
        self._codes = frozenset(code.casefold() for code in wanted.datafields)
        self.fields: Learned[str | None] = Learned(self._field)
        self.codes: Learned[bool] = Learned(self._code)

    def _field(self, spelling: str) -> str | None:
        name = plain_name(spelling)
        self.names.add(name)
        return name if name in self._plain else None

    def _code(self, spelling: str) -> bool:
        self.names.add(f"{DATAFIELDS}.{spelling}")
        return spelling.casefold() in self._codes
