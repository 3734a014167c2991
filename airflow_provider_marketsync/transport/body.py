# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Reading an answer's body, so that one that was cut off can not pass for a whole one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import HTTPError

from airflow_provider_marketsync.exceptions import ResponseError

if TYPE_CHECKING:
    from collections.abc import Iterator


def iter_body(response: requests.Response, size: int, *, vendor: str | None = None) -> Iterator[bytes]:
    """Yield the decoded body in pieces of at most ``size`` bytes, and close the response at the end.

    :param response: one that was asked for with ``stream=True``
    :raises ResponseError: if the body ends before it is whole, stalls, or is packed wrongly
    """
    fault = None
    try:
        yield from response.iter_content(size)
    except (requests.RequestException, HTTPError):
        fault = ResponseError(
            "The answer was cut off before its end; check network and proxy if this lasts",
            vendor=vendor,
            status=response.status_code,
        )
    finally:
        response.close()
    if fault:  # raised out here, so that the library's own error, which shows the URL, is not attached
        raise fault
