# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Second pass: decide what becomes of each record. Consent, duplicates and scope are judged here, and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Union

import msgspec

from airflow_provider_marketsync.contacts.consent import NewContact, Stated
from airflow_provider_marketsync.contacts.definition import CompiledSync
from airflow_provider_marketsync.contacts.personal import Personal
from airflow_provider_marketsync.engine.groups import stated_of, winner_of
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.outcomes import Outcome
from airflow_provider_marketsync.engine.ports import Payload, Target
from airflow_provider_marketsync.engine.presence import Crowd
from airflow_provider_marketsync.engine.scan import Job
from airflow_provider_marketsync.ledger.decisions import DELETED as DELETED_THERE
from airflow_provider_marketsync.ledger.decisions import SOURCE, Decision, Decisions
from airflow_provider_marketsync.ledger.ledger import SyncLedger
from airflow_provider_marketsync.ledger.rows import Attention, Card

NO_ADDRESS = "no address"
NOT_AN_ADDRESS = "not a valid address"
OUT_OF_SCOPE = "does not match where"
LEFT_SCOPE = "delivered, and no longer matches where"
ADDRESS_CHANGED = "address changed"
DUPLICATE = "another card of the same mailbox is newer"
SHARED = "several cards share the mailbox"
FORBIDDEN = "outside only_addresses"
DELETED = "deleted at the target"
FIELD_NOT_READ = "field not read"
REPEATED_CODE = "a free field stands several times: the first was taken"
UNSEEN = "acknowledged, but not seen at the target yet"
OVERTAKEN = "read again since, and not delivered yet"
ADOPTS_ONLY = "held: this run only adopts"


class Final(msgspec.Struct, frozen=True):
    """The record needs no sending."""

    outcome: Outcome
    reason: str | None = None


class Still(msgspec.Struct, frozen=True):
    """The record was refused before, and it is too early to try again."""

    outcome: Outcome
    reason: str


class Adopt(msgspec.Struct, frozen=True):
    """The person stands at the target already and is only linked."""

    address: bytes


class Send(Personal, frozen=True):
    """The record is to be sent.

    :param payload: what is sent
    :param fingerprint: its fingerprint
    :param address: keyed hash of the address
    :param fields: mapped fields, for the hashes of what was delivered
    :param creates: whether this makes a new person
    :param mailable: whether the person becomes mailable by it
    :param adopted: whether the person was found at the target
    :param opts_out: whether it tells the target of a "no"
    :param why: the line of the definition that allows a creation
    """

    payload: Payload
    fingerprint: bytes
    address: bytes
    fields: dict[str, str]
    creates: bool
    mailable: bool
    adopted: bool
    opts_out: bool
    why: str | None


class Tell(Personal, frozen=True):
    """A "no" of this record's card that the target has to hear, whoever is the contact of the mailbox."""

    payload: Payload
    address: bytes


Judgement = Union[Final, Still, Adopt, Send]  # noqa: UP007  evaluated on Python 3.10


class Judged(msgspec.Struct, frozen=True):
    """A record, what becomes of it, and what the target must hear besides."""

    job: Job
    judgement: Judgement
    tells: Sequence[Tell]
    misses: tuple[str, ...] = ()


@dataclass(slots=True)
class Judge:
    """Judge records by the definition, the ledger and the people at the target.

    :param compiled: the compiled definition
    :param target: renders payloads
    :param installation: whom it may write to at all
    :param ledger: the sync's ledger
    :param decisions: consent decisions of the target account
    :param crowd: who stands at the target
    :param adopts: whether this run only links to people found there
    :param everything: whether equal payloads are sent too (``resend``)
    """

    compiled: CompiledSync
    target: Target
    installation: Installation
    ledger: SyncLedger
    decisions: Decisions
    crowd: Crowd
    adopts: bool = False
    everything: bool = False

    def judge(self, jobs: Sequence[Job]) -> Iterator[Judged]:
        """Judge some records; groups and decisions are looked up for all of them at once."""
        mailboxes = [self._mailboxes(job) for job in jobs]
        hashes = list({hashed for boxes in mailboxes for hashed in boxes})
        groups, decisions = self.ledger.records.group(hashes), self.decisions.current(hashes)
        for job, boxes in zip(jobs, mailboxes, strict=True):
            yield _Case(self, job, boxes, groups, decisions).judged()

    def _mailboxes(self, job: Job) -> dict[bytes, str]:
        """Return the card's addresses by their hashes, the contact's own first."""
        return {self.ledger.hashes.address(address): address for address in self.compiled.addresses(job.record).valid}


