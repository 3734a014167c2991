# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The parts of a sync's definition, as plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.consent import NewContact, Stated

Component = Literal["customers", "contacts"]
Duplicates = Literal["newest", "refuse"]


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where the records of a sync come from: an Airflow connection, or a name for extracts written by a task.

    :param conn_id: id of the Airflow connection; None where records come from a task of the user's own
    :param name: the source's name where there is no connection (``write_extract(..., source="warehouse")``)
    :param component: which register of the source is read
    """

    conn_id: str | None = None
    name: str | None = None
    component: Component = "customers"

    def to_dict(self) -> dict[str, str]:
        """Return the map form that a definition may hold."""
        where = {"connection": self.conn_id} if self.conn_id else {"name": str(self.name)}
        return {**where, "component": self.component}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may go wrong, or become new, before a person is asked.

    :param max_rejected: newly refused records that still leave the task green
    :param max_invalid: records refused by ourselves that still leave the task green; None = never red
    :param max_creates: people who may become mailable in one run; more are held
    """

    max_rejected: int = 0
    max_invalid: int | None = None
    max_creates: int = 500

    def to_dict(self) -> dict[str, int]:
        """Return the map form; an absent ``max_invalid`` stays absent."""
        limits = {"max_rejected": self.max_rejected, "max_creates": self.max_creates}
        return limits if self.max_invalid is None else {**limits, "max_invalid": self.max_invalid}


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """How a card's consent on one channel is read.

    :param state: path of the word (``datafields.OPTIN``)
    :param date: path of its date (``datafields.OPTIN.param``), None where the source has none
    :param formats: forms the date may have; a text that fits none is undated
    :param granted: words that mean yes, compared trimmed and without case
    :param withdrawn: words that mean no
    :param pending: words that mean "asked, not answered yet"
    """

    state: str
    date: str | None = None
    formats: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the map form; lists that are empty and an absent date are left out, ``withdrawn`` never is."""
        lists = {"formats": self.formats, "granted": self.granted, "pending": self.pending}
        kept: dict[str, Any] = {name: list(words) for name, words in lists.items() if words}
        dated = {"date": self.date} if self.date else {}
        return {"state": self.state, **dated, **kept, "withdrawn": list(self.withdrawn)}


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """One entry of ``new_contacts``.

    :param states: what happens to a new person in each state the entry names
    :param when: condition under which the entry holds, in its canonical text; None = always
    :param basis: the named reason of an entry with ``when``
    """

    states: dict[Stated, NewContact]
    when: str | None = None
    basis: str | None = None

    def to_dict(self) -> dict[str, str]:
        """Return the map form."""
        head = {"when": self.when, "basis": self.basis} if self.when and self.basis else {}
        return {**head, **{state.value: action.value for state, action in self.states.items()}}
