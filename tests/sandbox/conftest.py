# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One running sandbox for these tests, in its demo state before each; they speak HTTP to it and nothing else."""

from __future__ import annotations

import base64
import hashlib
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from airflow_provider_marketsync.sandbox.pytest_plugin import (  # noqa: F401
    marketsync_sandbox,
    marketsync_sandbox_server,
)

RECORDED = Path(__file__).parent / "recorded"


class Wire:
    """Plain requests to one vendor, and orders to the control port."""

    def __init__(self, sandbox, vendor):
        self.sandbox = sandbox
        self.vendor = vendor
        self.url = sandbox.urls[vendor]
        self.session = requests.Session()

    def control(self, path, body=..., method=None):
        """Use a control route of this vendor."""
        arguments = () if body is ... else (body,)
        return self.sandbox.call(f"/{self.vendor}/{path}", *arguments, method=method)

    def switch(self, **values):
        """Set switches."""
        self.control("switches", values)

    def fault(self, kind, **keys):
        """Order one fault."""
        self.control("faults", [{"kind": kind, **keys}])

    def seed(self, *records):
        """Put records in."""
        self.control("seed", list(records))

    def raw(self, request):
        """Send bytes, give all bytes that come back until the server closes."""
        place = urlsplit(self.url)
        with socket.create_connection((place.hostname, place.port), timeout=5) as connection:
            connection.sendall(request)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return answer


class DirectoWire(Wire):
    """XML Direct by the book."""

    def __init__(self, sandbox):
        super().__init__(sandbox, "directo")
        self.credentials = self.control("credentials")
        self.endpoint = f"{self.url}/xmlcore/cap_xml_direct/xmlcore.asp"
        self.classic = f"{self.url}/xmlcore/{self.credentials['database']}/xmlcore.asp"

    def get(self, what="customer", **filters):
        """Read."""
        form = {"token": self.credentials["token"], "get": "1", "what": what, **filters}
        return self.session.post(self.endpoint, data=form, timeout=10)

    def put(self, xmldata, what="customer"):
        """Write."""
        form = {"token": self.credentials["token"], "put": "1", "what": what, "xmldata": xmldata}
        return self.session.post(self.endpoint, data=form, timeout=10)


class SmailyWire(Wire):
    """The scripts under ``/api``."""

    def __init__(self, sandbox):
        super().__init__(sandbox, "smaily")
        made = self.control("credentials")
        self.session.auth = (made["username"], made["password"])
        pair = f"{made['username']}:{made['password']}"
        self.authorization = "Basic " + base64.b64encode(pair.encode()).decode()
        self.switch(rate_limit=0)

    def get(self, script, **parameters):
        """Ask a script."""
        return self.session.get(f"{self.url}/api/{script}", params=parameters, timeout=10)

    def post(self, script, body):
        """Send JSON to a script."""
        return self.session.post(f"{self.url}/api/{script}", json=body, timeout=10)

    def code(self, script, body):
        """Send JSON to a script and give the code of its answer."""
        return self.post(script, body).json()["code"]

    def contact(self, email):
        """Give a subscriber as the control port shows it."""
        return self.sandbox.call(f"/smaily/store?email={requests.utils.quote(email)}")["contacts"][0]


