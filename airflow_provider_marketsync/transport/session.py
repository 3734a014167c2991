# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The one way a vendor is called: timeouts always, harmless retries, nothing personal in errors and logs."""

from __future__ import annotations

import logging
import time
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import msgspec
import requests
import tenacity

from airflow_provider_marketsync.exceptions import MarketSyncError, RateLimitError, RetryableError
from airflow_provider_marketsync.transport.body import iter_body
from airflow_provider_marketsync.transport.counters import Counters
from airflow_provider_marketsync.transport.faults import fault_of_exchange, fault_of_status
from airflow_provider_marketsync.transport.observing import NO_ANSWER, note_request
from airflow_provider_marketsync.transport.options import USER_AGENT, HttpOptions
from airflow_provider_marketsync.transport.pace import PacedAdapter
from airflow_provider_marketsync.transport.plain_http import refuse_plain_http
from airflow_provider_marketsync.transport.redaction import keep_queries_out_of_logs, safe_url
from airflow_provider_marketsync.transport.retries import Doubt, Retries, RetryIfHarmless, WaitAsAsked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from requests.auth import AuthBase
    from typing_extensions import TypeVar

    from airflow_provider_marketsync.transport.rate import RateLimit

    T = TypeVar("T", default=requests.Response)

log = logging.getLogger(__name__)

_PIECE = 64 * 1024


def _as_it_is(response: requests.Response) -> Any:
    return response


class HttpSession:
    """Calls one vendor with one set of credentials. Thread-safe.

    :param vendor: the vendor's name, lower case, for errors and logs
    :param auth: signs each request
    :param options: timeouts, certificates, proxies
    :param rate: waits before every request, retries included
    :param retries: how patient one call is
    :param in_flight: threads that call at the same time
    :param sleep: waits between attempts
    """

    def __init__(
        self,
        vendor: str,
        *,
        auth: AuthBase | None = None,
        options: HttpOptions | None = None,
        rate: RateLimit | None = None,
        retries: Retries | None = None,
        in_flight: int = 8,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        keep_queries_out_of_logs()
        self.vendor = vendor
        self.counters = Counters()
        self._options = options or HttpOptions()
        self._rate = rate
        self._retries = retries or Retries()
        self._sleep = sleep
        self._session = _bare_session(self._options, in_flight)
        self._session.auth = auth

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool,
        stream: bool = False,
        judge: Callable[[requests.Response], T] = _as_it_is,
    ) -> T:
        """Make one call and return what the judge makes of its answer.

        429 and faults before the request was sent are tried again always, all other passing faults only if the
        call is ``repeatable``.

        :param method: HTTP verb
        :param url: complete, without query
        :param params: query, may be personal: it is never shown
        :param form: body as a form
        :param json: body as JSON
        :param headers: headers besides the session's own
        :param repeatable: whether making this call twice does the same as making it once
        :param stream: leave the body to :func:`~airflow_provider_marketsync.transport.body.iter_body`
        :param judge: turns an answer (any status but 3xx, 429 and 5xx) into a result, or raises
        :raises SettingsError: if the URL is plain http to another machine, or the certificate is not trusted
        :raises RequestError: if the server redirects
        :raises RetryableError: after the last attempt, or at once if the vendor asks for a wait over the budget
        """
        refuse_plain_http(url, self._options, self.vendor)
        body, kind = (form, {}) if json is None else (msgspec.json.encode(json), {"Content-Type": "application/json"})
        exchange = partial(
            self._session.request,
            method,
            url,
            params=params,
            data=body,
            headers={**kind, **(headers or {})},
            timeout=(self._options.connect_timeout, self._options.read_timeout),
            allow_redirects=False,
            stream=True,  # so that a fault of the body can be told from one before it
        )
        attempt = partial(self._attempt, exchange, judge, stream, Doubt(method))
        answer: T = self._retrying(url, repeatable)(attempt)
        return answer

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def __enter__(self) -> HttpSession:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def _attempt(
        self,
        exchange: Callable[[], requests.Response],
        judge: Callable[[requests.Response], T],
        stream: bool,
        doubt: Doubt,
    ) -> T:
        if self._rate:
            self.counters.add(waited=self._rate.wait_turn())
        try:
            return self._judged(self._answer(exchange), judge, stream)
        except RetryableError as error:
            weighed = doubt.weigh(error)
            if weighed is error:
                raise
            raise weighed from error

    def _judged(self, response: requests.Response, judge: Callable[[requests.Response], T], stream: bool) -> T:
        try:
            self._refuse_status(response)
            if not stream:
                self._read_whole(response)
            return judge(response)
        except BaseException:
            response.close()
            raise

    def _answer(self, exchange: Callable[[], requests.Response]) -> requests.Response:
        self.counters.add(requests=1)
        try:
            response = exchange()
        except requests.RequestException as error:
            note_request(self.vendor, NO_ANSWER)
            fault = fault_of_exchange(error, self.vendor)
        else:
            note_request(self.vendor, str(response.status_code))
            return response
        raise fault  # out here, so that the library's own error, which shows the URL, is not attached

    def _refuse_status(self, response: requests.Response) -> None:
        fault = fault_of_status(response, self.vendor)
        if isinstance(fault, RateLimitError):
            self.counters.add(rate_limited=1)
        if fault:
            raise fault

    def _read_whole(self, response: requests.Response) -> None:
        # `response.content` would raise the library's errors; this is where it keeps what it read.
        response._content = b"".join(iter_body(response, _PIECE, vendor=self.vendor))
        response._content_consumed = True

    def _retrying(self, url: str, repeatable: bool) -> tenacity.Retrying:
        return tenacity.Retrying(
            retry=RetryIfHarmless(self._retries, repeatable=repeatable),
            wait=WaitAsAsked(self._retries),
            stop=tenacity.stop_after_attempt(self._retries.attempts),
            sleep=self._sleep,
            before_sleep=partial(self._note_retry, safe_url(url)),
            reraise=True,
        )

    def _note_retry(self, url: str, state: tenacity.RetryCallState) -> None:
        wait = state.next_action.sleep if state.next_action else 0.0
        error = state.outcome.exception() if state.outcome else None
        self.counters.add(retries=1, waited=wait)
        log.info(
            "%s: attempt %d at %s failed (%s); waiting %.1f s",
            self.vendor,
            state.attempt_number,
            url,
            _reason(error),
            wait,
        )


def _bare_session(options: HttpOptions, in_flight: int) -> requests.Session:
    """Return a session with these certificates, proxies and pool, and without cookies, retries and credentials."""
    session = requests.Session()
    adapter = PacedAdapter(pool_connections=2, pool_maxsize=in_flight, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers["User-Agent"] = options.user_agent or USER_AGENT
    session.trust_env = options.trust_env
    session.verify = options.verify
    session.cert = options.cert
    session.proxies.update(options.proxies or {})
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # threads share no state beyond connections
    return session


def _reason(error: BaseException | None) -> str:
    status = error.status if isinstance(error, MarketSyncError) else None
    return f"{type(error).__name__}, {status}" if status else type(error).__name__
