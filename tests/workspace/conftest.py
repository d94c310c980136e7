"""The real SDK client against an embedded workspace, in a scratch working directory, without sockets.

`harness/workspace/evidence/behaviours` names a test for each behaviour. `workspace` holds it to its word: where such a
test is over, the behaviours that name it must have been executed.
"""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from harness.workspace import EmbeddedWorkspace, load_evidence, open_workspace

HERE = Path(__file__).parent
UNSERVED = "harness.workspace.UnservedRequestWarning"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No exception of a thread and no request that could not be served may pass as a warning."""
    for item in items:
        if item.path.is_relative_to(HERE):
            for warning in ("pytest.PytestUnhandledThreadExceptionWarning", UNSERVED):
                item.add_marker(pytest.mark.filterwarnings(f"error::{warning}"))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Makes every use of a socket fail, and keeps what was tried: a client may swallow the failure."""
    tried: list[str] = []

    def refuse(*args: Any, **kwargs: Any) -> Any:
        tried.append(repr(args))
        raise AssertionError(f"the network was used: {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, of which `start_logging` takes its snapshot."""
    folder = tmp_path / "cwd"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
def workspace(
    folder: Path, no_network: list[str], request: pytest.FixtureRequest
) -> Iterator[EmbeddedWorkspace]:
    with open_workspace(folder) as opened, opened.recording() as executed:
        yield opened
    assert no_network == []
    name = f"{request.path.relative_to(HERE).as_posix()}::{request.node.originalname}"
    promised = {behaviour.id for behaviour in load_evidence().values() if behaviour.test == name}
    assert promised <= executed, "the files of behaviours say that this test shows them all"


@pytest.fixture
def sdk(workspace: EmbeddedWorkspace) -> Any:
    """The `azureml.core.Workspace`."""
    return workspace.sdk


@pytest.fixture
def send(workspace: EmbeddedWorkspace) -> Callable[..., requests.Response]:
    """Sends a request to a service of the workspace as no client would."""
    context = workspace.sdk.service_context

    def send(method: str, service: str, rest: str, **kwargs: Any) -> requests.Response:
        url = f"{context._get_run_history_url()}/{service}{context._get_workspace_scope()}/{rest}"
        return requests.request(method, url, timeout=5, **kwargs)

    return send


@pytest.fixture
def experiment(sdk: Any) -> Any:
    from azureml.core import Experiment

    return Experiment(sdk, "contract")


@pytest.fixture
def run(experiment: Any) -> Any:
    return experiment.start_logging()


@pytest.fixture
def mlflow_sdk(workspace: EmbeddedWorkspace) -> Any:
    """The workspace for MLflow alone, which does not depend on the SDK's pool of threads."""
    return workspace.sdk


@pytest.fixture
def mlflow_client(mlflow_sdk: Any) -> Iterator[Any]:
    """An `MlflowClient` of the plugin. MLflow's functions log there, too: the plugin needs it for artifacts."""
    import mlflow

    before = mlflow.get_tracking_uri() if mlflow.is_tracking_uri_set() else None
    mlflow.set_tracking_uri(mlflow_sdk.get_mlflow_tracking_uri())
    yield mlflow.MlflowClient()
    mlflow.set_tracking_uri(before)


@pytest.fixture
def mlflow_experiment(mlflow_client: Any) -> str:
    """The id of an experiment that MLflow made."""
    return str(mlflow_client.create_experiment(f"harness-contract-{uuid.uuid4().hex[:12]}"))


@pytest.fixture
def mlflow_run(mlflow_client: Any, mlflow_experiment: str) -> str:
    """The id of a run that MLflow made."""
    return str(mlflow_client.create_run(mlflow_experiment).info.run_id)
