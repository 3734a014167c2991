# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What is told about deliveries: which fields changed, by name only."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from airflow_provider_marketsync.ledger.keyed import KeyedHashes


def field_hashes(hashes: KeyedHashes, fields: Mapping[str, str]) -> bytes:
    """Return the hashes of delivered values, to be kept: a later run can name what changed, never what it was."""
    return msgspec.msgpack.encode({name: hashes.field(value) for name, value in fields.items()})


def changed_names(hashes: KeyedHashes, delivered: bytes | None, fields: Mapping[str, str]) -> list[str]:
    """Return the names of fields that differ from what was delivered last."""
    if delivered is None:
        return list(fields)
    known: dict[str, bytes] = msgspec.msgpack.decode(delivered)
    return [name for name, value in fields.items() if known.get(name) != hashes.field(value)]
