# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The manifest: what an extract is. It is written last, and an extract without one does not exist."""

from __future__ import annotations

import fsspec.core
import msgspec

from airflow_provider_marketsync.exceptions import ExtractError

MANIFEST = "manifest.json"
FORMAT = 1
DOCS = "run-protocol.md"
RECORDS, OPT_OUTS = "records", "opt_outs"


class Part(msgspec.Struct, frozen=True):
    """One file of an extract."""

    name: str
    rows: int
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an extract holds and how it came about. It names fields, never values.

    :param holds: what its lines are: ``records`` of a source, or ``opt_outs`` of a target
    :param sync: the sync it was read for, None for one written by ``write_extract``
    :param source: the vendor, or the name given to ``write_extract``
    :param account: identity of the source account
    :param ledger: uuid of the ledger the reading went by
    :param fields: names of the plain fields the records were reduced to; None = everything the writer was given
    :param datafields: codes of the free fields, likewise
    :param digest: hex digest of the definition it was read for
    :param read_started_at: UTC moment the reading began; orders extracts of one sync
    :param complete: whether it is the whole feed and not only what changed
    :param moves_cursor: False for a reading of an explicit window
    :param cursor: the source's high-water mark over everything read
    :param names_seen: every field name the source delivered
    """

    format: int = FORMAT
    holds: str = RECORDS
    sync: str | None
    source: str
    account: str
    ledger: str | None = None
    fields: tuple[str, ...] | None = None
    datafields: tuple[str, ...] | None = None
    digest: str = ""
    read_started_at: str
    complete: bool
    since: str | None = None
    moves_cursor: bool = True
    cursor: str | None = None
    names_seen: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def rows(self) -> int:
        """Number of records."""
        return sum(part.rows for part in self.parts)


def read_manifest(path: str) -> Manifest:
    """Read a manifest by its path.

    :param path: path or URL of the file ``manifest.json``
    :raises ExtractError: when it is missing, unreadable, damaged or of a newer format
    """
    filesystem, name = fsspec.core.url_to_fs(path)
    try:
        manifest = msgspec.json.decode(filesystem.cat_file(name), type=Manifest)
    except FileNotFoundError:
        raise ExtractError(
            f"There is no extract at {path}. Run the fetch task again: an extract is deleted when it is superseded and older "
            "than "
            "[marketsync] extract_retention, and must lie where both workers can see it.",
            docs=DOCS,
        ) from None
    except OSError as error:
        raise unreadable(path, error) from error
    except msgspec.DecodeError:
        raise ExtractError(f"The manifest {path} is damaged. Run the fetch task again.", docs=DOCS) from None
    if manifest.format != FORMAT:
        raise ExtractError(
            f"The extract {path} has format {manifest.format}; this version reads {FORMAT}. Fetch again.", docs=DOCS
        )
    return manifest


def unreadable(path: str, error: OSError) -> ExtractError:
    """Return the error for a file that is there and can not be read."""
    return ExtractError(
        f"The extract file {path} can not be read: {error.strerror or type(error).__name__}. Look at its owner, its rights and "
        "the disk; then run again, nothing is lost.",
        docs=DOCS,
    )
