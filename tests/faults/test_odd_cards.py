# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What stands on real cards and is no fault of anybody's: every card is accounted for, and the others do not suffer."""

from __future__ import annotations

import pytest

from airflow_provider_marketsync.exceptions import LimitExceeded

from .world import CAST, card


def outcomes(summary):
    return {name: number for name, number in summary["outcomes"].items() if number}


def edit(world, code, **fields):
    world.call("/directo/act", {"action": "edit", "code": code, "fields": fields})


def known(world, **expected):
    """The named people at Smaily, and nobody else is mailable."""
    assert world.mailable() == set(expected)
    assert {name: world.people()[f"{name}@pood.example.com"]["name"] for name in expected} == expected


# ------------------------------------------------------------------------------------------------------ ts


def test_records_without_a_ts_are_read_completely_each_time_until_they_have_one(world, undisturbed, day):
    world.tell(day)
    world.order("directo", "no_ts")
    fetched = world.fetch()
    (notice,) = fetched.summary["notices"]
    assert f"{fetched.summary['read']} records have no usable 'ts'; only complete reads show their changes" == notice
    world.upsert(fetched.path)
    if day == "first day":
        assert (world.watermark(), world.fetch().summary["complete"]) == (None, True)
    world.calm()
    assert world.settled() == undisturbed[day]


READINGS = [
    (compare, precision, zone) for compare in ("ge", "gt") for precision in ("time", "date") for zone in ("Europe/Tallinn", "UTC")
]


@pytest.mark.parametrize("asked", ["date", "time"])
@pytest.mark.parametrize(("compare", "precision", "zone"), READINGS)
def test_a_change_in_the_very_second_of_the_watermark_is_not_missed(world, compare, precision, zone, asked):
    world.call("/directo/switches", {"ts_compare": compare, "ts_precision": precision, "tz": zone})
    world.seed(card("1", "mari", "jah", "Mari"), card("2", "jaan", "jah", "Jaan"))
    world.run()
    mark = world.watermark()
    world.seed(card("3", "kati", "jah", "Kati"), card("1", "mari", "jah", "Maarja"))
    fetched = world.fetch(world.source({"ts_precision": asked, "overlap_hours": 6}))
    assert (fetched.summary["complete"], world.watermark()) == (False, mark)
    world.upsert(fetched.path)
    known(world, mari="Maarja", jaan="Jaan", kati="Kati")
    assert world.settled().watermark_covers_everything


@pytest.mark.parametrize("asked", ["date", "time"])
@pytest.mark.parametrize(("compare", "precision", "zone"), READINGS)
def test_the_hour_that_october_repeats_hides_no_change(world, compare, precision, zone, asked):
    """The watermark is of the first 03:50; twenty minutes later, at the second 03:10, a card is made that seems older."""
    world.call("/directo/switches", {"ts_compare": compare, "ts_precision": precision})
    world.seed(card("1", "mari", "jah", "Mari", ts="2025-10-26T03:50:00"))
    world.run()
    assert world.watermark() == "2025-10-26T03:50:00"
    world.seed(card("2", "jaan", "jah", "Jaan", ts="2025-10-26T03:10:00"))
    extra = {"ts_precision": asked, "overlap_hours": 6, "timezone": zone}
    fetched = world.fetch(world.source(extra))
    assert fetched.summary["complete"] is False
    world.upsert(fetched.path)
    known(world, mari="Mari", jaan="Jaan")
    assert world.watermark() == "2025-10-26T03:50:00"


def test_an_opt_out_in_the_hour_that_october_repeats_is_kept(world):
    world.call("/clock", {"set": "2026-10-25T00:10:00Z"})
    world.seed(card("1", "mari", "jah", "Mari", ts="2026-10-25T03:05:00"))
    world.run()
    world.call("/clock", {"set": "2026-10-25T01:05:00Z"})
    world.call("/smaily/act", {"action": "unsubscribe", "email": "mari@pood.example.com"})
    edit(world, "1", name="Maarja", ts="2026-10-25T03:06:00")
    world.run()
    known(world)
    assert world.people()["mari@pood.example.com"]["name"] == "Maarja"


