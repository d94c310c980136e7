"""The artifacts of a run in the layout of `azureml-mlflow`, where the path is a parameter of the query.

They are those of the artifact service. What the URLs of their contents have for a host is all that differs.
"""

from __future__ import annotations

import sqlite3
from urllib.parse import quote, urlencode

from harness.workspace.routes import artifact
from harness.workspace.routes.run import found_by_id
from harness.workspace.rules import artifacts
from harness.workspace.wire.calls import Answer, Call, Route, ServiceError

_DEFAULT_EXPERIMENT = "0"


def create_batch(call: Call) -> Answer:
    """Enters artifacts of the run by their paths, and says where their contents are to be uploaded."""
    paths = artifact.sent_paths(call)
    return artifact.created(call, artifacts.ORIGIN, _container(call), paths, of_cloud=True)


def get_content(call: Call) -> Answer:
    """Where the content of an artifact can be read."""
    container, path = _container(call), _path(call)
    with call.store.read() as connection:
        found = artifacts.find(connection, artifacts.ORIGIN, container, path)
    return Answer(artifact.shown_content(call, artifact.found(call, found, path), of_cloud=True))


def list_contents(call: Call) -> Answer:
    """Where the contents of the artifacts below a prefix can be read."""
    page, token = artifact.listed(call, artifacts.ORIGIN, _container(call), _path(call))
    shown = [artifact.shown_content(call, one, of_cloud=True) for one in page]
    return Answer(
        {"value": shown, "continuationToken": token, "nextLink": _next(call, "/prefix/contentinfo", token)}
    )


def list_all(call: Call) -> Answer:
    """The artifacts of the run."""
    page, token = artifact.listed(call, artifacts.ORIGIN, _container(call), "")
    shown = [artifact.shown(one) for one in page]
    return Answer({"value": shown, "continuationToken": token, "nextLink": _next(call, "", token)})


def _path(call: Call) -> str:
    return call.query.get("path", "")


def _container(call: Call) -> str:
    """The container of the run in the path, which also has its experiment, by name or by id."""
    with call.store.read() as connection:
        run = found_by_id(connection, call)
        sent = call.args.get("experiment", call.args.get("experiment_id"))
        if sent == _DEFAULT_EXPERIMENT:
            call.executed("mlflow-default-experiment-of-artifacts")
        elif sent not in (run.experiment_id, _experiment_name(connection, run.experiment_id)):
            call.executed("run-not-found")
            raise ServiceError(404, "NotFoundError", f"Run runId={run.run_id} was not found")
    return run.data_container_id


def _experiment_name(connection: sqlite3.Connection, experiment_id: str) -> str:
    query = "SELECT name FROM experiments WHERE experiment_id = ?"
    (name,) = connection.execute(query, (experiment_id,)).fetchone()
    return str(name)


def _next(call: Call, rest: str, token: str | None) -> str | None:
    """The URL of the next page; this client follows it as it is."""
    if token is None:
        return None
    by = "experiments" if "experiment" in call.args else "experimentids"
    sent = call.args.get("experiment", call.args.get("experiment_id", ""))
    path = f"{by}/{quote(sent, safe='')}/runs/{quote(call.args['run'], safe='')}/artifacts{rest}"
    kept = {"path": call.query["path"]} if "path" in call.query else {}
    query = urlencode({**kept, "continuationToken": token})
    return f"https://{call.identity.api_host}/history/v1.0{call.identity.scope}/{path}?{query}"


ROUTES = tuple(
    Route(method, f"/history/v1.0/{by}/runs/<run>/artifacts{rest}", handler)
    for by in ("experiments/<experiment>", "experimentids/<experiment_id>")
    for method, rest, handler in (
        ("GET", "", list_all),
        ("GET", "/contentinfo", get_content),
        ("GET", "/prefix/contentinfo", list_contents),
        ("POST", "/batch/metadata", create_batch),
    )
)
