"""The embedded workspace: a stand-in for the Azure ML services, in one folder and one process.

`open_workspace(folder)` gives a real `azureml.core.Workspace` whose requests are answered here instead of on
a network. Nothing in this package knows of mappings, verdicts or MLflow stores; it may be used alone.

Importing this package is cheap and changes nothing: `azureml` is imported, and `requests` is patched, when
the first workspace is opened.
"""

from harness.workspace.errors import (
    HandlerFailed,
    UnservedRequest,
    UnservedRequestWarning,
    WorkspaceClosed,
    WorkspaceFault,
    WorkspaceInUse,
)
from harness.workspace.evidence import Behaviour, load_evidence
from harness.workspace.opening import EmbeddedWorkspace, open_workspace

__all__ = [
    "Behaviour",
    "EmbeddedWorkspace",
    "HandlerFailed",
    "UnservedRequest",
    "UnservedRequestWarning",
    "WorkspaceClosed",
    "WorkspaceFault",
    "WorkspaceInUse",
    "load_evidence",
    "open_workspace",
]
