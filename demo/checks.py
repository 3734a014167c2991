# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What was promised, held against what really stands on both sides."""

from __future__ import annotations

from datetime import datetime, timezone

from demo.people import BAD, MARI, NEWCOMER, PEETER, SHARED, may_be_mailed
from demo.play import Play
from demo.stage import Stage

JAAN_ADDRESS = "jaan@kodu.example.com"


def check_everything(play: Play) -> None:
    """Print the end of the story: what stands in Smaily, and every promise with its tick."""
    stage, told = play.stage, play.told
    subscribers, mails = stage.subscribers(), stage.call("/smaily/mails")
    mailable = {address for address, one in subscribers.items() if one["mailable"]}
    told.scene("What stands in Smaily now")
    told.table(("", ""), (
        ("can be mailed", len(mailable)),
        ("opted out", len(subscribers) - len(mailable)),
        ("requests to Directo", len(stage.requests("directo"))),
        ("requests to Smaily", len(stage.requests("smaily"))),
        ("mails caused", len(mails)),
    ))  # fmt: skip
    told.say("")
    _check_people(play, mailable)
    _check_runs(play)
    _check_outage(play)
    told.check("mails caused: 0", mails == [])
    told.check("Smaily's limit of 5 requests a second was never passed", not _statuses(stage, 429))
    leaks = _leaks(stage)
    told.check("no address, name, phone or password stands in any log or in Airflow's database", leaks == 0, f"{leaks} found")


def _check_people(play: Play, mailable: set[str]) -> None:
    told, seen, subscribers = play.told, play.seen, play.stage.subscribers()
    expected = may_be_mailed(play.stage.cards()) - {JAAN_ADDRESS}
    told.check(
        "exactly those who agreed can be mailed",
        mailable == expected,
        f"{len(mailable - expected)} too many, {len(expected - mailable)} missing",
    )
    told.check("nobody could be mailed before a person accepted", seen["mailable before anybody accepted"] == 0)
    told.check(
        "bad addresses were listed and not sent",
        not subscribers.keys() & set(BAD.values()) and _invalid(play) == len(BAD),
        f"{_invalid(play)} listed",
    )
    told.check('a mailbox on two cards follows the "no"', not subscribers[SHARED]["mailable"])
    kept = seen["Jaan after his click"]["mailable"] is False and subscribers[JAAN_ADDRESS]["mailable"] is False
    told.check("Jaan's click holds, whatever the ERP says later", kept)


def _check_runs(play: Play) -> None:
    told, seen = play.told, play.seen
    told.check(
        "the third run sent only what changed", seen["rows of the third run"] == 4, f"{seen['rows of the third run']} contacts"
    )
    adds_up = all(one["read"] == sum(one["outcomes"].values()) for one in play.summaries)
    told.check(
        "every record read has exactly one outcome, in every run",
        adds_up,
        f"{sum(one['read'] for one in play.summaries):,} records",
    )


def _check_outage(play: Play) -> None:
    told, seen, subscribers = play.told, play.seen, play.stage.subscribers()
    failed = seen["run in the outage"] != 0 and seen["requests to Smaily in the outage"] == 0
    told.check("a run without Directo fails and sends nothing", failed)
    asked = datetime.strptime(seen["asked after the outage"][:10], "%d.%m.%Y").replace(tzinfo=timezone.utc)
    told.check("one read covered the whole outage", asked <= seen["outage began"])
    cards = {one["code"]: one for one in play.stage.cards()}
    mari, peeter = (subscribers[cards[code]["email"]] for code in (MARI, PEETER))
    arrived = mari["name"] == cards[MARI]["name"] and peeter["customer_class"] == cards[PEETER]["class"]
    told.check("what was edited during the outage arrived, the new customer too", arrived and NEWCOMER["email"] in subscribers)


def _invalid(play: Play) -> int:
    return int(play.summaries[-1]["outcomes"]["invalid"])


def _statuses(stage: Stage, status: int) -> int:
    return sum(one["status"] == status for one in stage.requests("smaily"))


def _leaks(stage: Stage) -> int:
    """Count what is personal or secret at both vendors and stands in a log or in Airflow's database."""
    secrets = {
        stage.call(f"/{vendor}/credentials")[name]
        for vendor, name in (("directo", "token"), ("directo", "key"), ("smaily", "password"))
    }
    personal = {card.get(column, "") for card in stage.cards() for column in ("email", "name", "phone")} - {"", "puudub"}
    words = [word.lower().encode() for word in secrets | personal]
    logs = [path for folder in (stage.logs, stage.home / "logs") for path in folder.rglob("*.log")]
    places = [path.read_bytes().lower() for path in (*logs, stage.home / "airflow.db")]
    return sum(word in place for place in places for word in words)
