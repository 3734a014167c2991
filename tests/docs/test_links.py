# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Links between pages, pages that errors name, and code on pages."""

from __future__ import annotations

import re

import pytest

from .pages import DOCS, PAGES, ROOT, blocks_of, read

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchor(heading):
    """Return a heading's anchor as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", [*PAGES, *ROOT.glob("*.md")], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        path, _, wanted = link.partition("#")
        goal = (page.parent / path).resolve() if path else page
        assert goal.is_file(), link
        if wanted:
            assert wanted in map(anchor, HEADING.findall(goal.read_text(encoding="utf-8"))), link


def test_every_page_stands_in_the_index():
    linked = {(DOCS / link).resolve() for link in LINK.findall(read("README.md"))}
    assert linked == {page.resolve() for page in PAGES} - {(DOCS / "README.md").resolve()}


def test_every_page_an_error_names_is_there():
    sources = (ROOT / "airflow_provider_marketsync").rglob("*.py")
    named = {name for file in sources for name in re.findall(r'docs="([^"]+)"|docs/([\w/-]+\.md)', file.read_text("utf-8"))}
    pages = {one or other for one, other in named}
    assert pages
    assert [page for page in pages if not (DOCS / page).is_file()] == []


@pytest.mark.parametrize("block", blocks_of("python"), ids=str)
def test_python_on_a_page_is_python(block):
    compile(block.text, str(block), "exec")
