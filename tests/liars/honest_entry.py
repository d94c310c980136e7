"""The honest entry that each liar changes in one thing, and what such a change is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.profiles import Profile

HONEST = """
harness: 1
id: honest
title: A list of numbers
guide: A section
inputs:
  values: st.lists(st.sampled_from([1, 2, 0.1, math.nan]), max_size=4)
usual: not any(map(is_nan, values))
examples:
  - {id: three, clock: ticking, guide: true, values: [1, 2, 0.1]}
  - {id: two, values: [2, 1]}
  - {id: five, clock: ticking, values: [0.1, 0.5, 7, 0.5, 3]}
  - {id: one, clock: ticking, values: [3]}
v1:
  log: run.log_list("loss", values)
  read: as_list(run.get_metrics().get("loss"))
  refuses:
    - id: empty-list
      when: not values
      raises: {type: AttributeError, match: has no attribute}
      witness: {values: []}
      because: SDK v1 makes no metric of an empty list.
mlflow:
  guide:
    log: 'client.log_batch(run_id, [Metric("loss", value, int(time.time() * 1000), 0) for value in values])'
    read: '[metric.value for metric in client.get_metric_history(run_id, "loss")]'
  recommended:
    log: |
      now = int(time.time() * 1000)
      client.log_batch(run_id, [Metric("loss", value, now, step) for step, value in enumerate(values)])
    read: '[metric.value for metric in client.get_metric_history(run_id, "loss")]'
compare: numbers
divergences:
  - id: two-nan-are-refused
    recipes: [guide]
    stores: [sql]
    when: sum(map(is_nan, expected)) > 1
    raises: {phase: log, type: MlflowException, match: UNIQUE constraint failed}
    witness: {clock: ticking, values: [.nan, .nan]}
    region: {values: "st.lists(st.just(math.nan), min_size=2, max_size=9)"}
    because: Two NaN are two points for the client and one for the database.
  - id: equal-points-merge
    recipes: [guide]
    stores: [sql]
    when: has_equal(expected)
    becomes: distinct(expected)
    witness: {clock: ticking, values: [2, 2]}
    region: {values: "st.lists(st.sampled_from([1, 2, 0.1]), min_size=4, max_size=9)"}
    because: Equal points are one point.
  - id: order-is-lost
    recipes: [guide]
    stores: [sql]
    when: "True"
    becomes: by_value(expected)
    witness: {values: [2, 1]}
    region: {values: "st.lists(st.sampled_from([1, 2, 0.1]), min_size=2, max_size=9)"}
    because: Points of one moment come back by value.
claims:
  - id: no-text
    says: Text is no metric.
    check: 'raises(MlflowException, lambda: client.log_batch(run_id, [Metric("loss", "text", 0, 0)]))'
  - id: order-is-kept
    says: A list comes back in its order.
    check: |
      client.log_batch(run_id, [Metric("loss", value, 0, 0) for value in [2, 1]])
      [metric.value for metric in client.get_metric_history(run_id, "loss")] == [2, 1]
    refuted: A SQL store gives points of one moment back by value.
"""

RECOMMENDED = """
client.log_batch(run_id, [Metric("loss", value, 0, step) for step, value in enumerate(values)])
"""
READ_V1 = 'as_list(run.get_metrics().get("loss"))'
READ_MLFLOW = '[metric.value for metric in client.get_metric_history(run_id, "loss")]'


ONE_RECIPE: Mapping[str, Any] = {
    "-mlflow/guide": None,
    "-divergences": None,
    "examples/two/clock": "ticking",
}
"""Only the recipe without losses is left, each example once: enough where the reading is at fault, and quicker."""


def on_both_sides(reading: str) -> dict[str, Any]:
    """Both sides read less than they could; `READ` is what they read."""
    return {
        **ONE_RECIPE,
        "v1/read": reading.replace("READ", READ_V1),
        "mlflow/recommended/read": reading.replace("READ", READ_MLFLOW),
    }


def divergence(id_: str, **parts: Any) -> dict[str, Any]:
    """One more divergence, of the recipe that has none."""
    own = {
        "id": id_,
        "recipes": ["recommended"],
        "when": "True",
        "witness": {"values": [2, 1]},
        "because": "It is made up.",
    }
    return {"divergences/+": {**own, **parts}}


def one_more_input(**unobserved: str) -> dict[str, Any]:
    """An input that nothing logs."""
    given = {
        f"{place}/note": "text"
        for place in (
            *(f"examples/{index}" for index in range(4)),
            "v1/refuses/empty-list/witness",
        )
    }
    return {**ONE_RECIPE, "inputs/note": "texts()", **given, "unobserved": unobserved}


def claim(check: str, **parts: Any) -> dict[str, Any]:
    return {"claims/+": {"id": "liar", "says": "It is so.", "check": check, **parts}}


@dataclass(frozen=True)
class Liar:
    """A change to the honest entry, the check that must notice, and words of what it must say."""

    name: str
    changes: Mapping[str, Any]
    noticed_by: str
    says: str
    outcome: str = "failed"
    relation: Callable[[Any, Any], bool] | None = field(default=None)


THOROUGH = Profile(
    "thorough", examples=40, directed=4, all_applied=True, says="enough to come upon everything"
)

SENSITIVITY = "sensitivity[recommended-sqlite]"
ANY_POINTS_LOST = """
(lambda values: one_of(*[
  [value for place, value in enumerate(values) if chosen & 2**place] for chosen in range(2 ** len(values))
]))(by_value(expected))
"""
