"""The sizes that the services allow, in one table, and the refusal of what is larger.

`behaviours/limits.yaml` says from where each number is. Which request has which limits is said by who calls this;
what is refused is refused before anything is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.workspace.wire.calls import ServiceError

Executed = Callable[[str], None]


@dataclass(frozen=True)
class Limit:
    """The most that a field may have: of items, or for a text of UTF-16 units."""

    field: str
    """As the refusal names it."""
    most: int
    behaviour: str
    """The row of evidence."""


METRIC_ROWS_PER_BATCH = Limit("MetricV2Dto.Value/Count", 250, "limit-metric-rows-per-batch")
METRIC_COLUMNS = Limit("MetricV2Dto.Columns/Count", 15, "limit-metric-columns")
METRIC_COLUMN_NAME = Limit("MetricV2Dto.Columns.Key/Length", 255, "limit-metric-column-name")
METRIC_TEXT = Limit("MetricV2Dto.Value.Data.Value/Length", 255, "limit-metric-text")
METRIC_NAMES = Limit("Metrics/Count", 50, "limit-metric-names")
METRIC_ROWS = Limit("Metric.Value/Count", 1_000_000, "limit-metric-rows")
RUN_ID = Limit("RunDto.RunId/Length", 256, "limit-run-id")
RUN_DISPLAY_NAME = Limit("RunDto.DisplayName/Length", 256, "limit-run-display-name")
RUN_DESCRIPTION = Limit("RunDto.Description/Length", 5000, "limit-run-description")
RUN_PROPERTIES = Limit("RunDto.Properties/Count", 50, "limit-run-properties")
RUN_PROPERTY_KEY = Limit("RunDto.Properties.Key/Length", 100, "limit-run-property-key")
RUN_PROPERTY_VALUE = Limit("RunDto.Properties.Value/Length", 550_000, "limit-run-property-value")
RUN_TAGS = Limit("RunDto.Tags/Count", 50, "limit-run-tags")
RUN_TAG_KEY = Limit("RunDto.Tags.Key/Length", 100, "limit-run-tag-key")
RUN_TAG_VALUE = Limit("RunDto.Tags.Value/Length", 1000, "limit-run-tag-value")
RUN_ERROR_MESSAGE = Limit("RunDto.Error.Message/Length", 3000, "limit-run-error-message")
EXPERIMENT_NAME = Limit("ExperimentDto.Name/Length", 256, "limit-experiment-name")
EXPERIMENT_DESCRIPTION = Limit("ExperimentDto.Description/Length", 5000, "limit-experiment-description")
EXPERIMENT_TAG_KEY = Limit("ExperimentDto.Tags.Key/Length", 250, "limit-experiment-tag-key")
EXPERIMENT_TAG_VALUE = Limit("ExperimentDto.Tags.Value/Length", 1000, "limit-experiment-tag-value")
EXPERIMENT_TAGS = Limit("ExperimentDto.Tags/Count", 50, "limit-experiment-tags")
MLFLOW_PARAMS = Limit("Parameters", 200, "limit-mlflow-params")


class OverLimit(ServiceError):
    """Something is larger than the service allows. The words are those of the real service."""

    def __init__(self, limit: Limit, size: int) -> None:
        super().__init__(
            400,
            "ValidationError",
            f"A field of the entity is over the size limit. FieldName={limit.field}, Limit={limit.most},"
            f" Size={size}. See https://aka.ms/azure-machine-learning-limits for service limits documentation.",
            kind="ValidationError",
        )


def check(limit: Limit, size: int, executed: Executed) -> None:
    """Refuses a size over the limit.

    Raises:
        OverLimit: It is.
    """
    if size > limit.most:
        executed(limit.behaviour)
        executed("limit-enforced")
        executed("limit-error")
        raise OverLimit(limit, size)


def check_text(limit: Limit, text: str | None, executed: Executed) -> None:
    """Refuses a text that is too long.

    Raises:
        OverLimit: It is.
    """
    # Characters take one unit or two.
    if text is None or 2 * len(text) <= limit.most:
        return
    units = len(text)
    if not text.isascii() and (beyond := sum(letter > "\uffff" for letter in text)):
        executed("limit-length-unit")
        units += beyond
    check(limit, units, executed)


def check_metric(
    columns: Mapping[str, str], rows: Sequence[Mapping[str, object]], executed: Executed
) -> None:
    """Refuses a metric of a batch that is too large in whatever way. `columns` are types by name.

    Raises:
        OverLimit: It is.
    """
    check(METRIC_ROWS_PER_BATCH, len(rows), executed)
    check(METRIC_COLUMNS, len(columns), executed)
    for column in columns:
        check_text(METRIC_COLUMN_NAME, column, executed)
    for row in rows:
        for column, cell in row.items():
            # Where an artifact is may take as many letters as its path.
            if isinstance(cell, str) and columns.get(column, "").lower() != "artifact":
                check_text(METRIC_TEXT, cell, executed)


def check_run(
    run_id: str,
    tags: Mapping[str, str | None],
    properties: Mapping[str, str | None],
    document: Mapping[str, object],
    executed: Executed,
) -> None:
    """Refuses a run, as it would be after a change, that is too large in whatever way.

    Raises:
        OverLimit: It is.
    """
    check_text(RUN_ID, run_id, executed)
    _check_document_text(RUN_DISPLAY_NAME, document.get("displayName"), executed)
    _check_document_text(RUN_DESCRIPTION, document.get("description"), executed)
    check(RUN_TAGS, len(tags), executed)
    for key, value in tags.items():
        check_text(RUN_TAG_KEY, key, executed)
        check_text(RUN_TAG_VALUE, value, executed)
    check(RUN_PROPERTIES, len(properties), executed)
    for key, value in properties.items():
        check_text(RUN_PROPERTY_KEY, key, executed)
        check_text(RUN_PROPERTY_VALUE, value, executed)


def shortened_error(response: Mapping[str, Any], executed: Executed) -> Mapping[str, Any]:
    """The error of a run (`{"error": {"message": ...}}`), with as much of its message as the limit allows."""
    limit, error = RUN_ERROR_MESSAGE, response.get("error")
    message = error.get("message") if isinstance(error, Mapping) else None
    if not isinstance(error, Mapping) or not isinstance(message, str):
        return response
    encoded = message.encode("utf-16-le", "surrogatepass")
    if len(encoded) <= 2 * limit.most:
        return response
    executed(limit.behaviour)
    # Half a character at the end is left out.
    kept = encoded[: 2 * limit.most].decode("utf-16-le", "ignore")
    return {**response, "error": {**error, "message": kept}}


def check_experiment(
    name: str, tags: Mapping[str, str | None], description: str | None, executed: Executed
) -> None:
    """Refuses an experiment, as it would be after a change, that is too large in whatever way.

    Raises:
        OverLimit: It is.
    """
    check_text(EXPERIMENT_NAME, name, executed)
    check_text(EXPERIMENT_DESCRIPTION, description, executed)
    check(EXPERIMENT_TAGS, len(tags), executed)
    for key, value in tags.items():
        check_text(EXPERIMENT_TAG_KEY, key, executed)
        check_text(EXPERIMENT_TAG_VALUE, value, executed)


def _check_document_text(limit: Limit, value: object, executed: Executed) -> None:
    if isinstance(value, str):
        check_text(limit, value, executed)


def has_half_pairs(value: str) -> bool:
    """Whether UTF-8 cannot carry the text: something in it is half of a surrogate pair."""
    return any("\ud800" <= character <= "\udfff" for character in value)
