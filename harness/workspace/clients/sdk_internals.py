"""Every private name of azureml-core that the embedded workspace needs, and little else.

Why each is needed:

- `ServiceContext._fetch_endpoints`: the only other way to tell a context where its services are writes a
  cache below the user's home. Replaced for the contexts that `Run.get_context` makes from the environment.
- `ServiceContext._add_user_agent`: the one step through which every REST client of a context passes when it
  is made.
- `Workspace._from_service_context`: the only way to a `Workspace` that uses a given context.
- `ContentSnapshotCache.get_cache_directory`: `start_logging` remembers its last snapshot below the user's
  home; no argument or variable of its own moves that place.
- `snapshots_client.get_project_ignore_file`: says what a snapshot leaves out. A workspace whose folder is
  below the working directory would otherwise upload itself with every run, with all earlier uploads in it.
- `BatchTaskQueue._do_work`: every upload of a batch makes a thread pool, then sleeps 250 ms if its one task
  was not done at once. Both are pointless where the upload is a function call.
- `BatchTaskQueue._items`, `_handle_batch`, `_batch_size`, `_worker_pool`: the parts of which that method
  consists.
- `batch_task_queue.Daemon`: the timer of such a queue. The client starts two for each run, each a new thread
  every second, and stops none.
- `_RunBase._registered_kill_handlers`: the client puts every run in there and never takes it out. It is how
  the runs of a workspace are found, and why they would stay in memory.
- `Run._client.metrics._task_queue_internal`, `_task_queue_v2_internal`, `BatchTaskQueue._daemon`: the queues
  of a run and their timers.
- `_SubmittedRun._SubmittedRun__instances`, `AzureMLTokenAuthentication._registered_auth`, `_register_auth_lock`,
  `_daemon`: what `Run.get_context` keeps for the life of the process: each run, its token, and a thread that renews
  tokens. azureml-mlflow has a copy of the last two.
- `global_tracking_info_registry`: who is asked about the source of a run when it starts; there is no argument.
- `metrics_client.time`: what the service refuses, the client sends a second time, after waiting 3 s. It still
  does so, but does not wait for a service that is a function call.

Six of these are replaced, once, when the first workspace opens. Each replacement looks whether the object
is of an embedded workspace and otherwise does what the original does, so none ever has to be taken back.
"""

from __future__ import annotations

import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from azureml._async import BatchTaskQueue, WorkerPool
from azureml._base_sdk_common.project_snapshot_cache import ContentSnapshotCache
from azureml._base_sdk_common.tracking import global_tracking_info_registry
from azureml._common.async_utils import batch_task_queue
from azureml._restclient import metrics_client, snapshots_client
from azureml._restclient.service_context import ServiceContext
from azureml.core import Workspace
from azureml.core.authentication import AzureMLTokenAuthentication
from azureml.core.run import (
    _RunBase,
    _SubmittedRun,
)  # not from where it is defined: imported first, that module imports itself

from harness.workspace.clients.authentication import EmbeddedAuthentication
from harness.workspace.clients.logging_internals import forget_loggers
from harness.workspace.errors import WorkspaceFault
from harness.workspace.forking import kept_from_forks
from harness.workspace.routes.discovery import SERVICES
from harness.workspace.rules.identity import Identity
from harness.workspace.rules.storage import is_part_of_a_workspace

_OURS = "_looks_for_embedded_workspaces"
_JOIN_SECONDS = 10.0

_no_wait = threading.local()


@contextmanager
def _no_waiting() -> Iterator[None]:
    """Marks that this thread works for an `InlinePool`."""
    before = getattr(_no_wait, "set", False)
    _no_wait.set = True
    try:
        yield
    finally:
        _no_wait.set = before


