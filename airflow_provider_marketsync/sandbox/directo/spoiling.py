# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Ways to spoil an XML answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.faults import Order

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.call import Reply

Spoil = Callable[[bytes, Order], bytes]

_RECORD = re.compile(rb"<(customer|contact)(?=[ />])")
_TS = re.compile(rb' ts="[^"]*"|<ts>[^<]*</ts>')


def spoiled(spoil: Spoil) -> Callable[[Reply, Order], Reply]:
    """Make a reply change out of a change of its body."""
    return lambda reply, order: replace(reply, body=spoil(reply.content, order))


def _into_first_record(body: bytes, text: bytes) -> bytes:
    return _RECORD.sub(lambda match: match[0] + text, body, count=1)


def malformed(body: bytes, order: Order) -> bytes:
    """Leave an element unclosed near the end."""
    head, tag, tail = body.rpartition(b"</")
    return head + b"<unclosed>" + tag + tail if tag else body + b"<unclosed>"


def with_bom(body: bytes, order: Order) -> bytes:
    """Put a byte order mark in front."""
    return b"\xef\xbb\xbf" + body


def with_control_character(body: bytes, order: Order) -> bytes:
    """Put a raw control character into the first record, which XML forbids."""
    spoiled_body = _into_first_record(body, b' note="a\x02b"')
    return spoiled_body if spoiled_body != body else body + b"\x02"


def declared_latin1(body: bytes, order: Order) -> bytes:
    """Declare ISO-8859-1 over bytes that are UTF-8; the header still says UTF-8."""
    return body.replace(b'encoding="utf-8"', b'encoding="iso-8859-1"', 1)


def not_utf8(body: bytes, order: Order) -> bytes:
    """Declare UTF-8 over bytes that are Windows-1257."""
    return body.decode("utf-8").encode("windows-1257", "replace")


def with_huge_attribute(body: bytes, order: Order) -> bytes:
    """Put an attribute of 9 MB (option bytes) into the first record."""
    return _into_first_record(body, b' note="' + b"x" * int(order.number("bytes", 9 * 1024 * 1024)) + b'"')


def without_ts(body: bytes, order: Order) -> bytes:
    """Take ``ts`` out of every record."""
    return _TS.sub(b"", body)


def with_renamed_attribute(body: bytes, order: Order) -> bytes:
    """Rename an attribute (options from, to) in every record."""
    old, new = str(order.options.get("from", "email")), str(order.options.get("to", "mail"))
    return body.replace(f' {old}="'.encode(), f' {new}="'.encode())


def with_added_attribute(body: bytes, order: Order) -> bytes:
    """Add an unknown attribute to every record."""
    return _RECORD.sub(lambda match: match[0] + b' newcolumn="1"', body)


def entity_bomb() -> bytes:
    """Make a document whose entities unfold to a billion words."""
    levels = "".join(
        f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' if number else '<!ENTITY e0 "lol">' for number in range(10)
    )
    record = '<customer code="1" name="A"><datafields/>&e9;</customer>'
    return _document(f"<!DOCTYPE transport [{levels}]>", record)


def external_entity(url: str) -> bytes:
    """Make a document with an entity that lies at a URL."""
    record = '<customer code="1" name="A"><datafields/>&outside;</customer>'
    return _document(f'<!DOCTYPE transport [<!ENTITY outside SYSTEM "{url}">]>', record)


def _document(doctype: str, record: str) -> bytes:
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    return f"{head}{doctype}\n<transport><customers>{record}</customers></transport>".encode()
