# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Columns of the two registers, in the order of Directo's schemas (contract sections 4.2 and 5.1)."""

from __future__ import annotations

from dataclasses import dataclass

# A width is the longest text, a word is a type of the schema.
Width = int | str

CUSTOMER_READ = (
    "code", "name", "object", "address1", "address2", "address3", "deliveryaddress1", "deliveryaddress2",
    "deliveryaddress3", "country", "county", "contact", "phone", "email", "regno", "loyaltycard", "vatregno",
    "class", "comment", "payterm", "vatregion", "priceformula", "specialpriceformula", "balance", "creditlimit",
    "creditbalance", "deliveryinvoice", "salesman", "currency", "discount", "closed", "ts",
)  # fmt: skip
CUSTOMER_WRITE: dict[str, Width] = {
    "code": 32, "name": 255, "object": 255, "address1": 255, "address2": 200, "address3": 100,
    "deliveryaddress1": 255, "deliveryaddress2": 200, "deliveryaddress3": 100, "country": 2, "county": 32,
    "contact": 200, "phone": 100, "email": 255, "regno": 50, "loyaltycard": 100, "vatregno": 32, "class": 32,
    "comment": 4000, "payterm": 32, "priceformula": 32, "specialpriceformula": 32, "creditlimit": "decimal",
    "deliveryinvoice": "int", "salesman": 32, "currency": 32, "discount": "decimal", "closed": "int",
    "notice": "int", "birthday": "dateTime", "gender": "int", "type": "int", "deliveryname": 200,
    "deliverymode": 32, "alert": 200, "factoring": 32, "fax": 100, "vatzone": "int", "language": 32, "bank": 32,
    "bankaccount": 100, "url": 250, "status": 50, "accountmanager": 32, "dealtype": 2, "destination": 2,
    "firstname": 125, "lastname": 125, "vatcode": "int", "extcode": 32, "deliveryterm": 32, "rikeinvoice": "int",
}  # fmt: skip
CONTACT_WRITE: dict[str, Width] = {
    "code": "int", "customercode": 32, "suppliercode": 32, "name": 255, "firstname": 125, "lastname": 125,
    "address1": 255, "address2": 200, "address3": 100, "phone": 64, "mobile": 64, "email": 255, "comment": 255,
    "sex": "int", "birthday": "dateTime", "pid": 50, "closed": "int",
}  # fmt: skip
DATAFIELD_WIDTHS = {"code": 32, "content": 2000, "param": 64}


@dataclass(frozen=True)
class Component:
    """
    One kind of record.

    :param word: value of ``what``, name of the record's element
    :param container: name of the element around the records
    :param read: columns of an answer, in order
    :param extra: columns that only a classic interface may add
    :param write: columns of a put, with their widths
    :param filters: parameters that narrow a read, besides ``ts``
    :param doctype: kind in a put's answer
    :param submit: label in a put's answer
    """

    word: str
    container: str
    read: tuple[str, ...]
    extra: tuple[str, ...]
    write: dict[str, Width]
    filters: tuple[str, ...]
    doctype: str
    submit: str


CUSTOMER = Component(
    "customer",
    "customers",
    CUSTOMER_READ,
    ("subclass", "language", "pricelist"),
    CUSTOMER_WRITE,
    ("code", "loyaltycard", "regno", "email", "phone", "closed"),
    "CUSTOMER",
    "Customers",
)
CONTACT = Component(
    "contact",
    "contacts",
    (*CONTACT_WRITE, "ts"),
    (),
    CONTACT_WRITE,
    ("code", "customercode", "suppliercode", "email", "pid", "closed"),
    "CONTACT",
    "Contacts",
)
COMPONENTS = {component.word: component for component in (CUSTOMER, CONTACT)}

# Names of section 1 that this stand-in does not serve: the demo token is not allowed them.
OTHER_COMPONENTS = frozenset(
    (  # noqa: SIM905
        "quotation order order2delivery invoice receipt supplier item itemstocklimit itempackage itemrelitem "
        "itemaccountvatcode itemclass itemhistoryrow pricechange priceformularow stock stocklevel "
        "stocklevel_variant_sn allocation recipe delivery stockreturn movement stockorder taking writeoff "
        "purchaseorder stockreceipt purchase production expense object"
    ).split()
)

# Columns a put never touches.
KEPT_COLUMNS = ("balance", "creditbalance")


def stored_name(name: str) -> str:
    """Give the one name of a column that is called ``vatregion`` when read and ``vatzone`` when written."""
    return "vatregion" if name == "vatzone" else name