# -------------------------------------------------------------------------------------------------- addresses


def test_of_two_cards_with_one_mailbox_the_newer_speaks_and_any_no_counts(world):
    world.seed(
        card("1", "mari", "jah", "Old", ts="2026-05-01T00:00:00"),
        card("2", "Mari@POOD.example.com", "jah", "New", ts="2026-05-02T00:00:00"),
        card("3", "jaan", "jah", "Yes", ts="2026-05-02T00:00:00"),
        card("4", " jaan@pood.example.com ", "ei", "No", ts="2026-05-01T00:00:00"),
    )
    summary = world.run()
    assert outcomes(summary) == {"created": 2, "skipped": 2}
    assert len(summary["collisions"]) == 2
    known(world, mari="New")
    assert world.people()["jaan@pood.example.com"]["name"] == "Yes"
    world.settled()


def test_of_several_addresses_the_first_is_the_contact_and_a_no_counts_for_all(world):
    world.seed(
        card("1", "mari@pood.example.com; ladu@pood.example.com,", "jah", "Mari"),
        card("2", "puudub, jaan@pood.example.com arve@pood.example.com", "ei", "Jaan"),
        card("3", "arve@pood.example.com", "jah", "Arve"),
        card("4", "ladu@pood.example.com", "jah", "Ladu"),
    )
    summary = world.run()
    assert outcomes(summary) == {"created": 4}
    known(world, mari="Mari", ladu="Ladu")
    world.settled()


NO_ADDRESSES = [
    "puudub", "Puudub!", " @ ", "kati@", "kati@pood", "kati@pood.test", "kati@pood.invalid", "kati@localhost", "kati@pood.EXAMPLE"
]  # fmt: skip


@pytest.mark.parametrize("mixed_batch", ["skip", "refuse_all"])
@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_is_listed_and_never_sent(world, undisturbed, address, mixed_batch):
    world.call("/smaily/switches", {"mixed_batch": mixed_batch})
    world.seed(*CAST, {**card("2001", None, "jah", "Kati Kadunud"), "email": address})
    summary = world.run()
    assert outcomes(summary) == {"created": 5, "skipped": 2, "invalid": 1}
    assert summary["reasons"]["invalid"] == {"not a valid address": 1}
    assert world.people() == undisturbed["first day"].people
    edit(world, "2001", email="kati@pood.example.com")
    assert outcomes(world.run())["created"] == 1
    assert world.people()["kati@pood.example.com"]["mailable"]


@pytest.mark.parametrize("address", [None, "", "  "], ids=["absent", "empty", "blank"])
def test_a_card_without_an_address_is_counted_and_comes_with_its_address(world, undisturbed, address):
    world.seed(*CAST, {**card("2001", None, "jah", "Kati Kadunud"), "email": address})
    summary = world.run()
    assert summary["reasons"]["skipped"]["no address"] == 1
    assert world.people() == undisturbed["first day"].people
    edit(world, "2001", email="kati@pood.example.com")
    world.run()
    assert world.people()["kati@pood.example.com"]["mailable"]


def test_a_row_smaily_refuses_is_told_in_red_and_the_others_arrive(world, undisturbed):
    world.seed(*CAST)
    world.order("smaily", "code_204", match={"method": "POST", "body": "mari@"}, details=["mari@pood.example.com"])
    error = world.fails(LimitExceeded, "1 records were newly rejected.*everything else was delivered", world.run)
    assert outcomes(error.summary) == {"created": 4, "skipped": 2, "rejected": 1}
    assert world.mailable() == {"jaan", "klikkija"}
    world.calm()
    edit(world, "1001", name="Mari Uus")
    world.run()
    people = {**undisturbed["first day"].people}
    people["mari@pood.example.com"] = {**people["mari@pood.example.com"], "name": "Mari Uus"}
    assert world.people() == people


def test_line_breaks_and_markup_on_a_card_travel_as_text(world):
    world.seed(card("1", "mari", "jah", "\u00a0Mari\n\t<b>&amp; 'Kask'</b> OÜ\u00a0"))
    world.run()
    known(world, mari="Mari <b>&amp; 'Kask'</b> OÜ")
    world.settled()
