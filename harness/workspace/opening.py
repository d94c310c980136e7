"""Opening and closing a workspace: puts storage, application, transport and SDK together.

No rule of a service is here.

What is imported here at the top is light; `azureml` and `requests` come when a workspace is opened.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.workspace.clients.attaching import (
    changed_environment,
    end_mlflow_run,
    find_attachment,
    variables_of,
)
from harness.workspace.clients.outputs import OutputsFolders
from harness.workspace.clients.plugin_internals import experiment_set_aside
from harness.workspace.errors import UnservedRequest, UnservedRequestWarning
from harness.workspace.forking import kept_from_forks

if TYPE_CHECKING:
    from harness.workspace.clients.sdk_internals import Runs
    from harness.workspace.rules.storage import Store

_DRAIN_SECONDS = 30.0
_CLOSE_SECONDS = 10.0


class EmbeddedWorkspace:
    """An open workspace. `open_workspace` makes it; its public names are all there is to it."""

    def __init__(
        self, folder: Path, sdk: Any, store: Store, runs: Runs, outputs: OutputsFolders, record: Record
    ) -> None:
        self.folder = folder
        """Where all of the workspace's state is."""
        self.sdk = sdk
        """The `azureml.core.Workspace`.

        Everything that the SDK does with it stays in this process and folder.
        """
        self._store = store
        self._runs = runs
        self._outputs = outputs
        self._record = record

    @property
    def tracking_uri(self) -> str:
        """For `mlflow.set_tracking_uri`: MLflow then works on the runs of this workspace, through `azureml-mlflow`.

        It is known to the plugin from when it is first asked for until the workspace is closed; what the plugin and
        MLflow remember of the workspace is dropped then. Imports MLflow. Set it, do not only give it to an
        `MlflowClient`: the plugin looks for artifacts where `mlflow.get_tracking_uri()` says, whoever asks.

        Raises the SDK's `UserErrorException` if `azureml-mlflow` is not installed.
        """
        return str(self.sdk.get_mlflow_tracking_uri())

    @property
    def unserved(self) -> list[str]:
        """Each request so far that could not be served: method, URL, why. Clear it to say that you know."""
        return self._record.unserved

    @contextmanager
    def recording(self) -> Iterator[set[str]]:
        """Collects the ids of the behaviours that answer requests while the block is open.

        Requests of all threads of this process to this workspace count. Blocks may be nested and may overlap;
        each has its own set. `load_evidence` says what the ids mean.
        """
        with self._record.recording() as executed:
            yield executed

    @contextmanager
    def attached(self, run: Any) -> Iterator[Mapping[str, str | None]]:
        """Lets unmodified code find the run while the block is open, as a job on Azure compute finds its own.

        `run` is a run of the SDK or the id of one. `Run.get_context()` gives it as a submitted run, and MLflow's
        functions log to it, unless a tracking URI was set by hand or another run is active. Neither client changes
        the status of such a run: that is left to who attaches. Gives the variables that it sets (None for one that it
        removes). The environment is of the process, so two threads cannot be attached to two runs at once. Another
        process inherits the variables but reaches nobody: `harness exec` is for those.

        When the block ends, what was logged is posted, and the environment is as it was, except for variables that
        somebody else has changed meanwhile.

        Raises `LookupError` if the workspace has no such run.
        """
        attachment = find_attachment(self._store, run if isinstance(run, str) else str(run.id))
        changes = variables_of(self._store.identity, attachment)
        with changed_environment(changes), experiment_set_aside():
            try:
                yield changes
            finally:
                end_mlflow_run(attachment.run_id)
                _warn(self._runs.detach(_DRAIN_SECONDS))

    def run_ids(self, after: str | None = None) -> list[str]:
        """The ids of the runs of the workspace, in the order in which they were started.

        Args:
            after: The id of a run of the workspace, of which only those are given that were started after it.
        """
        later = "rowid > (SELECT rowid FROM runs WHERE run_id = ?)"
        where, values = ("", ()) if after is None else (f"WHERE {later}", (after,))
        with self._store.read() as connection:
            found = connection.execute(f"SELECT run_id FROM runs {where} ORDER BY rowid", values)
            return [run_id for (run_id,) in found]

    def last_run_id(self) -> str | None:
        """The id of the run that was started last, None while there is none."""
        with self._store.read() as connection:
            last = connection.execute("SELECT run_id FROM runs ORDER BY rowid DESC LIMIT 1").fetchone()
        return None if last is None else last[0]

    def release_runs(self) -> None:
        """Lets go of all SDK runs that this process has started or fetched since the last call.

        Posts what their queues still hold, ends threads of their own (there are none unless somebody has
        replaced the worker pool of the SDK's service context), and drops the references that the SDK keeps to
        every run for the life of the process, so that memory stays flat. The run objects remain usable.
        Warns about values that could not be posted.
        """
        _warn(self._runs.release(_DRAIN_SECONDS))
        self._outputs.remove_empty()


