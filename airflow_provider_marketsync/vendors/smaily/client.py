# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Smaily's scripts, one method each (contract 8)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from requests.auth import HTTPBasicAuth

from airflow_provider_marketsync.exceptions import RequestError, ResponseError
from airflow_provider_marketsync.transport.rate import RateLimit
from airflow_provider_marketsync.transport.session import HttpSession
from airflow_provider_marketsync.vendors.smaily.answers import Meaning, Said, judge, judge_write
from airflow_provider_marketsync.vendors.smaily.fields import IS_UNSUBSCRIBED
from airflow_provider_marketsync.vendors.smaily.rows import Action, Row, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from airflow_provider_marketsync.vendors.smaily.settings import SmailySettings

SEGMENT_PAGE = 25_000
HISTORY_PAGE = 10_000
"""Rows in a full page. Always asked for in full: below that, sources disagree on what a page is (contract 6)."""


def open_session(settings: SmailySettings) -> HttpSession:
    """Return a session that signs with the API user and keeps this machine's rate."""
    return HttpSession(
        "smaily",
        auth=HTTPBasicAuth(settings.username.encode(), settings.password.encode()),
        options=settings.http,
        rate=RateLimit.shared(settings.rate_key, settings.calls_per_second),
        in_flight=settings.in_flight,
    )


class SmailyClient:
    """Calls one account. Thread-safe.

    :param settings: the account
    :param session: a session of :func:`open_session`
    """

    def __init__(self, settings: SmailySettings, session: HttpSession) -> None:
        self._settings = settings
        self._session = session

    def upsert(self, rows: Sequence[Mapping[str, Any]]) -> Said:
        """Create or update subscribers by address; the answer is one for all rows (contract 8.1).

        Resent after a fault: repeating it changes nothing. An absent key keeps its stored value, consent included.

        :param rows: ``email`` and custom fields; ``is_unsubscribed`` may only be 1
        :raises RequestError: if a row would subscribe an opted-out person again
        """
        if any(row.get(IS_UNSUBSCRIBED, 1) != 1 for row in rows):
            raise RequestError("A row would subscribe an opted-out person again; that is never written", vendor="smaily")
        return self._session.request("POST", self._script("contact"), json=rows, repeatable=True, judge=judge_write)

    def read_one(self, address: str) -> dict[str, Any] | None:
        """Return one subscriber with system and custom fields, None where there is nobody (contract 8.2)."""
        said = self._read("contact", {"email": address})
        if said.meaning is Meaning.ABSENT:
            return None
        found = said.body[0] if isinstance(said.body, list) and len(said.body) == 1 else said.body
        if isinstance(found, dict) and "email" in found:
            return found
        raise ResponseError("Smaily: a subscriber does not look as documented", vendor="smaily")

    def segment_pages(self, segment: int, kind: type[Row]) -> Iterator[list[Row]]:
        """Yield a segment's subscribers page by page, sorted by address (contract 8.3).

        Rows that come or go between two pages shift the others: a row may come twice, and absence proves nothing.

        :param segment: the segment's id
        :param kind: what to ask for
        :raises ResponseError: if a page comes twice
        """
        previous = ""
        for number in range(_MANY):
            page = self.segment_page(segment, kind, number)
            if page and page[0].email == previous:
                raise ResponseError("Smaily: a page of a segment came twice; nothing after it was read", vendor="smaily")
            if page:
                yield page
                previous = page[0].email
            if len(page) < SEGMENT_PAGE:
                return

    def segment_page(self, segment: int, kind: type[Row], number: int = 0) -> list[Row]:
        """Return one page of a segment, the first being 0."""
        names = ",".join(kind.__struct_fields__)
        query = {"list": segment, "fields": names, "offset": number, "limit": SEGMENT_PAGE}
        return rows_of(self._data("contact", query), kind)

    def history_pages(self, after: int, actions: Sequence[str]) -> Iterator[list[Action]]:
        """Yield the action log of the last 30 days, oldest first (contract 8.5).

        :param after: number of the last row that is known; 0 begins with the oldest
        :param actions: the kinds of rows to ask for
        :raises ResponseError: if the numbers do not grow
        """
        while True:
            query = {"since_seq_id": after, "limit": HISTORY_PAGE, "actions": ",".join(actions)}
            page = rows_of(self._data("history", query), Action)
            numbers = [after, *(row.number for row in page)]
            if any(later <= earlier for earlier, later in pairwise(numbers)):
                raise ResponseError("Smaily: the action log does not go forward; nothing of it was used", vendor="smaily")
            if page:
                yield page
            if len(page) < HISTORY_PAGE:
                return
            after = numbers[-1]

    def segments(self) -> list[dict[str, Any]]:
        """Return the account's segments: id, name, number of subscribers (contract 8.6)."""
        found = self._data("list", {})
        if isinstance(found, list):
            return found
        raise ResponseError("Smaily: the list of segments is no list", vendor="smaily")

    def _data(self, script: str, query: Mapping[str, Any]) -> Any:
        said = self._read(script, query)
        if said.meaning is Meaning.DONE:
            return said.body
        raise RequestError(f"Smaily: {said.reason} (code {said.code})", vendor="smaily", code=said.code)

    def _read(self, script: str, query: Mapping[str, Any]) -> Said:
        return self._session.request("GET", self._script(script), params=query, repeatable=True, judge=judge)

    def _script(self, name: str) -> str:
        return f"{self._settings.base_url}/api/{name}.php"


_MANY = 1_000_000
