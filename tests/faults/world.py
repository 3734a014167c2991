# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A small company, its sync from Directo to Smaily, and what there is to see of it from outside."""

from __future__ import annotations

import json
import sqlite3
import traceback
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
import requests
from requests.auth import HTTPBasicAuth

from airflow_provider_marketsync.contacts.definition import Sync, compile_sync
from airflow_provider_marketsync.engine.fetch import FetchOptions, fetch
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.upsert import UpsertOptions, upsert
from airflow_provider_marketsync.transport.retries import Retries
from airflow_provider_marketsync.transport.session import HttpSession
from airflow_provider_marketsync.vendors.directo.settings import DirectoSettings
from airflow_provider_marketsync.vendors.directo.source import DirectoSource
from airflow_provider_marketsync.vendors.smaily.settings import SmailySettings
from airflow_provider_marketsync.vendors.smaily.target import SmailyTarget

TIMEOUT = 0.4
WRONG = "made-wrong-secret-5f1c"
DEFINITION = {
    "id": "company",
    "source": "directo_default",
    "target": "smaily_default",
    "full_every": "30d",
    "where": {"closed": "0"},
    "mapping": {"email": "email", "name": "name | trim"},
    "allow_new_fields": ["name"],
    "consent": {
        "email": {
            "state": "datafields.OPTIN",
            "date": "datafields.OPTIN.param",
            "formats": ["yyyy-mm-dd"],
            "granted": ["jah"],
            "withdrawn": ["ei"],
        }
    },
    "new_contacts": {"granted": "subscribe", "pending": "skip", "unknown": "skip", "withdrawn": "create_unsubscribed"},
    "duplicates": "newest",
    "limits": {"max_rejected": 0},
}
STAMPED = ("_at", "_response_code", "total_opens", "total_clicks")


def card(code, mailbox, said=None, name=None, ts="2026-05-04T09:00:00", **columns):
    """One customer card; ``said`` is the word in OPTIN."""
    optin = [{"code": "OPTIN", "content": said, "param": "2026-05-01"}] if said else []
    email = mailbox if mailbox is None or "@" in mailbox or " " in mailbox else f"{mailbox}@pood.example.com"
    plain = {"code": code, "email": email, "name": name or f"Põhja Nimi {code}", "closed": "0", "ts": ts, "datafields": optin}
    return {**plain, **columns}


CAST = [
    card("1001", "mari", "jah"),
    card("1002", "jaan", "jah"),
    card("1003", "jagatud", "jah"),
    card("1004", "jagatud", "ei"),
    card("1005", "loobuja", "ei"),
    card("1006", "vaikija"),
    card("1007", "klikkija", "jah"),
]
DAY_TWO = [
    {"action": "edit", "code": "1001", "fields": {"name": "Mari Murakas"}},
    {"action": "set_datafield", "code": "1002", "datafield": "OPTIN", "content": "ei", "param": "2026-11-01"},
    {"action": "edit", "code": "1007", "fields": {"name": "Klikkija Kai"}},
    {"action": "create", "record": card("1008", "uustulnuk", "jah")},
]
CLICK = {"action": "unsubscribe", "email": "klikkija@pood.example.com"}


@dataclass(frozen=True)
class State:
    """What became of everybody: two worlds in which the same happened are equal."""

    people: dict
    log: Counter
    delivered: dict
    decided: Counter
    unfinished: list
    watermark_covers_everything: bool
    mails: list


