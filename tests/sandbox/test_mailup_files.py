# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Files that arrive at MailUp's stand-in and files it puts out (contract section 7)."""

from __future__ import annotations

import pytest

MARI = "mari@kask.example.com"


def drop(mailup, content, instance="1", **more):
    done = mailup.act("drop_file", instance=instance, content=content, **more)
    mailup.pass_time(10)
    return [mailup.get(f"Import/{number}").json() for number in done["imports"]]


def test_the_sample_file_is_imported_at_once_into_the_list_of_its_folder(mailup, recorded):
    counted = drop(mailup, recorded("mailup-made-ftp-import.csv").decode(), "2")
    assert [(one["CreatedRecipients"], one["NotValidRecipients"]) for one in counted] == [(2, 0)]
    anna = mailup.person("anna.verdi@example.it")
    assert (anna["MobilePrefix"], anna["MobileNumber"]) == ("0039", "3331000001")
    assert anna["fields"] == {"nome": "Anna", "cognome": "Verdi", "città": "Torino", "idcliente": "C-0001"}
    assert mailup.status("anna.verdi@example.it", 2) == "subscribed"
    assert mailup.status("anna.verdi@example.it", 1) is None


def test_the_sample_file_with_lists_per_row_makes_an_import_each(mailup, recorded):
    mailup.act("set_file_instance", name="multi", separator=";")
    content = recorded("mailup-made-ftp-import-multilist.csv").decode().replace(";1;3", ";1;7").replace(";2;5", ";2;8")
    assert len(drop(mailup, content, "multi")) == 2
    assert mailup.status("anna.verdi@example.it", 1) == mailup.status("marco.neri@example.it", 2) == "subscribed"
    assert mailup.person("anna.verdi@example.it")["idGroups"] == [7]


def test_groups_can_be_named_and_the_full_mobile_is_one_column(mailup):
    mailup.act("set_file_instance", name="named", idList=1)
    drop(mailup, f"111|444|ExternalGroupName\n{MARI}|00393331000001|Clienti\n", "named")
    assert (mailup.person()["idGroups"], mailup.person()["MobileNumber"]) == ([7], "00393331000001")


def test_a_row_with_other_columns_than_the_header_is_refused(mailup):
    (counted,) = drop(mailup, f"111|1\n{MARI}|Mari\npia@kask.example.com\nlia@kask.example.com|Lia|x\n")
    assert (counted["ValidRecipients"], counted["NotValidRecipients"]) == (1, 2)


@pytest.mark.parametrize(
    ("mode", "before", "after"),
    [
        ("default", "NONE", "subscribed"),
        ("default", "OPTOUT", "unsubscribed"),
        ("default", "PENDING", "pending"),
        ("unsubscribed", "OPTIN", "unsubscribed"),
        ("unsubscribed", "NONE", "unsubscribed"),
        ("force", "OPTOUT", "subscribed"),
        ("pending", "NONE", "pending"),
        ("pending", "OPTIN", "subscribed"),
    ],
)
def test_each_instance_has_its_own_behaviour(mailup, mode, before, after):
    mailup.seed({"Email": MARI, "Status": before})
    mailup.act("set_file_instance", name="agreed", idList=1, mode=mode)
    drop(mailup, f"111|1\n{MARI}|Mari\n", "agreed")
    assert (mailup.status(), mailup.person()["fields"]) == (after, {"nome": "Mari"})
    assert mailup.control("mails") == []


def test_ansi_and_utf_8_files(mailup):
    mailup.act("set_file_instance", name="ansi", idList=1, encoding="ansi")
    for instance in ("ansi", "1"):
        drop(mailup, f"111|4\n{instance}{MARI}|Città\n", instance)
        assert mailup.person(instance + MARI)["fields"] == {"città": "Città"}


@pytest.mark.parametrize(("choice", "total"), [("yes", 1), ("no", 0)])
def test_whether_file_imports_show_at_the_rest_service_is_a_switch(mailup, choice, total):
    mailup.switch(file_imports_listed=choice)
    drop(mailup, f"111\n{MARI}\n", filename="daily.csv")
    page = mailup.get("Imports").json()
    assert [one["filename"] for one in page["Items"]] == ["daily.csv"] * total


def test_a_folder_is_collected_once_per_content(mailup, tmp_path):
    (tmp_path / "import" / "1").mkdir(parents=True)
    file = tmp_path / "import" / "1" / "daily.csv"
    file.write_bytes(f"111|4\n{MARI}|Città\n".encode())
    assert len(mailup.act("collect_files", folder=str(tmp_path))["imports"]) == 1
    assert mailup.act("collect_files", folder=str(tmp_path))["imports"] == []
    file.write_bytes(f"111|4\n{MARI}|Pisa\n".encode())
    assert len(mailup.act("collect_files", folder=str(tmp_path))["imports"]) == 1
    mailup.pass_time(10)
    assert mailup.person()["fields"] == {"città": "Pisa"}


