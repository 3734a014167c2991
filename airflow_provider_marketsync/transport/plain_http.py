# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Where plain http may go: to this machine, and to test servers a connection names on purpose."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from airflow_provider_marketsync.exceptions import SettingsError
from airflow_provider_marketsync.transport.redaction import safe_url

if TYPE_CHECKING:
    from airflow_provider_marketsync.transport.options import HttpOptions


def refuse_plain_http(url: str, options: HttpOptions, vendor: str) -> None:
    """Let https through, and http to this machine or where the options allow it.

    :param url: where a request is about to go
    :param options: the connection's options
    :param vendor: the vendor's name, lower case, for the error
    :raises SettingsError: for any other scheme or host; shows the URL without its query
    """
    parts = urlsplit(url)
    if parts.scheme == "https":
        return
    if parts.scheme == "http" and (options.allow_http or _is_loopback(parts.hostname or "")):
        return
    raise SettingsError(
        f"{safe_url(url)} is not https; correct the connection, or set its extra field 'allow_http' to true",
        vendor=vendor,
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
