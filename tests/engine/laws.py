# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The laws a run has to keep, checked over a :class:`World` from outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.engine.made_source import Card
from tests.engine.world import PERSONAL, World


def check_every_step(world: World) -> None:
    """Check what must hold whatever happened."""
    assert not world.violations, world.violations[:3]
    _nothing_personal(world)
    _watermark_moves_forward(world)
    _whoever_was_delivered_is_found_by_the_mailbox(world)
    for address in world.town.people:
        known = any(address in card.mailboxes for cards in world.history.values() for card in cards)
        assert known or address in world.by_hand, f"{address} stands at the target and never stood on a card"


def check_outcomes(summary: dict[str, Any], least: int) -> None:
    """Every record read has exactly one outcome."""
    outcomes = summary["outcomes"]
    assert sum(outcomes.values()) == summary["read"] >= least, summary
    assert min(outcomes.values()) >= 0, summary


def check_settled(world: World) -> None:
    """Check what must hold after an undisturbed run."""
    check_every_step(world)
    for address in {card.main for card in world.register.cards.values() if card.main}:
        _stands_as_it_should(world, address)
    check_opt_outs(world)
    _nobody_stands_twice(world)


def _nothing_personal(world: World) -> None:
    ledger = Path(world.installation.ledger)
    for path in (ledger, ledger.with_name(ledger.name + "-wal")):
        found = PERSONAL.search(path.read_bytes()) if path.exists() else None
        assert found is None, f"the ledger holds {found.group() if found else ''!r}"
    said = PERSONAL.search(json.dumps(world.said).encode())
    assert said is None, f"the log says {said.group() if said else ''!r}"
    world.said.clear()


def _whoever_was_delivered_is_found_by_the_mailbox(world: World) -> None:
    """The record has no index by the address delivered: what is not a member of the mailbox would be overlooked."""
    with world.ledger() as ledger:
        lost = ledger.connection.execute(
            "SELECT count(*) FROM record r WHERE r.delivered_address IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM member m WHERE m.record = r.id AND m.address = r.delivered_address)"
        )
        assert lost.fetchone()[0] == 0
        stray = ledger.connection.execute(
            "SELECT count(*) FROM record WHERE (pending_fp IS NOT NULL) <> (attention & 1 <> 0)"  # Attention.PENDING
        )
        assert stray.fetchone()[0] == 0, "a record waits for an answer and bears no mark, or the other way round"


def _watermark_moves_forward(world: World) -> None:
    with world.ledger() as ledger:
        row = ledger.syncs.row("shop")
    cursor = (row.cursor if row else None) or ""
    assert cursor >= world.cursor, "the watermark moved backwards"
    world.cursor = cursor


def _stands_as_it_should(world: World, address: str) -> None:
    variant, members = world.variant, world.members(address)
    rivals = {key: card for key, card in members.items() if card.main == address and variant.in_scope(card)}
    moved = any(world.attempted[key] - {address} for key in rivals)
    if not rivals or moved or world.is_haunted(address) or address in world.visible_gone:
        return
    if variant.refuse and len(rivals) > 1:
        return
    person = world.town.people.get(address)
    if person is None and address in world.dropped:
        return  # acknowledged and forgotten: only a complete run can find that out
    if person is None:
        unsure = address in world.ever_no
        stated = variant.stated_of(members.values(), refused=address in world.noes)
        assert unsure or variant.creates(stated) == "skip", f"{address} ({stated}) was lost"
        return
    key, winner = _winner(world, rivals)
    if (key, winner.changed) in world.linked:
        return
    expected = variant.sends(winner, key)
    assert {**person.fields, **expected} == person.fields, f"{address} has {person.fields}, not {expected}"


def _winner(world: World, rivals: dict[str, Card]) -> tuple[str, Card]:
    ranked = sorted(rivals.items(), key=lambda entry: entry[0])
    return max(ranked, key=lambda entry: world.register.stamp(entry[1]) or "")


def check_opt_outs(world: World) -> None:
    """Every "no" that was read has reached the target, after any run that nothing disturbed."""
    for address in world.noes - world.came_back:
        person = world.town.people.get(address)
        wrong = person is not None and person.writes and person.mailable and not person.deleted
        assert not wrong, f"rule 5: {address} said no and is mailable"


def _nobody_stands_twice(world: World) -> None:
    for key in world.history:
        homes = [address for address, person in world.town.people.items() if person.fields.get("cardno") == key]
        assert len(homes) <= 1, f"the card {key} stands at {homes}"
