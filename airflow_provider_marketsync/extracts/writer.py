# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Write records to NDJSON.gz parts, then the manifest."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice

import fsspec.core
import msgspec

from airflow_provider_marketsync.exceptions import ExtractError
from airflow_provider_marketsync.extracts.manifest import DOCS, MANIFEST, Manifest, Part

PART_ROWS = 100_000
CHUNK_ROWS = 500
GZIP = 31
"""zlib's window bits for a gzip stream."""
COMPRESSION = 1
"""gzip level; Python's default of 9 costs three to five times the CPU for a quarter less size."""


class ExtractWriter:
    """Write one extract; it exists once :meth:`finish` returned.

    :param folder: path or URL of a folder that does not exist yet; made readable by the owner only where the filesystem has
        rights
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder.rstrip("/")
        self._filesystem, self._root = fsspec.core.url_to_fs(self.folder)
        self._encoder = msgspec.json.Encoder()
        self._parts: list[Part] = []
        self._part: _PartFile | None = None
        with explained(self.folder):
            make_private_folder(self._filesystem, self._root)

    def write(self, lines: Iterable[object]) -> None:
        """Encode and write everything an iterable yields, in memory that does not grow."""
        rows = iter(lines)
        while chunk := list(islice(rows, CHUNK_ROWS)):
            self._append(chunk)

    def _append(self, chunk: Sequence[object]) -> None:
        lines = self._encoder.encode_lines(chunk)
        with explained(self.folder):
            if self._part is None or self._part.rows >= PART_ROWS:
                self._close_part()
                self._part = _PartFile(self._filesystem, self._root, f"part-{len(self._parts):05d}.ndjson.gz")
            self._part.append(lines, len(chunk))

    def _close_part(self) -> None:
        if self._part is not None:
            self._parts.append(self._part.close())
            self._part = None

    def finish(self, manifest: Manifest) -> str:
        """Write the manifest, and with it make the extract exist.

        :return: path of the manifest
        """
        path = f"{self._root}/{MANIFEST}"
        with explained(self.folder):
            self._close_part()
            whole = msgspec.structs.replace(manifest, parts=tuple(self._parts))
            self._filesystem.pipe_file(path, msgspec.json.format(msgspec.json.encode(whole), indent=1))
            make_private_file(self._filesystem, path)
        return f"{self.folder}/{MANIFEST}"

    def discard(self) -> None:
        """Delete what was written; for a reading that failed."""
        if self._part is not None:
            self._part.abandon()
            self._part = None
        with suppress(OSError):  # the fault that brought us here is the one to tell; without a manifest this is no extract
            self._filesystem.rm(self._root, recursive=True)


class _PartFile:
    """One open part: compressed, counted and hashed on the way to the disk."""

    def __init__(self, filesystem: fsspec.AbstractFileSystem, root: str, name: str) -> None:
        self.rows = 0
        self._name, self._size = name, 0
        self._sha = hashlib.sha256()
        self._deflate = zlib.compressobj(COMPRESSION, wbits=GZIP)
        self._file = filesystem.open(f"{root}/{name}", "wb")
        make_private_file(filesystem, f"{root}/{name}")

    def append(self, lines: bytes, rows: int) -> None:
        self._store(self._deflate.compress(lines))
        self.rows += rows

    def _store(self, compressed: bytes) -> None:
        self._sha.update(compressed)
        self._size += len(compressed)
        self._file.write(compressed)

    def close(self) -> Part:
        self._store(self._deflate.flush())
        self._file.close()
        return Part(self._name, self.rows, self._size, self._sha.hexdigest())

    def abandon(self) -> None:
        """Close the file without finishing it; on a full disk even that fails, and does not matter."""
        with suppress(OSError):
            self._file.close()


@contextmanager
def explained(folder: str) -> Iterator[None]:
    """Turn what the operating system says about the folder into an error that says what to do."""
    try:
        yield
    except OSError as error:
        raise ExtractError(
            f"The extract {folder} can not be written: {error.strerror or type(error).__name__}. Free some space, or let the "
            "worker's user write there ([marketsync] extracts); then run again, nothing is lost.",
            docs=DOCS,
        ) from error


def make_private_folder(filesystem: fsspec.AbstractFileSystem, path: str) -> None:
    """Make a folder that only its owner can enter (on filesystems that know rights)."""
    filesystem.makedirs(path, exist_ok=True)
    if is_local(filesystem):
        os.chmod(path, 0o700)


def make_private_file(filesystem: fsspec.AbstractFileSystem, path: str) -> None:
    """Let only its owner read a file (on filesystems that know rights)."""
    if is_local(filesystem):
        os.chmod(path, 0o600)


def is_local(filesystem: fsspec.AbstractFileSystem) -> bool:
    """Tell whether a filesystem is this machine's."""
    return "file" in filesystem.protocol
