# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Replies that carry no cards: errors to the byte, and the results of a put (contract sections 7 and 8.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.call import Reply
from airflow_provider_marketsync.sandbox.directo.xml_out import DECLARATION, attributes

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.directo.columns import Component

XML = {"Content-Type": "text/xml; charset=utf-8"}

UNAUTHORIZED = Reply(200, b'<result type="5" desc="Unauthorized"/>\n', XML)
TOKEN_REQUIRED = Reply(200, b"<err>token required</err>\n", XML)
INVALID_URL = Reply(200, b'<result type="404" desc="Invalid url given"/>\n', XML)
LEGACY_ERROR = Reply(200, b'<error code="1" desc="made text"/>\n', XML)
LEGACY_CODE_ON_ROOT = Reply(200, b'<transport code="16" description="made text"/>\n', XML)
LEGACY_ERR_REASON = Reply(200, b'<results err_reason="made text"/>\n', XML)
BAD_TS = Reply(200, b"<err>invalid ts</err>\n", XML)
FILTER_REQUIRED = Reply(200, b'<error code="1" desc="Filter required"/>\n', XML)

DESCRIPTIONS = {
    "0": "OK",
    "1": "Failed",
    "3": "Document already confirmed",
    "8": "Invalid xml given",
    "9": "Error on import",
    "11": "Duplicate",
    "12": "Missing document identificator",
    "14": "Update not allowed",
    "17": "Document insert failed",
    "18": "uniqueid field not found",
    "19": "Removal not allowed",
    "29": "Not confirmed",
    "30": "Created/Updated",
    "31": "customer not found",
    "39": "customer not confirmed",
    "99": "No processable XML data found",
}


@dataclass(frozen=True)
class Result:
    """
    What became of one record of a put.

    :param type: number of section 8.4
    :param code: the card's code, empty where it has none
    :param text: in place of the usual text
    """

    type: str
    code: str = ""
    text: str | None = None


def results(rows: list[Result], component: Component, case: str, code_attribute: str) -> Reply:
    """
    Answer a put, one ``Result`` per record in the order sent.

    :param case: value of the switch ``result_case``
    :param code_attribute: ``docid``, or ``code`` as older interfaces answer
    """
    element, kind, text = case.split("/")
    body = "".join(f"<{element}{attributes(_row(row, component, kind, text, code_attribute), 'absent')}/>" for row in rows)
    return Reply(200, f"{DECLARATION}<results>{body}</results>".encode(), XML)


def _row(row: Result, component: Component, kind: str, text: str, code_attribute: str) -> list[tuple[str, str | None]]:
    pairs: list[tuple[str, str | None]] = [(kind, row.type), (text, row.text or DESCRIPTIONS[row.type])]
    if row.type in ("8", "99"):
        return pairs
    if code_attribute == "code":
        return [*pairs, ("code", row.code)]
    return [*pairs, ("docid", row.code), ("doctype", component.doctype), ("submit", component.submit)]
