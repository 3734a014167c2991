# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A source made for tests: a register of cards that a test edits, read completely or since a cursor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from airflow_provider_marketsync.contacts.record import Record, Value
from airflow_provider_marketsync.engine.ports import ReadRequest

BAD = "puudub"
"""What people write where an address should stand; it is none."""


def mailbox(token: str) -> str:
    """Return the address of a made person, in the form addresses are compared in."""
    return f"{token}@word.example.com"


@dataclass(frozen=True)
class Card:
    """One customer card.

    :param boxes: what stands in the address field: tokens of mailboxes, or :data:`BAD`
    :param name: the customer's name
    :param word: what stands in the consent field, None where the field is missing
    :param on: the date beside it
    :param country: for ``where``
    :param changed: the card's stamp: grows with every edit anywhere
    """

    boxes: tuple[str, ...]
    name: str
    word: str | None = None
    on: str | None = None
    country: str = "EE"
    changed: int = 0

    @property
    def mailboxes(self) -> tuple[str, ...]:
        """Every valid address, once."""
        return tuple(dict.fromkeys(mailbox(token) for token in self.boxes if token != BAD))

    @property
    def main(self) -> str | None:
        """The contact's address."""
        return next(iter(self.mailboxes), None)

    def values(self, key: str) -> dict[str, Value]:
        """Return the fields as the source has them; odd case and separators, as people write."""
        pieces = [token if token == BAD else mailbox(token).replace(token, token.title()) for token in self.boxes]
        plain: dict[str, Value] = {"email": "; ".join(pieces), "name": self.name, "country": self.country, "cardno": key}
        said: dict[str, Value] = {"optin": self.word, "optin_on": self.on} if self.word is not None else {}
        return {**plain, **said}


@dataclass
class Register:
    """Everything that stands at the source.

    :param stamped: whether cards carry the stamp of their last change; without it every reading is complete
    """

    stamped: bool = True
    cards: dict[str, Card] = field(default_factory=dict)
    ticks: int = 0

    def tick(self) -> int:
        """Return the next stamp."""
        self.ticks += 1
        return self.ticks

    def stamp(self, card: Card) -> str | None:
        """Return a card's stamp as text that sorts."""
        return f"{card.changed:08d}" if self.stamped else None


class MadeReading:
    """One read of a register."""

    def __init__(self, register: Register, request: ReadRequest, notices: Sequence[str] = ()) -> None:
        self._register, self._request, self.notices = register, request, notices
        self.cursor = f"{register.ticks:08d}" if register.stamped else None
        self.names_seen = frozenset({"email", "name", "country", "cardno", "optin", "optin_on"})

    def __iter__(self) -> Iterator[Record]:
        for key, card in sorted(self._register.cards.items()):
            stamp = self._register.stamp(card)
            if self._request.since is not None and stamp is not None and stamp <= self._request.since:
                continue
            values = card.values(key)
            yield Record(key, stamp, {name: values[name] for name in self._request.fields.plain if name in values})


class MadeSource:
    """Fulfil the port over a :class:`Register`."""

    vendor = "made"

    def __init__(self, register: Register, account: str = "shop.example.com") -> None:
        self.register, self.account = register, account

    def check(self) -> None:
        """Nothing can be wrong with it."""

    def read(self, request: ReadRequest) -> MadeReading:
        return MadeReading(self.register, request)

    def since_moment(self, moment: str) -> str:
        return f"{int(moment):08d}"
