"""Hypothesis strategies of the field: the values that entries draw as inputs.

Each strategy has an arm for every sort of value that some store treats in a way of its own, so that the odd
cases really occur (the tests say how often), and plain values first, so that a counterexample shrinks to
those. Strategies draw plain values only; nothing here knows MLflow or Azure.
"""

from __future__ import annotations

from harness.domains.artifacts import artifact_files, artifact_paths, file_contents, files_in_turn
from harness.domains.charts import accuracy_tables, confusion_matrices, predictions, residuals
from harness.domains.images import figures, figures_in_turn, images, images_in_turn
from harness.domains.lists import metric_lists
from harness.domains.naming import experiment_names, metric_names
from harness.domains.numeric import (
    LARGEST_IN_A_LIST,
    LARGEST_THAT_IS_WRITTEN,
    NUMPY_NUMBERS,
    NUMPY_NUMBERS_MADE_PLAIN,
    integers_of_any_size,
    numbers,
    numpy_numbers,
    steps,
    usual_numbers,
)
from harness.domains.rows import rows_in_turn
from harness.domains.tables import tables, tables_in_turn
from harness.domains.tags import run_tags, tags_in_turn
from harness.domains.text import scalars, texts
from harness.domains.weights import mostly

__all__ = [
    "LARGEST_IN_A_LIST",
    "LARGEST_THAT_IS_WRITTEN",
    "NUMPY_NUMBERS",
    "NUMPY_NUMBERS_MADE_PLAIN",
    "accuracy_tables",
    "artifact_files",
    "artifact_paths",
    "confusion_matrices",
    "experiment_names",
    "figures",
    "figures_in_turn",
    "file_contents",
    "files_in_turn",
    "images",
    "images_in_turn",
    "integers_of_any_size",
    "metric_lists",
    "metric_names",
    "mostly",
    "numbers",
    "numpy_numbers",
    "predictions",
    "residuals",
    "rows_in_turn",
    "run_tags",
    "scalars",
    "steps",
    "tables",
    "tables_in_turn",
    "tags_in_turn",
    "texts",
    "usual_numbers",
]
