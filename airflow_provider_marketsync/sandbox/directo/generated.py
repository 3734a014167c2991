# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Cards of made people, each made when it is read, so that a million of them take no memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from airflow_provider_marketsync.sandbox.directo.card import Card, Datafield
from airflow_provider_marketsync.sandbox.people import Person, person

FIRST_TS = datetime(2024, 1, 1, 8, 0, 0)
STEP_SECONDS = 90
STEPS = 400_000
LAST_TS = (FIRST_TS + timedelta(seconds=STEP_SECONDS * STEPS)).isoformat()
CUSTOMER_CODES_FROM = 100_001
CONTACT_CODES_FROM = 1_000_001
CLASSES = ("ERA", "ERA", "ERA", "EDASIMYYJA")
LANGUAGES = ("EST", "EST", "EST", "RUS", "ENG")

MakeCard = Callable[[Person, str, str], Card]


@dataclass(frozen=True)
class GeneratedCards:
    """
    A row of made cards with running codes.

    :param make: makes a card of a person, its code and its ``ts``
    """

    count: int
    seed: int
    first_code: int
    make: MakeCard

    def index_of(self, code: str) -> int | None:
        """Position of a code, None where it is not one of these."""
        if not (code.isascii() and code.isdigit()) or code.startswith("0"):
            return None
        index = int(code) - self.first_code
        return index if 0 <= index < self.count else None

    def ts(self, index: int) -> str:
        """Moment of the last change; two cards share each."""
        return (FIRST_TS + timedelta(seconds=index // 2 % STEPS * STEP_SECONDS)).isoformat()

    def card(self, index: int) -> Card:
        """Make the card at a position."""
        return self.make(person(self.seed, index), str(self.first_code + index), self.ts(index))


def make_customer(one: Person, code: str, ts: str) -> Card:
    """Make a private person's or reseller's card; a few are closed, most state an opt-in."""
    dice = one.dice >> 40
    columns = {
        "code": code,
        "name": f"{one.first_name} {one.last_name}",
        "address1": one.street,
        "address2": one.city,
        "address3": one.postcode,
        "country": "EE",
        "county": one.county,
        "phone": one.phone,
        "email": one.email,
        "class": CLASSES[dice & 3],
        "currency": "EUR",
        "closed": "1" if dice >> 2 & 31 == 0 else "0",
        "ts": ts,
    }
    return Card(columns, _datafields(dice >> 7))


def _datafields(dice: int) -> tuple[Datafield, ...]:
    month, day = dice >> 8 & 7, dice >> 11 & 15
    fields = [Datafield("LANG", LANGUAGES[dice & 3], "")]
    answer = dice >> 2 & 15
    if answer > 1:
        date = f"2023-{month + 1:02d}-{day + 1:02d}"
        fields.append(Datafield("OPTIN", "no" if answer == 2 else "yes", date))
    return tuple(fields)


def make_contact(one: Person, code: str, ts: str) -> Card:
    """Make a contact person of the generated customer at the same position."""
    columns = {
        "code": code,
        "customercode": str(CUSTOMER_CODES_FROM + one.number),
        "name": f"{one.first_name} {one.last_name}",
        "firstname": one.first_name,
        "lastname": one.last_name,
        "mobile": one.phone,
        "email": one.email,
        "closed": "0",
        "ts": ts,
    }
    return Card(columns)
