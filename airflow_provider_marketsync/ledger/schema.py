# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The ledger's tables and their forward migrations. No column holds a name, an address or a payload."""

from __future__ import annotations

MIGRATIONS: tuple[str, ...] = (
    """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;

CREATE TABLE sync (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    source_account TEXT,
    target_account TEXT,
    definition TEXT,
    token INTEGER NOT NULL DEFAULT 0,        -- fencing token, grows with every owner of the lock
    lock_owner TEXT,
    lock_process TEXT,
    lock_until REAL,
    cursor TEXT,                             -- the source's watermark
    cursor_read_at TEXT,                     -- read_started_at of the extract it came from
    complete_at TEXT,                        -- read_started_at of the newest complete extract that was settled
    complete_settled_at TEXT,                -- when that was, by the clock of that run's end
    complete_digest BLOB,                    -- digest of the definition it was read for
    complete_due INTEGER NOT NULL DEFAULT 0,
    carry_over TEXT                          -- manifest path of the carry-over
);

-- Target accounts a finished run of this ledger has taken up; before any other, creates are held.
CREATE TABLE met (account TEXT PRIMARY KEY) WITHOUT ROWID;

-- The newest reading of each source that was settled and holds whatever older ones could tell.
CREATE TABLE settled (
    sync INTEGER NOT NULL,
    source TEXT NOT NULL,
    read_at TEXT NOT NULL,
    PRIMARY KEY (sync, source)
) WITHOUT ROWID;

CREATE TABLE extract (
    id INTEGER PRIMARY KEY,
    sync INTEGER NOT NULL,
    path TEXT NOT NULL,
    read_at TEXT NOT NULL,
    UNIQUE (sync, path)
);

CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    sync INTEGER NOT NULL,
    key TEXT NOT NULL,
    short TEXT NOT NULL,                     -- first 16 hex digits of the keyed hash of the key
    attention INTEGER NOT NULL DEFAULT 0,    -- bits of rows.Attention: 0 = may be called unchanged
    source_fp BLOB,
    payload_fp BLOB,
    field_hashes BLOB,                       -- msgpack: delivered field name to 8-byte keyed hash
    pending_fp BLOB,
    pending_extract INTEGER,
    pending_position INTEGER,
    read_at TEXT,                            -- read_started_at of the extract it was last learned from
    settled_at TEXT,                         -- the same of the extract it was last settled by
    changed TEXT,
    address BLOB,                            -- keyed hash of the card's first address now
    delivered_address BLOB,                  -- keyed hash of the address last delivered
    stated TEXT,
    stated_on TEXT,
    in_scope INTEGER NOT NULL DEFAULT 0,     -- whether the definition's where held
    adopted INTEGER NOT NULL DEFAULT 0,
    acknowledged_at REAL,
    verified INTEGER NOT NULL DEFAULT 0,     -- seen at the target by a walk after it was acknowledged
    seen INTEGER NOT NULL DEFAULT 0,         -- ever seen at the target, by a walk or when adopted
    outcome TEXT,
    reason TEXT,
    reported INTEGER NOT NULL DEFAULT 1,     -- 0 = a refusal no finished run has told of yet, -n = run n has told of it
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before REAL,
    UNIQUE (sync, key)
);
CREATE INDEX record_short ON record (short);
CREATE INDEX record_attention ON record (sync, attention) WHERE attention <> 0;

-- Which cards a mailbox stands on; a card with several addresses is a member of several groups. A card that has left the
-- mailbox stays one that does not stand there while it is the address last delivered of the card: so every
-- delivered_address is found here, and has no index of its own that each delivery would have to write to.
CREATE TABLE member (
    address BLOB NOT NULL,
    record INTEGER NOT NULL,
    stands INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (address, record)
) WITHOUT ROWID;
CREATE INDEX member_record ON member (record);

-- Consent is a decision: (scope, channel, person). The scope is the target account.
CREATE TABLE decision (
    scope TEXT NOT NULL,
    channel TEXT NOT NULL,
    address BLOB NOT NULL,
    decided TEXT NOT NULL,
    at TEXT,
    origin TEXT NOT NULL,                    -- 'source', or 'target:<the target's word>'
    told INTEGER NOT NULL DEFAULT 0,         -- whether the target has acknowledged it, or said it itself
    PRIMARY KEY (scope, channel, address)
) WITHOUT ROWID;

CREATE TABLE decision_event (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    channel TEXT NOT NULL,
    address BLOB NOT NULL,
    decided TEXT NOT NULL,
    at TEXT NOT NULL,                        -- '' where nobody says when
    learned_at TEXT NOT NULL,
    origin TEXT NOT NULL,
    record INTEGER,
    UNIQUE (scope, channel, address, decided, at, origin)
);

CREATE TABLE feed (
    account TEXT PRIMARY KEY,                -- the target account
    cursor TEXT NOT NULL,
    pulled_at REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE known_field (
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (account, name)
) WITHOUT ROWID;

CREATE TABLE seen_name (
    sync INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (sync, name)
) WITHOUT ROWID;

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    sync INTEGER NOT NULL,
    token INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    owner TEXT NOT NULL,
    summary TEXT
);

CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    record INTEGER NOT NULL,
    action TEXT NOT NULL,
    fields TEXT NOT NULL DEFAULT '',         -- names only, comma-separated
    code TEXT,
    why TEXT,
    at TEXT NOT NULL
);
CREATE INDEX journal_record ON journal (record);

CREATE TABLE plan (
    id TEXT PRIMARY KEY,
    sync INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    digest BLOB NOT NULL,
    account TEXT NOT NULL,
    held TEXT NOT NULL,                      -- JSON: kind to count
    survey TEXT NOT NULL,                    -- JSON: what the run would do, in counts, short ids and field names
    accepted_at TEXT,
    accepted_by TEXT,
    applied_at TEXT
) WITHOUT ROWID;

CREATE TABLE plan_record (
    plan TEXT NOT NULL,
    kind TEXT NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (plan, kind, record)
) WITHOUT ROWID;

-- Which decision of the target the source was told of for which card. Whatever lifts an opt-out removes its rows, so that
-- the next one is told again.
CREATE TABLE handed_over (
    record INTEGER NOT NULL,
    event INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (record, event)
) WITHOUT ROWID;
""",
)
"""Statement lists, one a schema version; never edited after a release, only appended to."""
