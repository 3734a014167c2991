# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""How large an answer's parts may be, and the error that each limit raises."""

from __future__ import annotations

from airflow_provider_marketsync.exceptions import FeedError

MAX_DEPTH = 64
MAX_ATTRIBUTES = 1_000
MAX_NAMES = 10_000
MAX_RECORD_BYTES = 1024 * 1024


def too_deep() -> FeedError:
    """Return the error for elements nested deeper than :data:`MAX_DEPTH`."""
    return _beyond(f"elements nested deeper than {MAX_DEPTH} levels")


def too_many_attributes() -> FeedError:
    """Return the error for an element with more than :data:`MAX_ATTRIBUTES` attributes."""
    return _beyond(f"an element with more than {MAX_ATTRIBUTES} attributes")


def too_many_names() -> FeedError:
    """Return the error for more than :data:`MAX_NAMES` different names of elements, fields or datafields."""
    return _beyond(f"more than {MAX_NAMES} different field names")


def too_large() -> FeedError:
    """Return the error for a record, or a stretch without any, of more than :data:`MAX_RECORD_BYTES`."""
    return _beyond("a record larger than 1 MiB")


def _beyond(found: str) -> FeedError:
    return FeedError(f"Directo's answer holds {found}, so it is not trusted; look at the card in Directo", vendor="directo")
