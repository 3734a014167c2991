# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Every error of this package, sorted by what the caller should do.

::

    MarketSyncError
    ├── FatalError                 a person must change something first; a retry is pointless
    │   ├── DefinitionError        the sync's definition is wrong: names line and cure
    │   ├── SettingsError          a connection or a [marketsync] setting is wrong
    │   ├── AuthError              the vendor refused the credentials
    │   ├── AccountError           no such account, or another one than last time
    │   ├── CapabilityError        the target or source cannot do what the definition asks
    │   ├── PreflightError         definition and vendor do not fit together
    │   ├── RequestError           the vendor refused the request itself
    │   ├── FeedError              the source's answer is whole, but it is no list of records
    │   ├── LedgerError            the ledger is unusable, damaged or not the one it was
    │   ├── ExtractError           an extract is missing, damaged or of another sync
    │   ├── PlanError              the plan no longer fits definition, ledger or account
    │   └── LimitExceeded          the run did its work, and a limit of the definition was passed
    └── RetryableError             try again later
        ├── NoAnswerError          connection lost or timed out: what was sent may have been done
        ├── UnreachableError       no connection was made, so nothing was sent
        ├── RateLimitError         the vendor asks to slow down; carries ``retry_after``
        ├── ServerError            the vendor answered 5xx
        ├── ResponseError          the answer is cut, empty or not what the contract says
        ├── SyncLockedError        another run of the same sync is at work
        └── FencedError            this run lost its lock to a newer one; it must stop

Messages say what to do. They never hold a body, an address, a query string, a header or a secret.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class MarketSyncError(Exception):
    """Base of all errors of this package.

    ``connection`` is the id of the Airflow connection concerned, where :func:`about_connection` knew it; the text
    begins with it then.

    :param message: what happened and what to do about it
    :param vendor: the vendor concerned, lower case, if any
    :param status: HTTP status of the answer, if there was one
    :param code: the vendor's own short code, if it gave one
    :param docs: page below ``docs/`` that explains more
    """

    def __init__(
        self,
        message: str,
        *,
        vendor: str | None = None,
        status: int | None = None,
        code: str | int | None = None,
        docs: str | None = None,
    ) -> None:
        page = docs or (f"vendors/{vendor}.md" if vendor else None)
        super().__init__(f"{message} (see docs/{page})" if page else message)
        self.vendor = vendor
        self.status = status
        self.code = code
        self.connection: str | None = None

    @property
    def told(self) -> str:
        """The text without the connection's id, for who tests a connection and knows it by sight."""
        return super().__str__()

    def __str__(self) -> str:
        return f"connection {self.connection!r}: {self.told}" if self.connection else self.told


@contextmanager
def about_connection(conn_id: str | None, vendor: str | None = None) -> Iterator[None]:
    """Let the errors of a block name the connection they concern.

    :param conn_id: id of the Airflow connection; None where there is none
    :param vendor: only errors of this vendor concern it; None = all do
    """
    try:
        yield
    except MarketSyncError as error:
        if error.connection is None and vendor in (None, error.vendor):
            error.connection = conn_id
        raise


class FatalError(MarketSyncError):
    """A person must change something first; trying again changes nothing."""


class DefinitionError(FatalError):
    """The sync's definition is wrong; the message names the place and the cure."""


class SettingsError(FatalError):
    """A connection or a ``[marketsync]`` setting is missing or wrong."""


class AuthError(FatalError):
    """The vendor refused the credentials, or the account's package has no API."""


class AccountError(FatalError):
    """There is no such account, or it is another one than this sync knew."""


class CapabilityError(FatalError):
    """The source or target cannot do what the definition asks."""


class PreflightError(FatalError):
    """Definition and vendor do not fit together: a field, an option or a consent field."""


class RequestError(FatalError):
    """The vendor refused the request itself; sending the same again is pointless."""


class FeedError(FatalError):
    """The source answered, and the answer is no list of records that may be trusted."""


class LedgerError(FatalError):
    """The ledger is unusable, damaged, or not the one this sync wrote before."""


class ExtractError(FatalError):
    """An extract is missing, damaged, unfinished or belongs to another sync."""


class PlanError(FatalError):
    """The accepted plan belongs to another definition, ledger or account."""


class LimitExceeded(FatalError):
    """Everything else was done; a limit of the definition was passed.

    :param summary: the run's summary, plain JSON
    """

    def __init__(self, message: str, *, summary: dict[str, object]) -> None:
        super().__init__(message, docs="run-protocol.md")
        self.summary = summary


class RetryableError(MarketSyncError):
    """The same call may succeed later.

    :param retry_after: seconds the vendor asked to wait, if it did
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        vendor: str | None = None,
        status: int | None = None,
        code: str | int | None = None,
        docs: str | None = None,
    ) -> None:
        super().__init__(message, vendor=vendor, status=status, code=code, docs=docs)
        self.retry_after = retry_after


class NoAnswerError(RetryableError):
    """The connection broke or timed out; what was sent may or may not have been done."""


class UnreachableError(RetryableError):
    """No connection was made, so nothing was sent."""


class RateLimitError(RetryableError):
    """The vendor asks to slow down; the request was not processed."""


class ServerError(RetryableError):
    """The vendor answered 5xx, or said that it failed on its own side."""


class ResponseError(RetryableError):
    """The answer is cut off, empty, or not what the contract says."""


class SyncLockedError(RetryableError):
    """Another run of the same sync holds the lock."""


class FencedError(RetryableError):
    """The run lost its lock to a newer one and must not write any more."""
