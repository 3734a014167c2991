# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The session behind raw calls: what no caller may forget stands in its ``send``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from requests import PreparedRequest, RequestException, Response, Session
from requests.auth import AuthBase

from airflow_provider_marketsync.exceptions import RequestError
from airflow_provider_marketsync.transport.faults import fault_of_exchange
from airflow_provider_marketsync.transport.options import USER_AGENT, HttpOptions
from airflow_provider_marketsync.transport.plain_http import refuse_plain_http
from airflow_provider_marketsync.transport.redaction import keep_queries_out_of_logs

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter

    from airflow_provider_marketsync.transport.rate import RateLimit


@dataclass(frozen=True)
class Wire:
    """What a raw call of one vendor needs.

    :param base_url: what an endpoint is appended to
    :param auth: signs each request
    :param options: timeouts, certificates, proxies
    :param rate: waits before every request
    """

    base_url: str
    auth: AuthBase
    options: HttpOptions
    rate: RateLimit | None = None


class FormCredential(AuthBase):
    """Adds a key or token to the form that a request posts, where no server logs it.

    :param name: name of the parameter
    :param value: the key or token
    :param in_url: whether it may go into the URL of a GET
    """

    def __init__(self, name: str, value: str, *, in_url: bool) -> None:
        self._pair = urlencode({name: value})
        self._name = name
        self._in_url = in_url

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign one request.

        :raises RequestError: if the key would stand in a URL, and nobody asked for that
        """
        if request.method in ("GET", "HEAD"):
            return self._sign_url(request)
        body = request.body or ""
        form = body.decode() if isinstance(body, bytes) else str(body)
        request.body = "&".join(filter(None, (form, self._pair)))
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        return request

    def _sign_url(self, request: PreparedRequest) -> PreparedRequest:
        if not self._in_url:
            raise RequestError(
                f"A GET would show the {self._name} in a URL, which servers log; use method='POST', or set the "
                "connection's extra field 'method' to GET"
            )
        request.prepare_url(str(request.url), self._pair)
        return request


class RawSession(Session):
    """Calls one vendor: always with a timeout, never after a redirect, with nothing of a connection's extra as header.

    :param vendor: the vendor's name, lower case, for errors
    :param wire: where and how to call it
    :param adapter: keeps the connections; sessions of one hook share it
    """

    def __init__(self, vendor: str, wire: Wire, adapter: HTTPAdapter) -> None:
        super().__init__()
        keep_queries_out_of_logs()
        self._vendor = vendor
        self._wire = wire
        self.auth = wire.auth
        self.verify = wire.options.verify
        self.cert = wire.options.cert
        self.trust_env = wire.options.trust_env
        self.proxies.update(wire.options.proxies or {})
        self.headers["User-Agent"] = wire.options.user_agent or USER_AGENT
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send one request; an answer of any status is returned.

        :raises SettingsError: if the URL is plain http to another machine, or the certificate is not trusted
        :raises RetryableError: if no answer came
        """
        options = self._wire.options
        refuse_plain_http(str(request.url), options, self._vendor)
        if self._wire.rate:
            self._wire.rate.wait_turn()
        timeout = kwargs.pop("timeout", None) or (options.connect_timeout, options.read_timeout)
        try:
            return super().send(request, **{**kwargs, "timeout": timeout, "allow_redirects": False})
        except RequestException as error:
            fault = fault_of_exchange(error, self._vendor)
        raise fault  # out here, so that the library's own error, which shows the URL, is not attached
