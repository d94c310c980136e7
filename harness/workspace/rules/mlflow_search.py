"""MLflow's language of searches over the runs and experiments of the workspace. Here is no HTTP.

MLflow's own library reads filters and orders and applies them. What the Azure service does otherwise, by its
documentation, is put around that: attributes of its own, values of attributes in quotation marks, and a few things
that it does not support. The library is imported with the first search that has a filter or an order.

What is searched is built as far as a filter looks at it: params and metrics are read when they are asked for.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from types import SimpleNamespace
from typing import Any

from harness.workspace.rules import experiments, mlflow_metrics, mlflow_runs, runs
from harness.workspace.rules.identity import USER_ID

Executed = Callable[[str], None]

_NUMBERS = ("start_time", "end_time", "created", "Created", "creation_time", "duration")
_QUOTED_NUMBER = re.compile(
    r"(?P<start>(?:\b(?:attributes?|attr|run)\.|(?<![\w.`\"]))`?(?:" + "|".join(_NUMBERS) + r")`?"
    r"\s*(?:>=|<=|!=|=|>|<)\s*)(?P<mark>['\"])(?P<number>-?\d+)(?P=mark)"
)
_STATUS = re.compile(
    r"(?P<start>(?:\b(?:attributes?|attr|run)\.|(?<![\w.`\"]))`?status`?\s*!?=\s*)(?P<value>'\w+'|\"\w+\")"
)
# The only attribute that MLflow's library compares with a list has another name.
_ID_IN_LIST = re.compile(r"\bexperiment_id(?P<in>\s+(?:NOT\s+)?IN\b)", re.IGNORECASE)
# What MLflow's library raises at odd searches, besides its own exception.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, re.error)


class SearchRefused(Exception):
    """A filter or an order that the service does not take."""


class _Data:
    """The data of a run, each part read when a filter asks for it."""

    def __init__(self, connection: sqlite3.Connection, run: runs.Run, executed: Executed) -> None:
        self._connection = connection
        self._run = run
        self._executed = executed

    @cached_property
    def metrics(self) -> dict[str, float]:
        found = mlflow_metrics.latest(self._connection, self._run.run_id, self._executed)
        return {name: shown["value"] for name, shown in found.items()}

    @cached_property
    def params(self) -> dict[str, str]:
        return dict(mlflow_runs.params_of(self._connection, self._run.run_id))

    @cached_property
    def tags(self) -> dict[str, str]:
        return mlflow_runs.tags_of(self._run, self._executed)


class FoundRun:
    """A run with the parts that MLflow's library looks at, under its names for them."""

    def __init__(self, connection: sqlite3.Connection, run: runs.Run, executed: Executed) -> None:
        self.run = run
        self.data = _Data(connection, run, executed)
        self._connection = connection

    @cached_property
    def info(self) -> Any:
        """The attributes. Times are in milliseconds, a duration too; it is None for a run that has not ended."""
        started, ended = mlflow_runs.started(self.run), mlflow_runs.ended(self.run)
        return SimpleNamespace(
            run_id=self.run.run_id,
            run_uuid=self.run.run_id,  # before MLflow 3, orders end with it
            run_name=mlflow_runs.name_of(self.run),
            experiment_id=self.run.experiment_id,
            user_id=USER_ID,
            status=mlflow_runs.status_of(self.run),
            artifact_uri=str(self.run.properties.get(mlflow_runs.ARTIFACT_URI) or ""),
            start_time=started,
            creation_time=self.run.created // mlflow_runs.TICKS_PER_MS,
            end_time=ended,
            duration=None if ended is None else ended - started,
        )

    @cached_property
    def inputs(self) -> Any:
        """The data sets."""
        return SimpleNamespace(
            dataset_inputs=[
                SimpleNamespace(
                    dataset=SimpleNamespace(**{"name": None, "digest": None, **one["dataset"]}),
                    tags=[SimpleNamespace(**tag) for tag in one["tags"]],
                )
                for one in mlflow_runs.inputs_of(self._connection, self.run.run_id)
            ]
        )


