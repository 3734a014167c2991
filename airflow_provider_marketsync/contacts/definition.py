# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The definition of a sync: what it is made of, and how it is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from airflow_provider_marketsync.contacts.checks import check_together
from airflow_provider_marketsync.contacts.compiled import Addresses, CompiledSync, Mapped, Policy, compile_sync
from airflow_provider_marketsync.contacts.keys import described, read_keys
from airflow_provider_marketsync.contacts.model import ConsentRule, Duplicates, Limits, PolicyEntry, SourceRef
from airflow_provider_marketsync.contacts.problems import Place, Problems
from airflow_provider_marketsync.contacts.reading import span_text
from airflow_provider_marketsync.contacts.sync_keys import SYNC_KEYS
from airflow_provider_marketsync.contacts.tree import Node, from_python
from airflow_provider_marketsync.exceptions import DefinitionError

if TYPE_CHECKING:
    from datetime import timedelta

    from typing_extensions import NotRequired, Self, Unpack

__all__ = [
    "Addresses", "CompiledSync", "ConsentRule", "Limits", "Mapped", "Policy", "PolicyEntry", "SourceRef", "Sync",
    "compile_sync", "describe",
]  # fmt: skip

_Words = str | Sequence[str]


class SyncKeys(TypedDict):
    """What ``Sync(...)`` takes: the keys of the YAML form, meanings in :func:`describe`."""

    id: str
    source: str | Mapping[str, str]
    target: str
    mapping: Mapping[str, str]
    new_contacts: str | Mapping[str, str] | Sequence[Mapping[str, Any]]
    full_every: NotRequired[str | timedelta]
    timezone: NotRequired[str]
    where: NotRequired[str | Mapping[str, _Words] | None]
    allow_new_fields: NotRequired[_Words]
    allow_sensitive: NotRequired[_Words]
    consent: NotRequired[Mapping[str, Mapping[str, _Words]]]
    dismissed: NotRequired[_Words]
    duplicates: NotRequired[Duplicates]
    limits: NotRequired[Mapping[str, int | str | None]]


@dataclass(frozen=True, init=False)
class Sync:
    """One named pair of source and target with mapping and policies. Always valid: a wrong one can not be made.

    :param id: name of the sync; its memory goes by it
    :param source: where records come from
    :param target: id of the Airflow connection contacts go to
    :param full_every: a complete read at least this often
    :param timezone: the zone the source's times without a zone are in
    :param where: which records are delivered, as a condition's canonical text; None = all
    :param mapping: target field to expression; ``email`` is the address
    :param allow_new_fields: target fields that may be made there
    :param allow_sensitive: sensitive source fields that may travel, as canonical paths
    :param consent: rule of each channel
    :param dismissed: source fields that look like consent and are knowingly ignored, as canonical paths
    :param new_contacts: what happens to new people; the first entry that holds and names the state counts
    :param duplicates: which of several cards of one address is delivered
    :param limits: how much may go wrong, or become new, before a person is asked
    :raises DefinitionError: with everything that is wrong, the place and the cure of each
    """

    id: str
    source: SourceRef
    target: str
    full_every: timedelta
    timezone: str
    where: str | None
    mapping: dict[str, str]
    allow_new_fields: tuple[str, ...]
    allow_sensitive: tuple[str, ...]
    consent: dict[str, ConsentRule]
    dismissed: tuple[str, ...]
    new_contacts: tuple[PolicyEntry, ...]
    duplicates: Duplicates
    limits: Limits

    def __init__(self, **keys: Unpack[SyncKeys]) -> None:
        self._read(from_python(keys, Place("")), Problems(_subject(keys)))

    @classmethod
    def load(cls, value: str | os.PathLike[str] | Mapping[str, Any] | Sync, *, base: Path | None = None) -> Sync:
        """Read a definition.

        :param value: path to a YAML file, a map, or a Sync, which is returned as it is
        :param base: folder a relative path begins at; the working directory without it
        :raises DefinitionError: there is no such file, or the definition is wrong
        """
        if isinstance(value, Sync):
            return value
        if isinstance(value, Mapping):
            return cls._of(from_python(value, Place("")), Problems(_subject(value)))
        from airflow_provider_marketsync.contacts.yaml_tree import from_yaml  # PyYAML costs 30 ms at import

        problems = Problems(os.fspath(value))
        return cls._of(from_yaml(_file_text(Path(base or ".") / value), problems), problems)

    @classmethod
    def _of(cls, top: Node, problems: Problems) -> Self:
        sync = cls.__new__(cls)
        sync._read(top, problems)
        return sync

    def _read(self, top: Node, problems: Problems) -> None:
        values = read_keys(top, SYNC_KEYS, problems)
        check_together(values, top.value if isinstance(top.value, dict) else {}, problems)
        problems.raise_any()
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON that :meth:`load` reads back to an equal Sync with an equal digest."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        rendered = {name: _RENDERERS.get(name, _plain)(value) for name, value in values.items()}
        return {name: value for name, value in rendered.items() if value not in (None, [], {})}


def describe() -> list[tuple[str, str, str, str]]:
    """Return (key, type, default, meaning) of every key of a definition, for the docs."""
    return described(SYNC_KEYS)


def _subject(keys: Mapping[str, Any]) -> str:
    name = keys.get("id")
    return f'the sync definition "{name}"' if isinstance(name, str) else "the sync definition"


def _file_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DefinitionError(f"the sync definition {path} can not be read: {reason}") from error
    except UnicodeDecodeError:
        raise DefinitionError(f"the sync definition {path} is no UTF-8 text; save it as UTF-8") from None


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _policies(entries: tuple[PolicyEntry, ...]) -> Any:
    rendered = [entry.to_dict() for entry in entries]
    return rendered[0] if len(rendered) == 1 else rendered


_RENDERERS: dict[str, Callable[[Any], Any]] = {
    "source": SourceRef.to_dict,
    "full_every": span_text,
    "mapping": dict,
    "consent": lambda rules: {channel: rule.to_dict() for channel, rule in rules.items()},
    "new_contacts": _policies,
    "limits": Limits.to_dict,
}
