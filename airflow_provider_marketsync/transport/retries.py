# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""When a call is made again, and after which wait."""

from __future__ import annotations

from dataclasses import dataclass

import tenacity
from tenacity.wait import wait_base

from airflow_provider_marketsync.exceptions import NoAnswerError, RateLimitError, RetryableError, UnreachableError
from airflow_provider_marketsync.transport.faults import in_doubt


@dataclass(frozen=True, kw_only=True)
class Retries:
    """How patient a session is within one call. Longer waits belong to Airflow's own retries.

    :param attempts: how often a call is made at most
    :param budget: seconds that may be waited between the attempts of one call, all together
    :param first_wait: seconds before the second attempt where the vendor asks for nothing; doubles each time
    :param longest_wait: seconds one such wait lasts at most
    """

    attempts: int = 6
    budget: float = 60
    first_wait: float = 1
    longest_wait: float = 20


class WaitAsAsked(wait_base):
    """Waits as long as the vendor asks, else exponentially with jitter.

    :param retries: the limits of the waits
    """

    def __init__(self, retries: Retries) -> None:
        self._own = tenacity.wait_exponential_jitter(
            initial=retries.first_wait, max=retries.longest_wait, jitter=retries.first_wait
        )

    def __call__(self, retry_state: tenacity.RetryCallState) -> float:
        """Return the seconds before the next attempt."""
        asked = _fault(retry_state).retry_after
        return self._own(retry_state) if asked is None else asked


class RetryIfHarmless(tenacity.retry_base):
    """Tries again what may be made again: what was surely not done, and calls that may be repeated.

    :param retries: a wait that does not fit the budget is left to the caller
    :param repeatable: whether the call may be made twice
    """

    def __init__(self, retries: Retries, *, repeatable: bool) -> None:
        self._retries = retries
        self._repeatable = repeatable

    def __call__(self, retry_state: tenacity.RetryCallState) -> bool:
        """Say whether the last attempt's fault allows another one."""
        outcome = retry_state.outcome
        error = outcome.exception() if outcome else None
        if not isinstance(error, RetryableError):
            return False
        if retry_state.idle_for + (error.retry_after or 0) > self._retries.budget:
            return False
        return self._repeatable or isinstance(error, RateLimitError | UnreachableError)


class Doubt:
    """Remembers over the attempts of one call that an earlier one may have been done.

    Without it a write that timed out, and then met a 429 on its second attempt, would pass for one that was not done.

    :param method: HTTP verb; reads leave no doubt
    """

    def __init__(self, method: str) -> None:
        self._is_write = method not in ("GET", "HEAD")
        self._stands = False

    def weigh(self, error: RetryableError) -> RetryableError:
        """Return the error an attempt's fault amounts to, given the attempts before it."""
        if self._stands and not isinstance(error, NoAnswerError):
            return NoAnswerError(
                f"{error.vendor} did not answer an earlier attempt, so it may have been done",
                retry_after=error.retry_after,
                vendor=error.vendor,
                status=error.status,
            )
        self._stands = self._stands or (self._is_write and in_doubt(error))
        return error


def _fault(retry_state: tenacity.RetryCallState) -> RetryableError:
    error = retry_state.outcome.exception() if retry_state.outcome else None
    if not isinstance(error, RetryableError):
        raise TypeError("a wait was asked for after something that is not retried")
    return error
