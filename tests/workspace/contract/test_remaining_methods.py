"""Public methods of SDK v1 that no other topic has: small ones, and those that only say what is not there."""

from __future__ import annotations

from typing import Any

import pytest


def tables() -> dict[str, dict[str, Any]]:
    data: dict[str, dict[str, Any]] = {
        "confusion_matrix": {"class_labels": ["a", "b"], "matrix": [[3, 0], [1, 2]]},
        "accuracy_table": {
            "probability_tables": [[[1, 2, 0, 1], [0, 3, 0, 1]]],
            "percentile_tables": [[[1, 2, 0, 1], [0, 3, 0, 1]]],
            "probability_thresholds": [0.0, 1.0],
            "percentile_thresholds": [0.0, 1.0],
            "class_labels": ["a"],
        },
        "residuals": {"bin_edges": [0.5, 1.5], "bin_counts": [4]},
        "predictions": {"bin_averages": [0.25], "bin_errors": [0.1], "bin_counts": [3], "bin_edges": [0, 1]},
    }
    return {
        kind: {"schema_type": kind, "schema_version": "v1", "data": values} for kind, values in data.items()
    }


def test_tables_for_diagrams_are_files(run: Any) -> None:
    of = tables()
    run.log_confusion_matrix("matrix", of["confusion_matrix"])
    run.log_accuracy_table("accuracy", of["accuracy_table"])
    run.log_residuals("residuals", of["residuals"])
    run.log_predictions("predictions", of["predictions"])
    run.flush()
    names = {"matrix", "accuracy", "residuals", "predictions"}
    assert set(run.get_file_names()) == names
    assert set(run.get_metrics()) == names


def test_an_interactive_run_has_no_environment(run: Any) -> None:
    from azureml.exceptions import UserErrorException

    with pytest.raises(UserErrorException, match="no run definition"):
        run.get_environment()


def test_a_tag_of_an_experiment(experiment: Any) -> None:
    experiment.tag("a", "1")
    experiment.tag("b")
    experiment.refresh()
    assert experiment.tags == {"a": "1", "b": None}
