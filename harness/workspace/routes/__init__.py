"""The routes of the services, one module a service.

Handlers read, call the rules, and write; they keep no state.
"""

from __future__ import annotations

from dataclasses import replace

from harness.workspace.routes import (
    artifact,
    blob,
    content,
    discovery,
    event,
    experiment,
    metric,
    mlflow,
    query,
    run,
    run_artifact,
)
from harness.workspace.rules.identity import Identity
from harness.workspace.wire.calls import WORKSPACE, Route


def routes_of(identity: Identity) -> list[tuple[str, Route]]:
    """All routes of a workspace, each with the host that serves it."""
    api = [
        *experiment.ROUTES,
        *run.ROUTES,
        *event.ROUTES,
        *query.ROUTES,
        *metric.ROUTES,
        *artifact.ROUTES,
        *run_artifact.ROUTES,
        *content.ROUTES,
        *mlflow.ROUTES,
    ]
    return [
        *((identity.api_host, replace(route, path=_in_scope(route.path))) for route in api),
        (identity.api_host, discovery.ROUTE),
        *((host, route) for host in (identity.blob_host, identity.cloud_blob_host) for route in blob.ROUTES),
    ]


def _in_scope(path: str) -> str:
    """`/service/version/rest` with the workspace between version and rest."""
    _, service, version, rest = path.split("/", 3)
    return f"/{service}/{version}{WORKSPACE}/{rest}"
