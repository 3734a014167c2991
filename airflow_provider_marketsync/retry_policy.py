# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A retry policy for Airflow 3.3: try again when the vendor says, and not at all where it is pointless."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.exceptions import FatalError, SettingsError

if TYPE_CHECKING:
    from airflow_provider_marketsync.compat import Context, RetryDecision, RetryPolicy
else:
    try:
        from airflow_provider_marketsync.compat import RetryPolicy
    except ImportError:
        RetryPolicy = object  # so that a DAG file can be read anywhere


class MarketSyncRetryPolicy(RetryPolicy):
    """Let the error decide about the next try: ``FetchCustomersOperator(..., retry_policy=MarketSyncRetryPolicy())``.

    An error that knows how long to wait is tried again after just that, one that a person has to mend is not tried again,
    any other as the task says (``retry_delay``). ``retries`` bounds all of it.

    :raises SettingsError: before Airflow 3.3, which knows no retry policies
    """

    def __init__(self) -> None:
        if RetryPolicy is object:
            raise SettingsError(
                "Airflow knows retry policies from 3.3 on; here, leave retry_policy out and set retries and retry_delay",
                docs="waiting.md",
            )

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Context | None = None
    ) -> RetryDecision:
        """Decide about a failure."""
        from airflow_provider_marketsync.compat import RetryDecision

        if isinstance(exception, FatalError):
            return RetryDecision.fail(type(exception).__name__)
        seconds = getattr(exception, "retry_after", None)
        if seconds is None:
            return RetryDecision.default()
        return RetryDecision.retry(timedelta(seconds=seconds), f"asked to wait {seconds:.0f} s")

    def serialize(self) -> dict[str, Any]:
        """Return nothing: it has no settings."""
        return {}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> MarketSyncRetryPolicy:
        """Return an equal policy."""
        return cls()
