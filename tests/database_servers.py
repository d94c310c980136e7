"""Database servers of a test's own, which it may stop; started from the programs that Debian's packages bring."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from waiting import within

_PLACES = os.pathsep.join(
    [os.environ.get("PATH", ""), "/usr/sbin", *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin")))]
)


@dataclass
class DatabaseServer:
    """A server that runs on a port of its own.

    Attributes:
        uri: Where it is, as `HARNESS_POSTGRESQL_URI` and `HARNESS_MYSQL_URI` have it.
        process: Its first process; it has a group of its own, with all that it starts.
    """

    uri: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """Ends all of it at once, as a power cut would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)


def missing_programs(store: str) -> list[str]:
    """The programs that a server of this kind needs and that are not here."""
    return [name for name in _PROGRAMS[store] if shutil.which(name, path=_PLACES) is None]


_PROGRAMS = {"postgresql": ("initdb", "postgres"), "mysql": ("mariadb-install-db", "mariadbd")}


@contextmanager
def database_server(store: str) -> Iterator[DatabaseServer]:
    """A new, empty server, gone in the end with all that it wrote."""
    # Not the folder for temporary files that is set: it need not be open to whoever the server runs as.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, _running(store, Path(folder)) as server:
        yield server


@contextmanager
def _running(store: str, folder: Path) -> Iterator[DatabaseServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = _unprivileged(folder, "postgres" if store == "postgresql" else "mysql")
    made, program, uri = (_postgresql if store == "postgresql" else _mysql)(folder, port)
    where = {**os.environ, "TMPDIR": str(folder)}
    with (folder / "log").open("wb") as log:
        subprocess.run(made, check=True, cwd=folder, env=where, user=user, stdout=log, stderr=log)
        process = subprocess.Popen(
            program, cwd=folder, env=where, user=user, stdout=log, stderr=log, start_new_session=True
        )
    server = DatabaseServer(uri, process)
    try:
        assert within(60, lambda: _answers(port)), (folder / "log").read_text(errors="replace")
        yield server
    finally:
        server.kill()


def _postgresql(folder: Path, port: int) -> tuple[Sequence[str], Sequence[str], str]:
    data = str(folder / "data")
    made = [_program("initdb"), "-D", data, "--username=harness", "--auth=trust", "--no-sync"]
    asked = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    program = [_program("postgres"), "-D", data, "-p", str(port), *asked]
    return made, program, f"postgresql://harness@127.0.0.1:{port}/postgres"


def _mysql(folder: Path, port: int) -> tuple[Sequence[str], Sequence[str], str]:
    data = f"--datadir={folder / 'data'}"
    made = [_program("mariadb-install-db"), "--no-defaults", data, "--auth-root-authentication-method=normal"]
    asked = ["--bind-address=127.0.0.1", f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}"]
    program = [_program("mariadbd"), "--no-defaults", data, f"--port={port}", *asked]
    return made, program, f"mysql+pymysql://root@127.0.0.1:{port}"


def _program(name: str) -> str:
    found = shutil.which(name, path=_PLACES)
    assert found, f"{name} is not on this machine"
    return found


def _unprivileged(folder: Path, user: str) -> str | None:
    """Whoever a server runs as: neither server runs as root, and the folder has to be theirs then."""
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, user)
    return user


def _answers(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0
