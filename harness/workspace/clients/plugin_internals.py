"""The private names of azureml-mlflow and MLflow that the embedded workspace needs, to make both forget it.

Attaching needs none: `Workspace.get_mlflow_tracking_uri` is public, and makes the workspace known to the plugin. What
the two then keep for the life of the process has no public way out:

- `_AzureMLServiceContextLoader._tracking_uri_to_service_context`: the plugin's service contexts, by tracking URI.
- `_artifact_repos_cache`: MLflow's repositories of artifacts, by run.
- `_active_run_stack`, `_last_active_run_id`, `_active_experiment_id`: what the fluent API goes on with. The runs of a
  closed workspace can no more be ended; MLflow would try to when the process ends.

MLflow's cache of stores, by tracking URI, is left alone: an entry of it cannot be taken out, and emptying it would end
stores of other people. A store of the plugin is small. It holds the names of the workspace and a token, and so serves
again when the folder is opened again.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

_QUEUE_OF_TRACES = "mlflow.tracing.export.async_export_queue"
_SEND_SECONDS = 30.0
_EXPERIMENT_VARIABLE = "MLFLOW_EXPERIMENT_ID"


def forget(host: str, is_run: Callable[[str], bool], is_experiment: Callable[[str], bool]) -> None:
    """Takes the workspace of a host out of what the plugin and MLflow remember, if they have been imported.

    `is_run` and `is_experiment` say whether an id is one of the workspace.
    """
    if "azureml.mlflow" in sys.modules and "mlflow.tracking.fluent" in sys.modules:
        _send_traces()
        _forget_contexts(host)
        _forget_artifacts(host)
        _forget_fluent(host, is_run, is_experiment)


@contextmanager
def experiment_set_aside() -> Iterator[None]:
    """While the block is open, MLflow takes the experiment from the environment, not from `mlflow.set_experiment`.

    With an experiment that was set before, it would refuse to take up a run of another one. What is set inside the
    block stays.
    """
    fluent: Any = sys.modules.get("mlflow.tracking.fluent")
    experiment = getattr(fluent, "_active_experiment_id", None)
    if fluent is None or experiment is None:
        yield
        return
    fluent._active_experiment_id = None
    try:
        yield
    finally:
        if fluent._active_experiment_id is None:
            fluent._active_experiment_id = experiment


def _send_traces() -> None:
    """Lets MLflow send what its queue of traces still holds: later it would wait for that without end.

    The thread that sends does not survive the error of a closed workspace.
    """
    if _QUEUE_OF_TRACES in sys.modules:
        import mlflow

        sending = threading.Thread(target=mlflow.flush_trace_async_logging, daemon=True)
        sending.start()
        sending.join(_SEND_SECONDS)


def _forget_contexts(host: str) -> None:
    from azureml.mlflow._internal.service_context_loader import _AzureMLServiceContextLoader

    contexts: dict[str, Any] = _AzureMLServiceContextLoader._tracking_uri_to_service_context
    for uri in [uri for uri in contexts if urlsplit(uri).hostname == host]:
        contexts.pop(uri, None)


def _forget_artifacts(host: str) -> None:
    from mlflow.tracking._tracking_service import utils

    repositories: dict[str, Any] = getattr(utils, "_artifact_repos_cache", {})
    for run_id, repository in list(repositories.items()):
        if urlsplit(repository.artifact_uri).hostname == host:
            repositories.pop(run_id, None)


def _forget_fluent(host: str, is_run: Callable[[str], bool], is_experiment: Callable[[str], bool]) -> None:
    import mlflow
    from mlflow.tracking import fluent

    stacks: Any = fluent._active_run_stack
    for runs in stacks.get_all_thread_values().values():
        runs[:] = [run for run in runs if not is_run(run.info.run_id)]
    last: Any = fluent._last_active_run_id
    if last.get() is not None and is_run(last.get()):
        last.set(None)
    experiment: str | None = fluent._active_experiment_id
    if experiment is not None and is_experiment(experiment):
        fluent._active_experiment_id = None
        if os.environ.get(_EXPERIMENT_VARIABLE) == experiment:
            del os.environ[_EXPERIMENT_VARIABLE]
    is_set: bool = mlflow.is_tracking_uri_set()  # type: ignore[no-untyped-call]  # it has no annotations
    if is_set and urlsplit(mlflow.get_tracking_uri()).hostname == host:
        mlflow.set_tracking_uri(None)  # type: ignore[arg-type]  # None is how it is unset
