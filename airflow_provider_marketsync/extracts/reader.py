# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Read the lines of an extract, part by part, in flat memory."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator

import fsspec.core

from airflow_provider_marketsync.exceptions import ExtractError
from airflow_provider_marketsync.extracts.manifest import DOCS, MANIFEST, Manifest, Part
from airflow_provider_marketsync.extracts.writer import GZIP

BLOCK = 256 * 1024


def read_lines(manifest_path: str, manifest: Manifest) -> Iterator[list[bytes]]:
    """Yield the raw lines of an extract in blocks of some hundreds.

    :param manifest_path: where the manifest lies
    :param manifest: the manifest itself
    :raises ExtractError: when a part is missing, cut, or not the one the manifest names
    """
    filesystem, name = fsspec.core.url_to_fs(manifest_path)
    root = name.removesuffix(f"/{MANIFEST}")
    for part in manifest.parts:
        try:
            yield from _part_lines(filesystem, f"{root}/{part.name}", part)
        except (FileNotFoundError, EOFError, zlib.error):
            raise ExtractError(
                f"Part {part.name} of {manifest_path} is missing or damaged. Run the fetch task again.", docs=DOCS
            ) from None


def _part_lines(filesystem: fsspec.AbstractFileSystem, path: str, part: Part) -> Iterator[list[bytes]]:
    sha, rows, rest = hashlib.sha256(), 0, b""
    inflate = zlib.decompressobj(wbits=GZIP)
    with filesystem.open(path, "rb") as file:
        while block := file.read(BLOCK):
            sha.update(block)
            lines = (rest + inflate.decompress(block)).split(b"\n")
            rest = lines.pop()
            rows += len(lines)
            yield lines
    if rest or rows != part.rows or sha.hexdigest() != part.sha256:
        raise EOFError
