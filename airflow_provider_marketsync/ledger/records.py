# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the ledger knows of each source record: looked up, learned, marked pending, settled."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence

from airflow_provider_marketsync.ledger.keyed import KeyedHashes
from airflow_provider_marketsync.ledger.rows import Attention, Card, Facts, Glance, Known

_KNOWN = ", ".join(Known._fields)
_IF_CERTAIN = "CASE WHEN acknowledged_at IS NULL AND NOT adopted THEN NULL ELSE delivered_address END"


class Records:
    """The records of one sync.

    :param connection: the ledger's connection; callers hold the transaction
    :param sync: row id of the sync
    :param hashes: the ledger's keyed hashes
    """

    def __init__(self, connection: sqlite3.Connection, sync: int, hashes: KeyedHashes) -> None:
        self._sql, self._sync, self._hashes = connection, sync, hashes

    def glance(self, keys: Sequence[str]) -> list[Glance]:
        """Look many keys up at once, in their order."""
        rows = self._sql.execute(
            "SELECT j.value, coalesce(r.id, 0), r.source_fp, r.read_at, coalesce(r.attention, 0) "
            "FROM json_each(?) j LEFT JOIN record r ON r.sync = ? AND r.key = j.value",
            (json.dumps(keys), self._sync),
        )
        return [Glance._make(row) for row in rows]

    def next_id(self) -> int:
        """Return an id that neither it nor any above it is taken; it stays so until the transaction ends."""
        return int(self._sql.execute("SELECT coalesce(max(id), 0) + 1 FROM record").fetchone()[0])

    def stranger(self, key: str, record: int) -> Known:
        """Return what is known of a key never seen.

        :param record: the id its row will have
        """
        return Known(record, key, self._hashes.short(key))

    def add(self, strangers: Iterable[tuple[int, str, str, str | None, Facts]]) -> None:
        """Make a row for each stranger: (id, key, short, read_started_at of the reading that was learned from, the facts)."""
        self._sql.executemany(
            "INSERT INTO record (sync, id, key, short, read_at, changed, address, stated, stated_on, in_scope) "
            f"VALUES ({self._sync}, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(record, key, short, read_at, *facts) for record, key, short, read_at, facts in strangers],
        )

    def settled_later(self, ids: Sequence[int], read_at: str) -> set[int]:
        """Return which of these records were settled by a newer reading; the others were only learned from one."""
        rows = self._sql.execute(
            "SELECT id FROM record WHERE id IN (SELECT value FROM json_each(?)) AND settled_at > ?", (json.dumps(ids), read_at)
        )
        return {row[0] for row in rows}

    def known(self, ids: Sequence[int]) -> dict[int, Known]:
        """Return the whole rows of some ids."""
        rows = self._sql.execute(
            f"SELECT {_KNOWN} FROM record WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(ids),),
        )
        return {row[0]: Known._make(row) for row in rows}

    # -------------------------------------------------------------------------------------- learning

    def learn(self, lessons: Iterable[tuple[str, Facts, int]]) -> None:
        """Write what a reading told about cards: (its read_started_at, the facts, id).

        The fingerprint settled last goes: should the source return to what it was, this has to be learned again.
        """
        self._sql.executemany(
            "UPDATE record SET source_fp = NULL, read_at = ?, changed = ?, address = ?, stated = ?, stated_on = ?, in_scope = ? "
            "WHERE id = ?",
            [(read_at, *facts, record) for read_at, facts, record in lessons],
        )

    def addresses(self, record: int) -> set[bytes]:
        """Return the mailboxes a card stands in."""
        return {row[0] for row in self._sql.execute("SELECT address FROM member WHERE record = ? AND stands", (record,))}

    def move(self, left: Sequence[tuple[bytes, int]], joined: Iterable[tuple[bytes, int]]) -> None:
        """Let cards leave and join the groups of mailboxes: (address, id)."""
        self._sql.executemany("UPDATE member SET stands = 0 WHERE address = ? AND record = ?", left)
        self._sql.executemany(
            "DELETE FROM member WHERE address = ? AND record = ? AND NOT EXISTS "
            "(SELECT 1 FROM record r WHERE r.id = member.record AND r.delivered_address = member.address)",
            left,
        )
        self._sql.executemany(
            "INSERT INTO member (address, record) VALUES (?, ?) ON CONFLICT (address, record) DO UPDATE SET stands = 1", joined
        )

    def rejudge(self, addresses: Iterable[bytes], besides: Collection[int] = ()) -> None:
        """Mark every card of changed mailboxes, in every sync of this ledger, to be judged again.

        :param addresses: the mailboxes
        :param besides: ids of cards that are judged anyway, for they have changed themselves
        """
        rows = self._sql.execute(
            "SELECT m.record FROM json_each(?) j CROSS JOIN member m WHERE m.address = unhex_text(j.value) AND m.stands",
            (_hexed(addresses),),
        )
        others = {row[0] for row in rows}.difference(besides)
        self._sql.executemany(
            f"UPDATE record SET attention = attention | {Attention.REJUDGE} WHERE id = ?", [(record,) for record in others]
        )

    # --------------------------------------------------------------------------------------- judging

    def group(self, addresses: Sequence[bytes]) -> dict[bytes, list[Card]]:
        """Return the cards of this sync that stand in each mailbox."""
        # A card whose new address is not delivered yet stands for none of its mailboxes.
        rows = self._sql.execute(
            "SELECT m.address, r.id, r.key, r.short, r.address = m.address AND coalesce(r.delivered_address = r.address, 1), "
            "r.changed, r.stated, r.in_scope, coalesce(r.delivered_address = m.address, 0), "
            "r.acknowledged_at IS NOT NULL OR r.adopted, r.seen OR r.adopted "
            "FROM json_each(?) j CROSS JOIN member m CROSS JOIN record r "
            "WHERE m.address = unhex_text(j.value) AND m.stands AND r.id = m.record AND r.sync = ?",
            (_hexed(addresses), self._sync),
        )
        groups: dict[bytes, list[Card]] = {address: [] for address in addresses}
        for address, *card in rows:
            groups[address].append(Card._make(card))
        return groups

    # -------------------------------------------------------------------------------------- settling

    def settle(self, rows: Iterable[tuple[bytes, str, str | None, int]]) -> None:
        """End records that need no sending: (source fingerprint, outcome, reason, id).

        Somebody who was begun and never acknowledged counts as delivered no more: should they stand at the target all
        the same, they are found there.
        """
        self._sql.executemany(
            "UPDATE record SET source_fp = ?, settled_at = read_at, outcome = ?, reason = ?, attention = 0, pending_fp = "
            "NULL, pending_extract = NULL, "
            f"pending_position = NULL, reported = 1, attempts = 0, not_before = NULL, delivered_address = {_IF_CERTAIN} WHERE "
            "id = ?",
            rows,
        )

    def postpone(self, rows: Iterable[tuple[str, int]]) -> None:
        """Note why records wait, without calling them settled: (reason, id)."""
        self._sql.executemany("UPDATE record SET outcome = 'postponed', reason = ? WHERE id = ?", rows)

    def refuse(self, rows: Iterable[tuple[bytes, str, str, float, bool, int]]) -> None:
        """Note a refusal: (source fingerprint, outcome, reason, not before, whether an earlier sending may have arrived, id).

        A refusal of the same source as last time is no news; somebody who can not stand there counts as not delivered.
        """
        self._sql.executemany(
            "UPDATE record SET reported = CASE WHEN source_fp IS :source AND outcome IS :outcome THEN reported ELSE 0 END, "
            "source_fp = :source, settled_at = read_at, outcome = :outcome, reason = :reason, not_before = :not_before, "
            "attempts = attempts + 1, "
            f"attention = {Attention.REFUSED}, pending_fp = NULL, pending_extract = NULL, pending_position = NULL, "
            f"delivered_address = CASE WHEN :arrived THEN delivered_address ELSE {_IF_CERTAIN} END WHERE id = :id",
            [dict(zip(("source", "outcome", "reason", "not_before", "arrived", "id"), row, strict=True)) for row in rows],
        )

    def adopt(self, rows: Iterable[tuple[bytes, bytes, int]]) -> None:
        """Link records to people found at the target: (source fingerprint, address, id)."""
        self._sql.executemany(
            "UPDATE record SET source_fp = ?, settled_at = read_at, delivered_address = ?, adopted = 1, verified = 1, seen = 1, "
            "outcome = 'unchanged', "
            "reason = 'adopted', attention = 0, pending_fp = NULL, pending_extract = NULL, pending_position = NULL WHERE id = ?",
            rows,
        )

    def begin(self, extract: int, rows: Iterable[tuple[bytes, int, bytes, int]]) -> None:
        """Mark a batch as about to be sent: (payload fingerprint, position in its extract, address, id).

        The person counts as delivered from here on: should the answer be lost, nobody may take them for new.
        """
        self._sql.executemany(
            f"UPDATE record SET pending_fp = ?, pending_extract = {int(extract)}, pending_position = ?, delivered_address = ?, "
            f"attention = attention | {Attention.PENDING} WHERE id = ?",
            rows,
        )

    def acknowledge(self, rows: Iterable[tuple[bytes, bytes, bytes, float, str, str | None, int, int]]) -> None:
        """Settle delivered records: (source fp, payload fp, field hashes, now, outcome, reason, adopted, id)."""
        self._sql.executemany(
            "UPDATE record SET source_fp = ?, settled_at = read_at, payload_fp = ?, field_hashes = ?, acknowledged_at = ?, "
            "verified = 0, outcome = ?, "
            "reason = ?, adopted = adopted | ?, attention = 0, pending_fp = NULL, pending_extract = NULL, pending_position = "
            "NULL, "
            "reported = 1, attempts = 0, not_before = NULL WHERE id = ?",
            rows,
        )

    def forget_payloads(self, overwritten: Mapping[bytes, int]) -> None:
        """Forget what cards delivered to a mailbox that another card writes to now: address to id of the card that writes.

        Cards that have left the mailbox are meant too: they may come back to what they were.
        """
        rows = self._sql.execute(
            "SELECT m.address, r.id FROM json_each(?) j CROSS JOIN member m CROSS JOIN record r "
            "WHERE m.address = unhex_text(j.value) AND r.id = m.record AND r.sync = ? AND r.delivered_address = m.address "
            "AND r.payload_fp IS NOT NULL",
            (_hexed(overwritten), self._sync),
        )
        losers = [(record,) for address, record in rows if overwritten[address] != record]
        self._sql.executemany("UPDATE record SET payload_fp = NULL WHERE id = ?", losers)

    def unsend(self, ids: Iterable[int]) -> None:
        """Take the pending mark off records of which is known that nothing was ever done."""
        self._sql.executemany(
            "UPDATE record SET outcome = 'postponed', pending_fp = NULL, pending_extract = NULL, pending_position = NULL, "
            f"attention = attention & ~{int(Attention.PENDING)}, "
            f"delivered_address = {_IF_CERTAIN} WHERE id = ?",
            [(record,) for record in ids],
        )

    def resend(self, ids: Iterable[int]) -> None:
        """Mark records that were in flight when the lock was lost; the only write a fenced process may make."""
        self._sql.executemany(
            f"UPDATE record SET attention = attention | {Attention.RESEND} WHERE id = ?",
            [(record,) for record in ids],
        )

    def new_refusals(self, run: int) -> dict[str, int]:
        """Count the refusals that no finished run has told of yet, or only one of the same task instance, by outcome.

        A task that was red stays red when it is cleared, as long as what it told of stands.
        """
        rows = self._sql.execute(
            "SELECT outcome, count(*) FROM record WHERE sync = ? AND (reported = 0 OR reported IN "
            "(SELECT -told.id FROM run told JOIN run now USING (sync, owner) WHERE now.id = ?)) GROUP BY outcome",
            (self._sync, run),
        )
        return dict(rows.fetchall())

    def reported(self, run: int) -> None:
        """Note that a finished run has told of every refusal."""
        self._sql.execute("UPDATE record SET reported = -? WHERE sync = ? AND reported = 0", (run, self._sync))


def _hexed(addresses: Iterable[bytes]) -> str:
    """Return keyed hashes as JSON, to hand many of them to one statement."""
    return json.dumps([address.hex() for address in addresses])
