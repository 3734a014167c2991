# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Whether definition, source and target fit together; checked before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from airflow_provider_marketsync.contacts.consent import NewContact
from airflow_provider_marketsync.contacts.definition import CompiledSync
from airflow_provider_marketsync.contacts.record import DATAFIELDS
from airflow_provider_marketsync.engine.inputs import Input
from airflow_provider_marketsync.engine.ports import Target
from airflow_provider_marketsync.exceptions import CapabilityError, PreflightError
from airflow_provider_marketsync.ledger.ledger import SyncLedger

ENOUGH = 20
"""Records in a complete feed after which a field that none of them has is no accident."""


def check(compiled: CompiledSync, target: Target, ledger: SyncLedger, extracts: Iterable[Input]) -> list[str]:
    """Check the definition against both sides.

    :return: warnings for the summary: names of fields, nothing personal
    :raises CapabilityError: when the target can not do what a policy asks
    :raises PreflightError: when a field is unknown, or a consent field is neither mapped nor dismissed
    """
    _check_policies(compiled, target)
    _check_fields(compiled, target, ledger)
    seen = {name for extract in extracts for name in extract.manifest.names_seen}
    _check_consent(compiled, seen | ledger.syncs.seen_names(ledger.id))
    return [*_never_seen(compiled, extracts), *_drift(ledger, extracts)]


def _check_policies(compiled: CompiledSync, target: Target) -> None:
    asked = {action for entry in compiled.sync.new_contacts for action in entry.states.values()}
    able = target.capability
    if not able.idempotent_upsert:
        raise CapabilityError(
            f"{target.vendor} can not be upserted to: sending a contact twice would do more than sending it once.",
            vendor=target.vendor,
        )
    for action, can in (
        (NewContact.CREATE_UNSUBSCRIBED, able.can_create_unsubscribed),
        (NewContact.DOUBLE_OPT_IN, able.double_opt_in),
    ):
        if action in asked and not can:
            raise CapabilityError(
                f"new_contacts asks for {action.value}, which {target.vendor} can not do.", vendor=target.vendor
            )


def _check_fields(compiled: CompiledSync, target: Target, ledger: SyncLedger) -> None:
    sync, able = compiled.sync, target.capability
    odd = [name for name in sync.mapping if not re.fullmatch(able.field_name, name)]
    if odd:
        raise PreflightError(
            f"These field names do not fit {target.vendor}: {', '.join(odd)}. A name has to match {able.field_name}.",
            vendor=target.vendor,
        )
    if not able.new_fields_appear:
        return
    strange = set(sync.mapping) - set(sync.allow_new_fields) - {able.address_field} - ledger.syncs.known_fields(target.account)
    if not strange:
        return
    shown = target.known_fields()
    with ledger.transaction():
        ledger.syncs.add_known_fields(target.account, shown)
    strange -= shown
    if strange:
        raise PreflightError(
            f"{target.vendor} has no field named {', '.join(sorted(strange))} yet, and a field once written stays for ever. "
            "If the name is right, add it to allow_new_fields; if it is a typo, mend the mapping.",
            vendor=target.vendor,
        )


def _check_consent(compiled: CompiledSync, names: Iterable[str]) -> None:
    """Rule 1: a field that looks like consent is either used or dismissed on purpose."""
    forgotten = compiled.unmentioned_consent_fields(names)
    if forgotten:
        raise PreflightError(
            f"The source delivers fields that look like consent and that the definition does not use: {', '.join(forgotten)}. "
            "Name them under consent, or add them to dismissed if they mean something else.",
            docs="definition.md",
        )


def _never_seen(compiled: CompiledSync, extracts: Iterable[Input]) -> list[str]:
    """Warn of fields a complete reading did not deliver once: most often a typo.

    :raises PreflightError: when it is the address, so that nobody at all could be delivered
    """
    whole = next((extract.manifest for extract in extracts if extract.manifest.complete and extract.manifest.rows), None)
    if whole is None:
        return []
    seen = {name.lower(): name for name in whole.names_seen}
    wanted = [*compiled.fields.plain, *(f"{DATAFIELDS}.{code}" for code in compiled.fields.datafields)]
    missing = sorted(name for name in wanted if name.lower() not in seen)
    if whole.rows >= ENOUGH and not any(name.lower() in seen for name in compiled.address_fields):
        raise PreflightError(
            f"None of {whole.rows:,} records has the address field {_suggested(compiled.address_fields, seen)}, so nobody can be "
            "delivered. Mend `email` under mapping.",
            docs="definition.md",
        )
    return [f"Nobody in the complete feed has {_suggested(missing, seen)}: look for a typo in the definition."] if missing else []


def _suggested(names: Iterable[str], seen: Mapping[str, str]) -> str:
    """Name fields, each with the nearest one that the source does deliver."""
    near = {name: get_close_matches(name.lower(), seen, 1) for name in names}
    return ", ".join(f"{name} (did you mean {seen[found[0]]}?)" if found else name for name, found in near.items())


def _drift(ledger: SyncLedger, extracts: Iterable[Input]) -> list[str]:
    """Warn when a complete reading delivers other fields than the one before, and remember what it delivers."""
    whole = next((extract.manifest for extract in extracts if extract.manifest.complete and extract.manifest.rows), None)
    if whole is None:
        return []
    before, now = ledger.syncs.seen_names(ledger.id), set(whole.names_seen)
    with ledger.transaction():
        ledger.syncs.replace_seen_names(ledger.id, now)
    warnings = []
    if before and now - before:
        warnings.append(f"New at the source: {', '.join(sorted(now - before))}.")
    if before - now:
        warnings.append(f"Gone at the source: {', '.join(sorted(before - now))}.")
    return warnings
