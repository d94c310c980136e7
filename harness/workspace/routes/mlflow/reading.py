"""What the endpoints read in the same way: numbers as protocol buffers write them in JSON, tags, runs, places.

No endpoint is here.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from harness.workspace.rules import experiments, mlflow_runs, runs, times
from harness.workspace.wire.calls import Call, Handler, ServiceError

Endpoints = tuple[tuple[str, str, Handler], ...]
"""Method, path and handler of each."""

DEFAULT_ID = "0"
DEFAULT_NAME = "Default"
LARGEST_SEARCH = 50_000

_WHOLE = re.compile(r"-?[0-9]{1,20}", re.ASCII)
_WORDS = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}
_VIEWS = {"ACTIVE_ONLY": 1, "DELETED_ONLY": 2, "ALL": 3}


def whole(call: Call, value: Any, what: str, default: int | None = None) -> int:
    """A whole number of 64 bits, which may be written as text, or as a floating-point number without a rest."""
    if value is None and default is not None:
        return default
    written = isinstance(value, str) and _WHOLE.fullmatch(value)
    if written or (isinstance(value, float) and value.is_integer()):
        value = int(value)
    return call.a_long(value, what)


def number(call: Call, value: Any, what: str) -> float:
    """A floating-point number; NaN and infinities are written as text, and others may be."""
    try:
        if isinstance(value, str):
            return (
                float(_WORDS.get(value, value)) if len(value) < 400 else call.refuse(f"{what} is too long.")
            )
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    except (ValueError, OverflowError):
        pass
    return call.refuse(f"{what} must be a number of 64 bits.")


def moment(call: Call, value: Any, what: str, default: int | None = None) -> int:
    """A time in milliseconds, within the times that the run history knows."""
    milliseconds = whole(call, value, what, default)
    if not 0 <= milliseconds <= mlflow_runs.LAST_MS:
        call.refuse(f"{what} must be a time in milliseconds since 1970.")
    return milliseconds


def key_of(call: Call, value: Any, what: str) -> str:
    """A name, which must not be empty."""
    return call.a_text(value, what) or call.refuse(f"{what} must not be empty.")


def pairs(call: Call, value: Any, what: str) -> dict[str, str]:
    """A list of keys and values, such as tags; the last one of a key counts. A missing value is an empty one."""
    found = {}
    for one in [] if value is None else call.a_list(value, what):
        pair = call.an_object(one, what)
        sent = pair.get("value")
        found[key_of(call, pair.get("key"), "key")] = "" if sent is None else call.a_text(sent, "value")
    return found


def page_size(call: Call, value: Any, default: int, largest: int) -> int:
    """How many items are asked for."""
    size = whole(call, value, "max_results", default)
    if not 1 <= size <= largest:
        call.refuse(f"max_results must be from 1 to {largest}.")
    return size


def is_in_view(call: Call, view: Any, deleted: bool) -> bool:
    """Whether what is deleted, or not, is asked for: by the name or the number of a view."""
    chosen = (
        1
        if view is None
        else _VIEWS.get(view, 0)
        if isinstance(view, str)
        else whole(call, view, "view type")
    )
    if chosen not in (1, 2, 3):
        call.refuse(f"The view type must be one of {', '.join(_VIEWS)}.")
    return chosen == 3 or deleted is (chosen == 2)


def run_id_of(call: Call, sent: Mapping[str, Any]) -> str:
    """The id of the run in a request, under either of its names."""
    return call.a_storable(sent.get("run_id") or sent.get("run_uuid"), "run_id")


def find_run(connection: sqlite3.Connection, call: Call, sent: Mapping[str, Any]) -> runs.Run:
    """The run that a request names. Refuses if there is none."""
    run_id = run_id_of(call, sent)
    run = runs.find(connection, run_id)
    if run is None:
        call.executed("mlflow-run-not-found")
        raise ServiceError(404, "NotFoundError", f"Run runId={run_id} was not found")
    return run


def find_experiment(connection: sqlite3.Connection, call: Call, value: Any) -> experiments.Experiment:
    """The experiment with this id. The id 0 stands for the default one, which is always there."""
    identifier = DEFAULT_ID if value is None or value == "" else call.a_storable(value, "experiment_id")
    if identifier == DEFAULT_ID:
        call.executed("mlflow-default-experiment")
        return experiments.create_or_get(connection, DEFAULT_NAME, times.now(), call.executed)
    found = experiments.find(connection, identifier)
    if found is None:
        call.executed("mlflow-experiment-not-found")
        raise ServiceError(404, "NotFoundError", f"Experiment {identifier} was not found")
    return found