class InlinePool(WorkerPool):  # type: ignore[misc]
    """A worker pool without workers: what is submitted is done at once, in the thread that submits it.

    The client asks a future once whether it is done, and sleeps 250 ms if not; these always are. The queues
    of metrics that use the pool share one thread, which posts now and then what waits in them, as the
    client's own timers would.
    """

    def __init__(self) -> None:
        super().__init__(max_workers=1)
        self._guard = kept_from_forks(threading.Lock())
        self._queues: weakref.WeakKeyDictionary[Any, threading.Lock] = weakref.WeakKeyDictionary()
        self._stopped = threading.Event()
        self._poller: threading.Thread | None = None

    def submit(self, func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A future that is already done. An exception waits in it, as it would in a real pool."""
        future: Future[Any] = Future()
        try:
            with _no_waiting():
                future.set_result(func(*args, **kwargs))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            future.set_exception(error)
        return future

    def poll(self, queue: Any, seconds: float) -> None:
        """Has what waits in a queue posted every so often, until the queue is gone or the pool is stopped."""
        self._lock_of(queue)
        with self._guard:
            if self._poller is None and not self._stopped.is_set():
                name = "embedded-workspace-metrics"
                self._poller = threading.Thread(target=self._poll, args=(seconds,), name=name, daemon=True)
                self._poller.start()

    def upload(self, queue: Any) -> None:
        """Posts what waits in a queue, in batches of the client's size.

        The lock keeps a flush from returning while the other thread still posts what it took out before.
        """
        with self._lock_of(queue):
            for _ in range(1 + queue._items.qsize() // queue._batch_size):
                queue._handle_batch()

    def stop(self) -> None:
        """Ends the thread."""
        self._stopped.set()
        with self._guard:
            poller, self._poller = self._poller, None
        if poller is not None and poller is not threading.current_thread():
            poller.join(_JOIN_SECONDS)

    def _lock_of(self, queue: Any) -> threading.Lock:
        with self._guard:
            return self._queues.setdefault(queue, threading.Lock())

    def _poll(self, seconds: float) -> None:
        while not self._stopped.wait(seconds):
            with self._guard:
                queues = [queue for queue in self._queues if not queue._items.empty()]
            while queues:
                self.upload(queues.pop())


class _Polled:
    """What a queue of an `InlinePool` has for a timer."""

    def __init__(self, pool: InlinePool, queue: Any, seconds: float) -> None:
        self._pool = pool
        self._queue = weakref.ref(queue)
        self._seconds = seconds

    def start(self) -> None:
        self._pool.poll(self._queue(), self._seconds)

    def stop(self) -> None:
        """Nothing: one thread is for all queues, and an empty queue costs it nothing."""


class EmbeddedServiceContext(ServiceContext):  # type: ignore[misc]
    """A service context that knows its endpoints, and a folder for what the client wants to remember."""

    def __init__(self, identity: Identity, client_folder: Path) -> None:
        self.client_folder = client_folder
        self._base_url = f"https://{identity.api_host}"
        super().__init__(
            identity.subscription_id,
            identity.resource_group,
            identity.workspace_name,
            identity.workspace_id,
            f"{self._base_url}/discovery",
            EmbeddedAuthentication(),
            worker_pool=InlinePool(),
        )

    def _fetch_endpoints(self) -> dict[str, str]:
        return dict.fromkeys(SERVICES, self._base_url)

    def _add_user_agent(self, rest_client: Any, user_agent: Any = None) -> None:
        super()._add_user_agent(rest_client, user_agent=user_agent)
        # The user's proxies, .netrc and certificates have no part in a call that stays in the process.
        rest_client.config.proxies.use_env_settings = False


_contexts: weakref.WeakValueDictionary[str, EmbeddedServiceContext] = weakref.WeakValueDictionary()
"""The contexts of the open workspaces, by subscription, which each folder has of its own."""


def sdk_workspace(identity: Identity, client_folder: Path) -> Workspace:
    """A `Workspace` of the SDK whose services are the embedded ones."""
    _replace(BatchTaskQueue, "_do_work", _do_work)
    _replace(batch_task_queue, "Daemon", _daemon)
    _replace(snapshots_client, "get_project_ignore_file", _get_project_ignore_file)
    _replace(ContentSnapshotCache, "get_cache_directory", _get_cache_directory)
    _replace(metrics_client, "time", _Time)
    _replace(ServiceContext, "_fetch_endpoints", _fetch_endpoints)
    context = _contexts[identity.subscription_id] = EmbeddedServiceContext(identity, client_folder)
    return Workspace._from_service_context(context, identity.location)


class Runs:
    """The run objects of this process that belong to one workspace, and the threads that they hold."""

    def __init__(self, sdk: Workspace) -> None:
        self._subscription_id = sdk.service_context.subscription_id
        self._pool = sdk.service_context.worker_pool
        self._lock = threading.Lock()
        self._released: weakref.WeakSet[Any] = weakref.WeakSet()

    def release(self, seconds: float) -> list[str]:
        """Posts what waits in the queues of all runs, and stops their threads, within about so many seconds.

        Gives a message for each run whose values could not be posted.
        """
        taken = self._take()
        with self._lock:
            self._released.update(taken)
        return list(_drain(taken, seconds))

    def close(self, seconds: float) -> list[str]:
        """As `release`, also for runs that were released before and have been used since. The last call."""
        with self._lock:
            earlier = list(self._released)
        failures = [*self.detach(seconds), *self.release(seconds), *_drain(earlier, seconds)]
        self._pool.stop()
        _forget_tokens(self._subscription_id)
        return failures

    def detach(self, seconds: float) -> list[str]:
        """Drops what `Run.get_context` remembers of this workspace, and posts what waits there, as `release` does."""
        instances = _SubmittedRun._SubmittedRun__instances
        taken = [instances.pop(scope) for scope in list(instances) if scope[0] == self._subscription_id]
        with self._lock:
            self._released.update(taken)
        return list(_drain(taken, seconds))

    def _is_ours(self, run: Any) -> bool:
        # By id: the SDK also works with deep copies of a workspace, and with contexts that it makes from variables.
        return bool(run.experiment.workspace.service_context.subscription_id == self._subscription_id)

    def _take(self) -> list[Any]:
        handlers = _RunBase._registered_kill_handlers
        with handlers.mutex:
            taken: list[Any] = []
            others: deque[Any] = deque()
            for handler in handlers.queue:
                run = getattr(handler, "__self__", None)
                if isinstance(run, _RunBase) and self._is_ours(run):
                    taken.append(run)
                else:
                    others.append(handler)
            handlers.queue = others
        return taken


@contextmanager
def without_git() -> Iterator[None]:
    """While this is open, `start_logging` does not ask git about the working directory.

    For those who start many runs in folders that are in no repository: each time, the client starts a process to find
    that out.
    """
    providers = global_tracking_info_registry.providers
    taken, providers[:] = list(providers), []
    try:
        yield
    finally:
        providers += taken


def _queues(run: Any) -> Iterator[Any]:
    metrics = run._client.metrics
    for queue in (metrics._task_queue_internal, metrics._task_queue_v2_internal):
        if queue is not None:
            yield queue


def _drain(runs: list[Any], seconds: float) -> Iterator[str]:
    end = time.monotonic() + seconds
    for run in runs:
        try:
            for queue in _queues(run):
                queue.flush("release", timeout_seconds=max(0.0, end - time.monotonic()))
        except (Exception, WorkspaceFault) as error:
            yield f"run {run.id}: {error}"
        finally:
            for queue in _queues(run):
                if isinstance(queue, BatchTaskQueue):
                    queue._daemon.stop()
            forget_loggers(str(run.id))


def _forget_tokens(subscription_id: str) -> None:
    plugin = sys.modules.get("azureml.mlflow._common._authentication.azureml_token_authentication")
    kinds = [AzureMLTokenAuthentication, getattr(plugin, "AzureMLTokenAuthentication", None)]
    for kind in filter(None, kinds):
        with kind._register_auth_lock:
            for scope in [scope for scope in kind._registered_auth if scope.startswith(subscription_id)]:
                del kind._registered_auth[scope]
            if not kind._registered_auth and kind._daemon is not None:
                kind._daemon.stop()
                kind._daemon = None


def _replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    original = getattr(owner, name)
    if not getattr(original, _OURS, False):
        replacement = make(original)
        setattr(replacement, _OURS, True)
        setattr(owner, name, replacement)


def _do_work(original: Callable[[Any], None]) -> Callable[[Any], None]:
    def _do_work(self: Any) -> None:
        if isinstance(self._worker_pool, InlinePool):
            self._worker_pool.upload(self)
        else:
            original(self)

    return _do_work


def _daemon(original: Callable[..., Any]) -> Callable[..., Any]:
    def daemon(work: Any, interval: float, **kwargs: Any) -> Any:
        queue = getattr(work, "__self__", None)
        pool = getattr(queue, "_worker_pool", None)
        return (
            _Polled(pool, queue, interval)
            if isinstance(pool, InlinePool)
            else original(work, interval, **kwargs)
        )

    return daemon


class _Time:
    """The module `time` as the metrics client uses it, whose waits an `InlinePool` passes over."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def sleep(self, seconds: float) -> None:
        if not getattr(_no_wait, "set", False):
            self._original.sleep(seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


class _IgnoreFile:
    """What a snapshot leaves out: what the user's ignore file says, and the folders of workspaces."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def is_file_excluded(self, path: str) -> bool:
        return is_part_of_a_workspace(Path(path)) or bool(self._original.is_file_excluded(path))


def _get_project_ignore_file(original: Callable[[str], Any]) -> Callable[[str], Any]:
    def get_project_ignore_file(directory_path: str) -> Any:
        return _IgnoreFile(original(directory_path))

    return get_project_ignore_file


def _get_cache_directory(original: Callable[[Any], str]) -> Callable[[Any], str]:
    def get_cache_directory(self: Any) -> str:
        context = self.service_context
        embedded = context if isinstance(context, EmbeddedServiceContext) else _embedded(context)
        return original(self) if embedded is None else str(embedded.client_folder)

    return get_cache_directory


def _embedded(context: Any) -> EmbeddedServiceContext | None:
    """The context of the workspace to which this other context leads, too."""
    return _contexts.get(context.subscription_id)


def _fetch_endpoints(original: Callable[[Any], dict[str, str]]) -> Callable[[Any], dict[str, str]]:
    def _fetch_endpoints(self: Any) -> dict[str, str]:
        embedded = _embedded(self)
        if embedded is None:
            return original(self)
        self.worker_pool = embedded.worker_pool
        return embedded._fetch_endpoints()

    return _fetch_endpoints
