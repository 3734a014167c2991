# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Who plays: some made people with names, among 1,200 made ones without."""

from __future__ import annotations

from typing import Any

CROWD = {"count": 1200, "seed": 1}


def card(code: str, name: str, email: str, optin: str | None = "yes", **columns: str) -> dict[str, Any]:
    """Return a customer's card.

    :param optin: what the card says about e-mail, None if nobody asked
    """
    datafields = [{"code": "LANG", "content": "EST"}, {"code": "LASTORDER", "content": "02.11.2026"}]
    if optin:
        datafields.append({"code": "OPTIN", "content": optin, "param": "2025-03-14"})
    plain = {"code": code, "name": name, "email": email, "country": "EE", "class": "ERA", "closed": "0"}
    return {**plain, **columns, "datafields": datafields}


MARI, JAAN, KADRI, PEETER = "10001", "10002", "10003", "10004"
SHARED = "arve@talu.example.com"
BAD = {"10005": "puudub", "10006": "mari.pood.example.com", "10007": "info@firma.test"}

CAST = [
    card(MARI, "Mari Maasikas", "mari@pood.example.com"),
    card(JAAN, "Jaan Kask", "jaan@kodu.example.com"),
    card(KADRI, "Kadri Oja", "kadri@meil.example.com"),
    card(PEETER, "Peeter Saar", "peeter@saar.example.com"),
    *(card(code, f"Klient {code}", address) for code, address in BAD.items()),
    card("10008", "Aadressita OÜ", ""),
    card("10009", "Talu OÜ", SHARED),
    card("10010", "Talu pood", SHARED, optin="no"),
    card("10011", "Küsimata Kaja", "kaja@rand.example.com", optin=None),
    card("10012", "Soome Oy", "posti@linn.example.com", country="FI"),
]
NEWCOMER = card("10013", "Uus Klient", "uus@kool.example.com")


def may_be_mailed(cards: list[dict[str, Any]]) -> set[str]:
    """Say who agreed, straight from the cards: any "no" on a mailbox counts, a "yes" only from an open card of EE or LV.

    This is the demo's own reading of the rule, so that the product is not judged by itself.
    """
    agreed = {
        _address(one) for one in cards if _says(one, "yes") and one.get("closed") == "0" and one.get("country") in ("EE", "LV")
    }
    refused = {_address(one) for one in cards if _says(one, "no")}
    return agreed - refused - set(BAD.values()) - {""}


def _address(one: dict[str, Any]) -> str:
    return str(one.get("email") or "").strip().lower()


def _says(one: dict[str, Any], word: str) -> bool:
    return any(field["code"] == "OPTIN" and field["content"] == word for field in one["datafields"])
