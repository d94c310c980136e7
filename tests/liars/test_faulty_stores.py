"""Stores that lose or change something, behind the real client: an entry that expects nothing lost must notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric
from mlflow.exceptions import MlflowException

from harness.spec import LoadedEntry
from harness.stores import OpenStore, Place, load_store
from harness.testbed import TestBed

pytestmark = pytest.mark.once

ENTRY = """
harness: 1
id: kept
title: A list that is kept
guide: A section
inputs:
  values: st.lists(st.sampled_from([0, 1, 0.1]), min_size=1, max_size=4)
usual: "True"
examples:
  - {id: several, clock: ticking, guide: true, values: [3, 0.1, 2]}
  - {id: one, clock: ticking, values: [7]}
v1:
  log: run.log_list("loss", values)
  read: as_list(run.get_metrics().get("loss"))
mlflow:
  guide:
    log: 'client.log_batch(run_id, [Metric("loss", value, 0, step) for step, value in enumerate(values)])'
    read: '[metric.value for metric in client.get_metric_history(run_id, "loss")]'
compare: numbers
"""

PROPERTY = "property[guide-sqlite]"

History = Callable[[list[Metric]], Sequence[Metric]]


def with_value(metric: Metric, value: float) -> Metric:
    return Metric(metric.key, value, metric.timestamp, metric.step)


HISTORIES: dict[str, History] = {
    "drops the last point": lambda points: points[:-1],
    "drops the first point": lambda points: points[1:],
    "swaps two points": lambda points: [*points[1::-1], *points[2:]],
    "gives a point twice": lambda points: [*points, *points[-1:]],
    "rounds to float32": lambda points: [
        with_value(point, float(np.float32(point.value))) for point in points
    ],
    "gives one value always": lambda points: [with_value(point, 0.5) for point in points],
    "gives the same point always": lambda points: points[:1] * len(points),
    "gives nothing": lambda points: [],
    "turns the sign": lambda points: [with_value(point, -point.value) for point in points],
}


def faulty(spoiled: History) -> type[MlflowClient]:
    class Faulty(MlflowClient):
        def get_metric_history(self, run_id: str, key: str) -> Any:
            return spoiled(list(super().get_metric_history(run_id, key)))

    return Faulty


class RefusesEverything(MlflowClient):
    def log_batch(self, *args: Any, **kwargs: Any) -> Any:
        raise MlflowException("not today")


class RefusesToRead(MlflowClient):
    def get_metric_history(self, run_id: str, key: str) -> Any:
        raise MlflowException("not today")


class MixesRuns(MlflowClient):
    first: str | None = None

    def get_metric_history(self, run_id: str, key: str) -> Any:
        self.first = self.first or run_id
        return super().get_metric_history(self.first, key)


class WritesNothing(MlflowClient):
    def log_batch(self, *args: Any, **kwargs: Any) -> Any:
        return None


CLIENTS: dict[str, type[MlflowClient]] = {
    **{name: faulty(spoiled) for name, spoiled in HISTORIES.items()},
    "refuses everything": RefusesEverything,
    "refuses to read": RefusesToRead,
    "mixes runs": MixesRuns,
    "writes nothing": WritesNothing,
}


def opened_by(client: type[MlflowClient]) -> Callable[[Place], AbstractContextManager[OpenStore]]:
    @contextmanager
    def open_store(place: Place) -> Iterator[OpenStore]:
        with load_store("sqlite")(place) as store:
            yield replace(store, client=client(tracking_uri=store.tracking_uri))

    return open_store


def test_the_same_store_without_a_fault_passes(
    bed_with: Callable[..., AbstractContextManager[TestBed]],
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
) -> None:
    with bed_with(opened_by(MlflowClient)) as bed:
        assert verify(bed, entry_from(ENTRY), only=PROPERTY.__eq__).not_passed == {}


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_a_faulty_store_is_caught(
    bed_with: Callable[..., AbstractContextManager[TestBed]],
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    client: type[MlflowClient],
) -> None:
    loaded = entry_from(ENTRY)
    with bed_with(opened_by(client)) as bed:
        result = verify(bed, loaded, only=PROPERTY.__eq__).results[PROPERTY]
    assert result.outcome == "failed"
    assert result.counterexample is not None
    assert set(result.counterexample) == {"values", "clock"}


def test_a_counterexample_is_small_and_says_what_both_sides_gave(
    bed_with: Callable[..., AbstractContextManager[TestBed]],
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
) -> None:
    with bed_with(opened_by(CLIENTS["swaps two points"])) as bed:
        verified = verify(bed, entry_from(ENTRY), only=PROPERTY.__eq__)
    (result,) = verified.results.values()
    assert result.counterexample == {"values": "[0, 1]", "clock": "ticking"}
    told = [
        "at [0], expected 0, got 1.0: same items, other order",
        "mapping      kept",
        "recipe       guide",
        "store        sqlite",
        "input        values = [0, 1]",
        "v1 gave      [0, 1]",
        "applied      no divergence",
        "expected     [0, 1]",
        "MLflow gave  [1.0, 0.0]",
    ]
    assert [line for line in told if line not in result.message] == [], result.message
