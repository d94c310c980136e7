"""The command line: commands, nothing else. Each is a thin layer over a room that can be used without it.

Starts fast: what a command needs is imported when it is called.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any

import click

from harness.cli.asking import list_, show
from harness.cli.authoring import check, names, new
from harness.cli.common import EXIT_CODES, standard_output
from harness.cli.evidence import evidence
from harness.cli.executing import exec_
from harness.cli.guide import guide
from harness.cli.running import run
from harness.cli.tracing import trace
from harness.cli.trying import explore, try_
from harness.errors import EXIT_INTERRUPTED, HarnessError


class _Commands(click.Group):
    """The commands; click itself would end an interrupted one with 1, which here is a finding."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command that was called."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\nstopped from the keyboard", err=True)
            ctx.exit(EXIT_INTERRUPTED)


@click.group(cls=_Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="azureml-mlflow-harness", prog_name="harness")
def cli() -> None:
    """Checks, by running both clients, what survives a move from Azure ML SDK v1 logging to MLflow."""


for _command in (run, check, list_, show, try_, explore, exec_, trace, new, names, guide, evidence):
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> Any:
    """The console script: errors that a person can mend are one message and an exit code of their own."""
    # Names and values have any characters, and a stream may have few.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with standard_output():
            return cli.main(args=arguments, prog_name="harness")
    except HarnessError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
