# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Names of source fields that may carry an identity code, a birthday, money or free comment (rule 13)."""

from __future__ import annotations

_SENSITIVE = frozenset(
    (
        # identity codes (contracts/directo.md 9.6: loyaltycard and regno may hold a personal one)
        "regno", "loyaltycard", "pid", "isikukood", "personalcode", "idcode", "nationalid", "passport",
        "birthday", "birthdate", "dateofbirth", "synnipaev", "sünnipäev", "sünniaeg",
        # money
        "balance", "creditbalance", "creditlimit", "bankaccount", "iban",
        # free text
        "comment", "comments", "note", "notes", "alert",
    )
)  # fmt: skip


def is_sensitive(name: str) -> bool:
    """Tell whether a field's name, or a free field's code, needs ``allow_sensitive``; case and signs do not matter."""
    return "".join(sign for sign in name.casefold() if sign.isalnum()) in _SENSITIVE
