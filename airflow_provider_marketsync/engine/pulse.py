# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A progress line in the log every few seconds."""

from __future__ import annotations

import logging
import time

log = logging.getLogger(__name__)
EVERY_SECONDS = 5.0


class Pulse:
    """Say how far a task is, at most every few seconds.

    :param what: what is being done, in the present participle (``reading customers``)
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = self._last = time.monotonic()

    def beat(self, records: int) -> None:
        """Report a count, if it is time to."""
        now = time.monotonic()
        if now - self._last >= EVERY_SECONDS:
            self._last = now
            log.info("%s: %s records, %.0f/s", self._what, f"{records:,}", records / (now - self._began))
