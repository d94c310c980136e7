"""The folder of a workspace: one SQLite database and one directory of blobs.

No rule of any service lives here.

SQLite runs in WAL mode and commits before a request is answered, so what was acknowledged survives the death
of the process, and several processes may work on one folder. One connection per process, used by one thread
at a time: writers would wait for each other anyway, and connections of their own would outlive the threads of
the client's pools.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from harness.workspace.forking import kept_from_forks
from harness.workspace.rules.identity import Identity

CLIENT_PREFIX = "client-"
_DATABASE = "workspace.sqlite"
_BLOBS = "blobs"
_LAYOUT = 3
_BUSY_SECONDS = 60
_SCHEMA = """
CREATE TABLE workspace (key TEXT NOT NULL);
CREATE TABLE experiments (
    experiment_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    archived INTEGER,
    document TEXT NOT NULL
);
CREATE UNIQUE INDEX active_experiments ON experiments (name) WHERE archived IS NULL;
CREATE INDEX experiments_of_name ON experiments (name, created);
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    experiment_id TEXT NOT NULL REFERENCES experiments,
    run_number INTEGER NOT NULL,
    parent_run_id TEXT,
    root_run_id TEXT NOT NULL,
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    started INTEGER,
    document TEXT NOT NULL
);
CREATE INDEX runs_of_experiment ON runs (experiment_id, run_number);
CREATE INDEX runs_of_parent ON runs (experiment_id, parent_run_id, started, run_number);
CREATE INDEX runs_of_root ON runs (root_run_id);
CREATE TABLE metrics (
    metric INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL REFERENCES runs,
    name TEXT NOT NULL,
    columns TEXT NOT NULL,
    properties TEXT NOT NULL,
    UNIQUE (run_id, name)
);
CREATE TABLE points (
    arrival INTEGER PRIMARY KEY AUTOINCREMENT,
    metric INTEGER NOT NULL REFERENCES metrics,
    created INTEGER NOT NULL,
    metric_id TEXT,
    step INTEGER,
    data TEXT NOT NULL
);
CREATE INDEX points_in_order ON points (metric, created, arrival);
CREATE INDEX points_by_step ON points (metric, coalesce(step, 0), created);
CREATE TABLE params (
    run_id TEXT NOT NULL REFERENCES runs,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run_id, key)
);
CREATE TABLE inputs (
    input INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL REFERENCES runs,
    document TEXT NOT NULL
);
CREATE INDEX inputs_of_run ON inputs (run_id, input);
CREATE TABLE artifacts (
    artifact INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    container TEXT NOT NULL,
    path TEXT NOT NULL,
    created INTEGER NOT NULL,
    blob TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (origin, container, path)
);
CREATE TABLE snapshots (snapshot_id TEXT PRIMARY KEY, created INTEGER NOT NULL, document TEXT NOT NULL);
CREATE TABLE blobs (
    container TEXT NOT NULL,
    name TEXT NOT NULL,
    file TEXT NOT NULL,
    size INTEGER NOT NULL,
    headers TEXT NOT NULL,
    modified INTEGER NOT NULL,
    appended INTEGER,
    PRIMARY KEY (container, name)
);
CREATE TABLE blocks (
    container TEXT NOT NULL,
    name TEXT NOT NULL,
    block TEXT NOT NULL,
    file TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (container, name, block)
);
"""


class Store:
    """An open folder. `read` and `write` give the database to one thread at a time."""

    def __init__(self, folder: Path) -> None:
        """Opens the folder and creates what is missing.

        Raises `OSError` if it cannot be written, and `sqlite3.Error` or `ValueError` if its database is not
        ours.
        """
        self.folder = folder
        self._blobs = folder / _BLOBS
        self._blobs.mkdir(parents=True, exist_ok=True)
        self._lock = kept_from_forks(threading.RLock())
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._closed = False
        self._of_parents: list[sqlite3.Connection] = []
        with self._used() as connection:
            self.identity = _prepare(connection, folder)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One consistent view of the database."""
        with self._transaction("BEGIN DEFERRED") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is on disk when the block ends, or none of it if the block raises."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        """Ends the connection; the folder may be opened again."""
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                self._connection.close()
            self._connection = None
            self._closed = True

    def save_blob(self, content: bytes) -> str:
        """Writes content to a new file, whole or not at all, and gives its name. Nothing refers to it yet."""
        file = uuid.uuid4().hex
        unfinished = self._blobs / f".{file}"
        try:
            unfinished.write_bytes(content)
            unfinished.replace(self._blobs / file)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        return file

    def join_blobs(self, files: Sequence[str]) -> str:
        """As `save_blob`, of the contents of files one after the other. Those stay."""
        joined = uuid.uuid4().hex
        unfinished = self._blobs / f".{joined}"
        try:
            with unfinished.open("wb") as target:
                for file in files:
                    with (self._blobs / file).open("rb") as source:
                        shutil.copyfileobj(source, target)
            unfinished.replace(self._blobs / joined)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        return joined

    def write_blob(self, file: str, start: int, content: bytes) -> None:
        """Replaces all of a file from `start` on. What is before stays as it is, whatever happens."""
        with (self._blobs / file).open("r+b") as target:
            target.truncate(start)
            target.seek(start)
            target.write(content)

    def load_blob(self, file: str, start: int = 0, length: int = -1) -> bytes:
        """The content of a file that `save_blob` wrote, or `length` bytes of it from `start` on.

        Raises `FileNotFoundError` once it is discarded.
        """
        with (self._blobs / file).open("rb") as source:
            source.seek(start)
            return source.read(length)

    def discard_blob(self, file: str) -> None:
        """Removes a file that nothing refers to any more."""
        with suppress(FileNotFoundError):
            (self._blobs / file).unlink()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._used() as connection:
            connection.execute(begin)
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _used(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._closed:
                raise RuntimeError(f"{self.folder}: the store is closed")
            # A connection must be neither used nor closed on the other side of a fork.
            if self._connection is not None and self._process != os.getpid():
                self._of_parents.append(self._connection)
                self._connection = None
            if self._connection is None:
                self._connection = _connect(self.folder / _DATABASE)
                self._process = os.getpid()
            yield self._connection


def is_part_of_a_workspace(path: Path) -> bool:
    """Whether the path is the folder of a workspace, open or not, or one of its own entries in there."""
    own = path.name == _BLOBS or path.name.startswith((_DATABASE, CLIENT_PREFIX))
    return _is_workspace(path) or (own and _is_workspace(path.parent))


def _is_workspace(folder: Path) -> bool:
    return (folder / _DATABASE).is_file() and (folder / _BLOBS).is_dir()


def to_json(value: Any) -> str:
    """JSON for a column of the database: ASCII, with NaN and infinities as Python writes them."""
    return json.dumps(value, separators=(",", ":"))


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _set_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _set_wal(connection: sqlite3.Connection) -> None:
    # SQLite does not wait for its lock here as it does elsewhere; processes may create a folder at once.
    end = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
        time.sleep(0.01)


def _prepare(connection: sqlite3.Connection, folder: Path) -> Identity:
    connection.execute("BEGIN IMMEDIATE")
    try:
        layout = connection.execute("PRAGMA user_version").fetchone()[0]
        if layout == 0:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute("INSERT INTO workspace (key) VALUES (?)", (str(uuid.uuid4()),))
            connection.execute(f"PRAGMA user_version = {_LAYOUT}")
        elif layout != _LAYOUT:
            raise ValueError(
                f"{folder}: a workspace of layout {layout}; this version of the harness reads {_LAYOUT}"
            )
        key = connection.execute("SELECT key FROM workspace").fetchone()[0]
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return Identity(uuid.UUID(key))
