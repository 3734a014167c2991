# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Directo's stand-in: which interface a path is, and what it answers (contract section 12)."""

from __future__ import annotations

import hmac
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.common_faults import HTML, page
from airflow_provider_marketsync.sandbox.directo import rest
from airflow_provider_marketsync.sandbox.directo.acts import act
from airflow_provider_marketsync.sandbox.directo.asking import Asking, read_asking
from airflow_provider_marketsync.sandbox.directo.cases import CASES
from airflow_provider_marketsync.sandbox.directo.columns import COMPONENTS, CUSTOMER, OTHER_COMPONENTS, Component
from airflow_provider_marketsync.sandbox.directo.database import Database
from airflow_provider_marketsync.sandbox.directo.fault_kinds import DIRECTO_FAULTS
from airflow_provider_marketsync.sandbox.directo.reading import read_cards, read_deletions
from airflow_provider_marketsync.sandbox.directo.replies import INVALID_URL, TOKEN_REQUIRED, UNAUTHORIZED, XML
from airflow_provider_marketsync.sandbox.directo.seeding import seed_people, seed_records
from airflow_provider_marketsync.sandbox.directo.store_view import store_view
from airflow_provider_marketsync.sandbox.directo.switch_table import DIRECTO_SWITCHES
from airflow_provider_marketsync.sandbox.directo.writing import LARGEST_DOCUMENT, parse_document, put_cards
from airflow_provider_marketsync.sandbox.request_log import SECRET_PARAMETERS, masked_parameters
from airflow_provider_marketsync.sandbox.seed_orders import generated_order, records_of
from airflow_provider_marketsync.sandbox.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DATABASE = "demo_ee"
KEY = "0123456789ABCDEF0123456789ABCDEF"
TOKEN = "made-token-7c1e5b90d2f84a63"  # noqa: S105 -- a made one
HOST_LABELS = (None, "login", "directo")
XML_PATH = re.compile(r"/xmlcore/([a-z0-9_]+)(?:/transport)?/xmlcore\.asp")
XSD_PATH = re.compile(r"/xmlcore/cap_xml_direct/(ws_kliendid|xml_in_kliendid)\.xsd")
REST_PATH = re.compile(r"/apidirect/v1/(customers|contacts)/?")
CAPS = {"cap_xml_direct": "xml_direct", "cap_bi": "bi_direct"}
XSD_FILES = {"ws_kliendid": "ws_kliendid.xsd", "xml_in_kliendid": "xml_IN_kliendid.xsd"}
NOT_FOUND = Reply(404, page("404 - File or directory not found."), HTML)
BAD_VERB = Reply(405, page("405 - HTTP verb used to access this page is not allowed."), HTML)
BROKEN_OFF = Reply(breaks_off=True)
TOO_LARGE = Reply(413, page("413 - Request entity too large."), HTML)


