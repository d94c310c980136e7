"""Runs a child process and passes on the wish to stop. What the child is for is no business of this module."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

_GRACE_SECONDS = 10.0
"""How long a child has to end after it was asked to, until it is killed."""

STOPS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""The signals by which a launcher is told to stop."""


class Stops:
    """Which signal has told this process to stop, if any, and what is to be done about it."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None
        """The first one."""
        self._child: subprocess.Popen[bytes] | None = None

    @contextmanager
    def noted(self) -> Iterator[None]:
        """While the block is open those signals stop the child, not this process.

        One that is ignored stays so. Outside the main thread nothing can be done about signals, and nothing is.
        """
        before = {}
        if threading.current_thread() is threading.main_thread():
            for number in STOPS:
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    before[number] = signal.signal(number, self._stop)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        started: Callable[[], None],
        output: int | None = None,
    ) -> int:
        """Runs the command to its end; gives its exit code, or the negative number of the signal that ended it.

        Its input and output are those of this process, its standard output the descriptor `output` if that is given.
        `started` is called as soon as it runs. Raises `OSError` if it cannot be started.
        """
        with subprocess.Popen(command, env=dict(environment), stdout=output) as child:
            self._child = child
            started()
            if self.signal is not None:  # it came before there was a child
                self._tell(self.signal)
            try:
                return child.wait()
            except BaseException:
                child.kill()
                raise
            finally:
                self._child = None

    def _stop(self, number: int, _: FrameType | None) -> None:
        again, self.signal = self.signal is not None, self.signal or signal.Signals(number)
        if self._child is None:
            return
        if again:
            self._child.kill()
        elif number != signal.SIGINT or not _terminal_tells_all():
            self._tell(signal.Signals(number))
        else:
            self._kill_later()

    def _tell(self, number: signal.Signals) -> None:
        if self._child is not None:
            with suppress(OSError):
                # A hang-up is not an order to a child that has no terminal; SIGTERM is.
                self._child.send_signal(number if number == signal.SIGINT else signal.SIGTERM)
            self._kill_later()

    def _kill_later(self) -> None:
        child = self._child
        if child is not None:
            timer = threading.Timer(_GRACE_SECONDS, child.kill)
            timer.daemon = True
            timer.start()


def _terminal_tells_all() -> bool:
    """Whether this process is in the foreground of a terminal, which sends Ctrl-C to the child as well."""
    try:
        terminal = os.open(os.ctermid(), os.O_RDONLY)
    except (AttributeError, OSError):
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
