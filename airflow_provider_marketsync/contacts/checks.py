# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What no single key can tell: whether the parts of a definition fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.contacts.expressions import Datafield
from airflow_provider_marketsync.contacts.problems import Place, Problems, nearest
from airflow_provider_marketsync.contacts.sensitive import is_sensitive
from airflow_provider_marketsync.contacts.usage import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflow_provider_marketsync.contacts.tree import Node


def check_together(values: Mapping[str, Any], given: Mapping[str, Node], problems: Problems) -> None:
    """Note what does not fit together among the values of all keys, whatever else is wrong with them.

    :param values: key to value; None where it could not be read
    :param given: the keys as they were written
    :param problems: takes what is wrong, and knows which source fields were named where
    """
    _sensitive_fields(names_of(values["allow_sensitive"]), problems)
    _dismissed_but_used(names_of(values["dismissed"]), problems)
    if "allow_new_fields" in given:
        _new_but_not_mapped(values["allow_new_fields"] or (), given.get("mapping"), given["allow_new_fields"].place, problems)


def _new_but_not_mapped(names: Iterable[str], written: Node | None, place: Place, problems: Problems) -> None:
    # As it was written, not as it was read: a field whose expression is wrong is a field, and its error is told already.
    if not (written and isinstance(written.value, dict)):
        return
    mapping = written.value
    for name in names:
        if name not in mapping:
            problems.add(place, f'"{name}" is no field of the mapping{nearest(name, mapping)}')


def _sensitive_fields(allowed: frozenset[str], problems: Problems) -> None:
    for place, path in problems.named:
        last = path.code if isinstance(path, Datafield) else path.name
        if is_sensitive(last) and path.name.casefold() not in allowed:
            problems.add(
                place,
                f'"{path.name}" may hold an identity code, a birthday, money or free comment;'
                f" if it shall travel, write allow_sensitive: [{path}]",
            )


def _dismissed_but_used(dismissed: frozenset[str], problems: Problems) -> None:
    for place, path in problems.named:
        if path.name.casefold() in dismissed:
            problems.add(place, f'"{path.name}" is used here, yet dismissed; remove one of the two')
