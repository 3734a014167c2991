# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Directo as a source of customers or contacts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import partial

import requests

from airflow_provider_marketsync.contacts.record import FieldNames
from airflow_provider_marketsync.engine.ports import ReadRequest
from airflow_provider_marketsync.exceptions import (
    AuthError,
    FeedError,
    MarketSyncError,
    RequestError,
    ResponseError,
    RetryableError,
    ServerError,
    SettingsError,
)
from airflow_provider_marketsync.transport.body import iter_body
from airflow_provider_marketsync.transport.retries import Retries
from airflow_provider_marketsync.transport.session import HttpSession
from airflow_provider_marketsync.vendors.directo.component import Component
from airflow_provider_marketsync.vendors.directo.cursor import StampTally, cursor_of, local_now, ts_parameter
from airflow_provider_marketsync.vendors.directo.reading import DirectoReading, Reader
from airflow_provider_marketsync.vendors.directo.replies import WAIT, refusal_of_status
from airflow_provider_marketsync.vendors.directo.request import Question, read_changed, read_code
from airflow_provider_marketsync.vendors.directo.settings import DirectoSettings
from airflow_provider_marketsync.vendors.directo.stream import BLOCK


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class DirectoSource:
    """Fulfils :class:`~airflow_provider_marketsync.engine.ports.Source`.

    Identity key: ``customer:<code>`` or ``contact:<code>``; the two are separate number spaces. One request at a
    time, one whole answer: Directo pages nothing (contract 2.2). Reads change nothing, yet none is tried again
    within a call, because Directo asks for 60 seconds between tries: errors carry that wait for the task's own retry.
    Nothing is filtered at the source but by ``ts``.

    :param settings: the interface
    :param component: the register to read
    :param clock: tells the moment, in UTC
    """

    vendor = "directo"

    def __init__(
        self,
        settings: DirectoSettings,
        component: Component = Component.CUSTOMER,
        *,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._settings = settings
        self._component = component
        self._clock = clock
        self._session = HttpSession(self.vendor, options=settings.http, retries=Retries(attempts=1))

    @property
    def account(self) -> str:
        """Host and database for a classic interface, the database alone elsewhere."""
        return self._settings.account

    def check(self) -> None:
        """Read a card that does not exist.

        An interface that ignores the filter answers with everything: the first card is proof enough.

        :raises AuthError: if key or token are missing or refused
        :raises SettingsError: if the URL leads nowhere
        :raises RequestError: if Directo refuses the question
        :raises RetryableError: if Directo could not be reached, failed, or answered no XML
        """
        question = read_code(self._settings, self._component, self._component.impossible_code)
        for _ in self._reading(question, FieldNames(), None):
            return

    def read(self, request: ReadRequest) -> DirectoReading:
        """Begin a read; the call is made when the reading is iterated.

        :raises DefinitionError: if ``since`` is no cursor of this source
        """
        since = self.since_moment(request.since) if request.since else None
        ts = self._ts(since) if since else None
        return self._reading(read_changed(self._settings, self._component, ts), request.fields, since)

    def since_moment(self, moment: str) -> str:
        """Return the cursor for a date or date-time; without an offset it is local time of the source.

        :raises DefinitionError: if it is neither
        """
        return cursor_of(moment, self._settings.timezone)

    def _ts(self, cursor: str) -> str:
        settings = self._settings
        return ts_parameter(cursor, self._now(), overlap=settings.overlap, precision=settings.ts_precision)

    def _now(self) -> str:
        return local_now(self._clock(), self._settings.timezone)

    def _reading(self, question: Question, wanted: FieldNames, since: str | None) -> DirectoReading:
        stamps = StampTally(self._settings.timezone, since, self._now())
        reader = Reader(self._component, wanted, self._settings.sanitize)
        return DirectoReading(partial(self._body, question), reader, stamps, since)

    def _body(self, question: Question) -> Iterator[bytes]:
        with _wait_before_retry():
            response = self._session.request(
                question.method,
                self._settings.url,
                params=question.query,
                form=question.form,
                repeatable=True,
                stream=True,
                judge=self._judge,
            )
            yield from iter_body(response, BLOCK, vendor=self.vendor)

    def _judge(self, response: requests.Response) -> requests.Response:
        refused = refusal_of_status(response.status_code)
        if refused:
            raise self._named_refusal(response) or refused
        return response

    def _named_refusal(self, response: requests.Response) -> MarketSyncError | None:
        """Return what the body of a refused request says: it goes before the status (contract 14.5)."""
        reader = Reader(self._component, FieldNames(), sanitize=False)
        stamps = StampTally(self._settings.timezone, None, self._now())
        body = partial(iter_body, response, BLOCK, vendor=self.vendor)
        try:
            any(DirectoReading(body, reader, stamps, None))
        except (AuthError, SettingsError, RequestError, ServerError) as named:
            named.status = response.status_code
            return named
        except (FeedError, ResponseError):
            return None  # a page of the web server's own
        return None


@contextmanager
def _wait_before_retry() -> Iterator[None]:
    """Have every passing fault ask for the pause that Directo asks for (contract 8.4)."""
    try:
        yield
    except RetryableError as error:
        error.retry_after = max(error.retry_after or 0, WAIT)
        raise
