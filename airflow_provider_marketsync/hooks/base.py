# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What all hooks share: a connection serves the engine's ports and, being an ``HttpHook``, raw calls too."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from airflow.providers.http.hooks.http import HttpHook
from requests import Request

from airflow_provider_marketsync.compat import AirflowNotFoundException, mask_secret
from airflow_provider_marketsync.exceptions import AuthError, CapabilityError, MarketSyncError, RequestError, about_connection
from airflow_provider_marketsync.hooks.raw import RawSession, Wire
from airflow_provider_marketsync.transport.faults import fault_of_status
from airflow_provider_marketsync.transport.pace import PacedAdapter

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest, Response, Session
    from requests.adapters import HTTPAdapter

    from airflow_provider_marketsync.contacts.model import Component
    from airflow_provider_marketsync.engine.ports import Source, Target
    from airflow_provider_marketsync.transport.options import HttpOptions

Settings = TypeVar("Settings")

CHECK_TIMEOUT = 30.0
"""Seconds of silence that ``test_connection`` bears."""


class MarketSyncHook(HttpHook):
    """One vendor's connection.

    The parent sends every extra it does not know as a header, waits for ever and logs bodies; so everything that
    touches the wire is replaced. A raw call of ``HttpOperator(deferrable=True)`` does not come here: Airflow's trigger
    makes it by itself.

    :param conn_id: id of the Airflow connection
    :param http: what ``HttpOperator`` hands to a hook: ``method`` counts; the authentication is the vendor's own
    """

    def __init__(self, conn_id: str, **http: Any) -> None:
        super().__init__(http_conn_id=conn_id, **http)

    @property
    @abstractmethod
    def wire(self) -> Wire:
        """Where and how raw calls go."""

    @property
    def web_address(self) -> str:
        """Where a person opens the vendor: the root of the connection's own server."""
        parts = urlsplit(self.wire.base_url)
        place = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{place}/"

    @abstractmethod
    def check(self) -> None:
        """Make one cheap authenticated read, or raise a typed error that says what to do."""

    def source(self, component: Component = "customers") -> Source:
        """Return the vendor as a source.

        :param component: which register to read
        :raises CapabilityError: if it can not be one
        """
        raise CapabilityError(f"{self.hook_name} can not be a source; name another connection as 'source' of the sync")

    def target(self, *, fields: int = 0) -> Target:
        """Return the vendor as a target.

        :param fields: how many fields a contact has
        :raises CapabilityError: if it can not be one
        """
        raise CapabilityError(f"{self.hook_name} can not be a target; name another connection as 'target' of the sync")

    def parse(self, read: Callable[..., Settings]) -> Settings:
        """Look the connection up and read it into settings.

        :param read: takes host, login, password, port, schema and extra
        """
        connection = self.get_connection(self.http_conn_id)
        if connection.password:
            mask_secret(connection.password)
        with about_connection(self.http_conn_id):
            return read(
                host=connection.host,
                login=connection.login,
                password=connection.password,
                port=connection.port,
                schema=connection.schema,
                extra=connection.extra_dejson,
            )

    def get_conn(self, headers: dict[Any, Any] | None = None, extra_options: dict[str, Any] | None = None) -> Session:
        """Return a session that signs as the vendor wants it; it never follows a redirect and always has a timeout.

        :param headers: sent with each request
        :param extra_options: looked at by :meth:`run` only
        """
        session = RawSession(self.conn_type, self.wire, self._connections)
        session.headers.update(headers or {})
        return session

    def run(
        self,
        endpoint: str | None = None,
        data: dict[str, Any] | str | None = None,
        headers: dict[str, Any] | None = None,
        extra_options: dict[str, Any] | None = None,
        **request_kwargs: Any,
    ) -> Any:
        """Make one raw call.

        :param endpoint: appended to the connection's URL
        :param data: query of a GET, body of anything else
        :param headers: sent besides the session's own
        :param extra_options: ``timeout`` (seconds), ``stream``, ``check_response``
        :param request_kwargs: further arguments of ``requests.Request``, as ``json``
        """
        sent: dict[str, Any] = {"params" if self.method == "GET" else "data": data or None}
        request = Request(self.method, self.url_from_endpoint(endpoint), **sent, **request_kwargs)
        session = self.get_conn(headers)
        return self.run_and_check(session, session.prepare_request(request), extra_options or {})

    def url_from_endpoint(self, endpoint: str | None) -> str:
        """Append an endpoint to the connection's URL."""
        base = self.wire.base_url
        return f"{base.rstrip('/')}/{endpoint.lstrip('/')}" if endpoint else base

    def run_and_check(self, session: Session, prepped_request: PreparedRequest, extra_options: dict[Any, Any]) -> Response:
        """Send a request and judge its status, unless ``check_response`` is false."""
        timeout, stream = extra_options.get("timeout"), bool(extra_options.get("stream"))
        with about_connection(self.http_conn_id):
            response = session.send(prepped_request, timeout=timeout, stream=stream)
            if extra_options.get("check_response", True):
                self.check_response(response)
        return response

    def check_response(self, response: Response) -> None:
        """Raise what a status means; the body is neither shown nor logged.

        :raises AuthError: 401 and 403
        :raises RequestError: redirects and all other 4xx
        :raises RetryableError: 429 and 5xx
        """
        status = response.status_code
        if fault := fault_of_status(response, self.conn_type):
            raise fault
        if status in (401, 403):
            raise AuthError(f"{self.hook_name} refused the credentials; correct the connection", status=status)
        if status >= 400:
            raise RequestError(f"{self.hook_name} refused the call ({status}); check endpoint and data", status=status)

    def test_connection(self) -> tuple[bool, str]:
        """Check the connection; the message says what to correct and never shows a secret."""
        try:
            self.check()
        except MarketSyncError as error:
            return False, error.told  # Airflow tests under a random id, which would mean nothing to anybody
        except AirflowNotFoundException as error:
            return False, str(error)
        except Exception as error:  # Airflow shows nothing useful for what is raised here
            return False, f"Could not be checked: {type(error).__name__}; look at the fields of the connection"
        return True, f"{self.hook_name} answered and accepted the credentials"

    def impatient(self, options: HttpOptions) -> HttpOptions:
        """Return options for :meth:`check`: a person waits before a form, and Airflow for one minute at most."""
        return replace(options, read_timeout=min(options.read_timeout, CHECK_TIMEOUT))

    @cached_property
    def _connections(self) -> HTTPAdapter:
        return PacedAdapter()
