# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Directo's replies to a read that are not records, told apart in one place (contract 7 and 8.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from airflow_provider_marketsync.exceptions import (
    AuthError,
    FeedError,
    MarketSyncError,
    RequestError,
    ResponseError,
    ServerError,
    SettingsError,
)

WAIT = 60
"""Seconds Directo asks to wait before another try after a failure, at least (contract 8.4 and 10)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What tells one reply from another: its root element.

    :param name: the root's name, lower case
    :param attributes: the root's attributes, names in lower case
    :param text: the root's own text
    """

    name: str
    attributes: Mapping[str, str] = field(repr=False)
    text: str = field(default="", repr=False)

    @property
    def needs_text(self) -> bool:
        """Whether the root's text or children must be read before the reply is understood."""
        return self.name in {"err", "results"}


def refusal(reply: Reply) -> MarketSyncError | None:
    """Return the error a reply stands for, None where it may hold records.

    Rows are asked in the order that contract 7 gives.
    """
    for fits, error in _REPLIES:
        if fits(reply):
            return error(reply)
    return None


def refusal_of_status(status: int) -> MarketSyncError | None:
    """Return the error an HTTP status stands for where the body says nothing, None for 200.

    Redirects, 429 and 5xx do not come here: the transport knows them.
    """
    if status == 200:
        return None
    return _STATUSES.get(status, _bad_status)(status)


def html_page() -> ResponseError:
    """Return the error for a page made for people: the web server or ASP failed, or something stands in between."""
    return ResponseError(
        "Directo answered with a web page instead of XML; try again later, and check the connection's URL and proxy"
        " if this lasts",
        vendor="directo",
        retry_after=WAIT,
    )


def _token_required(reply: Reply) -> AuthError:
    return AuthError(
        "Directo saw no token; put it into the connection's password field, and set the extra field 'method' to POST"
        " or 'routing' to body if they are set otherwise",
        vendor="directo",
    )


def _err(reply: Reply) -> RequestError:
    return RequestError(
        "Directo refused the request with an 'err' reply whose text is unknown; try the interface's web form with the"
        " same parameters",
        vendor="directo",
    )


def _numbered(reply: Reply) -> RequestError:
    return RequestError(
        "Directo refused the request with a number that only this interface knows; ask Directo's support what it means",
        vendor="directo",
        code=_short(reply.attributes.get("code")),
    )


def _err_reason(reply: Reply) -> RequestError:
    return RequestError(
        "Directo refused the request and gave a reason (err_reason); try the interface's web form to see it",
        vendor="directo",
    )


def _result(reply: Reply) -> MarketSyncError:
    kind = reply.attributes["type"].strip()
    return _RESULTS.get(kind, _other_result)(_short(kind))


def _unauthorized(code: str | None) -> AuthError:
    return AuthError(
        "Directo refused the key or token (Unauthorized); check the connection's password field, and in Directo whether"
        " this key may read this component",
        vendor="directo",
        code=code,
    )


def _wrong_path(code: str | None) -> SettingsError:
    return SettingsError(
        "Directo knows no such URL (Invalid url given); copy the interface's full URL into the connection again, or set"
        " the extra field 'routing' to query",
        vendor="directo",
        code=code,
    )


def _passing(code: str | None) -> ServerError:
    return ServerError("Directo failed on its side; try again later", vendor="directo", code=code, retry_after=WAIT)


def _other_result(code: str | None) -> RequestError:
    return RequestError(
        "Directo refused the request; look the number up in Directo's table of replies", vendor="directo", code=code
    )


def _answer_to_a_write(reply: Reply | str | None) -> FeedError:
    return FeedError(
        "Directo answered a read as if it were a write (results); check the connection's URL and 'routing'",
        vendor="directo",
    )


def _short(code: str | None) -> str | None:
    """Return the code where it is one: a few letters or digits, never a sentence."""
    text = (code or "").strip()
    return text if text.isalnum() and len(text) <= 8 else None


_Fits = Callable[[Reply], bool]

_REPLIES: tuple[tuple[_Fits, Callable[[Reply], MarketSyncError]], ...] = (
    (lambda reply: reply.name == "html", lambda reply: html_page()),
    (lambda reply: reply.name == "err" and reply.text.strip().lower() == "token required", _token_required),
    (lambda reply: reply.name == "err", _err),
    (lambda reply: reply.name == "error", _numbered),
    (lambda reply: reply.name == "result" and "type" in reply.attributes, _result),
    (lambda reply: "err_reason" in reply.attributes, _err_reason),
    (lambda reply: reply.name in {"result", "results"}, _answer_to_a_write),
    (lambda reply: "code" in reply.attributes and "description" in reply.attributes, _numbered),
)

_RESULTS: Mapping[str, Callable[[str | None], MarketSyncError]] = {
    "0": _answer_to_a_write,
    "30": _answer_to_a_write,
    "5": _unauthorized,
    "404": _wrong_path,
    "9": _passing,
    "17": _passing,
}


def _refused_status(status: int) -> AuthError:
    return AuthError(
        f"Directo's server refused access ({status}); check the connection's URL and password field",
        vendor="directo",
        status=status,
    )


def _no_page(status: int) -> SettingsError:
    return SettingsError(
        f"There is nothing at the connection's URL ({status}); copy the interface's full URL into the connection again",
        vendor="directo",
        status=status,
    )


def _bad_status(status: int) -> MarketSyncError:
    if 400 <= status < 500:
        return RequestError(
            f"Directo's server refused the request ({status}); check the connection's URL, 'method' and 'routing'",
            vendor="directo",
            status=status,
        )
    return ResponseError(
        f"Directo answered with an unknown status ({status}); try again later",
        vendor="directo",
        status=status,
        retry_after=WAIT,
    )


_STATUSES: Mapping[int, Callable[[int], MarketSyncError]] = {
    401: _refused_status,
    403: _refused_status,
    404: _no_page,
    410: _no_page,
}
