# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Which names a custom field may have (contract 7)."""

from __future__ import annotations

from functools import lru_cache

from airflow_provider_marketsync.exceptions import PreflightError

EMAIL = "email"
IS_UNSUBSCRIBED = "is_unsubscribed"

RESERVED = frozenset({EMAIL, IS_UNSUBSCRIBED, "is_deleted"})
"""Names that mean something else than a custom field on write."""

READ_ONLY = frozenset(
    {
        "last_response_code",
        "last_response_at",
        "created_at",
        "subscribed_at",
        "modified_at",
        "last_open_at",
        "total_opens",
        "last_click_at",
        "total_clicks",
        "unsubscribed_at",
    }
)
"""Names that Smaily fills itself."""

FIELD_NAME = rf"^(?!(?:{'|'.join(sorted((RESERVED | READ_ONLY) - {EMAIL}))})$)[a-z0-9_]+$"
"""What a field's name must match; ``email`` does, for it is where a mapping puts the address."""


_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


@lru_cache(maxsize=1024)
def checked_name(name: str) -> str:
    """Return the name of a custom field.

    An unknown name would make a new field for ever, and a reserved one would change consent.

    :raises PreflightError: if the name is reserved, Smaily's own, or not made of a-z, 0-9 and _
    """
    if name in RESERVED | READ_ONLY:
        raise PreflightError(
            f"Smaily's field {name!r} can not be written as a custom field; map to another name", vendor="smaily"
        )
    if not (name and set(name) <= _LETTERS):
        raise PreflightError(f"Smaily's field names are made of a-z, 0-9 and _; rename {name!r}", vendor="smaily")
    return name
