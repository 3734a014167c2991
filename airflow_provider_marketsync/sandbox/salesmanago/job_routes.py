# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Exports, and asking how a job stands (contract section 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.call import Reply
from airflow_provider_marketsync.sandbox.salesmanago.addressees import addressed
from airflow_provider_marketsync.sandbox.salesmanago.export_files import EXPORT_TYPES, contact_rows, exported_card
from airflow_provider_marketsync.sandbox.salesmanago.limits import page_size
from airflow_provider_marketsync.sandbox.salesmanago.read_routes import listed, owned_page
from airflow_provider_marketsync.sandbox.salesmanago.replies import Refusal, as_json
from airflow_provider_marketsync.sandbox.salesmanago.values import objects_in, whole_number_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_provider_marketsync.sandbox.call import Call
    from airflow_provider_marketsync.sandbox.salesmanago.account import Account, Caller
    from airflow_provider_marketsync.sandbox.salesmanago.jobs import Job

FILES = "/files/"
# Texts of ours: the vendor's are not known, only that the first is not empty.
PENDING = "Request is being processed"
FAILED = "Request failed"
NO_FILE = Reply(404, b"", {"Content-Type": "text/html"})


def export_page(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Start the export of one page of the owner's contacts."""
    whole_number_in(body, "page", 1)
    page_size(account, whole_number_in(body, "size", 1000))

    def work(when: float) -> Any:
        return {"contacts": contact_rows((card.email, card) for card in owned_page(account, body, caller))}

    return {"requestId": account.start_job("paginatedContactList/export", work).number}


def export_data(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Start the export of some data of the people addressed."""
    types = [str(one.get("dataType")).upper() for one in objects_in(body, "data")]
    if not set(types) <= set(EXPORT_TYPES):
        raise Refusal("Unknown data type", "data")
    addressed(account, body)

    def work(when: float) -> Any:
        return [exported_card(account, card, types) for card in listed(account, addressed(account, body))]

    return {"requestId": account.start_job("export/data", work).number}


def job_status(account: Account, body: Mapping[str, Any], caller: Caller) -> dict[str, Any] | Reply:
    """Tell how a job stands; a pending one counts the question."""
    job = account.jobs.find(body.get("requestId"))
    if job is None:
        raise Refusal("Request not found", "requestId")
    if not job.is_done and job.polls >= account.switches["job_polls"]:
        job.finish(account.now)
    if not job.is_done:
        job.polls += 1
        return as_json({"success": account.switches["job_pending_success"] == "yes", "message": [PENDING], "fileUrl": None})
    if job.end == "fails" and account.switches["job_failed_shape"] == "success_false":
        raise Refusal(FAILED)
    return {"fileUrl": _url(job, caller)}


def _url(job: Job, caller: Caller) -> str | None:
    return None if job.file is None else f"{caller.base_url}{FILES}{job.number}.json"


def download(account: Account, call: Call) -> Reply:
    """Give the file of a finished job to anybody who knows its address."""
    name = call.path.removeprefix(FILES)
    job = account.jobs.find(name.removesuffix(".json"))
    if call.method not in ("GET", "HEAD") or not name.endswith(".json") or job is None or job.file is None:
        return NO_FILE
    return as_json(job.file)
