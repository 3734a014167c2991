# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What of a URL may be shown: scheme, host and path. Queries hold addresses and keys."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit


def safe_url(url: str) -> str:
    """Return ``scheme://host[:port]/path``: without user, password, query and fragment."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class QueryFilter(logging.Filter):
    """Cuts the query off the request lines that urllib3 writes when logging is set to DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the paths among the record's arguments; let every record through."""
        if isinstance(record.args, tuple):
            record.args = tuple(_without_query(part) for part in record.args)
        return True


def _without_query(part: object) -> object:
    return part.partition("?")[0] if isinstance(part, str) else part


def keep_queries_out_of_logs() -> None:
    """Put one :class:`QueryFilter` before urllib3's own log lines."""
    logger = logging.getLogger("urllib3.connectionpool")
    if not any(isinstance(known, QueryFilter) for known in logger.filters):
        logger.addFilter(QueryFilter())
