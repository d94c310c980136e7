"""Recipes that lose something of several values under one name, or of their steps: the entries must notice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.spec import LoadedEntry
from harness.testbed import TestBed

pytestmark = pytest.mark.once

METRICS = Path(__file__).parents[2] / "specs" / "metrics"

FALLING_STEPS = 7
A_TEXT_WITHIN = 8
A_NONE_FIRST = 11
"""Examples of `view-metric-history`, counted from 1."""
STEP_IN_A_TEXT = 7
BROKEN_STEP = 8
"""Examples of `log-number`."""

NO_STEPS = """
for value in values:
    mlflow.log_metric(name, value)
"""
ONE_TIME = """
now = int(time.time() * 1000)
for index, value in enumerate(value for value in values if value is not None):
    step = at_steps[index % len(at_steps)] if at_steps else index
    mlflow.log_metric(name, float(value), step=step, timestamp=now)
"""
NUMBERS_ALONE = """
now = int(time.time() * 1000)
for index, value in enumerate(values):
    if isinstance(value, (int, float)):
        step = at_steps[index % len(at_steps)] if at_steps else index
        mlflow.log_metric(name, value, step=step, timestamp=now + index)
"""
NOTHING_FOR_NONE = """
now = int(time.time() * 1000)
for index, value in enumerate(values):
    step = at_steps[index % len(at_steps)] if at_steps else index
    mlflow.log_metric(name, float(value or 0), step=step, timestamp=now + index)
"""
STEP_AS_IT_IS = "mlflow.log_metric(name, value, step=step)"

LIES = {
    "steps are left out": ("view-metric-history", "guide", NO_STEPS, FALLING_STEPS, "['last']"),
    "one time for all values": (
        "view-metric-history",
        "recommended",
        ONE_TIME,
        FALLING_STEPS,
        "expected 2.5, got 3.0",
    ),
    "numbers alone": ("view-metric-history", "recommended", NUMBERS_ALONE, A_TEXT_WITHIN, "ValueError"),
    "nothing for none": ("view-metric-history", "recommended", NOTHING_FOR_NONE, A_NONE_FIRST, "0.0"),
    "a step that is a text": ("log-number", "recommended", STEP_AS_IT_IS, STEP_IN_A_TEXT, "Step must be"),
}


@pytest.mark.parametrize(("entry", "recipe", "log", "number", "says"), LIES.values(), ids=LIES)
def test_a_recipe_that_lies_is_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    entry: str,
    recipe: str,
    log: str,
    number: int,
    says: str,
) -> None:
    text = (METRICS / f"{entry}.yaml").read_text(encoding="utf-8")
    name = f"example.{number}-ticking[{recipe}-sqlite]"
    honest = verify(bed, entry_from(text, {}), only=name.__eq__).results[name]
    assert honest.outcome == "passed", honest.message
    found = verify(bed, entry_from(text, {f"mlflow/{recipe}/log": log}), only=name.__eq__).results[name]
    assert found.outcome == "failed"
    assert says in found.message


@pytest.mark.parametrize("step", [STEP_IN_A_TEXT, BROKEN_STEP])
def test_an_entry_that_says_more_is_refused_than_is_would_be_noticed(
    bed: TestBed, entry_from: Callable[..., LoadedEntry], verify: Callable[..., Any], step: int
) -> None:
    text = (METRICS / "log-number.yaml").read_text(encoding="utf-8")
    name = f"example.{step}-ticking[guide-sqlite]"
    changes = {"v1/refuses/step-that-is-no-integer/when": "step is not None and type(step) is not int"}
    assert verify(bed, entry_from(text, changes), only=name.__eq__).results[name].outcome != "passed"
