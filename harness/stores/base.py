"""What a store under test is to the rest of the harness, and what opening one gives."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from harness.workspace import EmbeddedWorkspace

FOREIGN_SETTINGS = ("MLFLOW_", "AZUREML_", "DATABRICKS_")
"""Environment variables with these beginnings would change what is tested, so none of the user's is let through."""

EXPERIMENT = "harness: conformance"
"""The experiment in which each example gets its own run; SDK v1 takes no such name, so no recipe gets into it."""


class StoreLost(BaseException):
    """A store that was open cannot be reached any more. Says nothing of the example in which that came out.

    No `Exception`, so that neither a recipe nor Hypothesis takes it for what a client raises.

    Attributes:
        store: The store's name.
    """

    def __init__(self, store: str, why: str) -> None:
        super().__init__(why)
        self.store = store


@dataclass(frozen=True)
class OpenStore:
    """A store that is open.

    Attributes:
        name: As in `harness.stores.catalogue.STORES`.
        tracking_uri: What `mlflow.set_tracking_uri` takes.
        client: A client of it, the one that recipes see as `client`.
        experiment_id: The experiment in which each example gets its own run.
        clear: Called when an example is over: takes its runs out, where keeping them would slow down those after it.
        put_aside: Called when an example is over that starts its runs wherever it likes: nobody finds the experiments
            that it has made by their names any more. For stores where an experiment can be found by another name.
        recording: Collects the behaviours of the embedded workspace that answer while the block is open, where the
            store is that workspace; elsewhere the set stays empty.
        trouble: Says why the store cannot be reached any more, None while it can.
    """

    name: str
    tracking_uri: str
    client: MlflowClient
    experiment_id: str
    clear: Callable[[], None] = lambda: None
    put_aside: Callable[[], None] = lambda: None
    recording: Callable[[], AbstractContextManager[set[str]]] = lambda: nullcontext(set())
    trouble: Callable[[], str | None] = lambda: None


@dataclass(frozen=True)
class Place:
    """Where a store is opened.

    Attributes:
        folder: An empty folder for this worker alone.
        template: A folder that all workers of the run share, for what is expensive to make and can be copied.
        workspace: The embedded workspace of the v1 side; only a store that is that workspace needs it.
        name: What the store is called in this run.
        uri: Where the service is that all workers of the run share, for a store that has one (`Service`).
        keep: Whether what a run writes into a store that is not its own stays there.
    """

    folder: Path
    template: Path
    workspace: EmbeddedWorkspace | None = None
    name: str = ""
    uri: str = ""
    keep: bool = False


class Service(Protocol):
    """What a run starts once for all its workers, for a store that needs it: `open_service` of the store's module."""

    def __call__(self, folder: Path, given: str | None) -> AbstractContextManager[str]:
        """Starts it, or makes room in one that runs.

        Args:
            folder: An empty folder for what it keeps on disk, its log among it.
            given: Where it runs, if somebody has said so.

        Returns:
            What workers find as `Place.uri`.

        Raises:
            EnvironmentProblem: It cannot be had here.
        """


class Store(Protocol):
    """One kind of MLflow store: `open_store` of a module of this folder."""

    def __call__(self, place: Place) -> AbstractContextManager[OpenStore]:
        """Opens a store of this worker's own.

        Raises:
            EnvironmentProblem: The store cannot be had here.
        """


@contextmanager
def settings(values: Mapping[str, str]) -> Iterator[None]:
    """The process environment with `values`, and without any other setting of the clients, while the block is open."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(FOREIGN_SETTINGS):
            del os.environ[name]
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
