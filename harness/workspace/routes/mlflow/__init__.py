"""The MLflow surface of the workspace's runs, for `azureml-mlflow`: one module a subject.

The model registry is not served.
"""

from __future__ import annotations

from functools import partial

from harness.workspace.routes.mlflow import experiments, logged_models, logging, metrics, runs, search, traces
from harness.workspace.wire.calls import Answer, Call, Handler, Route, ServiceError
from harness.workspace.wire.envelopes import mlflow_envelope


def _answer(handler: Handler, call: Call) -> Answer:
    try:
        return handler(call)
    except ServiceError as error:
        call.executed("mlflow-error-envelope")
        return Answer(mlflow_envelope(error, call.identity), status=error.status)


_ENDPOINTS = (
    *(
        (method, f"api/2.0/{path}", handler)
        for subject in (experiments, runs, metrics, logging, search, logged_models)
        for method, path, handler in subject.ENDPOINTS
    ),
    *traces.ROUTES,
)
ROUTES = tuple(
    Route(method, f"/mlflow/v2.0/{path}", partial(_answer, handler)) for method, path, handler in _ENDPOINTS
)
"""All endpoints; what they refuse is written as MLflow's client reads it."""
