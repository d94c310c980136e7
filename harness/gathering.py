"""In the process of pytest that reports: gathers results and plans, makes and writes the report.

What goes on is told to others by hooks of our own (`GatheringHooks`); the command shows progress by them. Where pytest
itself reports, the table of verdicts stands in its summary.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import EXIT_ENVIRONMENT, EnvironmentProblem

if TYPE_CHECKING:
    from harness.report.model import Report, Result
    from harness.session import Session

RESULT = "harness_result"
"""The attribute of a test's report that holds the result, as JSON."""
PLAN = "harness_plan"
"""The attribute of a test's report, and the key of a worker's output, that holds the worker's plan, as JSON."""
EXIT = "harness_exit_code"
"""The attribute of a collection's report that says what the run ends with because of it."""
TEMPLATE = "harness_template"
"""The key of a worker's input that names the folder which all workers share."""


class GatheringHooks:
    """The hooks by which a plugin follows a run; called in the process that reports, also with workers."""

    def pytest_harness_planned(self, rows: Mapping[tuple[str, str], Result]) -> None:
        """The plan is known, or known better: by mapping and name of the item, a row as it is when not run."""

    def pytest_harness_result(self, result: Result) -> None:
        """An item has its result."""

    def pytest_harness_report(
        self, report: Report | None, written: Sequence[Path], problems: Sequence[str]
    ) -> None:
        """The run has ended, and the report is written if it was to be.

        Args:
            report: None where nothing was planned.
            written: The report's files.
            problems: What went wrong outside the checks: entries that cannot be used, a folder that is full.
        """


class Gatherer:
    """Gathers one run; registered as a plugin."""

    def __init__(self, config: pytest.Config, session: Session) -> None:
        self.folder: Path | None = config.getoption("--harness-report")
        self.tells_failures: bool = config.getoption("tbstyle", default="auto") == "no"
        self.only_collects: bool = config.getoption("collectonly")
        self.config = config
        self.exit_code: int | None = None
        self.session = session
        self.report: Report | None = None
        self.written: tuple[Path, ...] = ()
        self.shares = False
        self.problems: list[str] = []

    def pytest_collection_finish(self) -> None:
        """Tells the plan of this process, if it has one."""
        self._tell_plan()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes a result, from this process or from a worker, and the plan that a worker sends."""
        self._take_plan(getattr(report, PLAN, None))
        result: str | None = getattr(report, RESULT, None)
        if result is not None:
            self.config.hook.pytest_harness_result(result=self.session.take_result(result))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keeps what is wrong with a spec file, for where pytest itself does not show it, and what it ends with."""
        self.exit_code = getattr(report, EXIT, None) or self.exit_code
        pytest_shows_it = self.config.pluginmanager.has_plugin("terminalreporter") and not self.tells_failures
        if report.failed and not pytest_shows_it and report.longreprtext not in self.problems:
            self.problems.append(report.longreprtext)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tells a worker of xdist where the folder is that all workers share."""
        node.workerinput[TEMPLATE] = str(self.session.shared_template())

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Starts what the workers share before the first of them begins; all have collected the same."""
        if not self.shares:
            self.shares = True
            names = self.session.options.stores_under_test
            # As `ItemId.name` has it.
            self.session.share(
                [name for name in names if any(id_.endswith((f"-{name}]", f"[{name}]")) for id_ in ids)]
            )

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str) -> None:
        """A worker of xdist that died sends no result; what it was at is an error, and was not left out."""
        file, _, name = crashitem.partition("::")
        result = self.session.take_crash(Path(file).stem, name)
        if result is not None:
            self.config.hook.pytest_harness_result(result=result)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Takes the plan of a worker that ended; one that crashed sends none."""
        self._take_plan(getattr(node, "workeroutput", {}).get(PLAN))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Makes and writes the report; a run that does not explain everything does not end well.

        Called after xdist has ended its workers, and before the terminal shows its summary.
        """
        if self.exit_code is not None:
            session.exitstatus = self.exit_code
        if self.session.has_plan and not self.only_collects:
            from harness.report.assembly import exit_code

            ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
            # With `-x` pytest stops without saying so in its exit status.
            stopped = bool(session.shouldstop or session.shouldfail or self.exit_code)
            self.report = self.session.report(complete=ended and not stopped)
            if exitstatus == pytest.ExitCode.OK:
                session.exitstatus = exit_code(self.report)
            elif exitstatus == pytest.ExitCode.TESTS_FAILED and exit_code(self.report) == EXIT_ENVIRONMENT:
                session.exitstatus = EXIT_ENVIRONMENT
            if self.folder is not None and not self._write(self.report, self.folder):
                session.exitstatus = EXIT_ENVIRONMENT
        self.config.hook.pytest_harness_report(
            report=self.report, written=self.written, problems=tuple(self.problems)
        )

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Shows the table of verdicts, where pytest itself reports."""
        if self.report is not None:
            if not self.tells_failures:
                terminalreporter.section("from SDK v1 to MLflow")
            terminalreporter.write_line(self._table(self.report, terminalreporter.hasmarkup))
        for line in (*(f"wrote {file}" for file in self.written), *self.problems):
            terminalreporter.write_line(line)

    def _take_plan(self, plan: str | None) -> None:
        if plan is not None:
            self.session.take_plan(plan)
            self._tell_plan()

    def _tell_plan(self) -> None:
        if self.session.has_plan:
            self.config.hook.pytest_harness_planned(rows=self.session.planned_items())

    def _write(self, report: Report, folder: Path) -> bool:
        """Writes the report's files; where that cannot be done the work of a long run is kept in another folder."""
        from harness.report.writing import write_report

        try:
            self.written = (*write_report(report, folder), *self._keep_logs(report, folder))
        except EnvironmentProblem as problem:
            self.problems += [str(problem), kept_elsewhere(report)]
            return False
        return True

    def _keep_logs(self, report: Report, folder: Path) -> list[Path]:
        """Keeps beside the report what a service has logged on whose store something went wrong."""
        kept = []
        for store, log in self.session.stores.logs(report.results).items():
            kept.append(folder / f"{store}.log")
            shutil.copyfile(log, kept[-1])
        return kept

    def _table(self, report: Report, in_colour: bool) -> str:
        from rich.console import Console

        from harness.report.terminal import render_terminal

        text = StringIO()
        console = Console(file=text, width=shutil.get_terminal_size().columns, force_terminal=in_colour)
        # Where pytest shows failures itself, once is enough; it counts the results too.
        render_terminal(report, console, failures=self.tells_failures)
        return text.getvalue()


def kept_elsewhere(report: Report) -> str:
    """Writes the report into a new folder for temporary files; says where, or why not."""
    from harness.report.writing import write_report

    folder: Path | None = None
    try:
        folder = Path(tempfile.mkdtemp(prefix="harness-report-"))
        (first, *_) = write_report(report, folder)
    except (EnvironmentProblem, OSError) as problem:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        return f"It cannot be kept elsewhere either: {problem}"
    return f"The report of this run is in {first.parent} instead; move it to where it is to stay."
