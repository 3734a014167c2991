# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A Smaily connection, parsed once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow_provider_marketsync.exceptions import SettingsError
from airflow_provider_marketsync.transport.extra import as_count, as_number, as_text
from airflow_provider_marketsync.transport.options import HttpOptions
from airflow_provider_marketsync.transport.rate import calls_in_flight

if TYPE_CHECKING:
    from collections.abc import Mapping

DOMAIN = ".sendsmaily.net"
READ_TIMEOUT = 300.0
"""Seconds: wide or large batches take minutes to answer (contract 8.1)."""

_LABEL = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, kw_only=True)
class SmailySettings:
    """Where an account is, who calls, and within which limits.

    :param subdomain: first label of the account's host; it is the account's identity
    :param username: name of the API user (contract 1)
    :param password: password of the API user
    :param base_url: scheme and host of the API, without trailing slash
    :param all_segment: built-in segment of every subscriber (contract 8.3)
    :param opted_out_segment: built-in segment of every opted-out subscriber (contract 8.3)
    :param calls_per_second: requests a second that this machine's address may make (contract 5: published 5)
    :param batch_size: most rows in one upsert (contract 8.1: 500 to 1 000 are in use)
    :param in_flight: upserts waiting for their answer at one time; a connection's default goes by the calls a second
    :param http: timeouts, certificates, proxies
    """

    subdomain: str
    username: str
    password: str = field(repr=False)
    base_url: str
    all_segment: int = 1
    opted_out_segment: int = 2
    calls_per_second: float = 5
    batch_size: int = 500
    in_flight: int = 2
    http: HttpOptions = field(default_factory=lambda: HttpOptions(read_timeout=READ_TIMEOUT))

    @classmethod
    def from_connection(
        cls,
        host: str | None,
        login: str | None,
        password: str | None,
        port: int | None,
        schema: str | None,
        extra: Mapping[str, Any],
    ) -> SmailySettings:
        """Read a connection.

        :param host: ``name``, ``name.sendsmaily.net`` or the account's URL; another server's host where a port is given
        :param login: name of the API user
        :param password: password of the API user
        :param port: only for a server that is not Smaily's own, such as the sandbox
        :param schema: ``http`` or ``https``, looked at together with the port
        :param extra: ``subdomain`` (instead of the host), ``base_url``, ``all_segment``, ``opted_out_segment``,
            ``calls_per_second``, ``batch_size``, ``in_flight`` and the names of :class:`HttpOptions`
        :raises SettingsError: names the field that is missing or wrong
        """
        if not (login and password):
            raise _wrong("needs the login and password of an API user (Preferences, Integrations, API Passwords)")
        subdomain = _subdomain(as_text(extra, "subdomain", None), host, port)
        calls_per_second = as_number(extra, "calls_per_second", cls.calls_per_second)
        return cls(
            subdomain=subdomain,
            username=login,
            password=password,
            base_url=_base_url(as_text(extra, "base_url", None), subdomain, host, port, schema),
            all_segment=as_count(extra, "all_segment", cls.all_segment),
            opted_out_segment=as_count(extra, "opted_out_segment", cls.opted_out_segment),
            calls_per_second=calls_per_second,
            batch_size=as_count(extra, "batch_size", cls.batch_size),
            in_flight=as_count(extra, "in_flight", calls_in_flight(calls_per_second)),
            http=HttpOptions.from_extra(extra, read_timeout=READ_TIMEOUT),
        )

    @property
    def rate_key(self) -> str:
        """What the rate limit belongs to: this machine's address, so one budget for all accounts (contract 5)."""
        server = urlsplit(self.base_url)
        return "smaily" if (server.hostname or "").endswith(DOMAIN) else f"smaily {server.netloc}"


def _subdomain(named: str | None, host: str | None, port: int | None) -> str:
    pasted = (named or host or "").strip().lower()
    name = re.split(r"[/:?#]", pasted.rpartition("://")[2], maxsplit=1)[0].removesuffix(DOMAIN)
    if _LABEL.fullmatch(name) and (named or not _is_other_server(host, port)):
        return name
    raise _wrong("needs the account's subdomain, the 'name' of name.sendsmaily.net, as host or in the extra field 'subdomain'")


def _base_url(given: str | None, subdomain: str, host: str | None, port: int | None, schema: str | None) -> str:
    if given is None and _is_other_server(host, port):
        given = f"{schema or 'https'}://{host}:{port}"
    if given is None:
        return f"https://{subdomain}{DOMAIN}"
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise _wrong("has an extra field 'base_url' that is no URL of a server")
    return given.rstrip("/")


def _is_other_server(host: str | None, port: int | None) -> bool:
    return bool(host and port and DOMAIN not in host.lower())


def _wrong(what: str) -> SettingsError:
    return SettingsError(f"The Smaily connection {what}", vendor="smaily")