def search_runs(
    found: Iterable[FoundRun], filter_string: str, order_by: Sequence[str], executed: Executed
) -> list[FoundRun]:
    """The runs that a filter lets through, in order: without one the latest first.

    Raises `SearchRefused` for what the service does not take.
    """
    chosen = list(found)
    if filter_string:
        executed("mlflow-search-filter")
        if _QUOTED_NUMBER.search(filter_string) or _STATUS.search(filter_string):
            executed("mlflow-search-quoted-attributes")
        filter_string = _QUOTED_NUMBER.sub(r"\g<start>\g<number>", filter_string)
        filter_string = _STATUS.sub(lambda found: found["start"] + found["value"].upper(), filter_string)
        chosen = _read(partial(_filter_runs, chosen, filter_string, executed), executed)
    if not order_by:
        executed("mlflow-search-latest-first")
        return sorted(chosen, key=lambda one: (-mlflow_runs.started(one.run), one.run.run_id))
    executed("mlflow-search-order")
    ordered: list[FoundRun] = _read(partial(_sort_runs, chosen, order_by, executed), executed)
    return ordered


def search_experiments(
    found: Iterable[experiments.Experiment], filter_string: str, order_by: Sequence[str], executed: Executed
) -> list[experiments.Experiment]:
    """The experiments that a filter lets through, in order: without one the latest first.

    Raises `SearchRefused` for what cannot be read.
    """
    chosen: list[Any] = [
        SimpleNamespace(
            found=one,
            experiment_id=one.experiment_id,
            run_id=one.experiment_id,
            name=one.name,
            creation_time=one.created // mlflow_runs.TICKS_PER_MS,
            last_update_time=None,
            tags={key: value or "" for key, value in one.tags.items()},
        )
        for one in found
    ]
    executed("mlflow-search-experiments")
    chosen.sort(key=lambda one: (-one.found.created, one.experiment_id))
    if filter_string:
        filter_string = _ID_IN_LIST.sub(r"run_id\g<in>", filter_string)
        chosen = _read(partial(_library().experiments.filter, chosen, filter_string), executed)
    if order_by:
        chosen = _read(partial(_library().experiments.sort, chosen, list(order_by)), executed)
    return [one.found for one in chosen]


def _filter_runs(chosen: list[FoundRun], filter_string: str, executed: Executed) -> list[FoundRun]:
    library = _library()
    for clause in library.runs.parse_search_filter(filter_string):
        if library.runs.is_tag(clause["type"], clause["comparator"].upper()) and clause["comparator"] == "!=":
            executed("mlflow-search-unsupported")
            raise SearchRefused("The comparator != is not supported for tags.")
        if library.runs.is_metric(clause["type"], clause["comparator"].upper()) and not _is_plain(
            clause["key"]
        ):
            executed("mlflow-search-unsupported")
            raise SearchRefused("Filters by metrics whose names need quotation marks are not supported.")
    kept: list[FoundRun] = library.runs.filter(chosen, filter_string)
    return kept


def _sort_runs(chosen: list[FoundRun], order_by: Sequence[str], executed: Executed) -> list[FoundRun]:
    library = _library()
    for clause in order_by:
        if library.runs.parse_order_by_for_search_runs(clause)[0] != "attribute":
            executed("mlflow-search-unsupported")
            raise SearchRefused("Runs can be ordered by attributes only.")
    ordered: list[FoundRun] = library.runs.sort(chosen, list(order_by))
    return ordered


def _is_plain(key: str) -> bool:
    return re.fullmatch(r"\w+", key, re.ASCII) is not None


def _read(search: Callable[[], Any], executed: Executed) -> Any:
    from mlflow.exceptions import MlflowException

    try:
        return search()
    except (MlflowException, *_UNREADABLE) as error:
        executed("mlflow-search-unreadable")
        raise SearchRefused(str(error)) from error


@dataclass(frozen=True)
class _Library:
    runs: Any
    experiments: Any


@cache
def _library() -> _Library:
    from mlflow.utils.search_utils import SearchExperimentsUtils, SearchUtils

    numbers = {"creation_time", "duration"}

    class Runs(SearchUtils):
        VALID_SEARCH_ATTRIBUTE_KEYS = SearchUtils.VALID_SEARCH_ATTRIBUTE_KEYS | numbers
        VALID_ORDER_BY_ATTRIBUTE_KEYS = SearchUtils.VALID_ORDER_BY_ATTRIBUTE_KEYS | numbers
        NUMERIC_ATTRIBUTES = SearchUtils.NUMERIC_ATTRIBUTES | numbers

    class Experiments(SearchExperimentsUtils):
        VALID_SEARCH_ATTRIBUTE_KEYS = SearchExperimentsUtils.VALID_SEARCH_ATTRIBUTE_KEYS | {
            "experiment_id",
            "run_id",
        }

    return _Library(Runs, Experiments)
