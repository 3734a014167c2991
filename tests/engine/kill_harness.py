# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A vendor in one process and workers in others, so that workers can be killed, stopped and raced for real.

The vendor speaks HTTP on a loopback port and keeps a :class:`Town`. It can end or stop the worker that sends to it at
a chosen request, before or after it has stored the batch: the moments a timer hardly ever hits.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.ports import Answer, Payload, Presence, Verdict
from airflow_provider_marketsync.engine.upsert import UpsertOptions, upsert
from airflow_provider_marketsync.exceptions import MarketSyncError, NoAnswerError
from tests.engine.definitions import Variant
from tests.engine.made_target import CAPABILITY, MadePull, MadeTarget, Person, Town

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["__main__", "tests.engine.kill_harness"])
ANSWERS_AFTER = 0.004
FIELDS = frozenset({"email", "name", "cardno"})


@dataclass
class Trap:
    """What the vendor does to the worker at its n-th batch.

    :param batch: number of the batch, from 0
    :param signal: the signal the worker gets
    :param stored: whether the batch is stored first
    :param waits: whether the batch then waits for ``/release``, as if it hung in the network
    """

    batch: int
    signal: int
    stored: bool
    waits: bool = False


class Vendor(ThreadingHTTPServer):
    """The vendor's server with its store."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.released = threading.Event()
        self.reset({})

    def reset(self, said: dict[str, Any]) -> None:
        """Begin anew, perhaps with a trap."""
        self.town, self.trap, self.batches = Town(), None, 0
        self.target = MadeTarget(self.town, fields=FIELDS)

    def set_trap(self, said: dict[str, Any]) -> None:
        """Lay a trap for the next worker."""
        self.trap, self.batches = Trap(**said) if said else None, 0
        self.released.clear()

    def opt_out(self, said: dict[str, Any]) -> None:
        """Let people opt out at the vendor."""
        for address in said["addresses"]:
            if address in self.town.people:
                self.town.subscribe_state(address, False, "optout")

    def release(self, said: dict[str, Any]) -> None:
        """Let the batch that hangs in the network arrive."""
        self.released.set()

    def take(self, said: dict[str, Any]) -> dict[str, Any]:
        """Take a batch from a worker."""
        number, self.batches = self.batches, self.batches + 1
        trap = self.trap if self.trap and self.trap.batch == number else None
        if trap and not trap.stored:
            self._spring(trap, said["pid"])
        time.sleep(ANSWERS_AFTER)
        self.target.send(said["batch"])
        if trap and trap.stored:
            self._spring(trap, said["pid"])
        return {}

    def _spring(self, trap: Trap, pid: int) -> None:
        os.kill(pid, trap.signal)
        if trap.waits:
            self.released.wait(30)
        elif not trap.stored:
            raise ConnectionAbortedError

    def one(self, said: dict[str, Any]) -> dict[str, Any]:
        """Look one person up."""
        found = self.target.read_one(said["address"])
        return {"mailable": found.mailable if found else None}

    def walk(self, said: dict[str, Any]) -> dict[str, Any]:
        """Return everybody."""
        return {"people": [[found.address, found.mailable] for page in self.target.walk() for found in page]}

    def feed(self, said: dict[str, Any]) -> dict[str, Any]:
        """Return the feed of opt-outs."""
        return {"feed": self.town.feed}

    def store(self, said: dict[str, Any]) -> dict[str, Any]:
        """Return who stands there, and how often each became mailable."""
        people = {address: [person.fields, person.mailable] for address, person in self.town.people.items()}
        return {"people": people, "mailable": dict(self.town.ever_mailable), "batches": self.batches}


class _Handler(BaseHTTPRequestHandler):
    server: Vendor

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps(getattr(self.server, self.path[1:])(said) or {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *words: object) -> None:
        """Say nothing."""

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True


def serve(ports: Any) -> None:
    """Be the vendor until the end of the process."""
    vendor = Vendor()
    ports.send(vendor.server_address[1])
    vendor.serve_forever()


class _FeedPull(MadePull):
    """The feed, as it came over the socket."""


class SocketTarget(MadeTarget):
    """Fulfil the port over the vendor's socket.

    :param port: the vendor's port
    """

    def __init__(self, port: int) -> None:
        super().__init__(Town(), fields=FIELDS, capability=CAPABILITY)
        self._port = port

    def send(self, batch: Sequence[Payload]) -> Answer:
        self.ask("take", pid=os.getpid(), batch=list(batch))
        return Answer(Verdict.ACCEPTED, "101", "OK")

    def read_one(self, address: str) -> Presence | None:
        mailable = self.ask("one", address=address)["mailable"]
        return None if mailable is None else Presence(address, mailable)

    def walk(self) -> Iterator[list[Presence]]:
        yield [Presence(address, mailable) for address, mailable in self.ask("walk")["people"]]

    def pull_opt_outs(self, cursor: str | None) -> MadePull:
        self.town.feed = [(address, origin) for address, origin in self.ask("feed")["feed"]]
        return _FeedPull(self.town, cursor)

    def ask(self, path: str, **said: Any) -> Any:
        """Call the vendor."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("POST", f"/{path}", json.dumps(said))
            return json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswerError("the vendor did not answer") from error
        finally:
            connection.close()


def work(port: int, folder: str, extracts: list[str], owner: str, told: str) -> None:
    """Run the sync once and write what came of it into the file ``told``."""
    installation = Installation(f"{folder}/ledger.db", f"{folder}/extracts")
    try:
        came: dict[str, Any] = upsert(VARIANT.compiled(), SocketTarget(port), installation, extracts, UpsertOptions(owner))
    except MarketSyncError as error:
        came = {"error": type(error).__name__}
    Path(told).write_text(json.dumps(came))


VARIANT = Variant(policy="open")


class Arena:
    """A vendor's process and the workers of a test; everything it started ends with it.

    :param folder: where ledgers lie
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ours, theirs = PROCESSES.Pipe()
        self._vendor = PROCESSES.Process(target=serve, args=(theirs,), daemon=True)
        self._vendor.start()
        self.port: int = ours.recv()
        self.vendor = SocketTarget(self.port)
        self._told = 0

    def start(self, ledger: str, extracts: Sequence[str], owner: str = "dag/run/task/-1") -> tuple[BaseProcess, Path]:
        """Start a worker."""
        self._told += 1
        told = self.folder / f"told-{self._told}.json"
        (self.folder / ledger).mkdir(exist_ok=True)
        worker = PROCESSES.Process(
            target=work, args=(self.port, str(self.folder / ledger), list(extracts), owner, str(told)), daemon=True
        )
        worker.start()
        return worker, told

    def run(self, ledger: str, extracts: Sequence[str], owner: str = "dag/run/task/-1") -> dict[str, Any]:
        """Run a worker to its end and return what came of it."""
        worker, told = self.start(ledger, extracts, owner)
        worker.join(60)
        return dict(json.loads(told.read_text()))

    def close(self) -> None:
        """End the vendor."""
        self._vendor.kill()
        self._vendor.join()


def kill(worker: BaseProcess) -> None:
    """End a worker with ``kill -9``, if it has not ended by itself."""
    worker.kill()
    worker.join()


__all__ = ["Arena", "Person", "SocketTarget", "Trap", "kill", "serve", "work"]
