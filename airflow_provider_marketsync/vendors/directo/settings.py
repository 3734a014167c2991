# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a Directo connection says, read once and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from airflow_provider_marketsync.exceptions import SettingsError
from airflow_provider_marketsync.transport.extra import as_flag, as_number, as_text
from airflow_provider_marketsync.transport.options import HttpOptions
from airflow_provider_marketsync.vendors.directo.cursor import MIN_OVERLAP, TsPrecision
from airflow_provider_marketsync.vendors.directo.interface import Interface, database_in, interface_of

TIMEZONE = "Europe/Tallinn"
READ_TIMEOUT = 300
"""Seconds of silence to bear: the whole answer is built before its first byte comes (contract 10 and 14.2)."""

Choice = TypeVar("Choice", bound=Enum)


class Method(str, Enum):
    """HTTP verb of a read. GET puts the key into the URL, where servers log it (contract 2.1)."""

    POST = "POST"
    GET = "GET"


class Routing(str, Enum):
    """Where a POST carries ``get``, ``what`` and the filters: form or query. The key is in the form always."""

    BODY = "body"
    QUERY = "query"


@dataclass(frozen=True, kw_only=True)
class DirectoSettings:
    """One Directo interface and how to read it.

    :param url: the interface's full URL as Directo handed it to the user
    :param interface: which of Directo's interfaces it is
    :param credential: app key (classic) or token
    :param database: the database's name; a token hides it, so it is trusted there
    :param method: HTTP verb of reads
    :param routing: where a POST carries what is asked for
    :param ts_precision: how fine the ``ts`` parameter is
    :param timezone: zone of Directo's clock (inferred: Estonia's)
    :param overlap: how far an incremental read goes back behind its cursor
    :param filter_required: whether the interface refuses reads without any filter (seen at classic ones)
    :param sanitize: whether control characters are dropped from the answer instead of refusing it
    :param http: timeouts, certificates, proxies
    """

    url: str
    interface: Interface
    credential: str = field(repr=False)
    database: str
    method: Method = Method.POST
    routing: Routing = Routing.BODY
    ts_precision: TsPrecision = TsPrecision.DATE
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo(TIMEZONE))
    overlap: timedelta = timedelta(days=1)
    filter_required: bool = False
    sanitize: bool = False
    http: HttpOptions = field(default_factory=lambda: HttpOptions(read_timeout=READ_TIMEOUT))

    @classmethod
    def from_connection(
        cls,
        *,
        host: str | None,
        login: str | None = None,
        password: str | None,
        port: int | None = None,
        schema: str | None = None,
        extra: Mapping[str, Any],
    ) -> DirectoSettings:
        """Read an Airflow connection.

        :param host: the interface's full URL; https where it names no scheme
        :param login: not used: Directo knows no user name
        :param password: app key or token
        :param port: of the URL, where that names none
        :param schema: http or https, where the URL names none
        :param extra: ``interface``, ``database``, ``method``, ``routing``, ``ts_precision``, ``timezone``,
            ``overlap_hours``, ``filter_required``, ``sanitize``, and the names of :meth:`HttpOptions.from_extra`
        :raises SettingsError: if something is missing or wrong; names the field
        """
        parts = _address(host, port, schema)
        interface = interface_of(parts.path, as_text(extra, "interface", None))
        return cls(
            url=parts.geturl(),
            interface=interface,
            credential=_credential(password),
            database=_database(parts.path, interface, as_text(extra, "database", None)),
            method=_choice(extra, "method", Method.POST),
            routing=_choice(extra, "routing", Routing.BODY),
            ts_precision=_choice(extra, "ts_precision", TsPrecision.DATE),
            timezone=_timezone(as_text(extra, "timezone", TIMEZONE)),
            overlap=_overlap(as_number(extra, "overlap_hours", 24.0)),
            filter_required=as_flag(extra, "filter_required", False),
            sanitize=as_flag(extra, "sanitize", False),
            http=HttpOptions.from_extra(extra, read_timeout=READ_TIMEOUT),
        )

    @property
    def account(self) -> str:
        """Identity of the account: host and database for classic, else the database alone (``design.md`` 6)."""
        if self.interface is Interface.CLASSIC:
            return f"{urlsplit(self.url).hostname}/{self.database}"
        return self.database


def _address(host: str | None, port: int | None, schema: str | None) -> SplitResult:
    text = (host or "").strip()
    try:
        parts = urlsplit(text if "://" in text else f"{_scheme(schema)}://{text}")
        if parts.port is None and port:
            parts = parts._replace(netloc=f"{parts.netloc}:{port}")
    except ValueError:
        raise _wrong("The connection's host is no URL; put the interface's full URL there") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path in {"", "/"}:
        raise _wrong(
            "The connection's host must be the interface's full URL, as in"
            " https://login.directo.ee/xmlcore/cap_xml_direct/xmlcore.asp"
        )
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise _wrong("The connection's URL must end with its path and hold no user; put the key or token into the field password")
    return parts


def _scheme(schema: str | None) -> str:
    return "http" if (schema or "").strip().lower() == "http" else "https"


def _credential(password: str | None) -> str:
    credential = (password or "").strip()
    if not credential:
        raise _wrong("The connection has no password; put the app key (classic) or the token there")
    return credential


def _database(path: str, interface: Interface, named: str | None) -> str:
    inside = database_in(path) if interface is Interface.CLASSIC else None
    if inside and named and inside != named.lower():
        raise _wrong(
            f"The connection's URL names the database {inside!r} (classic interface), its extra field 'database' another one; "
            "correct one of them, or, for XML Direct, the 'cap_xml_direct' in the URL"
        )
    database = inside or (named or "").lower()
    if not database:
        raise _wrong(
            "The connection's extra field 'database' is missing; set it to the database's name, which the token hides,"
            " so that another company's customers are never taken for this one's"
        )
    return database


def _choice(extra: Mapping[str, Any], name: str, default: Choice) -> Choice:
    text = as_text(extra, name, None)
    if text is None:
        return default
    for choice in type(default):
        if choice.value.lower() == text.lower():
            return choice
    known = ", ".join(choice.value for choice in type(default))
    raise _wrong(f"The connection's extra field {name!r} must be one of {known}")


def _timezone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _wrong("The connection's extra field 'timezone' must be a zone's name, as in Europe/Tallinn") from None


def _overlap(hours: float) -> timedelta:
    if hours < MIN_OVERLAP / timedelta(hours=1):
        raise _wrong("The connection's extra field 'overlap_hours' must be 6 or more, else changes are missed when clocks change")
    return timedelta(hours=hours)


def _wrong(message: str) -> SettingsError:
    return SettingsError(message, vendor="directo")