class SalesmanagoWire(Wire):
    """API v2, signed."""

    def __init__(self, sandbox):
        super().__init__(sandbox, "salesmanago")
        made = self.control("credentials")
        self.owner, self.client_id, self.secret = made["owner"], made["client_id"], made["api_secret"]

    def auth(self, secret=None):
        """Give the four auth fields."""
        plain = f"klucz{self.client_id}{secret or self.secret}"
        sha = hashlib.sha1(plain.encode()).hexdigest()  # noqa: S324 -- the vendor's own scheme
        return {"clientId": self.client_id, "apiKey": "klucz", "requestTime": 1790000000000, "sha": sha}

    def ask(self, path, body=None, **fields):
        """Send a signed body and give the response."""
        whole = {**self.auth(), "owner": self.owner, **(body or {}), **fields}
        whole = {name: value for name, value in whole.items() if value is not ...}
        return self.session.post(f"{self.url}/api/{path}", json=whole, timeout=10)

    def post(self, path, body=None, **fields):
        """Send a signed body and give the JSON; a field ``...`` is left out."""
        return self.ask(path, body, **fields).json()

    def upsert(self, email, **fields):
        """Write one contact; ``contact`` adds to it."""
        return self.post("contact/upsert", contact={"email": email, **fields.pop("contact", {})}, **fields)

    def contact(self, email):
        """Give a card as the control port shows it; None where there is none."""
        found = self.sandbox.call(f"/salesmanago/store?email={requests.utils.quote(email)}")["contacts"]
        return found[0] if found else None

    def full(self, email):
        """Give a card as the vendor shows it."""
        return self.post("contact/listAll", email=[email])["contacts"][0]

    def advance(self, seconds):
        """Move the clock."""
        self.sandbox.call("/clock", {"advance": seconds})


@pytest.fixture
def directo(marketsync_sandbox):  # noqa: F811
    return DirectoWire(marketsync_sandbox)


@pytest.fixture
def smaily(marketsync_sandbox):  # noqa: F811
    return SmailyWire(marketsync_sandbox)


@pytest.fixture
def salesmanago(marketsync_sandbox):  # noqa: F811
    return SalesmanagoWire(marketsync_sandbox)


@pytest.fixture
def recorded():
    return lambda name: (RECORDED / name).read_bytes()


class MailUpWire(Wire):
    """REST console with a token, and the HTTP API pages."""

    CONSOLE = "/API/v1.1/Rest/ConsoleService.svc/Console/"

    def __init__(self, sandbox):
        super().__init__(sandbox, "mailup")
        self.credentials = self.control("credentials")
        self.session.headers["Authorization"] = "Bearer " + self.token().json()["access_token"]
        self.switch(rate_limit=0)

    def token(self, **form):
        """Ask for a token, by password unless told otherwise."""
        made = {name: self.credentials[name] for name in ("client_id", "client_secret")}
        who = {name: self.credentials[name] for name in ("username", "password")}
        wanted = {"grant_type": "password", **made, **who, **form}
        return requests.post(f"{self.url}/Authorization/OAuth/Token", data=wanted, timeout=10)

    def ask(self, method, path, body=None, **query):
        """Use a console route."""
        return self.session.request(method, self.url + self.CONSOLE + path, json=body, params=query, timeout=10)

    def get(self, path, **query):
        """Read a console route."""
        return self.ask("GET", path, **query)

    def page(self, name, **parameters):
        """Call a page of the HTTP API, give its code."""
        answer = requests.get(f"{self.url}/frontend/{name}.aspx", params=parameters, timeout=10)
        assert (answer.status_code, answer.content[-2:]) == (200, b"\r\n")
        return int(answer.text)

    def bulk(self, *rows, list_id=1, **query):
        """Import rows and let the time pass; give the counters."""
        number = self.ask("POST", f"List/{list_id}/Recipients", list(rows), **query).json()
        self.pass_time(10)
        return self.get(f"Import/{number}").json()

    def pass_time(self, seconds):
        """Move the clock."""
        self.sandbox.call("/clock", {"advance": seconds})

    def act(self, action, email="mari@kask.example.com", **keys):
        """Do what a person does."""
        return self.control("act", {"action": action, "email": email, **keys})["done"][0]

    def person(self, email="mari@kask.example.com"):
        """Give a recipient as the control port shows it."""
        return (self.sandbox.call(f"/mailup/store?email={requests.utils.quote(email)}")["recipients"] or [None])[0]

    def status(self, email="mari@kask.example.com", list_id=1):
        """Give the status of a recipient in a list, None where it has none."""
        places = (self.person(email) or {"lists": []})["lists"]
        return next((one["status"] for one in places if one["idList"] == list_id and one["channel"] == "email"), None)


@pytest.fixture
def mailup(marketsync_sandbox):  # noqa: F811
    return MailUpWire(marketsync_sandbox)
