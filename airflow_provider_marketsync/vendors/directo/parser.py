# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The target lxml's parser talks to: turns Directo's elements into records, and keeps nothing else.

Its handlers run for every element of every card, so they are lean at the price of being plain: names are looked up in
tables that learn each spelling once, and the wanted attributes are picked without looking at the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from airflow_provider_marketsync.contacts.record import DATAFIELDS, Datafield, FieldNames, Record
from airflow_provider_marketsync.exceptions import FeedError
from airflow_provider_marketsync.vendors.directo.component import Component
from airflow_provider_marketsync.vendors.directo.cursor import StampTally
from airflow_provider_marketsync.vendors.directo.limits import (
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    too_deep,
    too_many_attributes,
)
from airflow_provider_marketsync.vendors.directo.names import SeenNames, Tag, plain_name, tags_of
from airflow_provider_marketsync.vendors.directo.replies import Reply, html_page, refusal

_NOWHERE = 1_000_000
"""Depth of the open record while none is open: every real depth lies before it."""
_BLANKS = " \t\r\n"
_CODE = itemgetter(0)
"""Sorts free fields by code; those of one code keep the order of the document, for a mapping takes the first."""
_RECORD, _DATAFIELDS = Tag.RECORD, Tag.DATAFIELDS


class RecordTarget:
    """Builds records from parser events; ask :meth:`drain` for them after each piece of the document.

    A record is an element named like the component, at any depth, with or without a container. Its fields are its
    attributes, then its child elements that hold plain text (contract 4.1). Whatever stands in the element
    ``datafields`` is a datafield, by attributes or by child elements again.

    :param component: the register that is read
    :param wanted: the fields to keep
    :param seen: notes all names
    :param stamps: watches ``ts``
    """

    __slots__ = (
        "_changed_of",
        "_code_of",
        "_component",
        "_datafields",
        "_depth",
        "_known",
        "_listed",
        "_others",
        "_outside",
        "_picks",
        "_prefix",
        "_ready",
        "_record_at",
        "_reply",
        "_row",
        "_rows_at",
        "_seen",
        "_seen_codes",
        "_stamps",
        "_tags",
        "_text",
        "_values",
        "records",
    )

    def __init__(self, component: Component, wanted: FieldNames, seen: SeenNames, stamps: StampTally) -> None:
        self.records = 0
        self._outside = 0
        self._component = component
        self._prefix = f"{component.value}:"
        self._tags = tags_of(component)
        self._seen = seen
        self._seen_codes = seen.codes
        self._stamps = stamps
        self._known: set[str] = set()
        self._picks: list[tuple[str, str]] = []
        self._code_of = dict.get if "code" in wanted.plain else dict.pop
        self._changed_of = dict.get if "ts" in wanted.plain else dict.pop
        self._reply: Reply | None = None
        self._others = False
        self._listed = False
        self._ready: list[Record] = []
        self._depth = 0
        self._record_at = _NOWHERE
        self._rows_at = _NOWHERE
        self._text: list[str] | None = None
        self._values: dict[str, Any] = {}
        self._datafields: list[Datafield] = []
        self._row: dict[str, str] | None = None

    # ------------------------------------------------------------------------------ what the parser calls

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take an element's beginning."""
        self._depth = depth = self._depth + 1
        if len(attributes) > MAX_ATTRIBUTES:
            raise too_many_attributes()
        if depth == self._rows_at:
            self._start_row(attributes)
        elif depth > self._record_at:
            self._start_inside(tag, depth)
        elif self._tags[tag] is _RECORD:
            self._start_record(tag, attributes)
        else:
            self._start_outside(tag, attributes)

    def end(self, tag: str) -> None:
        """Take an element's end."""
        depth = self._depth
        self._depth = depth - 1
        if depth == self._record_at:
            self._end_record()
        elif self._text is not None:
            self._end_inside(tag, depth - self._record_at)

    def data(self, text: str) -> None:
        """Take text."""
        if self._text is not None:
            self._text.append(text)

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Refuse document types: entity bombs and references to files end here."""
        if name.lower() == "html":
            raise html_page()
        raise FeedError(
            "Directo's answer declares a document type, which its answers never do; check the connection's URL",
            vendor="directo",
        )

    def close(self) -> None:
        """Do nothing: whether the document ended well is for the one who feeds the parser."""

    # ------------------------------------------------------------------------------ what the feeder asks

    @property
    def has_root(self) -> bool:
        """Whether the document's first element was seen."""
        return self._reply is not None

    @property
    def progress(self) -> int:
        """Grows with every finished record and every element outside records."""
        return self.records + self._outside

    def drain(self) -> list[Record]:
        """Hand over the finished records."""
        ready, self._ready = self._ready, []
        return ready

    def refuse_other_replies(self) -> None:
        """Raise unless the document, now read to its end, was a list of records; an empty list is one."""
        if self._reply and self._reply.needs_text:
            self._raise_refusal(Reply(self._reply.name, self._reply.attributes, "".join(self._text or ())))
        if self._others and not (self.records or self._listed):
            raise FeedError(
                f"Directo's answer is no list of {self._component.container}; check the connection's URL and interface",
                vendor="directo",
            )

    # ------------------------------------------------------------------------------ outside records

    def _start_outside(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._depth > MAX_DEPTH:
            raise too_deep()
        self._outside += 1
        if self._reply is None:
            self._start_document(tag, attributes)
        meaning = self._tags[tag]
        if meaning is Tag.RESULT:
            self._raise_refusal(_reply(tag, attributes))
        elif meaning is Tag.CONTAINER:
            self._listed = True
        elif meaning is not Tag.ROOT and (self._depth != 2 or attributes):
            self._others = True  # at depth 2 and bare it may be a container by another name

    def _start_document(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._reply = _reply(tag, attributes)
        if self._reply.needs_text:
            self._text = []
        else:
            self._raise_refusal(self._reply)

    def _raise_refusal(self, reply: Reply) -> None:
        error = refusal(reply)
        if error:
            raise error

    # ------------------------------------------------------------------------------ records

    def _start_record(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._reply is None:
            self._start_document(tag, attributes)
        if not self._known.issuperset(attributes):
            self._learn(attributes)
        self._values = {ours: attributes[theirs] for ours, theirs in self._picks if theirs in attributes}
        self._datafields = []
        self._record_at = self._depth

    def _learn(self, attributes: Mapping[str, str]) -> None:
        names = {theirs: self._seen.fields[theirs] for theirs in attributes}
        self._known.update(names)
        # Sorted, so that of two spellings in one card the lower-case one wins, being taken last.
        self._picks = sorted({*self._picks, *((ours, theirs) for theirs, ours in names.items() if ours)})

    def _end_record(self) -> None:
        values = self._values
        code = self._code_of(values, "code", "")
        if not code.strip():
            raise _no_code(self._component)
        changed = self._stamps.take(self._changed_of(values, "ts", ""))
        if self._datafields:
            self._datafields.sort(key=_CODE)
            values[DATAFIELDS] = self._datafields
        self._ready.append(Record(self._prefix + code, changed, values))
        self._record_at = self._rows_at = _NOWHERE
        self.records += 1

    # ------------------------------------------------------------------------------ inside a record

    def _start_inside(self, tag: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise too_deep()
        if depth == self._record_at + 1:
            self._start_field(tag, depth)
        elif self._row is None:
            self._text = None
        elif depth == self._rows_at + 1:
            self._text = []

    def _start_field(self, tag: str, depth: int) -> None:
        if self._tags[tag] is _DATAFIELDS:
            self._rows_at = depth + 1
        else:
            self._rows_at = _NOWHERE
            self._text = []

    def _end_inside(self, tag: str, inside: int) -> None:
        if inside == 1:
            self._end_field(tag)
        elif inside == 2 and self._row is not None:
            self._end_row(self._row)
        elif inside == 3 and self._row is not None:
            self._row.setdefault(plain_name(tag), self._take_text())
            self._text = []

    def _end_field(self, tag: str) -> None:
        name = self._seen.fields[tag]
        if name and name not in self._values:
            self._values[name] = self._take_text()
        self._text = None

    # ------------------------------------------------------------------------------ datafields

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        code, content, param = attributes.get("code"), attributes.get("content"), attributes.get("param")
        if code is None or content is None or (param is None and len(attributes) > 2):
            self._row = {plain_name(name): value for name, value in attributes.items()}
            self._text = []
        elif self._seen_codes[code]:
            self._datafields.append((code, content, param or ""))

    def _end_row(self, row: dict[str, str]) -> None:
        self._row = self._text = None
        code = row.get("code")
        if code and self._seen_codes[code]:
            self._datafields.append((code, row.get("content", ""), row.get("param", "")))

    def _take_text(self) -> str:
        return "".join(self._text or ()).strip(_BLANKS)


def _reply(tag: str, attributes: Mapping[str, str]) -> Reply:
    return Reply(plain_name(tag), {plain_name(name): value for name, value in attributes.items()})


def _no_code(component: Component) -> FeedError:
    return FeedError(
        f"Directo's answer holds a {component.value} without a code; have the interface deliver the field 'code'",
        vendor="directo",
    )