@dataclass
class World:
    """The sandbox, one installation, one sync."""

    sandbox: object
    folder: Path
    definition: dict = field(default_factory=lambda: DEFINITION)
    waits: list = field(default_factory=list)
    told: list = field(default_factory=list)
    ledger: Path = None
    extracts: Path = None

    def __post_init__(self):
        self.ledger = self.ledger or self.folder / "ledger.db"
        self.extracts = self.extracts or self.folder / "extracts"
        self.call("/smaily/switches", {"rate_limit": 0})

    # ------------------------------------------------------------------------------------ what happens

    def call(self, *arguments, **more):
        return self.sandbox.call(*arguments, **more)

    def seed(self, *cards):
        self.call("/directo/seed", list(cards))

    def tell(self, day):
        """Let the company live through the first day, or the second after the first was delivered."""
        self.seed(*CAST)
        if day == "second day":
            self.run()
            for act in DAY_TWO:
                self.call("/directo/act", act)
            self.call("/smaily/act", CLICK)

    def order(self, vendor, kind, times=None, **options):
        """Order a fault, for ever if not told otherwise."""
        self.call(f"/{vendor}/faults", [{"kind": kind, "times": times, **options}])

    def calm(self):
        for vendor in ("directo", "smaily"):
            self.call(f"/{vendor}/faults", method="DELETE")

    # ------------------------------------------------------------------------------------ what we do

    @property
    def compiled(self):
        return compile_sync(Sync.load(self.definition))

    @property
    def installation(self):
        return Installation(str(self.ledger), str(self.extracts))

    def source(self, extra=None, **connection):
        standard = self._standard("directo", connection, extra)
        return DirectoSource(DirectoSettings.from_connection(**standard))

    def target(self, extra=None, attempts=2, sleep=None, **connection):
        settings = SmailySettings.from_connection(**self._standard("smaily", connection, extra))
        session = HttpSession(
            "smaily",
            auth=HTTPBasicAuth(settings.username.encode(), settings.password.encode()),
            options=settings.http,
            retries=Retries(attempts=attempts),
            sleep=sleep or self.waits.append,
        )
        return SmailyTarget(settings, fields=len(self.definition["mapping"]), session=session)

    def _standard(self, vendor, changed, extra):
        known = self.sandbox.connections[vendor]
        names = ("host", "login", "password", "port", "schema")
        standard = {name: changed.get(name, known.get(name)) for name in names}
        return {**standard, "extra": {**known["extra"], "timeout": TIMEOUT, **(extra or {})}}

    def fetch(self, source=None, **options):
        (fetched,) = fetch([self.compiled], source or self.source(), self.installation, FetchOptions(**options))
        self.told.append(json.dumps(fetched.summary))
        return fetched

    def upsert(self, *extracts, target=None, **options):
        target = target or self.target()
        try:
            summary = upsert(self.compiled, target, self.installation, list(extracts), UpsertOptions("owner", **options))
        finally:
            target.close()
        self.told.append(json.dumps(summary))
        return summary

    def run(self):
        return self.upsert(self.fetch().path)

    def fails(self, kind, about, step, *arguments, **options):
        """Take a step that must fail with this very kind of error, and a message of these words."""
        with pytest.raises(kind, match=f"(?s){about}") as caught:
            step(*arguments, **options)
        assert type(caught.value) is kind
        self.told.append("".join(traceback.format_exception(caught.value)))
        return caught.value

    # ------------------------------------------------------------------------------------ what is to be seen

    def people(self):
        """Everybody at Smaily, by address, without times."""
        contacts = self.call("/smaily/store")["contacts"]
        return {one["email"]: {k: v for k, v in one.items() if not k.endswith(STAMPED)} for one in contacts}

    def mailable(self):
        return {address.partition("@")[0] for address, one in self.people().items() if one["mailable"]}

    def log(self):
        """Smaily's own log of what was done to whom."""
        known = self.call("/smaily/credentials")
        answer = requests.get(
            f"{self.sandbox.urls['smaily']}/api/history.php",
            params={"since_seq_id": 0, "limit": 10_000},
            auth=(known["username"], known["password"]),
            timeout=10,
        )
        return Counter((row["email"], row["action"], str(row["value"])) for row in answer.json())

    def requests(self, vendor, method=None):
        return [one for one in self.call(f"/{vendor}/requests") if method in (None, one["method"])]

    def watermark(self):
        return (self.query("SELECT cursor FROM sync") or [(None,)])[0][0]

    def query(self, sql):
        """Look into the ledger; empty where there is none yet."""
        if not self.ledger.exists():
            return []
        with closing(sqlite3.connect(self.ledger)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            return connection.execute(sql).fetchall() if "sync" in tables else []

    def memory(self):
        """What the ledger holds of people and of how far they were read."""
        return [
            self.query(f"SELECT * FROM {table}") for table in ("record", "member", "decision", "settled", "feed", "journal")
        ] + [self.query("SELECT cursor, cursor_read_at, complete_at, carry_over FROM sync WHERE cursor IS NOT NULL")]

    def written(self):
        """Every extract that exists."""
        return sorted(str(path.parent.name) for path in self.extracts.glob("*/extract-*/*"))

    @contextmanager
    def unmoved(self):
        """Whatever happens inside changes nothing that anybody could see."""
        before = self.people(), self.log(), self.watermark(), self.written()
        yield
        assert (self.people(), self.log(), self.watermark(), self.written()) == before

    def outside(self):
        """All that a run which must not write has to leave as it was."""
        return self.people(), self.log(), self.memory(), self.written()

    def state(self):
        newest = max(one["ts"] for one in self.call("/directo/store")["customers"])
        delivered = self.query("SELECT key, payload_fp IS NOT NULL, pending_fp IS NULL, attention, in_scope FROM record")
        return State(
            people=self.people(),
            log=self.log(),
            delivered={key: rest for key, *rest in delivered},
            decided=Counter(word for (word,) in self.query("SELECT decided FROM decision")),
            unfinished=self.query("SELECT carry_over FROM sync WHERE carry_over IS NOT NULL"),
            watermark_covers_everything=self.watermark() == newest,
            mails=self.call("/smaily/mails"),
        )

    def settled(self):
        """The state once there is nothing left to do, which one more run proves."""
        before = len(self.requests("smaily", "POST"))
        self.run()
        assert len(self.requests("smaily", "POST")) == before
        return self.state()

    def needles(self):
        """Everything personal and secret, in each form in which it could be written down."""
        cards = self.call("/directo/store")["customers"]
        held = self.call("/smaily/store")["contacts"]
        credentials = [self.call(f"/{vendor}/credentials") for vendor in ("directo", "smaily")]
        plain = {one.get(name) or "" for one in [*cards, *held] for name in ("email", "name")}
        plain |= {credentials[0]["key"], credentials[0]["token"], credentials[1]["password"], WRONG}
        plain = {word for word in plain if len(word) > 5 and word != "puudub"}
        forms = plain | {json.dumps(word)[1:-1] for word in plain} | {quote(word) for word in plain}
        return {form.lower() for form in forms | {quote_plus(word) for word in plain}}
