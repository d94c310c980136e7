"""The contract of the services, as their real clients see it.

What stands in this folder uses nothing but the clients, so it can be held against a real workspace of Azure ML, too:
`HARNESS_WORKSPACE_CONFIG=config.json pytest tests/workspace/contract`. A test that fails there shows that a behaviour
is not as `harness/workspace/evidence/behaviours` says; one that passes may turn `assumed` into `recorded`. Nothing is
deleted there: each test works in an experiment of its own, whose name begins with `harness-contract`.

With the embedded workspace each test runs twice: with its worker pool that does everything at once, and with the
client's own pool of threads.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from pools import CONFIG, POOLS

if CONFIG:

    @pytest.fixture(autouse=True)
    def no_network() -> list[str]:
        """A real workspace is on the network."""
        return []

    @pytest.fixture
    def mlflow_sdk() -> Any:
        """The real workspace."""
        from azureml.core import Workspace

        return Workspace.from_config(CONFIG)


@pytest.fixture(params=POOLS)
def sdk(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The `azureml.core.Workspace`: embedded, or the real one."""
    if request.param == "real":
        from azureml.core import Workspace

        yield Workspace.from_config(CONFIG)
        return
    workspace = request.getfixturevalue("workspace")
    if request.param == "inline":
        yield workspace.sdk
        return
    from azureml._async import WorkerPool

    with WorkerPool(max_workers=8) as pool:
        workspace.sdk.service_context.worker_pool = pool
        yield workspace.sdk
        workspace.release_runs()


@pytest.fixture
def experiment(sdk: Any) -> Any:
    from azureml.core import Experiment

    return Experiment(sdk, f"harness-contract-{uuid.uuid4().hex[:12]}" if CONFIG else "contract")
