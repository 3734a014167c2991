# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Keyed hashes: stable, secret, and telling uses apart."""

from __future__ import annotations

from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.ledger.keyed import KeyedHashes

OURS, OTHERS = KeyedHashes(b"a" * 32), KeyedHashes(b"b" * 32)


@given(st.text(max_size=20))
def test_a_hash_depends_on_the_secret_and_on_the_use(text: str) -> None:
    assert OURS.address(text) != OTHERS.address(text)
    assert OURS.short(text) != OTHERS.short(text)
    assert OURS.address(text)[:8] != OURS.field(text)
    assert OURS.field(text).hex() != OURS.short(text)
    assert OURS.payload(text.encode()) != OURS.source(b"d")(text.encode())


def test_an_address_can_not_be_found_by_hashing_it_without_the_secret() -> None:
    address = b"anna@word.example.com"
    assert OURS.address(address.decode()) not in {blake2b(address, digest_size=16).digest(), blake2b(address).digest()[:16]}


def test_one_mailbox_has_one_hash_however_it_is_written() -> None:
    assert OURS.address(" Anna@Word.Example.com") == OURS.address("anna@word.example.com")
    assert OURS.address("anna+x@word.example.com") != OURS.address("anna@word.example.com")
    assert len(OURS.address("anna@word.example.com")) == 16


def test_a_short_id_is_sixteen_hex_digits() -> None:
    assert len(OURS.short("customer:10001")) == 16
    int(OURS.short("customer:10001"), 16)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_a_source_fingerprint_changes_with_the_line_and_with_the_definition(line: bytes, other: bytes) -> None:
    first, second = OURS.source(b"one"), OURS.source(b"two")
    assert first(line) == OURS.source(b"one")(line)
    assert first(line) != second(line)
    assert (first(line) == first(other)) == (line == other)
