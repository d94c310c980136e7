"""pytest plugin: a spec file is a test file, each check of it an item. Wires; decides nothing about mappings.

Results travel from xdist's workers as one JSON string on each report, a worker's plan as one on its first report (a
worker may crash) and at its end (it may have had nothing to run). What was planned and has no result in the end stands
in the report as not run, so that nothing is skipped silently.

Heavy imports (MLflow, Azure, Hypothesis) wait until a spec file is collected: the plugin is loaded in every pytest
session of an environment in which the harness is installed.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import EXIT_ENVIRONMENT, EnvironmentProblem, HarnessError
from harness.profiles import DEFAULT_PROFILE, DEFAULT_SEED, PROFILES
from harness.stores.catalogue import STORES

if TYPE_CHECKING:
    from harness.report.model import Report
    from harness.session import Session
    from harness.verify import Check

RESULT = "harness_result"
PLAN = "harness_plan"
EXIT = "harness_exit_code"
TEMPLATE = "harness_template"
SPEC_KEY = b"harness:"
"""A YAML file with a line that begins so is an entry."""

_session_key = pytest.StashKey["Session"]()
_plan_is_sent = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `harness run`, for those who call pytest themselves."""
    group = parser.getgroup("harness", "SDK v1 to MLflow mappings")
    group.addoption(
        "--harness-store", action="append", default=[], choices=list(STORES), help="a store under test"
    )
    group.addoption("--harness-mapping", action="append", default=[], metavar="ID", help="an entry to check")
    group.addoption("--harness-recipe", action="append", default=[], metavar="NAME", help="a recipe to check")
    group.addoption(
        "--harness-profile",
        default=DEFAULT_PROFILE,
        choices=list(PROFILES),
        help="how many inputs to generate",
    )
    group.addoption(
        "--harness-seed", type=int, default=DEFAULT_SEED, metavar="N", help="same seed, same inputs"
    )
    group.addoption(
        "--harness-report",
        type=Path,
        default=None,
        metavar="DIR",
        help="where to write report.json and summary.md",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Makes the session of this process; it opens nothing until a spec file is collected."""
    from harness.session import Options, Session

    workerinput: dict[str, str] | None = getattr(config, "workerinput", None)
    session = Session(
        Options(
            stores=tuple(config.getoption("--harness-store")),
            mappings=tuple(config.getoption("--harness-mapping")),
            recipes=tuple(config.getoption("--harness-recipe")),
            profile=config.getoption("--harness-profile"),
            seed=config.getoption("--harness-seed"),
        ),
        template=None if workerinput is None else Path(workerinput[TEMPLATE]),
    )
    config.stash[_session_key] = session
    config.add_cleanup(session.close)
    if workerinput is None:
        config.pluginmanager.register(Gatherer(config, session), "harness-gatherer")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A YAML file is a spec file if it says so, or was named on the command line."""
    if file_path.suffix not in (".yaml", ".yml"):
        return None
    if parent.session.isinitpath(file_path) or _says_so(file_path):
        collected: pytest.Collector = SpecFile.from_parent(parent, path=file_path)
        return collected
    return None


def _says_so(file_path: Path) -> bool:
    return any(line.startswith(SPEC_KEY) for line in file_path.read_bytes().splitlines())


class SpecFile(pytest.File):
    """A spec file; its items are the checks that the run is to make of it."""

    exit_code: int | None = None
    """What a run ends with because of this file, which could not be collected."""

    def collect(self) -> Iterable[pytest.Item]:
        """The checks of the file.

        Raises:
            BadInput: With all problems of the file, which pytest then shows as one collection error.
            EnvironmentProblem: A package is missing.
        """
        try:
            checks = self.config.stash[_session_key].checks_of(self.path)
        except HarnessError as error:
            self.exit_code = error.exit_code
            raise
        for check in checks:
            yield SpecItem.from_parent(self, name=check.item.name, check=check)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Errors for people are shown without a traceback."""
        if isinstance(excinfo.value, HarnessError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


class Unexplained(Exception):
    """A check that did not pass; the text is for people."""


class SpecItem(pytest.Item):
    """One check."""

    def __init__(self, *, check: Check, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.check = check
        self.result: str | None = None

    def runtest(self) -> None:
        """Runs the check on this process's test bed."""
        result = self.config.stash[_session_key].carry_out(self.check)
        self.result = result.model_dump_json()
        if result.outcome == "skipped":
            pytest.skip(f"{result.skipped_because}: {result.message}")
        if result.outcome != "passed":
            raise Unexplained(result.message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What a check says is meant for people; any other exception is a defect and keeps its traceback."""
        if isinstance(excinfo.value, Unexplained):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file, and the item as `mapping::what[where]`."""
        return self.path, None, f"{self.check.item.mapping}::{self.name}"


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Puts on the report what the run ends with because of it."""
    report = yield
    if isinstance(collector, SpecFile) and collector.exit_code is not None:
        setattr(report, EXIT, collector.exit_code)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Puts a check's result on the report of its call, and a worker's plan on its first report."""
    report = yield
    stash = item.config.stash
    session = stash[_session_key]
    if hasattr(item.config, "workeroutput") and session.has_plan and not stash.get(_plan_is_sent, False):
        setattr(report, PLAN, session.plan_json())
        stash[_plan_is_sent] = True
    if isinstance(item, SpecItem) and report.when == "call":
        if item.result is None:
            from harness.session import broken

            item.result = broken(item.check.item, report.longreprtext, report.duration).model_dump_json()
        setattr(report, RESULT, item.result)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hands a worker's plan to the process that gathers."""
    output: dict[str, str] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[PLAN] = session.config.stash[_session_key].plan_json()


class Gatherer:
    """In the process that reports: gathers results and plans, writes the report, shows the table."""

    def __init__(self, config: pytest.Config, session: Session) -> None:
        self.folder: Path | None = config.getoption("--harness-report")
        self.tells_failures: bool = config.getoption("tbstyle") == "no"
        self.only_collects: bool = config.getoption("collectonly")
        self.exit_code: int | None = None
        self.session = session
        self.report: Report | None = None
        self.said: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes a result, from this process or from a worker, and the plan that a worker sends."""
        plan: str | None = getattr(report, PLAN, None)
        if plan is not None:
            self.session.take_plan(plan)
        result: str | None = getattr(report, RESULT, None)
        if result is not None:
            self.session.take_result(result)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keeps what is wrong with a spec file, for where pytest itself does not show it, and what it ends with."""
        self.exit_code = getattr(report, EXIT, None) or self.exit_code
        if report.failed and self.tells_failures:
            self.said.append(report.longreprtext)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tells a worker of xdist where the folder is that all workers share."""
        node.workerinput[TEMPLATE] = str(self.session.shared_template())

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str) -> None:
        """A worker of xdist that died sends no result; what it was at is an error, and was not left out."""
        file, _, name = crashitem.partition("::")
        self.session.take_crash(Path(file).stem, name)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Takes the plan of a worker that ended; one that crashed sends none."""
        plan: str | None = getattr(node, "workeroutput", {}).get(PLAN)
        if plan is not None:
            self.session.take_plan(plan)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Makes and writes the report; a run that does not explain everything does not end well.

        Called after xdist has ended its workers, and before the terminal shows its summary.
        """
        if self.exit_code is not None:
            session.exitstatus = self.exit_code
        if self.only_collects or not self.session.has_plan:
            return
        from harness.report.assembly import exit_code
        from harness.report.writing import write_report

        ended = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        # With `-x` pytest stops without saying so in its exit status.
        stopped = bool(session.shouldstop or session.shouldfail or self.exit_code)
        self.report = self.session.report(complete=ended and not stopped)
        if exitstatus == pytest.ExitCode.OK:
            session.exitstatus = exit_code(self.report)
        if self.folder is not None:
            try:
                self.said += [f"wrote {file}" for file in write_report(self.report, self.folder)]
            except EnvironmentProblem as problem:
                self.said.append(str(problem))
                session.exitstatus = EXIT_ENVIRONMENT

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Shows the table of verdicts."""
        if self.report is not None:
            if not self.tells_failures:
                terminalreporter.section("from SDK v1 to MLflow")
            terminalreporter.write_line(self._table(self.report, terminalreporter.hasmarkup))
        for line in self.said:
            terminalreporter.write_line(line)

    def _table(self, report: Report, in_colour: bool) -> str:
        from rich.console import Console

        from harness.report.terminal import render_terminal

        text = StringIO()
        console = Console(file=text, width=shutil.get_terminal_size().columns, force_terminal=in_colour)
        # Where pytest shows failures itself, once is enough.
        render_terminal(report, console, failures=self.tells_failures)
        return text.getvalue()
