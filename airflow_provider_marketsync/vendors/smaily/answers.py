# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Whether an answer is a success: one function, one table (contract 3, 4 and 13).

HTTP 200 carries most errors, the body's ``code`` decides. Reads answer bare data; a dict with a ``code`` is a status.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

import msgspec

from airflow_provider_marketsync.exceptions import (
    AccountError,
    AuthError,
    MarketSyncError,
    RequestError,
    ResponseError,
    ServerError,
    SettingsError,
)

if TYPE_CHECKING:
    import requests

DONE = 101


class Meaning(str, Enum):
    """What an answer that is no error of account, request or server says."""

    DONE = "done"
    ABSENT = "absent"
    REFUSED = "refused"


@dataclass(frozen=True)
class Said:
    """An answer that was understood.

    :param meaning: done, nobody there, or refused for what the rows hold
    :param code: the body's code, 101 for bare data
    :param reason: our words for the code
    :param message: Smaily's words; they may hold an address
    :param body: bare data, or the whole status object
    """

    meaning: Meaning
    code: int
    reason: str
    message: str = field(default="", repr=False)
    body: Any = field(default=None, repr=False)

    @property
    def is_status(self) -> bool:
        """Whether Smaily said the code itself."""
        return _code(self.body) is not None


_SEGMENT = "there is no such segment; correct the extra fields 'all_segment' and 'opted_out_segment'"

CODES: dict[int, tuple[Meaning | type[MarketSyncError], str]] = {
    DONE: (Meaning.DONE, "taken"),
    201: (RequestError, "the call must be a POST"),
    202: (AuthError, "this API user may not use the API; give its rights back or use another one"),
    203: (Meaning.REFUSED, "no recognisable address, a value Smaily does not take, or a reserved top-level domain"),
    204: (Meaning.REFUSED, "an address is malformed"),
    205: (ServerError, "Smaily could not store the contacts; ask its support if this lasts"),
    206: (Meaning.ABSENT, "there is nobody with this address"),
    207: (Meaning.REFUSED, "a required field is missing"),
    208: (SettingsError, _SEGMENT),
    209: (ServerError, "Smaily could not load a remote address"),
    210: (RequestError, "the due date is not valid"),
    211: (RequestError, "the sender's address or domain is not accepted; verify it at Smaily"),
    212: (RequestError, "the launch failed"),
    213: (RequestError, "the win date is not valid"),
    214: (RequestError, "the winning condition is not valid"),
    215: (RequestError, "the campaign id is malformed"),
    216: (RequestError, "there is no such campaign"),
    217: (RequestError, "a segment's rule names a field nobody has"),
    218: (RequestError, "a segment's rule has an unknown operator"),
    219: (SettingsError, _SEGMENT),
    220: (Meaning.ABSENT, "there are no statistics for this address"),
    221: (RequestError, "there is no such workflow, or it is not started by a form"),
    223: (RequestError, "the action log needs a start"),
    224: (RequestError, "the action log's end lies before its start"),
    225: (ServerError, "Smaily could not store the contacts; ask its support if this lasts"),
    226: (ServerError, "Smaily could not fetch a file"),
    227: (AuthError, "the account's package has no API access; the account's owner must change the package at Smaily"),
}
"""Body code to meaning. The classes of codes that no sync meets are the contract's, for whoever calls those scripts."""

STATUSES: dict[int, tuple[type[MarketSyncError], str]] = {
    401: (AuthError, "user name or password of the API user are wrong, or it was deleted; correct the connection"),
    403: (AuthError, "the API user was refused; check the connection's login and password"),
}
"""HTTP statuses that mean the same whatever the body says, 403 with code 227 excepted."""


def judge(response: requests.Response) -> Said:
    """Decide what an answer means; 3xx, 429 and 5xx were sorted out by the transport.

    :raises AuthError: 401, 403, 202, and 227 (the package has no API)
    :raises AccountError: 404 without a body: no such subdomain
    :raises SettingsError: unknown segment
    :raises RequestError: the call itself is wrong, or the code is unknown
    :raises ServerError: Smaily says that it failed
    :raises ResponseError: the body is empty or no JSON
    """
    body = _json(response.content)
    code = _code(body)
    if response.status_code in STATUSES and code != 227:
        kind, reason = STATUSES[response.status_code]
        raise _error(kind, reason, response, code)
    if code is not None:
        return _said(code, body, response)
    if not response.ok:
        raise _status_error(response)
    if body is _UNREADABLE:
        raise _error(ResponseError, "the answer is empty or no JSON; check 'base_url' and proxy if this lasts", response, None)
    return Said(Meaning.DONE, DONE, "bare data", body=body)


def judge_write(response: requests.Response) -> Said:
    """Decide what the answer to a write means: as :func:`judge`, but bare data tells nothing here (contract 2).

    :raises ResponseError: if the answer has no code
    """
    said = judge(response)
    if said.is_status:
        return said
    raise _error(ResponseError, "a write was answered without a code", response, None)


def _said(code: int, body: dict[str, Any], response: requests.Response) -> Said:
    meaning, reason = CODES.get(code, (RequestError, "the code is not known; ask Smaily's support what it means"))
    if not isinstance(meaning, Meaning):
        raise _error(meaning, reason, response, code)
    if meaning is Meaning.DONE and not response.ok:
        raise _status_error(response)
    return Said(meaning, code, reason, str(body.get("message", "")), body)


def _status_error(response: requests.Response) -> MarketSyncError:
    if response.status_code != 404:
        return _error(RequestError, "the call was refused", response, None)
    if response.content.strip():
        return _error(RequestError, "there is no such script; check 'base_url'", response, None)
    return _error(
        AccountError, "there is no account with this subdomain; correct the connection's host or 'subdomain'", response, None
    )


def _error(kind: type[MarketSyncError], reason: str, response: requests.Response, code: int | None) -> MarketSyncError:
    said = f"code {code}" if code is not None else f"status {response.status_code}"
    return kind(f"Smaily: {reason} ({said})", vendor="smaily", status=response.status_code, code=code)


_UNREADABLE = object()


def _json(content: bytes) -> Any:
    """Parse whatever the content type says: Smaily labels all its JSON as HTML (contract 2)."""
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return _UNREADABLE


def _code(body: Any) -> int | None:
    """Return a status object's code. A contact may have a custom field ``code``, but then it has an address too."""
    if not isinstance(body, dict) or "code" not in body or "email" in body:
        return None
    text = str(body["code"])
    return int(text) if text.isascii() and text.isdigit() else -1
