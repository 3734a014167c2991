# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A feed of made customers as Directo writes it: the same bytes for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from airflow_provider_marketsync.sandbox.people import Person, person

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<transport><customers>'
TAIL = "</customers></transport>"
SEED = 20_261_121
CHUNK = 1_000


def write_feed(path: Path, count: int) -> int:
    """Write customers who all agreed to be mailed, so that all of them are delivered.

    :param path: the file to write
    :param count: number of customers; 520,000 of them make about 200 MB
    :return: bytes written
    """
    cards = (_card(person(SEED, number)) for number in range(count))
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for chunk in _chunks(cards):
            file.write("".join(chunk))
        file.write(TAIL)
    return path.stat().st_size


def _chunks(cards: Iterator[str]) -> Iterator[list[str]]:
    while chunk := list(islice(cards, CHUNK)):
        yield chunk


def contact(number: int) -> dict[str, str]:
    """Return what a customer of the feed comes to under the definition that is measured."""
    one = person(SEED, number)
    dice = one.dice >> 40
    return {
        "email": one.email,
        "name": f"{one.first_name} {one.last_name}",
        "customer_class": "ERA",
        "language": ("et", "ru", "en")[dice % 3],
        "last_order": f"2026-06-{dice % 28 + 1:02d}",
    }


def _card(one: Person) -> str:
    dice = one.dice >> 40
    day, minute = dice % 28 + 1, dice % 60
    return (
        f'<customer code="{one.number + 100_001}" name="{one.first_name} {one.last_name}" address1="{one.street}"'
        f' address2="{one.city}" address3="{one.postcode}" country="EE" phone="{one.phone}" email="{one.email}"'
        f' class="ERA" closed="0" ts="2026-{dice % 10 + 1:02d}-{day:02d}T08:{minute:02d}:00">'
        f'<datafields><data code="LANG" content="{("EST", "RUS", "ENG")[dice % 3]}"/>'
        f'<data code="OPTIN" content="yes" param="2024-03-{day:02d}"/>'
        f'<data code="LASTORDER" content="{day:02d}.06.2026"/></datafields></customer>'
    )
