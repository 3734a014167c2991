# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""E-mail addresses: how a field is split, which text is an address, and when two are the same mailbox."""

from __future__ import annotations

import re
import unicodedata

from airflow_provider_marketsync.contacts.text import trim

RESERVED = frozenset(("test", "invalid", "localhost", "example", "local", "onion", "arpa"))
"""Top-level domains nobody has a mailbox under (RFC 2606, 6761, 6762, 7686); Smaily refuses them one by one."""

_SEPARATORS = re.compile(r"[;,\s\u200b\u2060\ufeff\x00-\x1f\x7f]+")
_SHORT = 64
# The everyday shape, in ASCII and without anything email-validator looks at twice ("--" may be Punycode).
_EVERYDAY = re.compile(
    r"[A-Za-z0-9_]+(?:[.+-][A-Za-z0-9_]+)*@[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)*\.[A-Za-z]{2,}"
)


def normal_form(address: str) -> str:
    """Return the form in which two addresses of one mailbox are equal. For comparing only, never for sending.

    Trimmed; the domain in lower case and IDNA; the local part case-folded. Dots and plus signs stay: they tell
    mailboxes apart at most providers.
    """
    text = trim(address)
    if text.isascii():
        return text.lower()
    local, at, domain = text.rpartition("@")
    return _folded(local) + at + _ascii_domain(domain)


def _folded(local: str) -> str:
    # Canonical caseless matching (Unicode D145): one form for "õ" in one sign or in two.
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", local).casefold())


def _ascii_domain(domain: str) -> str:
    import idna

    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode("ascii").lower()
    except UnicodeError:  # no domain at all: such an address is refused, but must still compare as itself
        return _folded(domain)


def split_addresses(text: str) -> list[str]:
    """Split a free-text field at semicolons, commas, blanks and line breaks (contracts/directo.md 9.3)."""
    return [piece for piece in _SEPARATORS.split(text) if piece]


def check_address(text: str) -> str | None:
    """Return why this text is no address to send to (``syntax``, ``reserved top-level domain``), or None if it is one.

    Nothing is looked up in the network.
    """
    if text.rpartition(".")[2].lower() in RESERVED and "@" in text:
        return "reserved top-level domain"
    return None if is_everyday(text) else _checked_closely(text)


def is_everyday(text: str) -> bool:
    """Tell whether the whole text is one address of the shape that nearly all have; any other has to be looked at closely."""
    return len(text) <= _SHORT and _EVERYDAY.fullmatch(text) is not None and text.rpartition(".")[2].lower() not in RESERVED


def _checked_closely(text: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return "syntax"
    return None
