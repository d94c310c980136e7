"""What is expensive and shared by the examples of one worker: the embedded workspace, the stores, the clock.

Nothing is isolated by opening it anew; each example gets its own run on both sides instead.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from harness.absent import missing_at_once
from harness.clock import LogicalClock, installed
from harness.errors import EnvironmentProblem
from harness.stores import OpenStore, Place, Store, StoreInfo, info_of, load_service, load_store
from harness.stores.base import settings
from harness.stores.mlflow_internals import forget_experiment
from harness.versions import installed_versions
from harness.workspace import EmbeddedWorkspace, load_evidence, open_workspace

if TYPE_CHECKING:
    from azureml.core import Experiment, Run

V1_EXPERIMENT = "conformance"

MLFLOW_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    # Finding the commit of the folder that a recipe runs in would cost more than the recipe.
    "GIT_PYTHON_REFRESH": "quiet",
    # A proxy of the user's is not asked for hosts that no network has, nor looked for with each request.
    "NO_PROXY": ".azureml.invalid,.blob.core.windows.net",
    # matplotlib draws to memory, also where there is a screen. It reads this when it is imported.
    "MPLBACKEND": "agg",
}

LOOKED_FOR = ("IPython", "dbruntime")
"""What MLflow tries to import again and again, up to 50 times for an example; most machines have none of it.

`pyspark` is looked for too, but `mlflow.data` takes it for installed wherever `sys.modules` has the name.
"""


@dataclass(frozen=True)
class TestBed:
    """Everything that running an example needs.

    Attributes:
        workspace: The embedded workspace of the v1 side.
        experiment: The v1 experiment in which each example gets its own run.
        stores: The MLflow stores under test that are open, by name.
        clock: The logical clock that recipes and MLflow see.
        scratch: A folder; each path runs in an empty folder of its own below it.
        versions: The versions of what is tested, as `harness.versions.installed_versions`.
        assumed: The behaviours of the Azure services for which there is no evidence.
    """

    __test__ = False  # no test class, whatever its name looks like to pytest

    workspace: EmbeddedWorkspace
    experiment: Experiment
    stores: Mapping[str, OpenStore]
    clock: LogicalClock
    scratch: Path
    versions: Mapping[str, str]
    assumed: frozenset[str]

    @contextmanager
    def on_compute(self, run: Run | str) -> Iterator[None]:
        """What both clients find in a process that has just begun as the job of a run, or of the run with this id.

        The status of the run stays as it is: on compute neither client ends the run of its job.

        Raises:
            LookupError: The embedded workspace has no such run, so that no job of it can be.
        """
        with self.workspace.attached(run):
            # In here this leaves the active run as it is, if it is the job's.
            end_active_runs()
        with _without_tracking_uri(), self.workspace.attached(run), _ending_runs():
            yield


@contextmanager
def open_testbed(
    folder: Path,
    stores: Sequence[StoreInfo | str],
    *,
    template: Path | None = None,
    find_store: Callable[[StoreInfo], Store] = load_store,
    services: Mapping[str, str] = MappingProxyType({}),
    lacking: Callable[[str, str], None] | None = None,
    keep: bool = False,
) -> Iterator[TestBed]:
    """Opens the embedded workspace and the stores in `folder` (created if missing).

    Args:
        folder: Where everything is kept; this worker's alone.
        stores: The stores; those of `harness.stores.STORES` may be given by name.
        template: A folder shared by the workers of a run (default: one of its own).
        find_store: Where a store comes from; tests put faulty ones here.
        services: Where the services are that were started for all workers, by store; others are started here.
        lacking: Is told the store that cannot be had and why, and the others are opened.
        keep: Whether what is written into stores of other people stays there.

    Raises:
        EnvironmentProblem: A package is missing; without `lacking` also that a store cannot be had.
    """
    template = template or folder / "template"
    scratch = folder / "scratch"
    for needed in (template, scratch):
        needed.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        # matplotlib keeps what it knows of the fonts in a folder, and reads the user's settings there.
        fonts = {"MPLCONFIGDIR": str(template / "matplotlib")}
        stack.enter_context(settings({**MLFLOW_SETTINGS, **fonts}))
        stack.enter_context(missing_at_once(LOOKED_FOR))
        try:
            from azureml.core import Experiment
        except ImportError as error:
            raise EnvironmentProblem(
                f"The Azure ML SDK v1 cannot be imported: {error}.\nInstall it with: pip install azureml-core"
            ) from error
        from harness.workspace.clients.sdk_internals import without_git

        clock = stack.enter_context(_mlflow_with_clock())
        # An example runs in an empty folder; whose repository that is in says nothing of a mapping.
        stack.enter_context(without_git())
        workspace = stack.enter_context(open_workspace(folder / "workspace"))
        opened: dict[str, OpenStore] = {}
        for store in stores:
            info = info_of(store)
            own = folder / info.name
            own.mkdir()
            try:
                uri = services.get(info.name) or stack.enter_context(shared_service(info, folder))
                place = Place(own, template, workspace, info.name, uri, keep)
                opened[info.name] = stack.enter_context(find_store(info)(place))
            except EnvironmentProblem as problem:
                if lacking is None:
                    raise
                lacking(info.name, str(problem))
        evidence = load_evidence()
        yield TestBed(
            workspace=workspace,
            experiment=Experiment(workspace.sdk, V1_EXPERIMENT),
            stores=opened,
            clock=clock,
            scratch=scratch,
            versions=installed_versions(),
            assumed=frozenset(key for key, row in evidence.items() if row.provenance == "assumed"),
        )


@contextmanager
def shared_service(info: StoreInfo, folder: Path) -> Iterator[str]:
    """Starts what the workers of a run share of a store; yields where it is, "" for a store that has no such thing.

    Args:
        info: The store.
        folder: In a folder of it, called as `service_folder` says, the service keeps its files.

    Raises:
        EnvironmentProblem: It cannot be had.
    """
    start = load_service(info)
    if start is None:
        yield info.uri or ""
        return
    own = service_folder(folder, info.name)
    own.mkdir(parents=True)
    with start(own, info.uri) as uri:
        yield uri


def service_folder(folder: Path, store: str) -> Path:
    """Where what was started for a store keeps its files, below the folder of who started it."""
    return folder / "services" / store


@contextmanager
def _mlflow_with_clock() -> Iterator[LogicalClock]:
    """MLflow on the logical clock; its tracking URI is in the end what it was."""
    try:
        import mlflow
    except ImportError as error:
        raise EnvironmentProblem(
            f"MLflow cannot be imported: {error}.\nInstall it with: pip install mlflow azureml-mlflow"
        ) from error
    is_set: bool = mlflow.is_tracking_uri_set()  # type: ignore[no-untyped-call]  # it has no annotations
    before = mlflow.get_tracking_uri() if is_set else None
    try:
        with installed(LogicalClock()) as clock:
            yield clock
    finally:
        # Else MLflow would go on with a store that is deleted.
        mlflow.set_tracking_uri(before)  # type: ignore[arg-type]  # None is how it is unset


@contextmanager
def isolated(bed: TestBed) -> Iterator[None]:
    """What a recipe does reaches no other one: its working directory, environment, MLflow runs and figures.

    The working directory is a new, empty folder, since recipes write files where they stand, and SDK v1 makes folders
    there; temporary files go below it too, since clients download artifacts to some and leave them.
    """
    folder_before, environment_before = Path.cwd(), dict(os.environ)
    temporary_before = tempfile.tempdir
    with tempfile.TemporaryDirectory(dir=bed.scratch) as folder:
        # A folder deeper, so that `..` is of this example too.
        working, temporary = Path(folder, "working"), Path(folder, "temporary")
        working.mkdir()
        temporary.mkdir()
        os.chdir(working)
        tempfile.tempdir = str(temporary)
        with ExitStack() as stack:
            # From the last to the first, each also where another fails.
            stack.callback(os.chdir, folder_before)
            stack.callback(_put_back_temporary, temporary_before)
            stack.callback(_restore_environment, environment_before)
            for store in bed.stores.values():
                stack.callback(store.clear)
            stack.callback(forget_experiment)
            stack.callback(end_active_runs)
            stack.callback(_close_figures)
            # Nor does a figure that was open before, which would be pyplot's current one.
            _close_figures()
            yield


def _close_figures() -> None:
    """Closes the figures of pyplot, if anything has imported it."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


