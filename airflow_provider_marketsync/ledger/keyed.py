# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Keyed hashes: what the ledger keeps instead of addresses, values and payloads."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from airflow_provider_marketsync.contacts.address import normal_form


class KeyedHashes:
    """Hash with the ledger's secret, so that a stolen ledger can not be searched for a known address.

    :param secret: 32 random bytes, made with the ledger
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        # Prepared once and copied: keying costs more than hashing a short text.
        sizes = {b"address": 16, b"key": 8, b"payload": 16, b"field": 8}
        self._fresh = {use: blake2b(digest_size=size, key=secret, person=use) for use, size in sizes.items()}

    def _digest(self, use: bytes, content: bytes) -> bytes:
        state = self._fresh[use].copy()
        state.update(content)
        return state.digest()

    def address(self, address: str) -> bytes:
        """Hash one address by its normal form, 16 bytes."""
        return self._digest(b"address", normal_form(address).encode())

    def short(self, key: str) -> str:
        """Return the short id that logs and screens show for a source key: 16 hex digits."""
        return self._digest(b"key", key.encode()).hex()

    def source(self, definition_digest: bytes) -> Callable[[bytes], bytes]:
        """Return the source fingerprint of raw extract lines under one definition, 16 bytes each."""
        fresh = blake2b(definition_digest, digest_size=16, key=self._secret, person=b"source")

        def fingerprint(line: bytes) -> bytes:
            state = fresh.copy()
            state.update(line)
            return state.digest()

        return fingerprint

    def payload(self, encoded: bytes) -> bytes:
        """Return the fingerprint of a canonical payload, 16 bytes."""
        return self._digest(b"payload", encoded)

    def field(self, value: str) -> bytes:
        """Return the hash of one delivered value, 8 bytes."""
        return self._digest(b"field", value.encode())
