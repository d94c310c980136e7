"""How the services write a refusal. Which refusals there are is no business of this module."""

from __future__ import annotations

import uuid
from typing import Any

from harness.workspace import times
from harness.workspace.calls import ServiceError
from harness.workspace.identity import Identity


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
        "code": "UserError",
        "severity": None,
        "message": error.message,
        "messageFormat": None,
        "messageParameters": {},
        "referenceCode": None,
        "detailsUri": None,
        "target": None,
        "details": [],
        "innerError": {"code": error.code, "innerError": None},
        "debugInfo": None,
        "additionalInfo": None,
    }
