"""Traces, which the service does not take, and the question for its version, which MLflow 3 asks before it sends one.

MLflow sends traces from a thread of its own and goes on when they are refused. That thread does not survive a
request that is not served: MLflow then waits for it without end when the tracking URI changes or the process ends.
"""

from __future__ import annotations

from typing import NoReturn

from harness.workspace.wire.calls import Call, Handler, ServiceError


def refuse(call: Call) -> NoReturn:
    """Refused, whatever is sent."""
    call.executed("mlflow-traces-refused")
    raise ServiceError(403, "Forbidden", "Traces are not supported.")


def version(call: Call) -> NoReturn:
    """There is no version to tell."""
    call.executed("mlflow-version-unknown")
    raise ServiceError(404, "NotFoundError", "The service does not tell a version of MLflow.")


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "version", version),
    *(
        (method, f"api/{release}/mlflow/traces{rest}", refuse)
        for release in ("2.0", "3.0")
        for method in ("GET", "POST", "PATCH", "DELETE")
        for rest in ("", "/<path:rest>")
    ),
)
"""Method, path below the workspace, and handler of each."""