def _put_back_temporary(before: str | None) -> None:
    tempfile.tempdir = before


def _restore_environment(before: Mapping[str, str]) -> None:
    if dict(os.environ) != before:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def remotely() -> Iterator[None]:
    """What MLflow finds in a process that has just begun outside of Azure ML: no tracking URI, and no active run."""
    end_active_runs()
    with _without_tracking_uri(), _ending_runs():
        yield


@contextmanager
def _without_tracking_uri() -> Iterator[None]:
    """MLflow as nobody has set it up, while the block is open; in the end it is as it was before."""
    import mlflow

    environment_before = dict(os.environ)
    is_set: bool = mlflow.is_tracking_uri_set()  # type: ignore[no-untyped-call]  # it has no annotations
    uri_before = mlflow.get_tracking_uri() if is_set else None
    with ExitStack() as stack:
        # From the last to the first, each also where another fails.
        stack.callback(_restore_environment, environment_before)
        stack.callback(_set_tracking_uri, uri_before)
        stack.callback(forget_experiment)
        _set_tracking_uri(None)
        yield


@contextmanager
def _ending_runs() -> Iterator[None]:
    """The runs that are active in the end are ended, as when a process ends."""
    try:
        yield
    finally:
        end_active_runs()


def _set_tracking_uri(uri: str | None) -> None:
    import mlflow

    mlflow.set_tracking_uri(uri)  # type: ignore[arg-type]  # None is how it is unset


def end_active_runs() -> None:
    """Ends the active run of MLflow's fluent API, and those that a recipe started and left open."""
    import mlflow
    from mlflow.exceptions import MlflowException

    while mlflow.active_run() is not None:
        try:
            mlflow.end_run()
        except MlflowException:
            # It was begun on a store that the recipe has left meanwhile; it is not active any more all the same.
            continue
