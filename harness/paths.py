"""Runs one side of one example: scope, clock, log, settle, read.

Both sides follow the same steps with the real client of each. Nothing here knows what should come out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from harness.clock import ClockName
from harness.compare import ABSENT
from harness.spec import Block
from harness.stores import OpenStore, StoreLost
from harness.stores.mlflow_internals import StartedRuns
from harness.testbed import TestBed, end_active_runs, isolated
from harness.values import fresh

if TYPE_CHECKING:
    from azureml.core import Run

Phase = Literal["log", "read"]


@dataclass(frozen=True)
class Raised:
    """An exception that came out of a snippet, and the phase in which it did."""

    phase: Phase
    error: Exception

    def __str__(self) -> str:
        return f"{type(self.error).__name__} in `{self.phase}`: {self.error}"


@dataclass(frozen=True)
class Outcome:
    """What one side gave back.

    Attributes:
        value: What its `read` gave, also after an exception in `log`; `ABSENT` when there is nothing to read.
        raised: The exception that ended it, if one did.
        assumptions: Behaviours of the embedded workspace that were executed and are assumed: by SDK v1, and by MLflow
            where the store under test is that workspace.
    """

    value: object = ABSENT
    raised: Raised | None = None
    assumptions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Side:
    """The two snippets of one side, and the names that they see besides the inputs and the run.

    With `starts_runs` there is no run before `log`, which starts its own, and `read` sees their ids as `started`.
    `names_of_v1` are what `log` sees in place of `names` where SDK v1 logs what MLflow reads.
    """

    log: Block
    read: Block
    names: Mapping[str, object]
    starts_runs: bool = False
    names_of_v1: Mapping[str, object] | None = None


def run_v1(
    bed: TestBed,
    side: Side,
    inputs: Mapping[str, object],
    clock: ClockName,
    read_inputs: Mapping[str, object] | None = None,
) -> Outcome:
    """Logs and reads the inputs with SDK v1, in a run of its own on the embedded workspace.

    `read` sees a fresh build of the inputs and nothing that `log` made of them, so that what it gives can only come
    from the run. The assumptions are those of logging and reading; that a run can be started and completed at all is
    not what a verdict rests on.

    Args:
        bed: Where to run it.
        side: The entry's v1 side.
        inputs: What `log` sees.
        clock: The clock to run under.
        read_inputs: What `read` sees, if not the same.
    """
    bed.clock.restart(clock)
    value: object = ABSENT
    with ExitStack() as stack:
        stack.enter_context(isolated(bed))
        stack.callback(bed.workspace.release_runs)
        run = None if side.starts_runs else bed.experiment.start_logging(snapshot_directory=None)
        # Not a list of all runs, which grows with every example.
        last = bed.workspace.last_run_id() if run is None else None
        with bed.workspace.recording() as executed:
            given = v1_scope(bed, run)
            raised = _raised(side.log, {**side.names, **fresh_inputs(inputs), **given}) or flushed(bed, run)
            if raised is None:
                if run is None:
                    given["started"] = bed.workspace.run_ids(after=last)
                scope = {
                    **side.names,
                    **fresh_inputs(inputs if read_inputs is None else read_inputs),
                    **given,
                }
                try:
                    value = side.read.run(scope)
                except Exception as error:  # whatever v1 raises is an outcome, judged by the caller
                    raised = Raised("read", error)
            assumptions = frozenset(executed) & bed.assumed
        if run is not None:
            raised = raised or completed(run)
    return Outcome(value=value, raised=raised, assumptions=assumptions)


def run_mlflow(
    bed: TestBed,
    store: OpenStore,
    side: Side,
    inputs: Mapping[str, object],
    clock: ClockName,
    read_inputs: Mapping[str, object] | None = None,
) -> Outcome:
    """Logs and reads the inputs with MLflow, in a run of its own on `store`.

    The run is active while `log` runs, so that the fluent API (`mlflow.log_metric`) writes to it, and is ended before
    `read`. When `log` raises, what can be read all the same is the value: a call that fails half-way may leave
    something behind.

    Where SDK v1 logs what MLflow reads, the run is one of SDK v1, on the workspace that `store` is too; what it refuses
    leaves nothing to read.

    Args:
        bed: Where to run it.
        store: The store under test.
        side: The recipe.
        inputs: What `log` sees.
        clock: The clock to run under.
        read_inputs: What `read` sees, if not the same.
    """
    read_inputs = inputs if read_inputs is None else read_inputs
    with _still_there(store), isolated(bed):
        if side.names_of_v1 is not None:
            names = {**side.names_of_v1, **fresh_inputs(inputs)}
            return _read_across(bed, store, side, names, read_inputs, clock)
        given = mlflow_scope(bed, store, clock)
        with store.recording() as executed:
            outcome = _logged_and_read(store, side, given, inputs, read_inputs)
        if side.starts_runs:
            store.put_aside()
        if outcome.raised is not None or isinstance(outcome.value, Raised):
            # What a client raises of a store that is gone says nothing of the mapping.
            raise_if_lost(store)
        return replace(outcome, assumptions=frozenset(executed) & bed.assumed)


@contextmanager
def _still_there(store: OpenStore) -> Iterator[None]:
    """What is raised around a recipe may come of a store that is gone."""
    try:
        yield
    except Exception:
        raise_if_lost(store)
        raise


def raise_if_lost(store: OpenStore) -> None:
    """Looks whether a store can be reached still.

    Raises:
        StoreLost: It cannot.
    """
    if reason := store.trouble():
        raise StoreLost(store.name, f"Store {store.name} was lost in the middle of the run: {reason}")


def v1_scope(bed: TestBed, run: Run | None) -> dict[str, object]:
    """The names by which snippets know a run of SDK v1 (None for an entry that starts its own)."""
    return {
        "run": run,
        "experiment": bed.experiment,
        "workspace": bed.workspace.sdk,
        "on_compute": bed.on_compute,
        "time": bed.clock,
    }


def mlflow_scope(bed: TestBed, store: OpenStore, clock: ClockName) -> dict[str, object]:
    """A new, active run on `store` and the names by which snippets know it; the clock starts anew."""
    import mlflow

    bed.clock.restart(clock)
    _use(store)
    active = mlflow.start_run(experiment_id=store.experiment_id)
    bed.clock.restart(clock)
    return {
        "client": store.client,
        "run_id": active.info.run_id,
        "experiment_id": store.experiment_id,
        "mlflow_run": active,
        "tracking_uri": store.tracking_uri,
        "on_compute": bed.on_compute,
        "time": bed.clock,
    }


def _use(store: OpenStore) -> None:
    import mlflow

    if mlflow.get_tracking_uri() != store.tracking_uri:
        mlflow.set_tracking_uri(store.tracking_uri)


def fresh_inputs(inputs: Mapping[str, object]) -> dict[str, Any]:
    """A build of the inputs of its own: what one path does to them never reaches the other."""
    return {name: fresh(value) for name, value in inputs.items()}


def _logged_and_read(
    store: OpenStore,
    side: Side,
    given: dict[str, object],
    inputs: Mapping[str, object],
    read_inputs: Mapping[str, object],
) -> Outcome:
    started = StartedRuns()
    if side.starts_runs:
        end_active_runs()
    with started.listening() if side.starts_runs else nullcontext():
        raised = _raised(side.log, {**side.names, **fresh_inputs(inputs), **given})
    end_active_runs()
    if side.starts_runs:
        given["started"] = started.ids(store.client)
    try:
        value = side.read.run({**side.names, **fresh_inputs(read_inputs), **given})
    except Exception as error:  # whatever MLflow raises is an outcome, judged by the caller
        if raised is None:
            return Outcome(raised=Raised("read", error))
        # That `read` fails says that something is not there, not that nothing is; a run that `log` started is.
        empty = not given["started"] if side.starts_runs else _is_empty(store, str(given["run_id"]))
        value = ABSENT if empty else Raised("read", error)
    return Outcome(raised=raised, value=value)


def _read_across(
    bed: TestBed,
    store: OpenStore,
    side: Side,
    names: Mapping[str, object],
    read_inputs: Mapping[str, object],
    clock: ClockName,
) -> Outcome:
    """Logs `names` with SDK v1, in a run of its own that is then completed, and reads that run with MLflow."""
    bed.clock.restart(clock)
    value: object = ABSENT
    with ExitStack() as stack:
        stack.callback(bed.workspace.release_runs)
        run = None if side.starts_runs else bed.experiment.start_logging(snapshot_directory=None)
        last = bed.workspace.last_run_id() if run is None else None
        with bed.workspace.recording() as logging:
            raised = _raised(side.log, {**names, **v1_scope(bed, run)}) or flushed(bed, run)
        if run is None:
            found: dict[str, object] = {"started": bed.workspace.run_ids(after=last)}
        else:
            raised = raised or completed(run)
            found = {"run_id": run.id}
        with store.recording() as reading:
            if raised is None:
                given = {
                    "client": store.client,
                    "experiment_id": bed.experiment.id,
                    "tracking_uri": store.tracking_uri,
                    "on_compute": bed.on_compute,
                    "time": bed.clock,
                    **found,
                }
                _use(store)
                try:
                    value = side.read.run({**side.names, **fresh_inputs(read_inputs), **given})
                except Exception as error:  # whatever MLflow raises is an outcome, judged by the caller
                    raised = Raised("read", error)
    return Outcome(value=value, raised=raised, assumptions=frozenset(logging | reading) & bed.assumed)


def _raised(log: Block, scope: dict[str, object]) -> Raised | None:
    try:
        log.run(scope)
    except Exception as error:  # whatever a client raises is an outcome, judged by the caller
        return Raised("log", error)
    return None


def flushed(bed: TestBed, run: Run | None) -> Raised | None:
    """The client posts in the background; what the service refuses may come out only when it is waited for."""
    try:
        if run is None:
            bed.workspace.release_runs()
        else:
            run.flush()
    except Exception as error:  # as above
        return Raised("log", error)
    return None


def completed(run: Run) -> Raised | None:
    """Completes the run, unless the recipe has ended it already."""
    try:
        run.complete()
    except Exception as error:  # as above
        return None if run.get_status() in ("Completed", "Failed", "Canceled") else Raised("log", error)
    return None


def _is_empty(store: OpenStore, run_id: str) -> bool:
    """Whether nothing at all was logged to a run; the tags by which MLflow describes a run are not logged."""
    data = store.client.get_run(run_id).data
    tags = [key for key in data.tags if not key.startswith("mlflow.")]
    return not (data.metrics or data.params or tags or store.client.list_artifacts(run_id))
