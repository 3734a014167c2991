# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Made people: the same for the same seed, one at a time, without a list of all of them."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_NAMES = (
    "Mari", "Jaan", "Kadri", "Rein", "Õie", "Jüri", "Piret", "Toomas", "Anneli", "Margus", "Liis", "Priit",
    "Kristiina", "Andres", "Tiina", "Urmas", "Sirje", "Meelis", "Katrin", "Ülle", "Rasmus", "Helina", "Taavi",
    "Maarja", "Kalle", "Evelin", "Ants", "Ingrid", "Märt", "Signe", "Olga", "Dmitri",
)  # fmt: skip
LAST_NAMES = (
    "Tamm", "Saar", "Sepp", "Mägi", "Kask", "Kukk", "Rebane", "Ilves", "Pärn", "Koppel", "Luik", "Oja", "Põld",
    "Raudsepp", "Kuusk", "Lepik", "Õunapuu", "Vaher", "Maasikas", "Käärik", "Ivanova", "Petrov", "Laas", "Ülane",
    "Jõgi", "Karu", "Lõhmus", "Männik", "Nurk", "Orav", "Teder",
)  # fmt: skip
PLACES = (
    ("Tallinn", "Harjumaa", "10128"), ("Tartu", "Tartumaa", "50703"), ("Pärnu", "Pärnumaa", "80010"),
    ("Põlva", "Põlvamaa", "63308"), ("Võru", "Võrumaa", "65608"), ("Rakvere", "Lääne-Virumaa", "44306"),
    ("Viljandi", "Viljandimaa", "71020"), ("Kuressaare", "Saaremaa", "93819"), ("Haapsalu", "Läänemaa", "90502"),
    ("Narva", "Ida-Virumaa", "20308"), ("Kärdla", "Hiiumaa", "92412"),
)  # fmt: skip
STREETS = ("Kalda", "Sõle", "Kooli", "Aia", "Lille", "Mere", "Jõe", "Metsa", "Pikk", "Uus", "Vabaduse", "Kase", "Tuule")
MAIL_WORDS = ("post", "kodu", "kiri", "meil", "pood", "talu", "mets", "rand", "saar", "linn", "kool", "puu", "ilm")
_PLAIN = str.maketrans("äöüõšžÄÖÜÕŠŽ", "aouoszAOUOSZ")
_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Person:
    """
    One made person.

    :param dice: 64 evenly spread bits for whatever else has to differ from person to person
    """

    number: int
    first_name: str
    last_name: str
    email: str
    street: str
    city: str
    county: str
    postcode: str
    phone: str
    dice: int


def dice_of(seed: int, number: int) -> int:
    """Throw 64 evenly spread bits that depend on both numbers (splitmix64)."""
    x = (seed * 0x9E3779B97F4A7C15 + number * 0xD1342543DE82EF95 + 0x632BE59BD9B4E019) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


def person(seed: int, number: int) -> Person:
    """Make person ``number`` of a seed; no two of one seed share an address."""
    dice = dice_of(seed, number)
    first = FIRST_NAMES[dice & 31]
    last = LAST_NAMES[(dice >> 5) % 31]
    city, county, postcode = PLACES[(dice >> 10) % 11]
    mail_name = f"{first}.{last}".translate(_PLAIN).lower()
    return Person(
        number=number,
        first_name=first,
        last_name=last,
        email=f"{mail_name}{number}@{MAIL_WORDS[(dice >> 14) % 13]}.example.com",
        street=f"{STREETS[(dice >> 18) % 13]} {(dice >> 22) % 97 + 1}",
        city=city,
        county=county,
        postcode=postcode,
        phone=f"+372 5{(dice >> 29) % 10_000_000:07d}",
        dice=dice,
    )
