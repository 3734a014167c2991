# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The ``marketsync`` command.

Exit codes: 0 done; 1 a person must change something first; 2 the command was not understood; 75 try again later.
"""

from __future__ import annotations

import logging
from typing import Any

import click

from airflow_provider_marketsync import __version__
from airflow_provider_marketsync.cli.accept import accept
from airflow_provider_marketsync.cli.plan import plan
from airflow_provider_marketsync.cli.sandbox import sandbox
from airflow_provider_marketsync.cli.why import why
from airflow_provider_marketsync.exceptions import MarketSyncError, RetryableError


class Failure(click.ClickException):
    """An error of ours as one line on stderr.

    :param error: what was raised; its text holds nothing personal
    """

    exit_code = 1

    def __init__(self, error: MarketSyncError) -> None:
        super().__init__(" ".join(str(error).split()))

    def show(self, file: Any = None) -> None:
        """Print it."""
        click.echo(f"marketsync: {self.message}", file=file, err=file is None)


class TryLater(Failure):
    """An error that passes by itself."""

    exit_code = 75


class Commands(click.Group):
    """The group of all commands; their errors are told without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for; what runs write into a task's log would stand between its own words."""
        chatter = logging.getLogger("airflow_provider_marketsync")
        level = chatter.level
        chatter.setLevel(logging.ERROR)
        try:
            return super().invoke(ctx)
        except MarketSyncError as error:
            raise (TryLater if isinstance(error, RetryableError) else Failure)(error) from None
        finally:
            chatter.setLevel(level)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="marketsync")
def main() -> None:
    """Keep a marketing platform in step with an ERP or CRM: look at plans, accept them, ask why."""


for command in (plan, accept, why, sandbox):
    main.add_command(command)
