# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""From bytes to records: safe parser options, limits, and errors that say what is wrong with a document."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator

from lxml import etree

from airflow_provider_marketsync.contacts.record import Record
from airflow_provider_marketsync.exceptions import FeedError, MarketSyncError, ResponseError
from airflow_provider_marketsync.vendors.directo.limits import MAX_RECORD_BYTES, too_large
from airflow_provider_marketsync.vendors.directo.parser import RecordTarget
from airflow_provider_marketsync.vendors.directo.replies import WAIT

BLOCK = 64 * 1024
_LIMIT_BLOCKS = MAX_RECORD_BYTES // BLOCK
_SAFE: dict[str, object] = {
    # Directo writes UTF-8 (contract 2.2); where a header or declaration says otherwise, it is they that are wrong.
    "encoding": "utf-8",
    # "internal", not False: with a target, False delivers &#38; for &amp; in attributes.
    "resolve_entities": "internal",
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "recover": False,
    "collect_ids": False,
}
_CONTROL_CODES = frozenset({etree.ErrorTypes.ERR_INVALID_CHAR, etree.ErrorTypes.ERR_INVALID_CHARREF})
_ENCODING_CODES = frozenset(
    {
        etree.ErrorTypes.ERR_INVALID_ENCODING,
        etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
        etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
        etree.ErrorTypes.I18N_CONV_FAILED,
    }
)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class RecordStream:
    """Reads one document.

    :param target: builds the records
    """

    def __init__(self, target: RecordTarget) -> None:
        self._target = target
        self._parser = etree.XMLParser(target=target, **_SAFE)
        self._head = b""
        self._block = b""
        self._stalled = 0

    def records(self, blocks: Iterable[bytes]) -> Iterator[Record]:
        """Yield the document's records as they come; only when this ends without an error was it a whole list.

        :param blocks: the document's bytes, in pieces as :func:`even_blocks` cuts them
        :raises FeedError: if the document must not be trusted, or holds what XML does not allow
        :raises ResponseError: if it is cut off, empty, or no XML
        :raises MarketSyncError: as :mod:`.replies` tells, if Directo answered something else than records
        """
        for block in blocks:
            self._feed(block)
            yield from self._target.drain()
        self._finish()
        yield from self._target.drain()

    def _feed(self, block: bytes) -> None:
        if not self._head:
            self._head = block[:256].lstrip()
        self._block = block
        before = self._target.progress
        fault = _syntax_fault(self._parser.feed, block)
        if fault:
            raise self._explained(fault) or _malformed(fault)
        self._stalled = 0 if self._target.progress > before else self._stalled + 1
        if self._stalled > _LIMIT_BLOCKS:
            raise too_large()

    def _finish(self) -> None:
        fault = _syntax_fault(self._parser.close)
        if fault:
            raise self._explained(fault) or _cut_off()
        self._target.refuse_other_replies()

    def _explained(self, fault: etree.XMLSyntaxError) -> MarketSyncError | None:
        if not _without_mark(self._head):
            return _unusable("is empty")
        if not self._target.has_root and not _without_mark(self._head).startswith(b"<"):
            return _unusable("is not XML")
        if fault.code not in _CONTROL_CODES | _ENCODING_CODES:
            return None
        # Older libxml2 calls both faults an invalid character.
        if fault.code in _CONTROL_CODES and _is_utf8(self._block):
            return _control_character(fault)
        return _wrong_encoding(fault)


def even_blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut a stream into blocks of :data:`BLOCK` bytes, so that it never matters how the network delivered it."""
    waiting = bytearray()
    for chunk in chunks:
        if not waiting and len(chunk) == BLOCK:
            yield chunk
            continue
        waiting += chunk
        while len(waiting) >= BLOCK:
            yield bytes(waiting[:BLOCK])
            del waiting[:BLOCK]
    if waiting:
        yield bytes(waiting)


def _syntax_fault(step: Callable[..., object], *arguments: bytes) -> etree.XMLSyntaxError | None:
    """Make a step and return the parser's complaint: raised from, it would show pieces of the document."""
    try:
        step(*arguments)
    except etree.XMLSyntaxError as error:
        return error
    return None


def _without_mark(head: bytes) -> bytes:
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return head.lstrip()


def _is_utf8(block: bytes) -> bool:
    """Say whether a block is UTF-8, letters cut off at its ends aside."""
    start = next((place for place in range(min(3, len(block))) if block[place] & 0xC0 != 0x80), 3)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(block[start:])
    except UnicodeDecodeError:
        return False
    return True


def _unusable(how: str) -> ResponseError:
    return ResponseError(
        f"Directo's answer {how}; try again later, and check the connection's URL and proxy if this lasts",
        vendor="directo",
        retry_after=WAIT,
    )


def _malformed(fault: etree.XMLSyntaxError) -> ResponseError:
    return ResponseError(
        f"Directo's answer stops being XML at {_place(fault)}; try again later, and look for that card if this lasts",
        vendor="directo",
        retry_after=WAIT,
    )


def _cut_off() -> ResponseError:
    return ResponseError("Directo's answer was cut off before its end; try again later", vendor="directo", retry_after=WAIT)


def _control_character(fault: etree.XMLSyntaxError) -> FeedError:
    return FeedError(
        f"Directo's answer holds a control character at {_place(fault)}, which XML forbids; remove it from the card, or"
        " set the connection's extra field 'sanitize' to true to drop such characters",
        vendor="directo",
    )


def _wrong_encoding(fault: etree.XMLSyntaxError) -> FeedError:
    return FeedError(
        f"Directo's answer is not UTF-8 at {_place(fault)}; ask Directo's support to have the interface send UTF-8",
        vendor="directo",
    )


def _place(fault: etree.XMLSyntaxError) -> str:
    line, column = fault.position
    return f"line {line}, column {column}"