class DirectoSandbox(Vendor):
    """One demo database behind classic XMLCore, XML Direct, BI Direct and REST."""

    name = "directo"
    switch_table = DIRECTO_SWITCHES
    fault_kinds = DIRECTO_FAULTS

    def forget_everything(self) -> None:
        """Make both registers empty."""
        self.database = Database(self.clock, self.switches)

    def credentials(self) -> dict[str, str]:
        """Give the classic key, the token (XML Direct, BI Direct, REST) and the database."""
        return {"key": KEY, "token": TOKEN, "database": DATABASE}

    def connection(self, url: str) -> dict[str, Any]:
        """Make the Airflow connection, to XML Direct."""
        host = f"{url}/xmlcore/cap_xml_direct/xmlcore.asp"
        return {"conn_type": "directo", "host": host, "password": TOKEN, "extra": {"database": DATABASE}}

    def answer(self, call: Call) -> Reply:
        """Find the interface by the path, whose letter case does not matter."""
        path = call.path.lower()
        if call.account_label not in HOST_LABELS:
            return NOT_FOUND
        if match := XML_PATH.fullmatch(path):
            return self._xml(call, match[1])
        if match := XSD_PATH.fullmatch(path):
            return Reply(200, (Path(__file__).parent / XSD_FILES[match[1]]).read_bytes(), {"Content-Type": "text/xml"})
        if match := REST_PATH.fullmatch(path):
            return self._rest(call, rest.RESOURCES[match[1]])
        return NOT_FOUND

    def _xml(self, call: Call, place: str) -> Reply:
        if place not in CAPS and place != DATABASE:
            return NOT_FOUND
        if call.method not in ("GET", "POST"):
            return BAD_VERB
        asking = read_asking(call, CAPS.get(place, "classic"), self.switches["routing"])
        refused = _unauthorized(asking)
        if refused:
            return refused
        if asking.wants("put") and asking.interface != "bi_direct":
            return self._put(asking)
        return self._get(asking) if asking.wants("get") else INVALID_URL

    def _get(self, asking: Asking) -> Reply:
        if asking.what == self.switches["deleted_what"] != "off":
            return read_deletions(self.database, asking)
        component = self._component(asking)
        return component if isinstance(component, Reply) else read_cards(self.database, asking, component)

    def _put(self, asking: Asking) -> Reply:
        component = self._component(asking)
        if isinstance(component, Reply):
            return component
        if len((asking.xmldata or "").encode()) > LARGEST_DOCUMENT:
            return TOO_LARGE if self.switches["put_too_large"] == "413" else BROKEN_OFF
        return put_cards(self.database, asking, component)

    def _component(self, asking: Asking) -> Component | Reply:
        allowed = self.switches["components"]
        if asking.what in COMPONENTS and allowed in ("all", asking.what):
            return COMPONENTS[asking.what]
        if asking.what in COMPONENTS or asking.what in OTHER_COMPONENTS:
            return UNAUTHORIZED
        unknown = {"404 result": INVALID_URL, "unauthorized": UNAUTHORIZED}
        return unknown.get(self.switches["unknown_what"], Reply(200, b"<transport/>", XML))

    def _rest(self, call: Call, component: Component) -> Reply:
        if not _is_one_of(call.headers.get("x-directo-key", ""), KEY, TOKEN):
            return rest.message(int(self.switches["rest_bad_key"]), "Unauthorized")
        if call.method != "GET":
            return rest.message(405, "Method not allowed")
        return rest.read_resource(self.database, component, call)

    def remarks(self, call: Call) -> dict[str, Any]:
        """All parameters but secrets and the posted document, wherever they stood."""
        asking = read_asking(call, "", "anywhere")
        words = dict(masked_parameters(list({**asking.words, **asking.secrets}.items())))
        if asking.xmldata is not None:
            words["xmldata"] = f"{len(asking.xmldata)} characters"
        return {"parameters": words, "secret_in_url": any(name.lower() in SECRET_PARAMETERS for name, _ in call.query)}

    def seed(self, order: Any) -> dict[str, Any]:
        """Put cards in: records in Directo's words, made people, or ``{"set": "cases"}``."""
        if isinstance(order, dict) and order.get("set") == "cases":
            return {"seeded": seed_records(self.database, CASES)}
        generated = generated_order(order)
        if generated:
            return {"seeded": seed_people(self.database, generated, str(order.get("what", CUSTOMER.word)))}
        return {"seeded": seed_records(self.database, records_of(order))}

    def store(self, query: Mapping[str, str]) -> Iterator[str]:
        """Give both registers as JSON; ``?code=`` shows one card, ``?count=1`` numbers only."""
        return store_view(self.database, DATABASE, query)

    def act(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Do what somebody does with a card."""
        return act(self.database, order)

    def mails(self) -> list[dict[str, Any]]:
        """Directo mails nobody on account of its interfaces."""
        return []


def _is_one_of(given: str, *secrets: str) -> bool:
    return any(hmac.compare_digest(given.encode(), secret.encode()) for secret in secrets)


def _unauthorized(asking: Asking) -> Reply | None:
    if not asking.is_classic:
        if "token" not in asking.secrets:
            return TOKEN_REQUIRED
        return None if _is_one_of(asking.secrets["token"], TOKEN) else UNAUTHORIZED
    given = asking.secrets.get("key") or asking.secrets.get("appkey")
    if given is None and asking.wants("put"):
        return None if _keys_in_records(asking) == {KEY} else UNAUTHORIZED
    return None if given and _is_one_of(given, KEY) else UNAUTHORIZED


def _keys_in_records(asking: Asking) -> set[str]:
    # Older clients put the key on every record of a classic put, as appkey or as key (contract section 8.1).
    root = parse_document(asking.xmldata or "")
    if root is None or asking.what not in COMPONENTS:
        return set()
    return {row.get("appkey") or row.get("key") or "" for row in root.iter(asking.what)}
