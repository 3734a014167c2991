# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Keyed hashes: what the ledger keeps instead of addresses, values and payloads."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b

from airflow_provider_marketsync.contacts.address import normal_form

_REMEMBERED = 4096


class KeyedHashes:
    """Hash with the ledger's secret, so that a stolen ledger can not be searched for a known address.

    :param secret: 32 random bytes, made with the ledger
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._address = self._hash(b"address", 16)
        self._key = self._hash(b"key", 8)
        self.payload = self._hash(b"payload", 16)
        """Return the fingerprint of a canonical payload, 16 bytes."""
        field = self._hash(b"field", 8)
        # Most values are one of few: classes, languages, dates.
        self.field = lru_cache(_REMEMBERED)(lambda value: field(value.encode()))
        """Return the hash of one delivered value, 8 bytes."""

    def _hash(self, use: bytes, size: int, begun: bytes = b"") -> Callable[[bytes], bytes]:
        # Prepared once and copied: keying costs more than hashing a short text.
        copy = blake2b(begun, digest_size=size, key=self._secret, person=use).copy

        def digest(content: bytes) -> bytes:
            state = copy()
            state.update(content)
            return state.digest()

        return digest

    def address(self, address: str) -> bytes:
        """Hash one address by its normal form, 16 bytes."""
        return self._address(normal_form(address).encode())

    def short(self, key: str) -> str:
        """Return the short id that logs and screens show for a source key: 16 hex digits."""
        return self._key(key.encode()).hex()

    def source(self, definition_digest: bytes) -> Callable[[bytes], bytes]:
        """Return the source fingerprint of raw extract lines under one definition, 16 bytes each."""
        return self._hash(b"source", 16, definition_digest)
