"""Starts `mlflow server` on a port of the loopback interface, and sees to it that it ends.

The server runs below a process of ours that waits for the end of its own standard input. The system closes that when
whoever started it is gone, however that came, so that no server stays behind.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from harness.errors import EnvironmentProblem
from harness.stores.base import FOREIGN_SETTINGS

SECONDS_TO_START = 120
SECONDS_TO_END = 10
LOG = "server.log"
HOST = "127.0.0.1"


@contextmanager
def mlflow_server(folder: Path) -> Iterator[str]:
    """A server on a SQLite file in `folder` that serves the artifacts too; yields its URI.

    What it prints goes to the file `LOG` of the folder.

    Raises:
        EnvironmentProblem: It does not start; the message has the last lines that it printed.
    """
    port = _free_port()
    uri = f"http://{HOST}:{port}"
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(port), "--workers", "1"),
        *("--backend-store-uri", f"sqlite:///{(folder / 'mlflow.db').as_posix()}"),
        *("--artifacts-destination", (folder / "artifacts").as_uri(), "--serve-artifacts"),
    ]
    log = folder / LOG
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, *command],
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_healthy(uri, process, log)
        yield uri
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(SECONDS_TO_END * 2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def trouble_of(uri: str) -> str | None:
    """Why the server at a URI cannot be reached, None when it answers."""
    try:
        requests.get(f"{uri}/health", timeout=SECONDS_TO_END).raise_for_status()
    except requests.RequestException as error:
        return f"the tracking server does not answer ({type(error).__name__})"
    return None


def _wait_until_healthy(uri: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while trouble_of(uri) is not None:
        if process.poll() is not None or time.monotonic() > deadline:
            how = "ended" if process.poll() is not None else f"did not answer for {SECONDS_TO_START} s"
            said = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
            raise EnvironmentProblem(f"Store server: `mlflow server` {how}. It said:\n{said}")
        time.sleep(0.1)


def _environment(folder: Path) -> dict[str, str]:
    """Without the user's settings of the clients, which would change what is tested.

    What the server writes to a temporary folder it leaves there, so it gets one of its own. It would run jobs, such as
    evaluations of language models, in processes of their own, of which nothing is tested.
    """
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_SETTINGS)}
    return {
        **kept,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)),
    }


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
        return port


def run_until_input_ends(command: Sequence[str]) -> None:
    """Runs a command in a group of its own until it ends or the standard input does; then ends the whole group."""
    # Whoever started this ends it by closing its input. A signal to all of a terminal or group must not come first, or
    # nobody would be left to end the group. A handler, since the command would inherit that a signal is ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    with suppress(OSError):
        while process.poll() is None and not _input_has_ended():
            continue
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_END)


def _input_has_ended() -> bool:
    """Waits a little for the end of the standard input, into which nothing is ever written."""
    import select

    ready, _, _ = select.select([sys.stdin], [], [], 0.5)
    return bool(ready) and not os.read(sys.stdin.fileno(), 1)


if __name__ == "__main__":
    run_until_input_ends(sys.argv[1:])
