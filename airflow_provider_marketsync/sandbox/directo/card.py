# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One card of a register."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Datafield(NamedTuple):
    """One extra field; a code may repeat, told apart by ``param``. None = database NULL."""

    code: str
    content: str | None
    param: str | None


@dataclass(frozen=True)
class Card:
    """
    A customer or contact card; changed by replacing it.

    :param columns: values by column; one that is absent is NULL
    """

    columns: Mapping[str, str]
    datafields: tuple[Datafield, ...] = field(default=())

    @property
    def code(self) -> str:
        """Number of the card."""
        return self.columns["code"]

    @property
    def ts(self) -> str:
        """Moment of the last change, local time without offset; empty where it is not kept."""
        return self.columns.get("ts", "")

    @property
    def closed(self) -> str:
        """``1`` for a closed card."""
        return self.columns.get("closed") or "0"

    def with_columns(self, columns: Mapping[str, str]) -> Card:
        """Make the card with some columns set."""
        return replace(self, columns={**self.columns, **columns})

    def as_json(self) -> dict[str, Any]:
        """Give all columns, write-only ones too."""
        fields = [{"code": one.code, "content": one.content, "param": one.param} for one in self.datafields]
        return {**self.columns, "datafields": fields}