def unsubscribers(mailup):
    mailup.sandbox.call("/clock", {"set": "2026-11-21T02:00:00+01:00"})
    people = [
        ("marco.neri@example.it", "Marco", "Neri", "", "2026-11-20T18:22:31+01:00", "2025-03-01T07:00:00+01:00", 161, "2", None),
        (
            "juergen.weiss@example.de",
            "Jürgen",
            "Weiß",
            "",
            "2026-11-20T03:40:02+01:00",
            "2025-03-01T07:00:00+01:00",
            None,
            "8",
            81,
        ),
        (
            "lia.blu@example.it",
            "Lia",
            "Blu",
            "3331000009",
            "2026-11-20T10:15:00+01:00",
            "2024-06-11T12:00:00+02:00",
            None,
            "4",
            None,
        ),
        ("old@example.it", "Old", "", "", "2026-10-01T10:00:00+02:00", "2024-06-11T12:00:00+02:00", None, "2", None),
    ]
    for email, first, last, mobile, out, joined, message, reason, detail in people:
        fields = [{"Id": 1, "Value": first}, {"Id": 2, "Value": last}]
        told = {
            "Optout_Date": out,
            "Optin_Date": joined,
            "Optout_MsgID": message,
            "Optout_Type": reason,
            "Optout_Subtype": detail,
        }
        mailup.seed({"Email": email, "MobileNumber": mobile, "Fields": fields, "Status": "OPTOUT", **told})
    mailup.seed({"Email": "two@example.it", "idList": 2, "Status": "OPTOUT", "Optout_Date": "2026-11-20T12:00:00Z"})
    mailup.seed({"Email": "in@example.it"})


def test_the_sample_export_of_the_previous_day(mailup, recorded, tmp_path):
    unsubscribers(mailup)
    done = mailup.act("export_unsubscribers", without_lists=[2], folder=str(tmp_path))
    assert done["filename"] == "unsubscribers_20261121.csv"
    assert done["content"] == recorded("mailup-made-ftp-export-unsubscribers.csv").decode()
    assert (tmp_path / done["filename"]).read_bytes().decode() == done["content"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["marco", "juergen", "lia", "two"]),
        ({"lists": [2]}, ["two"]),
        ({"without_lists": [2], "without_types": ["2", "20", "21", "22"]}, ["juergen", "lia"]),
        ({"types": ["81"]}, ["juergen"]),
        ({"day": "full", "lists": [1], "types": ["2"]}, ["marco", "old"]),
        ({"day": "20261001"}, ["old"]),
    ],
)
def test_the_three_filters_of_the_export(mailup, filters, found):
    unsubscribers(mailup)
    content = mailup.act("export_unsubscribers", **filters)["content"]
    assert [line.strip('"').split(".")[0].split("@")[0] for line in content.splitlines()[1:]] == found


def test_separator_delimiter_fields_and_encoding_of_the_export(mailup, tmp_path):
    unsubscribers(mailup)
    form = {"separator": "|", "delimiter": "'", "fields": [1], "encoding": "ansi", "types": ["81"], "folder": str(tmp_path)}
    done = mailup.act("export_unsubscribers", **form)
    head, row = (tmp_path / done["filename"]).read_bytes().decode("windows-1252").splitlines()
    assert head.endswith("optout_subtype|nome")
    assert row == "'juergen.weiss@example.de'|''|'1'|'20261120T034002'|'20250301T070000'|''|'8'|'81'|'Jürgen'"


def test_name_zone_and_subtype_of_the_export_are_switches(mailup):
    unsubscribers(mailup)
    mailup.switch(export_name="day_unsubscribers", export_zone="utc", optout_subtype_form="last_digit")
    done = mailup.act("export_unsubscribers", types=["81"], day="20261120")
    assert done["filename"] == "20261121_unsubscribers.csv"
    assert ';"20261120T024002";' in done["content"]
    assert ';"8";"1";' in done["content"]


@pytest.mark.parametrize(
    "order",
    [
        {"action": "drop_file", "instance": "nothing"},
        {"action": "set_file_instance", "name": "x", "mode": "x"},
        {"action": "set_file_instance"},
        {"action": "collect_files", "folder": "/nowhere"},
        {"action": "export_unsubscribers", "encoding": "x"},
        {"action": "export_unsubscribers", "fields": [39]},
    ],
)
def test_file_orders_that_are_not_understood(mailup, order):
    with pytest.raises(ValueError, match="error"):
        mailup.control("act", order)
