"""Embedded workspaces that lose or change something: an entry that expects nothing lost must notice on store `azureml`.

There both clients work on one workspace. So a fault of one surface is a difference, and one that both share is none: it
shows beside a store that is not the workspace.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.spec import LoadedEntry
from harness.stores import OpenStore, Place, load_store
from harness.testbed import TestBed, open_testbed
from harness.workspace import load_evidence
from harness.workspace.routes import artifact
from harness.workspace.rules import metrics, mlflow_metrics, mlflow_runs

pytestmark = pytest.mark.once

ENTRY = """
harness: 1
id: kept-whole
title: A list, a tag and a file that are kept
guide: A section
inputs:
  values: st.lists(st.sampled_from([0, 1, 0.1]), min_size=1, max_size=4)
  note: st.sampled_from(["a", "b"])
usual: "True"
examples:
  - {id: several, clock: ticking, guide: true, values: [3, 0.1, 2], note: x}
  - {id: one, clock: ticking, values: [7], note: y}
v1:
  log: |
    run.log_list("loss", values)
    run.tag("note", note)
    with open("note.txt", "w") as file:
        file.write(note)
    run.upload_file("note.txt", "note.txt")
  read: |
    run.download_file("note.txt", "got.txt")
    with open("got.txt") as file:
        text = file.read()
    [[float(value) for value in as_list(run.get_metrics().get("loss"))], run.get_tags().get("note"), text]
mlflow:
  guide:
    log: |
      client.log_batch(run_id, [Metric("loss", value, 0, step) for step, value in enumerate(values)])
      client.set_tag(run_id, "note", note)
      client.log_text(run_id, note, "note.txt")
    read: |
      points = [metric.value for metric in client.get_metric_history(run_id, "loss")]
      with open(client.download_artifacts(run_id, "note.txt", ".")) as file:
          text = file.read()
      [points, client.get_run(run_id).data.tags.get("note"), text]
