# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What stands on the docs pages: fenced blocks, tables, links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    :param page: the page's file
    :param line: its first line there
    :param kind: what stands behind the fence, such as ``yaml`` or ``yaml error``
    :param text: what stands in it
    """

    page: Path
    line: int
    kind: str
    text: str

    def __str__(self):
        return f"{self.page.relative_to(DOCS)}:{self.line}"


def read(page):
    return (DOCS / page).read_text(encoding="utf-8")


def blocks(page):
    """Return a page's fenced blocks in order."""
    text = page.read_text(encoding="utf-8")
    return [Block(page, text.count("\n", 0, one.start()) + 1, one[1].strip(), one[2]) for one in _FENCE.finditer(text)]


def blocks_of(*kinds):
    """Return the blocks of these kinds on all pages."""
    return [block for page in PAGES for block in blocks(page) if block.kind in kinds]


def section(page, title):
    """Return what stands below a heading, up to the next one of its rank or above."""
    text = read(page)
    head = re.search(rf"^(#+) {re.escape(title)}$", text, re.MULTILINE)
    assert head, f"{page} has no heading {title!r}"
    rest = text[head.end() :]
    after = re.search(rf"^#{{1,{len(head[1])}}} ", rest, re.MULTILINE)
    return rest[: after.start()] if after else rest


def rows(text):
    """Return the cells of all table rows below their heads."""
    found = []
    for before, line in pairwise(["", *text.splitlines()]):
        if line.startswith("|") and before.startswith("|") and not line.startswith("|---"):
            cells = [cell.strip().replace("\\|", "|") for cell in _CELL.split(line)[1:-1]]
            found.append(cells)
    return found


def quoted(cell):
    """Return the texts in backticks, fenced blocks aside."""
    return re.findall(r"`([^`]+)`", _FENCE.sub("", cell))
