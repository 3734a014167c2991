# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Cards of which each is there for one reason: what real registers hold (contract sections 5, 8.2, 9 and 12)."""

from __future__ import annotations

from typing import Any

COMPANY = {"country": "EE", "class": "EDASIMYYJA", "vatregion": "0", "balance": "0", "currency": "EUR", "closed": "0"}
PERSON = {**COMPANY, "class": "ERA"}


def _optin(content: str, param: str) -> dict[str, str]:
    return {"code": "OPTIN", "content": content, "param": param}


CASES: tuple[dict[str, Any], ...] = (
    # A plain company, opted in, the date in param.
    {
        **COMPANY,
        "code": "10001", "name": "Põhjala Köögid OÜ", "object": "", "address1": "Kalda tee 12", "address2": "Tartu",
        "address3": "50703", "county": "Tartumaa", "contact": "Õie Ülane", "phone": "+372 5550 1001",
        "email": "info@pohjala-koogid.example.com", "regno": "90000001", "vatregno": "EE900000011", "comment": "",
        "payterm": "14", "priceformula": "A", "balance": "125.5", "creditlimit": "1000", "creditbalance": "874.5",
        "deliveryinvoice": "0", "salesman": "MARI", "discount": "5", "ts": "2026-11-18T09:14:27",
        "datafields": [_optin("yes", "2026-10-02"), {"code": "SEGMENT", "content": "Köök & vann", "param": ""}],
    },
    # A private person; the loyalty card holds a made personal code.
    {
        **PERSON,
        "code": "10002", "name": "Jüri Šveits", "address1": "Pärna 3-7", "address2": "Tallinn", "address3": "10128",
        "county": "Harjumaa", "phone": "55501002", "email": "Jyri.Sveits@Kodu.Example.COM",
        "loyaltycard": "30001010000", "ts": "2026-11-19T23:59:59", "datafields": [_optin("yes", "19.11.2026")],
    },
    # The same mailbox as 10002 in other letter case, opted out at a later date.
    {
        **COMPANY,
        "code": "10003", "name": "Šveits Konsult OÜ", "address1": "Pärna 3-7", "address2": "Tallinn",
        "phone": "+372 5550 1002", "email": "jyri.sveits@kodu.example.com", "regno": "90000003",
        "ts": "2026-11-20T00:00:00", "datafields": [_optin("no", "2026-11-20")],
    },
    # Two addresses split by semicolon and blank.
    {
        **COMPANY,
        "code": "10004", "name": "Saare Puit AS", "ts": "2026-11-20T08:00:00",
        "email": "arved@saarepuit.example.com; turundus@saarepuit.example.com",
    },
    # Two addresses split by comma, trailing separator; no class.
    {
        **COMPANY,
        "code": "10005", "name": "Hiiu Õlu UÜ", "class": None, "ts": "2026-11-20T08:00:00",
        "email": "pood@hiiuolu.example.com,ladu@hiiuolu.example.com,",
    },
    # NULL address; the same moment as the two before it.
    {**COMPANY, "code": "10006", "name": "Sularahaklient", "class": None, "ts": "2026-11-20T08:00:00"},
    # Empty address.
    {**COMPANY, "code": "10007", "name": "Kassa 2", "class": None, "email": "", "ts": "2026-11-20T08:00:01"},
    # No address at all.
    {**COMPANY, "code": "10008", "name": "Vana Import", "class": None, "email": "puudub", "ts": "2026-11-20T08:00:02"},
    # A closed card: still listed unless closed=0 is asked for; a fraction of a second.
    {
        **COMPANY,
        "code": "10009", "name": "Lõpetanud Firma OÜ (likvideeritud)", "email": "info@lopetanud.example.com",
        "closed": "1", "ts": "2026-11-20T10:30:00.123", "datafields": [_optin("yes", "2019-01-15")],
    },
    # A code with letters and a slash, line break and markup, a datafield code twice.
    {
        **COMPANY,
        "code": "LV/0007-ä", "name": 'Rīgas "Zvaigzne" SIA', "address1": "Brīvības iela 1", "address2": "Rīga",
        "country": "LV", "email": "birojs@zvaigzne.example.com", "vatregno": "LV40000000007", "class": "EKSPORT",
        "comment": "Esimene rida\nteine rida <b>&</b>", "vatregion": "1", "balance": "-12.345", "discount": "0",
        "ts": "2026-11-20T11:00:00",
        "datafields": [
            _optin("jah", ""),
            {"code": "LISANIMI", "content": "Riga Star", "param": "ENG"},
            {"code": "LISANIMI", "content": "Riia Täht", "param": "EST"},
        ],
    },
    # A contact person.
    {
        "what": "contact", "code": "501", "customercode": "10001", "name": "Õie Ülane", "firstname": "Õie",
        "lastname": "Ülane", "phone": "+372 600 1001", "mobile": "+372 5550 1001", "comment": "ostujuht", "sex": "1",
        "email": "oie.ylane@pohjala-koogid.example.com", "birthday": "1985-03-14T00:00:00", "closed": "0",
        "ts": "2026-11-18T10:00:00", "datafields": [_optin("yes", "2026-11-01")],
    },
    # One who left the company.
    {
        "what": "contact", "code": "502", "customercode": "10001", "name": "Ants Kask", "firstname": "Ants",
        "lastname": "Kask", "email": "ants.kask@pohjala-koogid.example.com", "sex": "0", "closed": "1",
        "ts": "2026-11-19T12:00:00",
    },
    # One of a supplier.
    {
        "what": "contact", "code": "503", "suppliercode": "H-77", "name": "Müügiosakond",
        "email": "sales@tarnija.example.com", "closed": "0", "ts": "2026-11-19T12:30:00",
    },
    # One of a customer that is not in the register; a made personal code.
    {
        "what": "contact", "code": "504", "customercode": "99999", "name": "Orb Kontakt",
        "email": "orb@orb.example.com", "pid": "40001010000", "closed": "0", "ts": "2026-11-20T07:00:00",
    },
    # One without an address.
    {
        "what": "contact", "code": "505", "customercode": "10004", "name": "Raamatupidaja", "phone": "600 1004",
        "closed": "0", "ts": "2026-11-20T07:00:00",
    },
)  # fmt: skip
