"""How the services write a refusal. Which refusals there are is no business of this module."""

from __future__ import annotations

import uuid
from typing import Any

from harness.workspace.rules import times
from harness.workspace.rules.identity import Identity
from harness.workspace.wire.calls import ServiceError


def error_envelope(error: ServiceError, identity: Identity) -> dict[str, Any]:
    """A refusal as the services of run history write it (recorded from the real ones)."""
    return {
        "error": root_error(error),
        "correlation": {"operation": uuid.uuid4().hex, "request": uuid.uuid4().hex[:16]},
        "environment": identity.location,
        "location": identity.location,
        "time": times.show_time(times.now()),
        "componentName": "embedded-workspace",
        "statusCode": error.status,
    }


def root_error(error: ServiceError) -> dict[str, Any]:
    """The inner part of the envelope, which also stands alone where one part of a request is refused."""
    return {
        "code": error.kind,
        "severity": None,
        "message": error.message,
        "messageFormat": None,
        "messageParameters": {},
        "referenceCode": None,
        "detailsUri": None,
        "target": None,
        "details": [],
        "innerError": None if error.kind == error.code else {"code": error.code, "innerError": None},
        "debugInfo": None,
        "additionalInfo": None,
    }


_MLFLOW_CODES = {
    "NotFoundError": "RESOURCE_DOES_NOT_EXIST",
    "AlreadyExists": "RESOURCE_ALREADY_EXISTS",
    "Forbidden": "PERMISSION_DENIED",
}


def mlflow_envelope(error: ServiceError, identity: Identity) -> dict[str, Any]:
    """A refusal as the MLflow surface writes it: capital letters, and the error code that MLflow's client reads."""
    return {
        "Error": {
            "Code": error.kind,
            "Severity": None,
            "Message": error.message,
            "MessageFormat": None,
            "MessageParameters": None,
            "ReferenceCode": None,
            "DetailsUri": None,
            "Target": None,
            "Details": [],
            "InnerError": None if error.kind == error.code else {"Code": error.code, "InnerError": None},
            "DebugInfo": None,
            "AdditionalInfo": None,
        },
        "Correlation": {"operation": uuid.uuid4().hex, "request": uuid.uuid4().hex[:16]},
        "Environment": identity.location,
        "Location": identity.location,
        "Time": times.show_time(times.now()),
        "ComponentName": "mlflow",
        "statusCode": error.status,
        "error_code": _MLFLOW_CODES.get(error.code, "INVALID_PARAMETER_VALUE"),
    }
