# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A definition as it was written: texts, lists and maps that know their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.problems import Place

# typing.Union: an alias is evaluated at run time and names a class that does not exist yet.
Written = Union[str, None, "list[Node]", "dict[str, Node]", object]


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a definition and where it stands.

    :param value: text, list of nodes, map of nodes, None, or whatever else Python code put there
    :param place: dotted path of keys, and the line in a file
    """

    value: Written
    place: Place

    def child(self, value: Written, name: str) -> Node:
        """Return a node one key further down, on the same line."""
        return Node(value, self.place.down(name))


def from_python(value: Any, place: Place) -> Node:
    """Turn a Python value into nodes; nothing is converted, a wrong type is left for the reader to name."""
    if isinstance(value, Mapping):
        return Node({str(key): from_python(inner, place.down(str(key))) for key, inner in value.items()}, place)
    if isinstance(value, (list, tuple)):
        return Node([from_python(inner, place.at(index)) for index, inner in enumerate(value)], place)
    return Node(value, place)
