"""Recorders and mappings that lie: what a script would lose must not pass for kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.spec import LoadedEntry
from harness.testbed import TestBed
from harness.tracing import recorder
from harness.tracing.matching import bindings_of, match
from harness.tracing.outcomes import UNSAFE
from harness.tracing.records import RecordedCall, Site, read_records
from harness.tracing.verifying import Verified, verify

pytestmark = pytest.mark.once

ENTRY = """
harness: 1
id: kept
title: A number
sources: [an entry for tests]
inputs: {name: "st.just('loss')", value: usual_numbers()}
usual: "True"
examples:
  - {name: loss, value: 1}
  - {name: loss, value: 2}
v1:
  log: run.log(name, value)
  read: run.get_metrics()
mlflow:
  guide:
    log: mlflow.log_metric(name, value)
    read: client.get_run(run_id).data.metrics
compare: numbers
calls:
  - call: Run.log
    inputs: {name: name, value: value}
"""

LIES: dict[str, dict[str, Any]] = {
    "a recipe that logs another value": {"mlflow/guide/log": "mlflow.log_metric(name, 7)"},
    "a recipe that logs nothing": {"mlflow/guide/log": "pass"},
    "a recipe that fails": {"mlflow/guide/log": "mlflow.log_metric(name + '@', value)"},
    "a divergence that explains too little": {
        "mlflow/guide/log": "mlflow.log_metric(name, 7)",
        "divergences": [
            {
                "id": "nothing-differs",
                "when": "True",
                "becomes": "expected",
                "witness": {"name": "loss", "value": 1},
                "because": "It says so.",
            }
        ],
    },
}


def called(value: object) -> RecordedCall:
    return RecordedCall(
        call="Run.log",
        site=Site("train.py", 3),
        function="<module>",
        time=0.0,
        run="run-1",
        experiment="training",
        arguments={"name": "loss", "value": value, "description": "", "step": None},
    )


def outcome(bed: TestBed, entry: LoadedEntry, value: object) -> Verified:
    calls = [called(value)]
    (found,) = verify(bed, "sqlite", match(calls, bindings_of([entry]), "sqlite").found, calls)
    return found


def test_the_honest_entry_keeps_a_number(bed: TestBed, entry_from: Callable[..., LoadedEntry]) -> None:
    assert outcome(bed, entry_from(ENTRY), 0.5).outcome == "kept"


@pytest.mark.parametrize("changes", LIES.values(), ids=LIES)
def test_a_mapping_that_lies_is_not_believed(
    bed: TestBed, entry_from: Callable[..., LoadedEntry], changes: Mapping[str, Any]
) -> None:
    found = outcome(bed, entry_from(ENTRY, changes), 0.5)
    assert found.outcome == "unexplained"
    assert found.outcome in UNSAFE
    assert not found.keeps


class Forgetful(recorder.Recorder):
    """Writes down every other call only."""

    def _write(self, record: dict[str, Any]) -> None:
        if int(record["number"].rpartition("-")[2]) % 2 == 0:
            super()._write(record)


def test_a_recorder_that_drops_calls_is_noticed(tmp_path: Path) -> None:
    class Run:
        id, experiment = "run-1", SimpleNamespace(name="training")

        def log(self, name: str, value: object) -> None: ...

    class Experiment: ...

    recorder.wrap(Forgetful(str(tmp_path)), SimpleNamespace(Run=Run, Experiment=Experiment))
    for value in range(5):
        Run().log("loss", value)
    found = read_records(tmp_path)
    assert len(found.calls) == 3
    assert found.missing == 2
