# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Parameters of the XML interfaces, from query and form (contract section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.call import Call

CREDENTIAL_NAMES = ("key", "appkey", "token")
UNROUTED = frozenset((*CREDENTIAL_NAMES, "xmldata"))
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Asking:
    """
    What a caller wants.

    :param interface: ``classic``, ``xml_direct`` or ``bi_direct``
    :param words: routing words and filters, names in lower case; the query goes before the form
    :param secrets: credential parameters as given, a blank one too
    :param xmldata: the posted document, None where there is none
    """

    interface: str
    words: dict[str, str]
    secrets: dict[str, str]
    xmldata: str | None

    @property
    def is_classic(self) -> bool:
        """Tell whether the interface is the older one, agreed per database."""
        return self.interface == "classic"

    @property
    def what(self) -> str:
        """The component's word."""
        return self.words.get("what", "").strip().lower()

    def wants(self, verb: str) -> bool:
        """Tell whether ``get`` or ``put`` is asked for."""
        return self.words.get(verb, "").strip() == "1"


def form_of(call: Call) -> list[tuple[str, str]]:
    """Read the form of a body; another content type has none."""
    if call.content_type not in ("", FORM):
        return []
    return parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True)


def read_asking(call: Call, interface: str, routing: str) -> Asking:
    """
    Merge query and form.

    :param routing: value of the switch ``routing``
    """
    query, form = _lowered(call.query), _lowered(form_of(call))
    everything = {**form, **query}
    routed = {"query_only": query, "body_only": form}.get(routing, everything)
    return Asking(
        interface,
        {name: value for name, value in routed.items() if name not in UNROUTED},
        {name: everything[name] for name in CREDENTIAL_NAMES if name in everything},
        everything.get("xmldata"),
    )


def _lowered(pairs: list[tuple[str, str]]) -> dict[str, str]:
    lowered: dict[str, str] = {}
    for name, value in pairs:
        lowered.setdefault(name.lower(), value)
    return lowered
