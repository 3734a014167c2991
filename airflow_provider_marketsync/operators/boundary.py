# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The one place where our errors become Airflow's."""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

from airflow_provider_marketsync.exceptions import FatalError, MarketSyncError, RetryableError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def airflow_errors() -> Iterator[None]:
    """Let a fatal error fail the task without retries, and a passing one with them.

    Airflow's own errors go through. Of an error that is neither, only kind and place are told: the libraries that raise
    such errors like to quote the value they choked on, and it may be somebody's address.

    :raises AirflowFailException: for a :class:`FatalError`
    :raises AirflowException: for everything else; of a :class:`RetryableError` it keeps ``retry_after``
    """
    from airflow_provider_marketsync.compat import AirflowException, AirflowFailException

    try:
        yield
    except FatalError as error:
        raise AirflowFailException(told(error)) from None
    except RetryableError as error:
        passing = AirflowException(told(error))
        passing.retry_after = error.retry_after  # type: ignore[attr-defined]  # for MarketSyncRetryPolicy
        raise passing from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] == "airflow":
            raise
        raise AirflowException(told(error)) from None


def told(error: Exception) -> str:
    """Return what may be shown of an error: ours are written to be read, of others only kind and place."""
    return f"{type(error).__name__}: {error}" if isinstance(error, MarketSyncError) else _unexpected(error)


def _unexpected(error: Exception) -> str:
    places = [
        f"{frame.filename.rpartition('airflow_provider_marketsync/')[2]}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[1:]
    ]
    return "\n  ".join((f"Unexpected {type(error).__name__}; its text may be personal and is left out. Raised at", *places))
