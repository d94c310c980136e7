"""The environment variables that hold while at least one workspace is open. Only their setting and restoring.

They are of the process, so whoever counts the open workspaces (the registry of the transport) calls these
once each.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

WHILE_OPEN: Mapping[str, str] = {
    # Otherwise azureml-core and azureml-mlflow fetch the list of Azure clouds from management.azure.com.
    "AZUREML_CURRENT_CLOUD": "AzureCloud",
    # Otherwise each flush ends with a request that asks whether the metrics have arrived. Here they always
    # have.
    "AZUREML_FLUSH_INGEST_WAIT": "",
    # Otherwise MLflow reports its use to a host on the internet, from a background thread.
    "MLFLOW_DISABLE_TELEMETRY": "true",
}


def set_environment() -> Mapping[str, str | None]:
    """Sets the variables; gives back what they were before."""
    before = {name: os.environ.get(name) for name in WHILE_OPEN}
    os.environ.update(WHILE_OPEN)
    return before


def restore_environment(before: Mapping[str, str | None]) -> None:
    """Puts back what was there before, except for a variable that somebody else has changed meanwhile."""
    for name, value in before.items():
        if os.environ.get(name) != WHILE_OPEN[name]:
            continue
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
