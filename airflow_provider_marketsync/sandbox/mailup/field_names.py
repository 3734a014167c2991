# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The profile fields of the demo account, in the two spellings of the captured answers (contract section 5.3)."""

from __future__ import annotations

# As PUT Recipient/Detail spells them; every other answer has them in small letters.
DETAIL_NAMES = (
    "nome", "cognome", "azienda", "città", "provincia", "cap", "regione", "paese", "indirizzo", "fax", "telefono",
    "IDCliente", "IDUltimoOrdine", "DataUltimoOrdine", "TotaleUltimoOrdine", "IDProdottiUltimoOrdine",
    "IDCategorieUltimoOrdine", "DataUltimoOrdineSpedito", "IDUltimoOrdineSpedito", "DataCarrelloAbbandonato",
    "TotaleCarrelloAbbandonato", "IDCarrelloAbbandonato", "TotaleFatturato", "TotaleFatturatoUltimi12Mesi",
    "TotaleFatturatoUltimi30gg", "IDTuttiProdottiAcquistati", "Compleanno",
)  # fmt: skip
MOST_FIELDS = 39


def demo_fields() -> dict[int, str]:
    """Give id and name of every field."""
    return {number: name.lower() for number, name in enumerate(DETAIL_NAMES, 1)}


def detail_name(number: int, name: str) -> str:
    """Give the name of a field as ``PUT Recipient/Detail`` spells it."""
    spelt = DETAIL_NAMES[number - 1] if number <= len(DETAIL_NAMES) else name
    return spelt if spelt.lower() == name else name
