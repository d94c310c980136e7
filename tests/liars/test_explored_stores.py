"""Stores that lose more than an entry says: a search must find it, and what it proposes must be true of what it saw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric

from harness.asking.evidence import Seen
from harness.asking.exploring import Hunt, explore, open_cause, with_guesses
from harness.spec import LoadedEntry
from harness.stores import OpenStore, Place, load_store
from harness.testbed import TestBed
from harness.verify import make_ready

pytestmark = pytest.mark.once

ENTRY = """
harness: 1
id: explored
title: A list that is kept
guide: A section
inputs:
  values: st.lists(st.integers(0, 20), min_size=1, max_size=6)
usual: "True"
examples:
  - {guide: true, values: [3, 1, 2]}
  - {values: [7]}
v1:
  log: run.log_list("loss", values)
  read: as_list(run.get_metrics().get("loss"))
mlflow:
  guide:
    log: 'client.log_batch(run_id, [Metric("loss", value, 0, step) for step, value in enumerate(values)])'
    read: '[metric.value for metric in client.get_metric_history(run_id, "loss")]'
compare: numbers
"""

History = Callable[[list[Metric]], list[Metric]]


def changed(points: list[Metric], value: Callable[[float], float]) -> list[Metric]:
    return [Metric(point.key, value(point.value), point.timestamp, point.step) for point in points]


def strange(points: list[Metric]) -> list[Metric]:
    """No transformation that anyone would guess."""
    return changed(points, lambda value: value * 7919 % 104729) if len(points) > 2 else points


STORES: dict[str, tuple[History, bool]] = {
    "drops the last of several": (lambda points: points[:-1] if len(points) > 1 else points, True),
    "keeps four points": (lambda points: points[:4], True),
    "sorts": (lambda points: sorted(points, key=lambda point: point.value), True),
    "turns the sign": (lambda points: changed(points, lambda value: 0.0 - value), True),
    "loses everything large": (lambda points: [point for point in points if point.value <= 10], False),
    "does what nobody would guess": (strange, False),
}
"""What a store makes of a history, and whether one guess explains all of it."""


def opened_by(history: History) -> Callable[[Place], AbstractContextManager[OpenStore]]:
    class Faulty(MlflowClient):
        def get_metric_history(self, run_id: str, key: str) -> Any:
            return history(list(super().get_metric_history(run_id, key)))

    @contextmanager
    def open_store(place: Place) -> Iterator[OpenStore]:
        with load_store("sqlite")(place) as store:
            yield replace(store, client=Faulty(tracking_uri=store.tracking_uri))

    return open_store


def misled(hunt: Hunt, one: Seen) -> bool:
    """Whether a guess speaks of an input and is wrong about it, or spoils what was explained."""
    extended = with_guesses(hunt.subject, hunt.found)
    if open_cause(extended, one) is None:
        return False
    if one.finding is None:
        return True
    return any(
        bool(divergence.when.run(one.scope))
        for divergence in extended.divergences[len(hunt.subject.divergences) :]
    )


@pytest.mark.parametrize(("history", "is_general"), STORES.values(), ids=STORES)
def test_what_a_store_loses_is_found_and_nothing_untrue_is_said_of_it(
    bed_with: Callable[..., AbstractContextManager[TestBed]],
    entry_from: Callable[..., LoadedEntry],
    history: History,
    is_general: bool,
) -> None:
    entry = make_ready(entry_from(ENTRY))
    with bed_with(opened_by(history)) as bed:
        (hunt,) = explore(bed, entry, ["guide"], ["sqlite"], seconds=600, seed=0, rounds=1).hunts
    assert hunt.found
    failing = [one for one in hunt.seen.values() if one.finding]
    assert all(found.smallest.size <= min(one.size for one in failing) + 15 for found in hunt.found)
    assert [one.trial.case for one in hunt.seen.values() if misled(hunt, one)] == []
    if is_general:
        extended = with_guesses(hunt.subject, hunt.found)
        assert [one.trial.case for one in failing if open_cause(extended, one)] == []
        assert not any(found.guess is None or found.guess.is_literal for found in hunt.found)


def test_the_honest_store_is_not_accused(
    bed_with: Callable[..., AbstractContextManager[TestBed]], entry_from: Callable[..., LoadedEntry]
) -> None:
    with bed_with(opened_by(lambda points: points)) as bed:
        (hunt,) = explore(
            bed, make_ready(entry_from(ENTRY)), ["guide"], ["sqlite"], seconds=600, seed=0, rounds=1
        ).hunts
    assert (hunt.found, hunt.broken) == ([], {})