compare: json
"""

PROPERTY = "property[guide-azureml]"
BESIDE = "property[guide-sqlite]"

Points = list[dict[str, Any]]
Fault = Callable[[pytest.MonkeyPatch], None]


def history(spoiled: Callable[[Points], Points]) -> Fault:
    """MLflow gets other points than there are."""
    honest = mlflow_metrics.history

    def faulty(*args: Any) -> Any:
        points, more = honest(*args)
        return spoiled(points), more

    return lambda patch: patch.setattr(mlflow_metrics, "history", faulty)


def rounded(points: Points) -> Points:
    return [{**point, "value": float(np.float32(point["value"]))} for point in points]


def distinct(points: Points) -> Points:
    return list({point["value"]: point for point in points}.values())


def loses_tags(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mlflow_runs, "set_tags", lambda *args: None)


def loses_artifacts(patch: pytest.MonkeyPatch) -> None:
    honest = artifact.created

    def faulty(call: Any, origin: str, container: str, *args: Any, of_cloud: bool = False) -> Any:
        answer = honest(call, origin, container, *args, of_cloud=of_cloud)
        if of_cloud:
            with call.store.write() as connection:
                connection.execute("DELETE FROM artifacts WHERE container = ?", (container,))
        return answer

    patch.setattr(artifact, "created", faulty)


def gives_files_of_another_run(patch: pytest.MonkeyPatch) -> None:
    honest, seen = artifact.shown_content, []

    def faulty(call: Any, one: Any, *, of_cloud: bool = False) -> Any:
        if of_cloud and call.method == "GET":
            seen.append(one)
            one = seen[0]
        return honest(call, one, of_cloud=of_cloud)

    patch.setattr(artifact, "shown_content", faulty)


def mixes_runs(patch: pytest.MonkeyPatch) -> None:
    honest, seen = mlflow_metrics.append, []

    def faulty(connection: sqlite3.Connection, run_id: str, *args: Any) -> None:
        seen.append(run_id)
        honest(connection, seen[0], *args)

    patch.setattr(mlflow_metrics, "append", faulty)


def stores_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mlflow_metrics, "append", lambda *args: None)


FAULTS: dict[str, Fault] = {
    "loses equal points": history(distinct),
    "sorts points by value": history(lambda points: sorted(points, key=lambda point: point["value"])),
    "rounds values": history(rounded),
    "loses the last point": history(lambda points: points[:-1]),
    "gives a point twice": history(lambda points: [*points, *points[-1:]]),
    "loses tags": loses_tags,
    "loses artifacts": loses_artifacts,
    "gives files of another run": gives_files_of_another_run,
    "stores metrics under another run": mixes_runs,
    "stores no metrics": stores_nothing,
}


def stored(spoiled: Callable[[Sequence[metrics.Point]], Sequence[metrics.Point]]) -> Fault:
    """The workspace keeps other points than are sent, whoever sends them."""
    honest = metrics.append

    def faulty(*args: Any) -> None:
        *before, points, executed = args
        honest(*before, spoiled(points), executed)

    return lambda patch: patch.setattr(metrics, "append", faulty)


SHARED: dict[str, Fault] = {
    "loses equal points": stored(lambda points: list({str(point.data): point for point in points}.values())),
    "turns points round": stored(
        lambda points: [replace(a, data=b.data) for a, b in zip(points, points[::-1], strict=True)]
    ),
    "rounds values": stored(
        lambda points: [
            replace(point, data={key: round(value) for key, value in point.data.items()}) for point in points
        ]
    ),
}


@pytest.fixture(scope="module")
def bed(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBed]:
    with open_testbed(tmp_path_factory.mktemp("bed"), ["azureml", "sqlite"], template=template) as opened:
        yield opened


def test_the_workspace_without_a_fault_passes(
    bed: TestBed, entry_from: Callable[..., LoadedEntry], verify: Callable[..., Any]
) -> None:
    verified = verify(
        bed, entry_from(ENTRY), only=(PROPERTY, BESIDE).__contains__, stores=("azureml", "sqlite")
    )
    assert verified.not_passed == {}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_faulty_workspace_is_caught(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
) -> None:
    loaded = entry_from(ENTRY)
    fault(monkeypatch)
    result = verify(bed, loaded, only=PROPERTY.__eq__, stores=("azureml",)).results[PROPERTY]
    assert result.outcome == "failed"
    assert result.counterexample is not None
    assert "applied      no divergence" in result.message


@pytest.mark.parametrize("fault", SHARED.values(), ids=SHARED)
def test_a_fault_of_both_surfaces_shows_beside_another_store(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
) -> None:
    """Store `azureml` alone cannot see it, so no run of it alone is the whole of a verdict on SDK v1."""
    loaded = entry_from(ENTRY)
    fault(monkeypatch)
    results = verify(bed, loaded, only=(PROPERTY, BESIDE).__contains__, stores=("azureml", "sqlite")).results
    assert (results[PROPERTY].outcome, results[BESIDE].outcome) == ("passed", "failed")


SILENT = "limit-length-unit"
"""A behaviour that is assumed, and that the entry never executes."""


def says(module: Any, name: str) -> Fault:
    """A rule that also does what is assumed, and says so."""
    honest = getattr(module, name)

    def saying(*args: Any) -> Any:
        args[-1](SILENT)
        return honest(*args)

    return lambda patch: patch.setattr(module, name, saying)


@pytest.mark.parametrize(
    "handler",
    [says(mlflow_metrics, "history"), says(mlflow_metrics, "append"), says(metrics, "wire_data")],
    ids=["MLflow reads", "MLflow writes", "v1 reads"],
)
def test_a_result_lists_the_assumptions_that_its_requests_executed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    handler: Fault,
) -> None:
    check = "example.several-ticking[guide-azureml]"
    assert load_evidence()[SILENT].provenance == "assumed"
    loaded = entry_from(ENTRY)
    with bed.workspace.recording() as executed:
        honest = verify(bed, loaded, only=check.__eq__, stores=("azureml",)).results[check]
    assert set(honest.assumptions) <= executed & bed.assumed
    assert SILENT not in honest.assumptions
    handler(monkeypatch)
    told = verify(bed, loaded, only=check.__eq__, stores=("azureml",)).results[check]
    assert set(told.assumptions) == {*honest.assumptions, SILENT}


@contextmanager
def without_recording(place: Place) -> Iterator[OpenStore]:
    """Store `azureml`, whose requests are not recorded."""
    with load_store("azureml")(place) as store:
        yield replace(store, recording=lambda: nullcontext(set()))


def test_a_store_that_records_nothing_is_noticed(
    bed: TestBed,
    bed_with: Callable[..., AbstractContextManager[TestBed]],
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
) -> None:
    """What MLflow alone executes is missing then."""
    loaded = entry_from(ENTRY)
    honest = verify(bed, loaded, only=PROPERTY.__eq__, stores=("azureml",)).results[PROPERTY]
    of_mlflow = {name for name in honest.assumptions if load_evidence()[name].topic == "mlflow"}
    assert of_mlflow
    with bed_with(without_recording, ("azureml",)) as silent:
        result = verify(silent, loaded, only=PROPERTY.__eq__, stores=("azureml",)).results[PROPERTY]
    assert of_mlflow.isdisjoint(result.assumptions)
