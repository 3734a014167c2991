# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Settings of a vendor that its contract leaves open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.errors import OrderError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Choice:
    """One of a few words; the first is the default."""

    values: tuple[str, ...]

    @property
    def default(self) -> str:
        """The contract's default."""
        return self.values[0]

    @property
    def allowed(self) -> list[str]:
        """What a caller may set."""
        return list(self.values)

    def parse(self, given: Any) -> str:
        """
        Read a given value.

        :raises ValueError: it is none of the words
        """
        text = ("yes" if given else "no") if isinstance(given, bool) else str(given)
        if text not in self.values:
            raise ValueError(text)
        return text


@dataclass(frozen=True)
class Amount:
    """A number of zero or more."""

    default: float
    meaning: str

    @property
    def allowed(self) -> list[str]:
        """What a caller may set."""
        return [f"number >= 0: {self.meaning}"]

    def parse(self, given: Any) -> float:
        """
        Read a given value.

        :raises ValueError: it is no number, or below zero
        """
        number = float(given)
        if not 0 <= number < float("inf"):
            raise ValueError(given)
        return number


@dataclass(frozen=True)
class Word:
    """A free word of small letters, digits and underscores."""

    default: str
    meaning: str

    @property
    def allowed(self) -> list[str]:
        """What a caller may set."""
        return [f"word: {self.meaning}"]

    def parse(self, given: Any) -> str:
        """
        Read a given value.

        :raises ValueError: it is no such word
        """
        if not re.fullmatch(r"[a-z][a-z0-9_]*", str(given)):
            raise ValueError(given)
        return str(given)


Switch = Choice | Amount | Word


class Switches:
    """The values of one vendor's switches."""

    def __init__(self, table: Mapping[str, Switch]) -> None:
        self._table = dict(table)
        self._values: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Give the present value."""
        return self._values.get(name, self._table[name].default)

    def reset(self) -> None:
        """Go back to the defaults."""
        self._values.clear()

    def values(self) -> dict[str, Any]:
        """All names with their present values."""
        return {name: self[name] for name in self._table}

    def allowed(self) -> dict[str, list[str]]:
        """All names with what may be set; the first of several words is the default."""
        return {name: switch.allowed for name, switch in self._table.items()}

    def change(self, order: Any) -> None:
        """
        Set some values, all or none.

        :raises OrderError: a name or a value is unknown; the answer lists what may be set
        """
        if not isinstance(order, dict):
            raise OrderError("switches are an object of names and values", {"switches": self.allowed()})
        self._values.update({name: self._parse(name, given) for name, given in order.items()})

    def _parse(self, name: str, given: Any) -> Any:
        switch = self._table.get(name)
        if switch is None:
            raise OrderError(f"unknown switch {name!r}", {"switches": self.allowed()})
        try:
            return switch.parse(given)
        except (TypeError, ValueError):
            raise OrderError(f"unknown value for switch {name!r}", {"allowed": switch.allowed}) from None
