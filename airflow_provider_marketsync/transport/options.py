# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""How a session talks: timeouts, certificates, proxies. Read from the names HttpHook uses in a connection's extra."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from airflow_provider_marketsync import __version__
from airflow_provider_marketsync.exceptions import SettingsError
from airflow_provider_marketsync.transport.extra import as_flag, as_number, as_text

USER_AGENT = f"airflow-provider-marketsync/{__version__}"


@dataclass(frozen=True, kw_only=True)
class HttpOptions:
    """Everything about the connection that is not the vendor's business.

    :param connect_timeout: seconds to wait for a connection
    :param read_timeout: seconds of silence to bear while waiting for an answer or its next bytes
    :param verify: whether to check the server's certificate, or the path of a file with trusted ones
    :param cert: path of a PEM file with the client's certificate and key
    :param proxies: scheme to proxy URL, as ``requests`` takes it
    :param user_agent: what to call ourselves
    :param allow_http: whether plain http is let through to hosts other than this machine
    :param trust_env: whether proxies and certificates may come from environment variables
    """

    connect_timeout: float = 10
    read_timeout: float = 60
    verify: bool | str = True
    cert: str | None = None
    proxies: Mapping[str, str] | None = field(default=None, repr=False)
    user_agent: str | None = None
    allow_http: bool = False
    trust_env: bool = False

    @classmethod
    def from_extra(cls, extra: Mapping[str, Any], **defaults: Any) -> HttpOptions:
        """Read ``timeout`` (seconds), ``verify``, ``cert``, ``proxies`` or ``proxy``, ``allow_http`` and ``trust_env``.

        :param extra: the connection's extra; names that are none of ours are left alone
        :param defaults: this vendor's own values for what the extra does not set
        :raises SettingsError: if a field can not be understood; names the field
        """
        plain = cls(**defaults)
        timeout = as_number(extra, "timeout", plain.read_timeout)
        return cls(
            connect_timeout=min(plain.connect_timeout, timeout),
            read_timeout=timeout,
            verify=_verify(extra, plain.verify),
            cert=as_text(extra, "cert", plain.cert),
            proxies=_proxies(extra) or plain.proxies,
            user_agent=plain.user_agent,
            allow_http=as_flag(extra, "allow_http", plain.allow_http),
            trust_env=as_flag(extra, "trust_env", plain.trust_env),
        )


def _verify(extra: Mapping[str, Any], default: bool | str) -> bool | str:
    try:
        return as_flag(extra, "verify", default)
    except SettingsError:
        return as_text(extra, "verify", default)


def _proxies(extra: Mapping[str, Any]) -> dict[str, str] | None:
    found = extra.get("proxies") or extra.get("proxy")
    if not found:
        return None
    if isinstance(found, str):
        return {"http": found, "https": found}
    if isinstance(found, Mapping) and all(isinstance(part, str) for pair in found.items() for part in pair):
        return dict(found)
    raise SettingsError("The connection's extra field 'proxies' must be a proxy's URL or an object of scheme to URL; correct it")
