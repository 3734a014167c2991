# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Names and scores of tags (contract section 5.7)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.card import Card, Tag

if TYPE_CHECKING:
    from collections.abc import Iterable

_REPLACED = str.maketrans(dict.fromkeys("!#$&*\"'", "_"))
# Letters that are not a base letter plus a mark.
_BASE_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "AE"})


def tag_name(given: str, spaces: str) -> str:
    """
    Spell a tag as the vendor stores it: capitals, base letters, ``_`` for what is not allowed.

    :param spaces: ``kept`` or ``underscore``
    """
    apart = unicodedata.normalize("NFKD", given.strip().translate(_BASE_LETTERS))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    name = plain.translate(_REPLACED).upper()
    return name.replace(" ", "_") if spaces == "underscore" else name


def tag_names(given: Any, spaces: str) -> list[str]:
    """Read tags sent as an array or as one text; a comma separates them in both."""
    texts = given if isinstance(given, list) else [given]
    words = [word for text in texts if text is not None for word in str(text).split(",")]
    return list(dict.fromkeys(tag_name(word, spaces) for word in words if word.strip()))


def add_tags(card: Card, names: Iterable[str], when: float, *, scoring: bool) -> list[str]:
    """
    Put tags on a card.

    :param scoring: whether a tag that is there already scores one more
    :return: the names that were new
    """
    new = [name for name in names if name not in card.tags]
    for name in names:
        if name not in card.tags:
            card.tags[name] = Tag(name, when)
        elif scoring:
            card.tags[name].score += 1
    return new


def remove_tags(card: Card, names: Iterable[str]) -> None:
    """Take tags off a card; those it has not are no error."""
    for name in names:
        card.tags.pop(name, None)


def tag_counts(cards: Iterable[Card]) -> list[dict[str, Any]]:
    """Give every tag in use with the number of cards that carry it."""
    counts: dict[str, int] = {}
    for card in cards:
        for name in card.tags:
            counts[name] = counts.get(name, 0) + 1
    return [{"tag": name, "numberOfTagged": counts[name]} for name in sorted(counts)]
