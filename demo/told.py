# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""How the demo speaks: numbered scenes, commands, small tables, and ticks that had to be earned."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from airflow_provider_marketsync.cli.screen import table

INDENT = 4
WIDTH = 104


class Told:
    """Speak, and count what was not as promised."""

    def __init__(self) -> None:
        self._out = Console(highlight=False, markup=False, emoji=False)
        self._scene = 0
        self.broken: list[str] = []

    def scene(self, title: str) -> None:
        """Begin a scene."""
        self._scene += 1
        self._out.print(Text(f"\n{self._scene}  {title}", style="bold"))

    def say(self, words: str) -> None:
        """Say a sentence."""
        self._out.print(
            Text(textwrap.fill(words, min(self._out.width, WIDTH), initial_indent=" " * INDENT, subsequent_indent=" " * INDENT))
        )

    def command(self, words: str) -> None:
        """Show a command before it runs."""
        self._out.print(Text(f"    $ {words}", style="cyan"))

    def quote(self, said: str, most: int = 30) -> None:
        """Show what a command said."""
        lines = [line.rstrip() for line in said.rstrip().splitlines()]
        kept = [line for place, line in enumerate(lines[:most]) if line or (place and lines[place - 1])]
        self._out.print(Text(textwrap.indent("\n".join(kept), "    | ", lambda line: True), style="dim"), soft_wrap=True)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Draw a small table."""
        self._out.print(Padding(table(heads, rows), (0, 0, 0, INDENT)))

    def check(self, promise: str, kept: bool, seen: str = "") -> None:
        """Put a tick or a cross to a promise.

        :param seen: what was seen, in numbers
        """
        mark = Text("    ✓ ", style="green") if kept else Text("    ✗ ", style="bold red")
        self._out.print(mark + Text(promise) + Text(f"  ({seen})" if seen else "", style="dim"), soft_wrap=True)
        if not kept:
            self.broken.append(promise)
