# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Campaigns and workflows of an account."""

from __future__ import annotations

from dataclasses import dataclass, field

FORM_SUBMITTED = "form_submitted"
OPTED_IN = "opt_in"
DEMO_CAMPAIGN = 5


@dataclass
class Campaign:
    """A regular campaign, and how often somebody left through it."""

    id: int
    name: str
    status: str
    created_at: str
    completed_at: str
    recipients: int = 0
    bounces: int = 0
    complaints: int = 0
    unsubscribed: set[str] = field(default_factory=set)
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Workflow:
    """An automation workflow."""

    id: int
    title: str
    trigger_type: str
    is_enabled: bool


def demo_campaigns() -> dict[int, Campaign]:
    """Make one campaign that was sent, so that people can leave through it."""
    name = "Nädala pakkumised"
    return {DEMO_CAMPAIGN: Campaign(DEMO_CAMPAIGN, name, "COMPLETED", "2026-01-12 09:00:00", "2026-01-12 09:20:00")}


def demo_workflows() -> dict[int, Workflow]:
    """Make a welcome workflow for forms, a sleeping one, and one that new opt-ins fire."""
    return {
        7: Workflow(7, "Tere tulemast", FORM_SUBMITTED, True),
        8: Workflow(8, "Uus liituja", OPTED_IN, True),
        9: Workflow(9, "Mustand", FORM_SUBMITTED, False),
    }
