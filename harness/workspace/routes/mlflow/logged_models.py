"""The logged models of MLflow 3, which the service does not know, and the note of a model that MLflow 2 makes."""

from __future__ import annotations

import json

from harness.workspace.routes.mlflow.reading import Endpoints, find_run
from harness.workspace.rules import runs
from harness.workspace.wire.calls import Answer, Call

_HISTORY = "mlflow.log-model.history"


def search(call: Call) -> Answer:
    """No logged model is ever found."""
    call.json()
    call.executed("mlflow-logged-models-search")
    return Answer({})


def unknown(call: Call) -> Answer:
    """What the real service says to an endpoint that it does not have."""
    call.executed("mlflow-logged-models-unknown")
    return Answer(status=404)


def log_model(call: Call) -> Answer:
    """Notes a model in a tag of the run."""
    body = call.json()
    sent = call.a_text(body.get("model_json"), "model_json")
    try:
        model = call.plain(json.loads(sent), "model_json")
    except (ValueError, RecursionError):
        call.refuse("model_json is not JSON.")
    with call.store.write() as connection:
        run = find_run(connection, call, body)
        try:
            history = json.loads(run.tags.get(_HISTORY) or "[]")
        except (ValueError, RecursionError):
            history = []
        run.tags[_HISTORY] = json.dumps([*(history if isinstance(history, list) else []), model])
        runs.save(connection, run)
    call.executed("mlflow-log-model-tag")
    return Answer({})


ENDPOINTS: Endpoints = (
    ("POST", "mlflow/logged-models/search", search),
    ("POST", "mlflow/runs/log-model", log_model),
    ("POST", "mlflow/runs/outputs", unknown),
    *(
        (method, f"mlflow/logged-models{rest}", unknown)
        for method in ("GET", "POST", "PATCH", "DELETE")
        for rest in ("", "/<path:rest>")
    ),
)
