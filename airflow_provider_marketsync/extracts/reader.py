# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Read the lines of an extract, part by part, in flat memory."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import fsspec.core

from airflow_provider_marketsync.exceptions import ExtractError
from airflow_provider_marketsync.extracts.manifest import DOCS, MANIFEST, Manifest, Part, unreadable
from airflow_provider_marketsync.extracts.writer import GZIP

BLOCK = 128 * 1024


def read_lines(manifest_path: str, manifest: Manifest) -> Iterator[list[bytes]]:
    """Yield the raw lines of an extract in blocks of some hundreds.

    :param manifest_path: where the manifest lies
    :param manifest: the manifest itself
    :raises ExtractError: when a part is missing, cut, or not the one the manifest names
    """
    for part in manifest.parts:
        with _verified(manifest_path, part) as file:
            yield from _part_lines(file)


def verify_parts(manifest_path: str, manifest: Manifest) -> None:
    """Look at every part of an extract.

    :raises ExtractError: when one is missing, cut, or not the one the manifest names
    """
    for part in manifest.parts:
        with _verified(manifest_path, part):
            pass


@contextmanager
def _verified(manifest_path: str, part: Part) -> Iterator[BinaryIO]:
    """Open a part, and look at the whole of it before anything is believed that stands in it."""
    filesystem, name = fsspec.core.url_to_fs(manifest_path)
    try:
        file = filesystem.open(f"{name.removesuffix(MANIFEST)}{part.name}", "rb")
    except FileNotFoundError:
        raise _damaged(manifest_path, part) from None
    except OSError as error:
        raise unreadable(f"{part.name} of {manifest_path}", error) from error
    with file:
        if _sha256(file) != part.sha256:
            raise _damaged(manifest_path, part)
        file.seek(0)
        yield file


def _sha256(file: BinaryIO) -> str:
    sha = hashlib.sha256()
    while block := file.read(BLOCK):
        sha.update(block)
    return sha.hexdigest()


def _damaged(manifest_path: str, part: Part) -> ExtractError:
    return ExtractError(f"Part {part.name} of {manifest_path} is missing or damaged. Run the fetch task again.", docs=DOCS)


def _part_lines(file: BinaryIO) -> Iterator[list[bytes]]:
    rest, inflate = b"", zlib.decompressobj(wbits=GZIP)
    while block := file.read(BLOCK):
        lines = (rest + inflate.decompress(block)).split(b"\n")
        rest = lines.pop()
        yield lines
