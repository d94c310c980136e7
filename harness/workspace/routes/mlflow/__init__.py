"""The MLflow surface of the workspace's runs, for `azureml-mlflow`: one module a subject.

The model registry and traces are not served.
"""

from __future__ import annotations

from functools import partial

from harness.workspace.routes.mlflow import experiments, logged_models, logging, metrics, runs, search
from harness.workspace.wire.calls import Answer, Call, Handler, Route, ServiceError
from harness.workspace.wire.envelopes import mlflow_envelope


def _answer(handler: Handler, call: Call) -> Answer:
    try:
        return handler(call)
    except ServiceError as error:
        call.executed("mlflow-error-envelope")
        return Answer(mlflow_envelope(error, call.identity), status=error.status)


ROUTES = tuple(
    Route(method, f"/mlflow/v2.0/api/2.0/{path}", partial(_answer, handler))
    for subject in (experiments, runs, metrics, logging, search, logged_models)
    for method, path, handler in subject.ENDPOINTS
)
"""All endpoints; what they refuse is written as MLflow's client reads it."""