@dataclass(slots=True, repr=False)
class _Case:
    """One record before the judge."""

    by: Judge
    job: Job
    boxes: dict[bytes, str]
    groups: dict[bytes, list[Card]]
    decisions: dict[bytes, Decision]
    misses: tuple[str, ...] = ()

    def judged(self) -> Judged:
        judgement = self._early() or self._judgement()
        told = judgement.address if isinstance(judgement, Send) and judgement.opts_out else None
        tells = [self._tell(address) for address in self.boxes if address != told and self._must_hear(address)]
        return Judged(self.job, judgement, tells, self.misses)

    def _early(self) -> Judgement | None:
        """What can be said without looking at the mailbox."""
        job, known = self.job, self.job.known
        if job.is_overtaken:
            return Final(Outcome.POSTPONED, OVERTAKEN)
        if job.lacks(self.by.compiled.fields):
            return Final(Outcome.POSTPONED, FIELD_NOT_READ)
        waits = (
            known.attention == Attention.REFUSED and known.source_fp == job.fingerprint and (known.not_before or 0) > time.time()
        )
        if waits and not self.by.everything:
            return Still(Outcome(known.outcome), known.reason or "")
        if not known.in_scope:
            return Final(Outcome.SKIPPED, LEFT_SCOPE if known.delivered_address else OUT_OF_SCOPE)
        if known.delivered_address is not None and known.delivered_address != known.address:
            return Final(Outcome.POSTPONED, ADDRESS_CHANGED)
        if not self.boxes:
            empty = self.by.compiled.addresses(job.record).empty
            return Final(Outcome.SKIPPED, NO_ADDRESS) if empty else Final(Outcome.INVALID, NOT_AN_ADDRESS)
        return None

    def _judgement(self) -> Judgement:
        address, literal = next(iter(self.boxes.items()))
        cards, decision = self.groups[address], self.decisions.get(address)
        if not self.by.installation.may_write(literal):
            return Final(Outcome.SKIPPED, FORBIDDEN)
        duplicate = self._duplicate(cards)
        if duplicate is not None:
            return duplicate
        if decision is not None and decision.origin == DELETED_THERE:
            return Final(Outcome.SKIPPED, DELETED)
        delivered = [card for card in cards if card.delivered]
        certain = any(card.certain for card in delivered)
        if self.by.adopts and not certain:
            return Adopt(address) if self.by.crowd.has(address, literal) else Final(Outcome.POSTPONED, ADOPTS_ONLY)
        if delivered and not certain:
            return self._unanswered(cards, decision, address, literal)
        present = not certain and self.by.crowd.has(address, literal)
        if certain and self._may_be_missing(cards, decision, address, literal):
            return Final(Outcome.POSTPONED, UNSEEN)
        if certain or present:
            return self._update(decision, present)
        return self._create(cards, decision)

    def _duplicate(self, cards: Sequence[Card]) -> Final | None:
        rivals = [card for card in cards if card.main and card.in_scope]
        if len(rivals) < 2:
            return None
        if self.by.compiled.sync.duplicates == "refuse":
            return Final(Outcome.INVALID, SHARED)
        return None if winner_of(rivals).id == self.job.known.id else Final(Outcome.SKIPPED, DUPLICATE)

    def _update(self, decision: Decision | None, present: bool) -> Judgement:
        """Somebody delivered before, or found at the target: profile fields only, and a "no" of the source."""
        known = self.job.known
        send = self._send(says_no(decision), creates=False, mailable=False, adopted=present, why=None)
        settled = known.payload_fp == send.fingerprint and not known.attention & (Attention.PENDING | Attention.RESEND)
        return Final(Outcome.UNCHANGED) if settled and not self.by.everything else send

    def _unanswered(self, cards: Sequence[Card], decision: Decision | None, address: bytes, literal: str) -> Judgement:
        """Somebody whose creation was begun and never answered: made again only by today's policy (rule 1)."""
        if self._creates_mailable(cards, decision) or not self.by.crowd.has(address, literal):
            return self._create(cards, decision)
        return self._send(says_no(decision), creates=True, mailable=False, adopted=False, why=None)

    def _may_be_missing(self, cards: Sequence[Card], decision: Decision | None, address: bytes, literal: str) -> bool:
        """Tell whether an update might make somebody mailable whom no line of the definition allows to mail (rule 1).

        A target may have acknowledged a creation and dropped it; the update would then be the creation.
        """
        if says_no(decision) or any(card.delivered and card.seen for card in cards) or self._creates_mailable(cards, decision):
            return False
        return not self.by.crowd.has(address, literal)

    def _creates_mailable(self, cards: Sequence[Card], decision: Decision | None) -> bool:
        stated = stated_of(cards, decision)
        return stated is not Stated.WITHDRAWN and self.by.compiled.policy(self.job.record, stated).action is NewContact.SUBSCRIBE

    def _create(self, cards: Sequence[Card], decision: Decision | None) -> Judgement:
        """Somebody new: only by a line of ``new_contacts`` (rule 1)."""
        stated = stated_of(cards, decision)
        policy = self.by.compiled.policy(self.job.record, stated)
        if policy.action is NewContact.SKIP:
            return Final(Outcome.SKIPPED, policy.why)
        quiet = policy.action is NewContact.CREATE_UNSUBSCRIBED or stated is Stated.WITHDRAWN
        mailable = not quiet and self.by.target.capability.create_makes_mailable
        return self._send(quiet, creates=True, mailable=mailable, adopted=False, why=policy.why)

    def _send(self, opts_out: bool, *, creates: bool, mailable: bool, adopted: bool, why: str | None) -> Send:
        address, literal = next(iter(self.boxes.items()))
        mapped = self.by.compiled.maps(self.job.record)
        self.misses = (*mapped.misses, *([REPEATED_CODE] if mapped.repeats else []))
        payload = self.by.target.payload(literal, mapped.fields, unsubscribed=opts_out)
        fingerprint = self.by.ledger.hashes.payload(msgspec.json.encode(payload))
        return Send(payload, fingerprint, address, mapped.fields, creates, mailable, adopted, opts_out, why)

    def _must_hear(self, address: bytes) -> bool:
        """Whether the target does not know yet of a "no" of this card, and has the person."""
        decision = self.decisions.get(address)
        if not says_no(decision) or decision is None or decision.told or not self.by.installation.may_write(self.boxes[address]):
            return False
        return any(card.delivered for card in self.groups[address]) or self.by.crowd.has(address, self.boxes[address])

    def _tell(self, address: bytes) -> Tell:
        return Tell(self.by.target.payload(self.boxes[address], {}, unsubscribed=True), address)


def says_no(decision: Decision | None) -> bool:
    """Tell whether a card of the source said "no", which the target has to hear."""
    return decision is not None and decision.is_no and decision.origin == SOURCE
