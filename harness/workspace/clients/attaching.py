"""The environment by which unmodified code finds its run, as a job on Azure compute has it.

SDK v1 reads it in `Run.get_context()`, MLflow and its plugin whenever they look for a tracking server or a run. Here
is what the variables are, and how they are set in this process. How a child process reaches the workspace is the
business of `harness.workspace.serving`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from harness.workspace.clients.tokens import token
from harness.workspace.rules.identity import Identity
from harness.workspace.rules.storage import Store

Changes = Mapping[str, "str | None"]
"""Variables with the values that they get; None for one that must not be there."""

_IN_THE_WAY = (
    # Another way to sign in than with the token of the run, and other places for its services.
    "AZUREML_IDENTITY_IN_USE",
    "AZUREML_RUN_TOKEN_EXPIRY",
    "AZUREML_RUN_TOKEN_PASS",
    "AZUREML_RUN_TOKEN_RAND",
    "AZUREML_EXPERIMENTATION_HOST",
    "AZUREML_MMS_TEST_ENDPOINT",
    # Other credentials win over the token, and other certificates over those of the environment.
    "MLFLOW_TRACKING_AUTH",
    "MLFLOW_TRACKING_CLIENT_CERT_PATH",
    "MLFLOW_TRACKING_INSECURE_TLS",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_SERVER_CERT_PATH",
    "MLFLOW_TRACKING_USERNAME",
)
_OVERRIDES = "AZUREML_DEV_URL_"


@dataclass(frozen=True)
class Attachment:
    """A run that code attaches to."""

    run_id: str
    experiment_id: str
    experiment_name: str


def find_attachment(store: Store, run_id: str) -> Attachment:
    """The run with this id. Raises `LookupError` if the workspace has none."""
    with store.read() as connection:
        row = connection.execute(
            "SELECT run_id, experiment_id, name FROM runs JOIN experiments USING (experiment_id) WHERE run_id = ?",
            (run_id,),
        ).fetchone()
    if row is None:
        raise LookupError(f"the workspace has no run {run_id!r}")
    return Attachment(*row)


def variables_of(identity: Identity, attachment: Attachment) -> Changes:
    """What a job's environment says about its run, for both clients.

    The names are those that the clients read (azureml-core: `Run.get_context`; azureml-mlflow: the loader of its
    service context; MLflow: its documented variables). `AZUREML_RUN_ID` also keeps the plugin from ending the run
    together with the script: whoever has started the script does that.
    """
    api = f"https://{identity.api_host}"
    found = {name for name in os.environ if name.startswith(_OVERRIDES)}
    return {
        **dict.fromkeys((*_IN_THE_WAY, *sorted(found))),
        "AZUREML_ARM_SUBSCRIPTION": identity.subscription_id,
        "AZUREML_ARM_RESOURCEGROUP": identity.resource_group,
        "AZUREML_ARM_WORKSPACE_NAME": identity.workspace_name,
        "AZUREML_ARM_PROJECT_NAME": attachment.experiment_name,
        "AZUREML_EXPERIMENT_ID": attachment.experiment_id,
        "AZUREML_WORKSPACE_ID": identity.workspace_id,
        "AZUREML_RUN_ID": attachment.run_id,
        "AZUREML_RUN_TOKEN": token(),
        "AZUREML_SERVICE_ENDPOINT": api,
        "AZUREML_DISCOVERY_SERVICE_ENDPOINT": f"{api}/discovery",
        "MLFLOW_TRACKING_URI": f"azureml://{identity.api_host}/mlflow/v2.0{identity.scope}",
        "MLFLOW_TRACKING_TOKEN": token(),
        "MLFLOW_EXPERIMENT_ID": attachment.experiment_id,
        "MLFLOW_EXPERIMENT_NAME": attachment.experiment_name,
        "MLFLOW_RUN_ID": attachment.run_id,
    }


@contextmanager
def changed_environment(changes: Changes) -> Iterator[None]:
    """Makes the changes, and takes back those that nobody has changed again.

    A variable that is gone at the end was used up (MLflow deletes `MLFLOW_RUN_ID` when it resumes the run): what was
    there before comes back.
    """
    before = {name: os.environ.get(name) for name in changes}
    for name, value in changes.items():
        _set(name, value)
    try:
        yield
    finally:
        for name, value in changes.items():
            if os.environ.get(name) in (None, value):
                _set(name, before[name])


def end_mlflow_run(run_id: str) -> None:
    """Takes the run off the stack of MLflow's fluent functions, if this thread has it there.

    While `AZUREML_RUN_ID` names the run, its status stays as it is.
    """
    mlflow = sys.modules.get("mlflow")
    active = None if mlflow is None else mlflow.active_run()
    if mlflow is not None and active is not None and active.info.run_id == run_id:
        mlflow.end_run()


def _set(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
