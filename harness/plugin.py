"""pytest plugin: a spec file is a test file, each check of it an item. Wires; decides nothing about mappings.

Results travel from xdist's workers as one JSON string on each report, a worker's plan as one on its first report (a
worker may crash) and at its end (it may have had nothing to run). `harness.gathering` makes the report of them: what
was planned and has no result in the end stands in it as not run, so that nothing is skipped silently.

Heavy imports (MLflow, Azure, Hypothesis) wait until a spec file is collected: the plugin is loaded in every pytest
session of an environment in which the harness is installed.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import HarnessError
from harness.gathering import EXIT, PLAN, RESULT, TEMPLATE, Gatherer, GatheringHooks
from harness.profiles import DEFAULT_PROFILE, DEFAULT_SEED, PROFILES
from harness.stores.catalogue import STORES, unknown_stores

if TYPE_CHECKING:
    from harness.session import Session
    from harness.verify import Check

SPEC_KEYS = (b"harness:", b"harness-index:")
"""A YAML file with a line that begins so is an entry, or the index of a guide."""

_session_key: pytest.StashKey[Session] = pytest.StashKey()
_plan_is_sent = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `harness run`, for those who call pytest themselves."""
    group = parser.getgroup("harness", "SDK v1 to MLflow mappings")
    group.addoption(
        "--harness-store",
        action="append",
        default=[],
        metavar="NAME",
        help=f"a store under test: {', '.join(STORES)} (default: all of these), or one that --harness-store-uri names",
    )
    group.addoption(
        "--harness-store-uri",
        action="append",
        default=[],
        metavar="NAME=URI",
        help="where a store is; a name that is none of the above makes a store of yours",
    )
    group.addoption(
        "--harness-keep",
        action="store_true",
        help="leave what was written in a store of yours",
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
        help="where to write report.json, index.html, guide.html, summary.md and junit.xml",
    )


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """The hooks by which others follow a run."""
    pluginmanager.add_hookspecs(GatheringHooks)


def pytest_configure(config: pytest.Config) -> None:
    """Makes the session of this process; it opens nothing until a spec file is collected."""
    from harness.session import Options, Session

    problems = unknown_stores(config.getoption("--harness-store"), config.getoption("--harness-store-uri"))
    if problems:
        raise pytest.UsageError("\n".join(problems))
    workerinput: dict[str, str] | None = getattr(config, "workerinput", None)
    session = Session(
        Options(
            stores=tuple(config.getoption("--harness-store")),
            store_uris=tuple(config.getoption("--harness-store-uri")),
            keep=config.getoption("--harness-keep"),
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
    try:
        text = file_path.read_bytes()
    except OSError:  # whoever's it is, this is no spec file that anyone has named
        return False
    return any(line.startswith(SPEC_KEYS) for line in text.removeprefix(BOM_UTF8).splitlines())


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


def make_sendable(report: pytest.TestReport) -> None:
    """Writes halves of surrogate pairs, which a client may have logged, as escapes: no worker could send them."""
    report.sections = [
        (title, text.encode("utf-8", "backslashreplace").decode("utf-8")) for title, text in report.sections
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Puts a check's result on the report of its call, and a worker's plan on its first report."""
    report = yield
    stash = item.config.stash
    session = stash[_session_key]
    if hasattr(item.config, "workeroutput") and session.has_plan and not stash.get(_plan_is_sent, False):
        setattr(report, PLAN, session.plan_json())
        stash[_plan_is_sent] = True
    if isinstance(item, SpecItem):
        make_sendable(report)
    if isinstance(item, SpecItem) and report.when == "call":
        if item.result is None:
            from harness.session import broken

            what = call.excinfo.exconly() if call.excinfo else "no result"
            text = f"{what}\n\n{report.longreprtext}"
            item.result = broken(item.check.item, text, report.duration).model_dump_json()
        setattr(report, RESULT, item.result)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hands a worker's plan to the process that gathers."""
    output: dict[str, str] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[PLAN] = session.config.stash[_session_key].plan_json()
