# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A sync as an operator's argument: plain JSON that Airflow can serialise, show and render."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from airflow_provider_marketsync.exceptions import DefinitionError
from airflow_provider_marketsync.operators.arguments import refuse_addresses

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.definition import Sync

SyncArgument = Union[str, "os.PathLike[str]", "Mapping[str, Any]", "Sync"]
"""Path of a YAML file, a map, or a :class:`~airflow_provider_marketsync.contacts.definition.Sync`."""


def plain(sync: Any, folder: str | None) -> Any:
    """Return what an operator keeps of its ``sync`` argument.

    A path that can be known is read here, once, so that a wrong definition shows when the DAG file is parsed. What
    holds a template is read and checked when it has been rendered, and so is a path whose DAG is not known yet.

    :param sync: a definition, a list of them, or another operator's output, which is kept as it is
    :param folder: where the DAG's file lies
    :raises DefinitionError: if the definition can not be read or is wrong
    :raises SettingsError: if a person's address stands in it
    """
    if isinstance(sync, (list, tuple)):
        return [plain(one, folder) for one in sync]
    kept = _plain(sync, folder)
    refuse_addresses("sync", kept)
    return kept


def load(kept: Any, folder: str) -> Sync:
    """Read what an operator kept, after rendering.

    :param kept: what :func:`plain` returned, with its templates rendered
    :param folder: where the DAG's file lies
    :raises DefinitionError: if the definition can not be read or is wrong
    """
    from airflow_provider_marketsync.contacts.definition import Sync

    return Sync.load(kept, base=Path(folder))


def load_of_one_source(kept: list[Any], folder: str) -> list[Sync]:
    """Read what a fetch operator kept: at least one sync, and all of one source.

    :raises DefinitionError: if a definition is wrong, there is none, or their sources differ
    """
    syncs = [load(one, folder) for one in kept]
    if not syncs:
        raise DefinitionError("The argument 'sync' is an empty list; name at least one sync")
    if any(sync.source != syncs[0].source for sync in syncs):
        raise DefinitionError("Syncs with different sources can not share a fetch task; give each source its own")
    return syncs


def folder_of(operator: Any) -> str | None:
    """Return the folder of an operator's DAG file; None while it has no DAG."""
    return str(operator.dag.folder) if operator.has_dag() else None


def _plain(sync: Any, folder: str | None) -> Any:
    from airflow_provider_marketsync.contacts.definition import Sync

    if isinstance(sync, Sync):
        return sync.to_dict()
    if isinstance(sync, Mapping):
        return dict(sync) if _is_template(sync) else Sync.load(sync).to_dict()
    if isinstance(sync, (str, os.PathLike)):
        return _file(os.fspath(sync), folder)
    return sync


def _file(path: str, folder: str | None) -> Any:
    if _is_template(path) or not (folder or os.path.isabs(path)):
        return path
    from airflow_provider_marketsync.contacts.definition import Sync

    place = Path(folder or "/", path)
    if place.is_file() and _is_template(place.read_text(encoding="utf-8-sig")):
        import yaml

        # What is no YAML, with or without a template in it, is told below with file and line.
        with suppress(yaml.YAMLError):
            return yaml.load(place.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)  # noqa: S506
    return Sync.load(place).to_dict()


def _is_template(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_is_template(part) for part in value.values())
    if isinstance(value, (list, tuple)):
        return any(_is_template(part) for part in value)
    return isinstance(value, str) and ("{{" in value or "{%" in value)
