# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Faults that can be ordered: what each does, and the queue of those still to come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from airflow_provider_marketsync.sandbox.delivery import Deliver, send_whole
from airflow_provider_marketsync.sandbox.errors import OrderError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflow_provider_marketsync.sandbox.call import Call, Reply

SEARCHED_BODY = 262_144
OWN_KEYS = frozenset({"kind", "match", "times", "after"})
MATCH_KEYS = frozenset({"method", "path", "body"})


@dataclass
class Order:
    """
    One ordered fault.

    :param match: words that a request must contain; ``any`` is looked for in method, path, query and body together
    :param times: how often it still strikes; None is for ever
    :param after: how many matching requests pass before it strikes
    :param options: further keys, by kind
    """

    kind: str
    match: Mapping[str, str]
    times: int | None
    after: int
    options: Mapping[str, Any] = field(default_factory=dict)

    def number(self, name: str, default: float) -> float:
        """Give a numeric option."""
        return float(self.options.get(name, default))

    def matches(self, call: Call) -> bool:
        """Tell whether the request is meant."""
        if not self.match:
            return True
        raw = call.body[:SEARCHED_BODY].decode("utf-8", "replace")
        body = f"{raw}\n{unquote_plus(raw)}"
        target = f"{call.path}?{unquote_plus(call.query_string)}" if call.query_string else call.path
        seen = {"method": call.method, "path": target, "body": body}
        seen["any"] = f"{call.method} {target}\n{body}"
        return all(word.lower() in seen[place].lower() for place, word in self.match.items())

    def as_json(self) -> dict[str, Any]:
        """Give the order as it stands now."""
        match = self.match.get("any", dict(self.match) or None)
        return {"kind": self.kind, "match": match, "times": self.times, "after": self.after, **self.options}


@dataclass(frozen=True)
class FaultKind:
    """
    What a fault does.

    :param meaning: one line for the caller
    :param instead: makes the answer; the work is **not** done
    :param alters: changes the vendor's answer; the work is done
    :param deliver: how the answer travels
    :param strikes: what it waits for: a ``request`` that came in, or an event of the vendor's own such as a webhook
    """

    meaning: str
    instead: Callable[[Call, Order], Reply] | None = None
    alters: Callable[[Reply, Order], Reply] | None = None
    deliver: Deliver = send_whole
    strikes: str = "request"


class FaultQueue:
    """The faults of one vendor that are still to strike; the oldest that matches is taken."""

    def __init__(self, kinds: Mapping[str, FaultKind]) -> None:
        self._kinds = dict(kinds)
        self._orders: list[Order] = []

    def clear(self) -> None:
        """Call everything off."""
        self._orders.clear()

    def kinds(self) -> dict[str, str]:
        """Every kind with its meaning."""
        return {name: kind.meaning for name, kind in sorted(self._kinds.items())}

    def pending(self) -> list[dict[str, Any]]:
        """The orders still to strike."""
        return [order.as_json() for order in self._orders]

    def add(self, orders: Any) -> None:
        """
        Order faults, all or none.

        :param orders: a list of ``{"kind", "match", "times", "after"}``, or one of them
        :raises OrderError: a kind or a key is unknown; the answer lists the kinds
        """
        given = orders if isinstance(orders, list) else [orders]
        self._orders.extend([self._parse(order) for order in given])

    def take(self, call: Call, strikes: str = "request") -> tuple[FaultKind, Order] | None:
        """
        Give the fault that strikes this request, and count it.

        :param strikes: which faults are asked for; an event of the vendor's own is asked with the call that caused it
        """
        for order in self._orders:
            if self._kinds[order.kind].strikes != strikes or not order.matches(call):
                continue
            if order.after > 0:
                order.after -= 1
                continue
            self._count(order)
            return self._kinds[order.kind], order
        return None

    def _count(self, order: Order) -> None:
        if order.times is None:
            return
        order.times -= 1
        if order.times == 0:
            self._orders.remove(order)

    def _parse(self, order: Any) -> Order:
        if not isinstance(order, dict) or "kind" not in order:
            raise OrderError('a fault is an object with the key "kind"', {"kinds": self.kinds()})
        kind = str(order["kind"])
        if kind not in self._kinds:
            raise OrderError(f"unknown fault kind {kind!r}", {"kinds": self.kinds()})
        options = {name: value for name, value in order.items() if name not in OWN_KEYS}
        return Order(kind, _parse_match(order.get("match")), _parse_times(order), _count_of(order, "after", 0, 0), options)


def _parse_times(order: Mapping[str, Any]) -> int | None:
    if "times" in order and order["times"] is None:
        return None
    return _count_of(order, "times", 1, 1)


def _count_of(order: Mapping[str, Any], name: str, default: int, least: int) -> int:
    number = order.get(name, default)
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        raise OrderError(f"{name!r} is a whole number of at least {least}" + (" or null" if least else ""))
    return number


def _parse_match(match: Any) -> dict[str, str]:
    if match is None or match in ("", "*"):
        return {}
    if isinstance(match, str):
        return {"any": match}
    if isinstance(match, dict) and set(match) <= MATCH_KEYS:
        return {place: str(word) for place, word in match.items()}
    raise OrderError('"match" is text found anywhere in the request, or an object of "method", "path", "body"')
