"""`harness` on a pseudo-terminal, with Ctrl-C."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from cli_samples import COMMAND


def on_a_terminal(
    folder: Path, *arguments: str, when: Callable[[subprocess.Popen[bytes]], None]
) -> tuple[subprocess.Popen[bytes], str]:
    """Calls `harness ARGUMENTS` on a terminal, and presses Ctrl-C as soon as `when` returns.

    Returns:
        The process, which has ended and led a process group of its own, and everything that the terminal was sent.
    """
    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=folder,
        env={**kept, "COLUMNS": "80", "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown: list[bytes] = []

    def read() -> None:
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:  # how Linux says that the other end is closed
                return
            if not data:
                return
            shown.append(data)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    when(process)
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=120)
    reader.join(timeout=60)
    os.close(ours)
    return process, b"".join(shown).decode("utf-8", "replace")
