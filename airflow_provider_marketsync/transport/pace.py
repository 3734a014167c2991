# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""An answer that trickles counts as silence: the libraries' timeout begins anew with every byte."""

from __future__ import annotations

import io
import time
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from urllib3 import PoolManager

ENOUGH = 1024
"""Bytes that have to come within the time that silence is borne; the wait for the first ones is not counted."""


class PacedAdapter(HTTPAdapter):
    """Keeps connections whose answers have to come at a pace: see :data:`ENOUGH`."""

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*arguments, **named)
        _pace(self.poolmanager)

    def proxy_manager_for(self, *arguments: Any, **named: Any) -> PoolManager:
        """Return the pools of connections through a proxy."""
        return _pace(super().proxy_manager_for(*arguments, **named))


class _PacedStream(io.RawIOBase):
    """What comes out of a socket, with an eye on how long it takes.

    :param raw: the socket's own stream, whose timeout bounds each single wait
    :param patience: seconds in which :data:`ENOUGH` has to come
    """

    def __init__(self, raw: io.RawIOBase, patience: float) -> None:
        self._raw = raw
        self._patience = patience
        self._begun = False
        self._waited = 0.0
        self._received = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what is there.

        :raises TimeoutError: if too little came for too long
        """
        began = time.monotonic()
        received = self._raw.readinto(buffer)
        if received and self._begun:
            self._weigh(time.monotonic() - began, received)
        self._begun = True
        return received

    def close(self) -> None:
        self._raw.close()
        super().close()

    def _weigh(self, waited: float, received: int) -> None:
        self._waited += waited
        self._received += received
        if self._received >= ENOUGH:
            self._waited, self._received = 0.0, 0
        elif self._waited > self._patience:
            raise TimeoutError


class _PacedResponse(HTTPResponse):
    def __init__(self, sock: Any, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        patience = sock.gettimeout()
        if patience:
            self.fp = io.BufferedReader(_PacedStream(self.fp.detach(), patience))


class _Connection(HTTPConnection):
    response_class = _PacedResponse


class _SecureConnection(HTTPSConnection):
    response_class = _PacedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def _pace(manager: PoolManager) -> PoolManager:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return manager
