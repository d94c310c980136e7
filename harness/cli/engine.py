"""pytest as the engine of `harness run`: silent, with none of the user's settings, and stopped by a signal in order."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from harness.errors import (
    EXIT_BAD_INPUT,
    EXIT_ENVIRONMENT,
    EXIT_EXPLAINED,
    EXIT_UNEXPLAINED,
    EnvironmentProblem,
)

if TYPE_CHECKING:
    import pytest

    from harness.progress import Display
    from harness.report.model import Report, Result

SIGNALLED = 128
"""A process that a signal ended has this exit code and the number of the signal, as shells count."""
FOREIGN_SETTINGS = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
"""The user's settings for other test suites, which are not for this one."""
STORAGE = "HYPOTHESIS_STORAGE_DIRECTORY"
STOPPING = "stopping: what was done goes into the report (the same again ends at once)"


@dataclass
class Ended:
    """How a run ended.

    Attributes:
        exit_code: What the command ends with.
        report: None where nothing was planned.
        written: The report's files.
        problems: What went wrong outside the checks, each in words for people.
    """

    exit_code: int = EXIT_UNEXPLAINED
    report: Report | None = None
    written: Sequence[Path] = ()
    problems: list[str] = field(default_factory=list)


@dataclass
class Stop:
    """The signal that asked for the run to be stopped, if one has.

    Attributes:
        signal: Its number.
        is_ending: The checks are over: a signal does not break into the writing of the report.
    """

    signal: int | None = None
    is_ending: bool = False


class Follower:
    """A plugin that passes on to a display what goes on, and keeps how it ends."""

    def __init__(self, display: Display, stop: Stop) -> None:
        self.ended = Ended()
        self.defect = False
        self._display = display
        self._stop = stop

    def pytest_runtest_logstart(self, location: tuple[str, int | None, str]) -> None:
        """An item begins, here or in a worker."""
        self._display.begin(_item(location))

    def pytest_runtest_logfinish(self, location: tuple[str, int | None, str]) -> None:
        """An item has ended, here or in a worker."""
        self._display.end(_item(location))

    def pytest_harness_planned(self, rows: Mapping[tuple[str, str], Result]) -> None:
        """The plan is known."""
        self._display.plan(rows)

    def pytest_harness_result(self, result: Result) -> None:
        """An item has its result."""
        self._display.take(result)

    def pytest_harness_report(
        self, report: Report | None, written: Sequence[Path], problems: Sequence[str]
    ) -> None:
        """The run has ended."""
        self.ended.report, self.ended.written = report, written
        self.ended.problems += problems

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Called for a signal, and when pytest stops itself because an entry cannot be used."""
        if excinfo.type is KeyboardInterrupt:
            self._stop.signal = self._stop.signal or signal.SIGINT
            self._display.say(STOPPING)

    def pytest_internalerror(self, excrepr: Any) -> bool:
        """A defect: its traceback is told after the display has ended."""
        self.defect = True
        self.ended.problems.append(str(excrepr))
        return True


def _item(location: tuple[str, int | None, str]) -> tuple[str, str]:
    mapping, _, name = location[2].partition("::")
    return mapping, name


def run_pytest(arguments: Sequence[str], display: Display) -> Ended:
    """Runs pytest with the plugin on spec files.

    Args:
        arguments: Options of the plugin, and spec files.
        display: What to tell of it while it goes on; it is stopped at the end.

    Raises:
        EnvironmentProblem: There is no folder for temporary files, or no working directory.
    """
    import pytest

    for name in FOREIGN_SETTINGS:
        os.environ.pop(name, None)
    ini = Path(__file__).parents[1] / "run.ini"
    try:
        root = Path.cwd()
    except FileNotFoundError:
        raise EnvironmentProblem(
            "the working directory has been deleted; call this from another one"
        ) from None
    stop, code = Stop(), int(pytest.ExitCode.INTERRUPTED)
    follower = Follower(display, stop)

    class Ending:
        @pytest.hookimpl(tryfirst=True)
        def pytest_sessionfinish(self) -> None:
            # What follows ends the workers, which takes a while, and writes the report.
            stop.is_ending = True

    with ExitStack() as stack:
        # First, so that no signal breaks into what is cleared away at the end.
        stack.enter_context(stopped_by_signals(display.abandon, stop))
        storage = stack.enter_context(_temporary_folder())
        # Hypothesis keeps what it found out about modules and characters, by default in the working directory.
        if STORAGE not in os.environ:
            os.environ[STORAGE] = storage
            stack.callback(os.environ.pop, STORAGE, None)
        stack.callback(display.stop)
        try:
            code = pytest.main(
                [
                    f"--config-file={ini}",
                    f"--rootdir={root}",
                    "--noconftest",
                    # Its options stay, but nothing is reported by pytest itself.
                    "-pno:terminalreporter",
                    "-pno:cacheprovider",
                    "-pno:warnings",
                    "-pharness.plugin",
                    *arguments,
                ],
                plugins=[follower, Ending()],
            )
        except KeyboardInterrupt:  # before pytest listens
            if stop.signal is None:
                raise
    ended = follower.ended
    if stop.signal is not None:
        ended.exit_code = SIGNALLED + stop.signal
        if ended.report is None:
            ended.problems.append("stopped before anything was planned, so there is no report")
    elif follower.defect:
        ended.exit_code = EXIT_UNEXPLAINED
    else:
        ended.exit_code = _exit_code(int(code))
    return ended


def _exit_code(code: int) -> int:
    import pytest

    codes: dict[int, int] = {
        pytest.ExitCode.OK: EXIT_EXPLAINED,
        pytest.ExitCode.TESTS_FAILED: EXIT_UNEXPLAINED,
        EXIT_BAD_INPUT: EXIT_BAD_INPUT,
        EXIT_ENVIRONMENT: EXIT_ENVIRONMENT,
        pytest.ExitCode.USAGE_ERROR: EXIT_BAD_INPUT,
        pytest.ExitCode.NO_TESTS_COLLECTED: EXIT_BAD_INPUT,
    }
    return codes.get(code, EXIT_UNEXPLAINED)


@contextmanager
def _temporary_folder() -> Iterator[str]:
    from harness.session import no_room

    try:
        folder = tempfile.TemporaryDirectory(prefix="harness-")
    except OSError as error:
        raise EnvironmentProblem(f"cannot make a folder for temporary files: {error.strerror}") from error
    with folder as path:
        if problem := no_room(Path(path)):
            raise EnvironmentProblem(problem)
        yield path


@contextmanager
def stopped_by_signals(abandon: Callable[[], None], stop: Stop) -> Iterator[None]:
    """SIGINT and SIGTERM stop the run in order; whichever comes second ends the process at once.

    The first one is noted in `stop`, and raises `KeyboardInterrupt` unless the run is ending anyway.

    A signal that is ignored (SIGINT is, in a job in the background of a script) stays ignored.
    """

    def second(number: int, frame: FrameType | None) -> None:
        # The terminal may be gone; the process ends all the same.
        with suppress(OSError):
            abandon()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def first(number: int, frame: FrameType | None) -> None:
        stop.signal = number
        for each in handled:
            signal.signal(each, second)
        if not stop.is_ending:
            raise KeyboardInterrupt

    handled = {
        number: before
        for number in (signal.SIGINT, signal.SIGTERM)
        if (before := signal.getsignal(number)) not in (signal.SIG_IGN, None)
    }
    for number in handled:
        signal.signal(number, first)
    try:
        yield
    finally:
        for number, before in handled.items():
            signal.signal(number, before)
