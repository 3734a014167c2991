# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A company with vendors of its own, whose DAG runs under the shared Airflow."""

from __future__ import annotations

import time

from airflow_provider_marketsync.sandbox import Sandbox

WITHIN = 180.0
ENDED = frozenset({"success", "failed"})
EVERYBODY = ("anu", "epp", "ivo", "jaan", "kadri", "mari")
WRITES = {"method": "POST", "path": "contact.php"}
NAME = "Põhja Nimi"


def until(holds, what):
    """Wait until something holds, and return it."""
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.2)
    raise TimeoutError(what)


class Company:
    """One sandbox, two connections, one DAG of the same name.

    :param rest: Airflow's API
    :param name: of the DAG, and of the sync
    :param country: of its customers
    """

    def __init__(self, rest, name, country="EE"):
        self.rest, self.name, self.country = rest, name, country
        self.sandbox = Sandbox().start()
        for vendor, connection in self.connections().items():
            rest.connect(f"{vendor}_{name}", connection)
        self.call("/smaily/switches", {"rate_limit": 0})
        self.call("/directo/seed", [self.card(who) for who in EVERYBODY])

    def connections(self):
        """Two rows a batch and one batch at a time, so that there is something between two batches."""
        directo, smaily = (self.sandbox.connections[vendor] for vendor in ("directo", "smaily"))
        slowly = {"calls_per_second": 1000, "batch_size": 2, "in_flight": 1}
        account = {**smaily, "host": self.name.replace("_", "-"), "extra": {**smaily["extra"], **slowly}}
        return {"directo": {**directo, "extra": {**directo["extra"], "calls_per_second": 1000}}, "smaily": account}

    def card(self, who, **columns):
        optin = {"code": "OPTIN", "content": "yes", "param": "2026-05-01"}
        plain = {"code": who, "email": self.address(who), "name": f"{NAME} {who} {self.name}", "closed": "0"}
        plain |= {"country": self.country, "phone": f"+372 555 {sum(map(ord, who + self.name)):05}"}
        return {**plain, "ts": "2026-05-04T09:00:00", "datafields": [optin], **columns}

    def address(self, who):
        return f"{who}@{self.name.replace('_', '-')}.example.com"

    # ---------------------------------------------------------------------------------- what happens

    def call(self, *arguments, **more):
        return self.sandbox.call(*arguments, **more)

    def rename(self, who, name):
        self.call("/directo/act", {"action": "edit", "code": who, "fields": {"name": name}})

    def order(self, kind, **options):
        """Order a fault at Smaily that strikes a write."""
        self.call("/smaily/faults", [{"kind": kind, "match": WRITES, **options}])

    def calm(self):
        self.call("/smaily/faults", method="DELETE")

    # -------------------------------------------------------------------------------- what we look at

    def names(self):
        """The name of everybody at Smaily."""
        return {one["email"].partition("@")[0]: one["name"] for one in self.call("/smaily/store")["contacts"]}

    def mailable(self):
        return {one["email"].partition("@")[0] for one in self.call("/smaily/store")["contacts"] if one["mailable"]}

    def mails(self):
        return self.call("/smaily/mails")

    def writes(self):
        """Every batch that reached Smaily."""
        return [one for one in self.call("/smaily/requests") if one["method"] == "POST"]

    def rows(self):
        """How many rows Smaily took."""
        return sum(int(one["rows"]) for one in self.writes() if one["status"] == 200)

    def struck(self, kind):
        """Wait until an ordered fault strikes."""
        return until(lambda: [one for one in self.writes() if one["fault"] == kind], f"{kind} never struck")

    def read_since(self):
        """The moment each reading of Directo began at; empty for complete ones."""
        return [one["parameters"].get("ts", "") for one in self.call("/directo/requests")]

    # ------------------------------------------------------------------------------- what Airflow does

    def start(self, **conf):
        return self.rest.trigger(self.name, conf)

    def task(self, run, task="upsert"):
        return next(one for one in self.rest.tasks(self.name, run) if one["task_id"] == task)

    def ended(self, run, state, task="upsert", tries=1):
        """Wait until a task has ended after at least so many tries, which must be in this state."""

        def end():
            found = self.task(run, task)
            return found if found["state"] in ENDED | {"upstream_failed"} and found["try_number"] >= tries else None

        found = until(end, f"{task} of {self.name} did not end")
        assert found["state"] == state, found
        return found

    def run(self, state="success"):
        """Run the DAG to its end and return the run's id."""
        run = self.start()
        self.ended(run, state)
        return run

    def clear(self, run, task="upsert", **options):
        """Clear a task that has ended, and wait until it runs anew."""
        before = self.task(run, "upsert")["try_number"]
        self.rest.clear(self.name, run, task, **options)
        return before + 1
