# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""From what went wrong on the wire to our errors; no message repeats what the library said, for it shows URLs."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from airflow_provider_marketsync.exceptions import (
    MarketSyncError,
    NoAnswerError,
    RateLimitError,
    RequestError,
    ResponseError,
    RetryableError,
    ServerError,
    SettingsError,
    UnreachableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_DAY = 86_400.0


def in_doubt(error: RetryableError) -> bool:
    """Say whether what was sent may have been done: no answer, an unreadable one, or a 5xx of the server."""
    return isinstance(error, NoAnswerError | ResponseError) or (isinstance(error, ServerError) and error.code is None)


def fault_of_exchange(error: requests.RequestException, vendor: str) -> MarketSyncError:
    """Return the error that stands for a request that got no status."""
    causes = list(_causes(error))
    if any(isinstance(cause, SSLCertVerificationError) for cause in causes):
        return SettingsError(
            f"{vendor}: the server's certificate is not trusted; check the host, or name trusted ones in 'verify'",
            vendor=vendor,
        )
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidProxyURL):
        return SettingsError(f"{vendor}: the address of the server or proxy is malformed; correct the connection", vendor=vendor)
    unsent = (requests.ConnectTimeout, requests.exceptions.ProxyError, NewConnectionError)
    if any(isinstance(cause, unsent) for cause in causes):
        return UnreachableError(f"{vendor} can not be reached; check host, network and proxy if this lasts", vendor=vendor)
    if isinstance(error, requests.Timeout):
        return NoAnswerError(
            f"{vendor} did not answer in time; raise the connection's extra field 'timeout' if this lasts", vendor=vendor
        )
    return NoAnswerError(
        f"The connection to {vendor} broke before an answer came; check network and proxy if this lasts", vendor=vendor
    )


def fault_of_status(response: requests.Response, vendor: str) -> MarketSyncError | None:
    """Return the error that a status means with every vendor: redirects, 429 and 5xx; None for all others."""
    status = response.status_code
    if 300 <= status < 400:
        return _redirected(response, vendor)
    if status == 429:
        return RateLimitError(
            f"{vendor} asks to slow down; run fewer tasks at a time if this lasts",
            retry_after=asked_wait(response),
            vendor=vendor,
            status=status,
        )
    if status >= 500:
        return ServerError(
            f"{vendor} failed on its side ({status}); ask its support if this lasts",
            retry_after=asked_wait(response),
            vendor=vendor,
            status=status,
        )
    return None


def asked_wait(response: requests.Response) -> float | None:
    """Return the seconds that ``Retry-After`` asks for (a number or a date), None where that is nonsense; a day at most."""
    text = response.headers.get("Retry-After", "").strip()
    try:
        seconds = float(text) if _NUMBER.fullmatch(text) else parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return min(max(0.0, seconds), _DAY)


def _redirected(response: requests.Response, vendor: str) -> RequestError:
    goal = urlsplit(urljoin(response.url, response.headers.get("Location", "")))
    return RequestError(
        f"{vendor} redirects to {goal.scheme}://{goal.hostname}, which is not followed; correct the connection",
        vendor=vendor,
        status=response.status_code,
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and all it wraps: the libraries keep the first fault in arguments and in ``reason``."""
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException):
            continue
        yield cause
        waiting += [*cause.args, getattr(cause, "reason", None)]
