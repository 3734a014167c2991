# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What every vendor's stand-in offers to the server and to the control port."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_provider_marketsync.sandbox.errors import OrderError
from airflow_provider_marketsync.sandbox.faults import FaultKind, FaultQueue
from airflow_provider_marketsync.sandbox.request_log import RequestLog
from airflow_provider_marketsync.sandbox.switches import Switch, Switches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from airflow_provider_marketsync.sandbox.call import Call, Reply
    from airflow_provider_marketsync.sandbox.clock import Clock


class Vendor(ABC):
    """
    One vendor's stand-in.

    A subclass keeps the vendor's state and answers calls; faults, switches and the request log live here.
    """

    name: ClassVar[str]
    switch_table: ClassVar[Mapping[str, Switch]]
    fault_kinds: ClassVar[Mapping[str, FaultKind]]

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.switches = Switches(self.switch_table)
        self.faults = FaultQueue(self.fault_kinds)
        self.requests = RequestLog()
        self.forget_everything()

    def reset(self) -> None:
        """Go back to the demo state; credentials stay."""
        self.switches.reset()
        self.faults.clear()
        self.requests.clear()
        self.forget_everything()

    @abstractmethod
    def forget_everything(self) -> None:
        """Make the store what a small account has on its first day."""

    @abstractmethod
    def credentials(self) -> dict[str, str]:
        """Credentials of the demo account, flat, by the names of the design."""

    @abstractmethod
    def connection(self, url: str) -> dict[str, Any] | None:
        """Make an Airflow connection to this stand-in, as its JSON form; None while the provider has no such type."""

    @abstractmethod
    def answer(self, call: Call) -> Reply:
        """Do the work of a call."""

    @abstractmethod
    def remarks(self, call: Call) -> dict[str, Any]:
        """What the request log says about a call besides the HTTP facts; no secrets."""

    @abstractmethod
    def seed(self, order: Any) -> dict[str, Any]:
        """
        Put records into the store.

        :raises OrderError: the order is not understood
        """

    @abstractmethod
    def store(self, query: Mapping[str, str]) -> Iterator[str]:
        """Give the store as pieces of one JSON text."""

    @abstractmethod
    def act(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """
        Do what a person does at the vendor.

        :raises OrderError: the action is unknown, or whom it is done to
        """

    @abstractmethod
    def mails(self) -> list[dict[str, Any]]:
        """Every mail, confirmation or workflow start so far, and for whom."""

    async def settle(self) -> None:
        """Do what is due by now and is not done when somebody looks, such as calling webhooks."""
        return None


def orders_of(body: Any) -> list[Mapping[str, Any]]:
    """
    Read one order or a list of them.

    :raises OrderError: it is neither
    """
    orders = body if isinstance(body, list) else [body]
    if not all(isinstance(order, dict) for order in orders):
        raise OrderError("expected a JSON object or a list of objects")
    return orders
