# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A server that gives scripted answers, for what a well-behaved Smaily never says."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from airflow_provider_marketsync.transport.options import HttpOptions
from airflow_provider_marketsync.transport.retries import Retries
from airflow_provider_marketsync.transport.session import HttpSession
from airflow_provider_marketsync.vendors.smaily.answers import judge
from airflow_provider_marketsync.vendors.smaily.client import SmailyClient
from airflow_provider_marketsync.vendors.smaily.settings import SmailySettings
from airflow_provider_marketsync.vendors.smaily.target import SmailyTarget


class Scripted:
    """What to answer next, and what was asked.

    A step is (status, body) or a function of the query that returns one; the last step stays.
    """

    def __init__(self, url):
        self.url = url
        self.script = []
        self.asked = []
        self.bodies = []

    def says(self, *bodies, status=200):
        """Answer these bodies one after the other."""
        self.script = [(status, body) for body in bodies]

    def step(self, path, query, body):
        """Note what was asked and return the next answer."""
        self.asked.append((path, query))
        self.bodies.append(body)
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return step(query) if callable(step) else step


@pytest.fixture
def scripted():
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, said = self.server.scripted.step(parts.path, query, body)
            said = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.scripted = Scripted(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server.scripted
    server.shutdown()
    server.server_close()
    thread.join(2)


def settings_for(url):
    return SmailySettings(
        subdomain="demo",
        username="api-user",
        password="s3cret",
        base_url=url,
        calls_per_second=1000,
        http=HttpOptions(read_timeout=5),
    )


@pytest.fixture
def session():
    with HttpSession("smaily", retries=Retries(attempts=3), sleep=lambda _: None) as opened:
        yield opened


@pytest.fixture
def client(scripted, session):
    return SmailyClient(settings_for(scripted.url), session)


@pytest.fixture
def target(scripted, session):
    return SmailyTarget(settings_for(scripted.url), session=session)


@pytest.fixture
def judged(scripted, session):
    """Have one answer judged."""

    def ask(status, body):
        scripted.says(body, status=status)
        return session.request("GET", scripted.url, repeatable=False, judge=judge)

    return ask
