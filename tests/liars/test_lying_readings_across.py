"""Readings across that do not show what SDK v1 has logged: a check that is named here must notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.spec import LoadedEntry
from harness.testbed import TestBed

pytestmark = pytest.mark.once

HONEST = """
harness: 1
id: honest-across
title: Numbers and texts
sources: [a test]
inputs:
  value: st.sampled_from([1, 2, 0.5, "a", "b"])
usual: "True"
examples:
  - {value: 1}
  - {value: 2}
  - {value: a}
v1:
  log: run.log("loss", value)
  read: run.get_metrics()
mlflow:
  recommended:
    log: 'mlflow.log_dict({"loss": value}, "logged.json")'
    read: 'mlflow.artifacts.load_dict(f"runs:/{run_id}/logged.json")'
reads_across:
  read: client.get_run(run_id).data.metrics
compare: numbers
divergences:
  - id: text-is-lost
    recipes: [reads-across]
    when: is_text(value)
    becomes: "{}"
    witness: {value: b}
    region: {value: "st.sampled_from(['a', 'b'])"}
    because: A metric is a number.
"""

NOTHING_KEPT = {
    "divergences/text-is-lost/when": "True",
    "divergences/text-is-lost/witness/value": 1,
    "-divergences/text-is-lost/region": None,
}
"""The divergence says that nothing can be read of whatever is logged."""

TEXTS_ALONE = {
    "inputs/value": "st.sampled_from(['a', 'b', 'c'])",
    "examples/0/value": "b",
    "examples/1/value": "c",
    "divergences/text-is-lost/when": "True",
    "-divergences/text-is-lost/region": None,
}
"""Of what is logged then nothing can be read, which is so."""

SENSITIVITY = "sensitivity[reads-across-azureml]"
LIARS: dict[str, tuple[dict[str, Any], str, str]] = {
    "what was given, not what is there": (
        {"reads_across/read": "{} if is_text(value) else {'loss': value}"},
        SENSITIVITY,
        "reads the same whatever SDK v1 has logged",
    ),
    "nothing, as the entry says that there is nothing": (
        {"reads_across/read": "{}", **NOTHING_KEPT},
        SENSITIVITY,
        "reads the same whatever SDK v1 has logged",
    ),
    "nothing, where there is nothing": (
        {"reads_across/read": "{}", **TEXTS_ALONE},
        SENSITIVITY,
        "reads the same whatever SDK v1 has logged",
    ),
    "as many as are there, with the value that was given": (
        {"reads_across/read": "{name: value for name in client.get_run(run_id).data.metrics}"},
        SENSITIVITY,
        "what it is to have from the store",
    ),
    "another run of the experiment": (
        {
            "reads_across/read": """
(client.search_runs([experiment_id], max_results=5, order_by=["start_time ASC"])[0]).data.metrics
""",
        },
        "example.2-ticking[reads-across-azureml]",
        "expected",
    ),
    "a loss that is none": (
        {"divergences/text-is-lost/when": "True", "-divergences/text-is-lost/region": None},
        "example.1-ticking[reads-across-azureml]",
        "expected",
    ),
    "a loss that is not told": (
        {"-divergences": None},
        "property[reads-across-azureml]",
        "expected",
    ),
}


@pytest.mark.parametrize("changes", [{}, TEXTS_ALONE], ids=["honest", "honest where nothing can be read"])
def test_an_honest_reading_across_passes(
    bed_of_all: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    changes: dict[str, Any],
) -> None:
    loaded = entry_from(HONEST, changes)
    assert verify(bed_of_all, loaded, only=of_reading_across, stores=["azureml"]).not_passed == {}


@pytest.mark.parametrize(("changes", "noticed_by", "says"), LIARS.values(), ids=LIARS)
def test_a_lying_reading_across_is_caught(
    bed_of_all: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    changes: dict[str, Any],
    noticed_by: str,
    says: str,
) -> None:
    loaded = entry_from(HONEST, changes)
    verified = verify(bed_of_all, loaded, only=noticed_by.__eq__, stores=["azureml"])
    result = verified.results[noticed_by]
    assert (result.outcome, says in result.message) == ("failed", True), result.message


def of_reading_across(name: str) -> bool:
    return name.endswith("[reads-across-azureml]")
