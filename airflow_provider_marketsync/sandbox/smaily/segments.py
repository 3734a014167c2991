# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Segments: rules, evaluated when asked (contract section 8.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.smaily.codes import Refusal
from airflow_provider_marketsync.sandbox.smaily.contact import SYSTEM_FIELDS, Contact

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

EVERYBODY = 1
OPTED_OUT = 2
FIRST_OWN_ID = 4
FILTER_TYPES = {"ALL": all, "ANY": any}


def _ordered(left: str, right: str) -> int:
    try:
        a, b = float(left), float(right)
    except ValueError:
        return (left > right) - (left < right)
    return (a > b) - (a < b)


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "Equal": lambda have, want: have.lower() == want.lower(),
    "NotEqual": lambda have, want: have.lower() != want.lower(),
    "BeginsWith": lambda have, want: have.lower().startswith(want.lower()),
    "Contains": lambda have, want: want.lower() in have.lower(),
    "DoesNotContain": lambda have, want: want.lower() not in have.lower(),
    "EndsWith": lambda have, want: have.lower().endswith(want.lower()),
    "LessThan": lambda have, want: _ordered(have, want) < 0,
    "LessThanEqual": lambda have, want: _ordered(have, want) <= 0,
    "GreaterThanEqual": lambda have, want: _ordered(have, want) >= 0,
    "GreaterThan": lambda have, want: _ordered(have, want) > 0,
}


@dataclass(frozen=True)
class Rule:
    """One condition on one field."""

    field: str
    operator: str
    value: str

    def holds(self, contact: Contact) -> bool:
        """Tell whether the contact fulfils it."""
        return OPERATORS[self.operator](contact.text(self.field), self.value)

    def as_json(self) -> list[Any]:
        """Give the rule in wire form."""
        return [self.field, [self.operator, self.value]]


@dataclass(frozen=True)
class Segment:
    """A named set of rules; without a rule everybody belongs to it."""

    id: int
    name: str
    filter_type: str
    rules: tuple[Rule, ...]

    def holds(self, contact: Contact) -> bool:
        """Tell whether the contact belongs to it."""
        if not self.rules:
            return True
        return FILTER_TYPES[self.filter_type](rule.holds(contact) for rule in self.rules)


def built_in_segments() -> dict[int, Segment]:
    """Make the two segments that every account has."""
    return {
        EVERYBODY: Segment(EVERYBODY, "All subscribers", "ALL", ()),
        OPTED_OUT: Segment(OPTED_OUT, "Unsubscribed", "ALL", (Rule("is_unsubscribed", "Equal", "1"),)),
    }


def read_rule(given: Any, own_fields: Collection[str]) -> Rule:
    """
    Read a rule ``[field, [operator, value]]``.

    :param own_fields: the account's custom fields
    :raises Refusal: 203 for another shape, 217 for an unknown field, 218 for an unknown operator
    """
    try:
        field, (operator, value) = given
    except (TypeError, ValueError):
        raise Refusal(203) from None
    if field not in own_fields and field not in SYSTEM_FIELDS and field not in ("email", "is_unsubscribed"):
        raise Refusal(217, field)
    if operator not in OPERATORS:
        raise Refusal(218, operator, field)
    return Rule(str(field), str(operator), str(value))