@contextmanager
def open_workspace(folder: str | os.PathLike[str]) -> Iterator[EmbeddedWorkspace]:
    """Opens the workspace of a folder, which is created if need be, and closes it when the block ends.

    While it is open, requests of this process to the workspace's hosts are answered here. Requests to any
    other host raise `UnservedRequest`, except to loopback addresses; with no workspace open they are none of
    our business. Any number of folders may be open at once, and closed in any order; other processes may have
    the same folder open. What was acknowledged is on disk. A request that is not served raises where it was
    sent; should a client have swallowed that in one of its threads, `unserved` has it, and closing gives an
    `UnservedRequestWarning`.

    Closing posts what the SDK's queues of metrics still hold, within a bounded time, and stops their threads.
    From then on every request to the workspace's hosts raises `WorkspaceClosed`, as long as the process
    lives, unless the folder is opened again.

    The user's home is not touched. The working directory is left as it was: `start_logging` creates
    `./outputs` in it, which is removed on release or close if the SDK created it and it is still empty. The
    snapshot that `start_logging` takes leaves out the folders of workspaces.

    Raises `WorkspaceInUse` if the folder, or a copy of it, is open in this process already.
    """
    from harness.workspace.clients.plugin_internals import forget
    from harness.workspace.clients.sdk_internals import Runs, sdk_workspace
    from harness.workspace.routes import routes_of
    from harness.workspace.rules.storage import CLIENT_PREFIX, Store
    from harness.workspace.wire.application import Application
    from harness.workspace.wire.transport import Site, close_site, open_site

    path = Path(folder).resolve()
    with ExitStack() as stack:
        store = Store(path)
        stack.callback(store.close)
        record = Record()
        client_folder = Path(tempfile.mkdtemp(prefix=CLIENT_PREFIX, dir=path))
        stack.callback(shutil.rmtree, client_folder, ignore_errors=True)
        application = Application(store, routes_of(store.identity), record.executed)
        outputs = OutputsFolders()
        site = Site(store.identity.hosts, application, outputs.see, record.unserved.append)
        open_site(site)
        stack.callback(site.refuse_and_wait, _CLOSE_SECONDS)
        stack.callback(close_site, site)
        stack.callback(
            forget,
            store.identity.api_host,
            lambda run_id: _has(store, "SELECT 1 FROM runs WHERE run_id = ?", run_id),
            lambda experiment: _has(store, "SELECT 1 FROM experiments WHERE experiment_id = ?", experiment),
        )
        sdk = sdk_workspace(store.identity, client_folder)
        runs = Runs(sdk)
        stack.callback(_close, runs, outputs, record)
        try:
            yield EmbeddedWorkspace(path, sdk, store, runs, outputs, record)
        except UnservedRequest:
            record.unserved_is_known = True
            raise


class Record:
    """What the application tells about the requests that it answers, for those who listen."""

    def __init__(self) -> None:
        self.unserved: list[str] = []
        self.unserved_is_known = False
        self._lock = kept_from_forks(threading.Lock())
        self._open: list[set[str]] = []

    def executed(self, behaviour: str) -> None:
        """A handler does what this behaviour says."""
        with self._lock:
            for executed in self._open:
                executed.add(behaviour)

    @contextmanager
    def recording(self) -> Iterator[set[str]]:
        """A set that grows while the block is open."""
        executed: set[str] = set()
        with self._lock:
            self._open.append(executed)
        try:
            yield executed
        finally:
            with self._lock:
                self._open = [other for other in self._open if other is not executed]


def _has(store: Store, query: str, identifier: str) -> bool:
    with store.read() as connection:
        return connection.execute(query, (identifier,)).fetchone() is not None


def _close(runs: Runs, outputs: OutputsFolders, record: Record) -> None:
    _warn(runs.close(_DRAIN_SECONDS))
    outputs.remove_empty()
    if record.unserved and not record.unserved_is_known:
        listed = "\n  ".join(record.unserved)
        message = f"the embedded workspace could not serve {len(record.unserved)} request(s):\n  {listed}"
        warnings.warn(UnservedRequestWarning(message), stacklevel=2)


def _warn(failures: list[str]) -> None:
    for failure in failures:
        warnings.warn(f"metrics were not stored: {failure}", RuntimeWarning, stacklevel=3)
