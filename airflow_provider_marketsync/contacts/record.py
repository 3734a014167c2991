# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the source said about one customer or contact, in the source's words."""

from __future__ import annotations

from typing import NamedTuple, Union

import msgspec

DATAFIELDS = "datafields"
Datafield = tuple[str, str, str]
"""One free field of the source: code, content, param ("" where the source gave none)."""

# typing.Union: msgspec reads this at run time, and Python 3.10's `|` does not take a list of tuples everywhere.
Value = Union[str, None, list[Datafield]]  # noqa: UP007


class Record(msgspec.Struct, omit_defaults=True):
    """One line of an extract.

    Missing, empty and null are three things: a name that is not in ``values`` is missing, ``""`` is empty, None is null.

    :param key: the source's key, prefixed with its register where the source has several (``customer:10001``)
    :param changed: the source's own stamp of its last change, in a form that sorts as text within one source; None where it
        gives none
    :param values: source field name (lower case) to text; ``datafields`` holds a list of (code, content, param), sorted by code
    """

    key: str
    changed: str | None = None
    values: dict[str, Value] = {}


class FieldNames(NamedTuple):
    """The source fields a definition needs, and so all that an extract may hold.

    :param plain: names of ordinary fields, lower case
    :param datafields: codes of free fields, as written in the definition (compared without case)
    """

    plain: tuple[str, ...] = ()
    datafields: tuple[str, ...] = ()

    def __or__(self, other: FieldNames) -> FieldNames:
        """Return what both definitions need together, without repeats, in order."""
        return FieldNames(
            tuple(dict.fromkeys(self.plain + other.plain)), tuple(dict.fromkeys(self.datafields + other.datafields))
        )
