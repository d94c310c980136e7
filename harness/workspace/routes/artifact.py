"""The artifact service in the layout of SDK v1, where the path of an artifact is the end of the URL's.

What the layout of `azureml-mlflow` shares with it is here, too.
"""

from __future__ import annotations

from typing import Any

from harness.workspace.rules import artifacts, paging, times
from harness.workspace.rules.artifacts import Artifact, ArtifactRefused
from harness.workspace.wire.calls import Answer, Call, Route, ServiceError
from harness.workspace.wire.envelopes import root_error


def create_batch(call: Call) -> Answer:
    """Enters artifacts by their paths, and says where their contents are to be uploaded."""
    paths = sent_paths(call)
    return created(call, call.args["origin"], call.args["container"], paths)


def get_content(call: Call) -> Answer:
    """Where the content of an artifact can be read."""
    with call.store.read() as connection:
        artifact = artifacts.find(connection, call.args["origin"], call.args["container"], call.args["path"])
    return Answer(shown_content(call, found(call, artifact, call.args["path"])))


def list_contents(call: Call) -> Answer:
    """Where the contents of the artifacts below a prefix can be read."""
    page, token = listed(call, call.args["origin"], call.args["container"], call.args["prefix"])
    return Answer({"value": [shown_content(call, artifact) for artifact in page], "continuationToken": token})


def list_all(call: Call) -> Answer:
    """The artifacts of a container."""
    page, token = listed(call, call.args["origin"], call.args["container"], "")
    return Answer({"value": [shown(artifact) for artifact in page], "continuationToken": token})


def sent_paths(call: Call) -> list[tuple[str, dict[str, str]]]:
    """The paths that a request wants created, each with its tags."""
    sent = [call.an_object(each, "A path") for each in call.a_list(call.json().get("paths"), "paths")]
    return [(call.a_text(each.get("path"), "path"), _tags(call, each.get("tags"))) for each in sent]


def created(
    call: Call,
    origin: str,
    container: str,
    paths: list[tuple[str, dict[str, str]]],
    *,
    of_cloud: bool = False,
) -> Answer:
    """Enters artifacts. Those that are refused are named in the answer; the others are entered."""
    entered: dict[str, Any] = {}
    contents: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    with call.store.write() as connection:
        for path, tags in paths:
            try:
                artifact = artifacts.create(connection, origin, container, path, tags, call.executed)
            except ArtifactRefused as refusal:
                call.executed("artifact-errors-by-path")
                errors[path] = {"error": root_error(ServiceError(400, refusal.code, str(refusal)))}
            else:
                entered[path] = shown(artifact)
                contents[path] = shown_content(call, artifact, of_cloud=of_cloud)
    return Answer({"artifacts": entered, "artifactContentInformation": contents, "errors": errors})


def found(call: Call, artifact: Artifact | None, path: str) -> Artifact:
    """The artifact that was looked for by its path; refuses if there is none."""
    if artifact is None:
        call.executed("artifact-not-found")
        raise ServiceError(404, "NotFoundError", f"Artifact {path} was not found")
    return artifact


def listed(call: Call, origin: str, container: str, prefix: str) -> tuple[list[Artifact], str | None]:
    """The page of artifacts that the request asks for, and the token for the next one."""
    token = paging.read_token(call, call.query.get("continuationToken"), [str])
    # The client sends one slash behind a folder too many, or two.
    folder = prefix.rstrip("/")
    if folder:
        call.executed("artifact-prefix-is-a-folder")
    after = None if token is None else token[0]
    with call.store.read() as connection:
        page = artifacts.listed(connection, origin, container, folder, after, artifacts.PAGE + 1)
    call.executed("artifact-list-by-path")
    if len(page) <= artifacts.PAGE:
        return page, None
    call.executed("artifact-list-in-pages")
    page = page[: artifacts.PAGE]
    return page, paging.write_token([page[-1].path])


def shown(artifact: Artifact) -> dict[str, Any]:
    """An artifact as the service shows it."""
    return {
        "artifactId": artifact.artifact_id,
        "origin": artifact.origin,
        "container": artifact.container,
        "path": artifact.path,
        "etag": artifact.blob,
        "createdTime": times.show_time(artifact.created),
        "dataPath": None,
        "tags": artifact.tags,
    }


def shown_content(call: Call, artifact: Artifact, *, of_cloud: bool = False) -> dict[str, Any]:
    """Where the content of an artifact is. `of_cloud` gives the host that `azureml-mlflow` insists on."""
    call.executed("artifact-content-in-storage")
    return {
        "contentUri": artifacts.content_uri(call.identity, artifact, of_cloud=of_cloud),
        "origin": artifact.origin,
        "container": artifact.container,
        "path": artifact.path,
        "tags": artifact.tags,
    }


def _tags(call: Call, value: Any) -> dict[str, str]:
    tags = call.an_object_or_none(value, "tags")
    return {name: call.a_text(text, f"tags.{name}") for name, text in tags.items()}


ROUTES = (
    Route("POST", "/artifact/v2.0/artifacts/batch/metadata/<origin>/<container>", create_batch),
    Route("GET", "/artifact/v2.0/artifacts/contentinfo/<origin>/<container>/<rest:path>", get_content),
    Route(
        "GET", "/artifact/v2.0/artifacts/prefix/contentinfo/<origin>/<container>/<rest:prefix>", list_contents
    ),
    Route("GET", "/artifact/v2.0/artifacts/<origin>/<container>", list_all),
)
