# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The story, scene by scene."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from airflow_provider_marketsync.ledger.ledger import Ledger
from airflow_provider_marketsync.ledger.queries import Queries
from demo.people import CAST, CROWD, JAAN, KADRI, MARI, NEWCOMER, PEETER
from demo.stage import DAG, ROOT, Stage
from demo.told import Told

OUTAGE = timedelta(days=3)
SETTLE = timedelta(minutes=10)
WHY = {
    "held: more new people than limits.max_creates": "held until a person accepts",
    "new_contacts.unknown: skip": "nobody ever asked them: not mailed",
    "does not match where": "closed, or of another country",
    "another card of the same mailbox is newer": "two cards, one mailbox",
    "no address": "no e-mail address on the card",
    "not a valid address": "what stands there is no e-mail address",
    "older reading": "read again since, and counted there",
}


class Play:
    """The scenes, and what was seen in them.

    :param stage: sandbox and Airflow
    :param told: speaks
    """

    def __init__(self, stage: Stage, told: Told) -> None:
        self.stage, self.told = stage, told
        self.summaries: list[dict[str, Any]] = []
        self.seen: dict[str, Any] = {}

    def all(self) -> None:
        """Play everything."""
        self.prepare()
        self.first_run()
        self.accepted()
        self.changes()
        self.outage()
        self.recovery()

    # -------------------------------------------------------------------------------------------- scenes

    def prepare(self) -> None:
        """Fill Directo."""
        stage, told = self.stage, self.told
        told.say("MarketSync brings customers from Directo (an ERP) to Smaily (a mailing platform), inside your own Airflow.")
        told.say("Here both are stand-ins on this machine, and so is Airflow: nothing leaves it, nobody is mailed.")
        stage.call("/clock", {"set": (datetime.now(timezone.utc) - OUTAGE - SETTLE).isoformat()})
        stage.call("/directo/seed", CROWD)
        stage.call("/directo/seed", CAST)
        told.scene(f"Directo has {len(stage.cards()):,} customers, Smaily has nobody")
        told.table(("among them", "what must happen"), (
            ("most agreed to mails, with a date", "reach Smaily, and can be mailed"),
            ("some said no", "stand there as opted out, never mailed"),
            ("some were never asked", "are not mailed: silence is no consent"),
            ('"puudub", a typo, a reserved domain', "are listed, not sent"),
            ('one mailbox on two cards, one says "no"', 'the "no" counts'),
        ))  # fmt: skip
        if stage.airflow("migrate.log", "db", "migrate"):
            raise SystemExit(f"Airflow could not make its database; look at {stage.logs.relative_to(ROOT)}/migrate.log")

    def first_run(self) -> None:
        """Run for the first time: everybody new is held."""
        self.told.scene("The first run holds everybody who would be mailed for the first time")
        self.run(created="said no: they stand there as opted out")
        self.seen["mailable before anybody accepted"] = self._count("mailable")
        self.told.say(
            "A mistake in a mapping would stop here, before it reaches a thousand people. So a person looks at the plan:"
        )
        self.told.command(f"marketsync plan {DAG}")
        self.told.quote(self.stage.marketsync("plan", DAG), 16)

    def accepted(self) -> None:
        """Accept, and run again."""
        self.told.scene("A person accepts; the second run creates them")
        self.told.command(f"marketsync accept {DAG} --yes")
        self.told.quote(self.stage.marketsync("accept", DAG, "--yes"))
        self.run(created="accepted: they can be mailed now")

    def changes(self) -> None:
        """Change a little on both sides."""
        self.told.scene('Three cards are edited, and Jaan clicks "unsubscribe" in a mail')
        self._edit(MARI, name="Mari Maasikas-Tamm")
        self._edit(KADRI, **{"class": "EDASIMYYJA"})
        self._edit(PEETER, name="Peeter Saare")
        self.stage.call("/smaily/act", {"action": "unsubscribe", "email": "jaan@kodu.example.com"})
        self._edit(JAAN, name="Jaan Kask-Luik")
        self.told.say("Somebody also edits Jaan's card in Directo, where it still says that he agreed.")
        before = len(self.stage.requests("smaily"))
        self.run(updated="their cards were edited")
        self.seen["rows of the third run"] = self._rows_sent(before)
        self.seen["Jaan after his click"] = self.stage.subscribers()["jaan@kodu.example.com"]
        sent, everybody = self.seen["rows of the third run"], len(self.stage.subscribers())
        self.told.say(f"{sent} contacts were sent out of {everybody:,}. Jaan's new name is one, and he stays opted out.")

    def outage(self) -> None:
        """Let Directo be down for three days."""
        self.told.scene("Directo is down for three days, while people go on working in it")
        self.seen["outage began"] = datetime.fromisoformat(self.stage.call("/clock")["now"])
        self.stage.call("/directo/faults", [{"kind": "503", "times": None}])
        before = len(self.stage.requests("smaily"))
        self._edit(MARI, name="Mari Tamm")
        self._pass_a_day()
        self._edit(PEETER, **{"class": "EDASIMYYJA"})
        self.told.command(f"airflow dags test {DAG}")
        self.seen["run in the outage"] = self._airflow_run()
        self.seen["requests to Smaily in the outage"] = len(self.stage.requests("smaily")) - before
        asked = self.seen["requests to Smaily in the outage"]
        self.told.say(f"The run fails after {self._faults()} tries, and says so; Smaily was asked {asked} times.")
        self._pass_a_day()
        self.stage.call("/directo/act", {"action": "create", "record": NEWCOMER})
        self._pass_a_day()

    def recovery(self) -> None:
        """Let Directo come back, and its people press once more for Jaan."""
        self.told.scene('Directo is back; somebody there ticked "agreed" for Jaan again, dated today')
        self.stage.sandbox.call("/directo/faults", method="DELETE")
        today = datetime.now(timezone.utc).strftime("%Y-%m-%d")
        self.stage.call(
            "/directo/act", {"action": "set_datafield", "code": JAAN, "datafield": "OPTIN", "content": "yes", "param": today}
        )
        self.run(created="new in Directo since", updated="edited during the outage")
        self.seen["asked after the outage"] = self.stage.requests("directo")[-1]["parameters"].get("ts", "")
        asked = self.seen["asked after the outage"]
        self.told.say(f"One read, from {asked} on, covers the whole gap: what was edited in it arrives, the new customer too.")
        self.told.say("Jaan said no himself, so the ERP can not undo it:")
        self.told.command(f"marketsync why {DAG} {JAAN}")
        self.told.quote(self.stage.marketsync("why", DAG, JAAN), 10)

    # --------------------------------------------------------------------------------------------- parts

    def run(self, **because: str) -> None:
        """Run the DAG, which must succeed, and show what became of the records.

        :param because: what to say of an outcome for which the summary names no reason
        """
        self.told.command(f"airflow dags test {DAG}")
        if self._airflow_run():
            raise SystemExit(
                f"The run failed, and it should not have; look at the newest file in {self.stage.logs.relative_to(ROOT)}"
            )
        with Ledger(self.stage.ledger) as ledger:
            row = ledger.syncs.row(DAG)
            last = Queries(ledger.connection).last_run(row.id) if row else None
        if last is None:
            raise SystemExit("The run left nothing in the ledger.")
        self.summaries.append(last.summary)
        self.told.table(("records", "became", "because"), list(_lines(last.summary, because)))

    def _airflow_run(self) -> int:
        number = sum(1 for _ in self.stage.logs.glob("run-*.log")) + 1
        return self.stage.airflow(f"run-{number}.log", "dags", "test", DAG)

    def _edit(self, code: str, **fields: str) -> None:
        self.stage.call("/directo/act", {"action": "edit", "code": code, "fields": fields})

    def _pass_a_day(self) -> None:
        self.stage.call("/clock", {"advance": OUTAGE.total_seconds() / 3})

    def _count(self, what: str) -> int:
        return int(self.stage.call("/smaily/store?count=1")["counts"][what])

    def _rows_sent(self, since: int) -> int:
        return sum(int(one.get("rows", 0)) for one in self.stage.requests("smaily")[since:] if one["method"] == "POST")

    def _faults(self) -> int:
        return sum(one["status"] == 503 for one in self.stage.requests("directo"))


def _lines(summary: dict[str, Any], because: dict[str, str]) -> list[tuple[int, str, str]]:
    lines = []
    for outcome, number in summary["outcomes"].items():
        reasons = summary["reasons"].get(outcome, {})
        lines += [(count, outcome, WHY.get(reason, reason)) for reason, count in reasons.items()]
        rest = number - sum(reasons.values())
        lines += [(rest, outcome, because.get(outcome, ""))] if rest else []
    return lines
