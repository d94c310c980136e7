"""Metrics that are logged from several threads, by the client's own pool or by the user's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from harness.workspace import EmbeddedWorkspace


def log_200(experiment: Any, batch: bool) -> Any:
    run = experiment.start_logging(_batch_upload_metrics=batch, snapshot_directory=None)
    for number in range(200):
        run.log("m", number)
    run.flush()
    return run.get_metrics()["m"]


@pytest.mark.parametrize("batch", [True, False])
def test_200_values_through_the_client_s_own_threads_come_back_in_order(
    workspace: EmbeddedWorkspace, experiment: Any, batch: bool
) -> None:
    from azureml._async import WorkerPool

    with WorkerPool(max_workers=8) as pool:
        workspace.sdk.service_context.worker_pool = pool
        assert log_200(experiment, batch) == list(range(200))
        workspace.release_runs()


@pytest.mark.once
@pytest.mark.parametrize("batch", [True, False])
def test_200_values_come_back_in_order_20_times_of_20(
    workspace: EmbeddedWorkspace, experiment: Any, batch: bool
) -> None:
    from azureml._async import WorkerPool

    with WorkerPool(max_workers=8) as pool:
        workspace.sdk.service_context.worker_pool = pool
        in_order = 0
        for _ in range(20):
            in_order += log_200(experiment, batch) == list(range(200))
            workspace.release_runs()
    assert in_order == 20


def test_eight_threads_log_at_once(experiment: Any, run: Any) -> None:
    def log(thread: int) -> None:
        own = experiment.start_logging(outputs=False, snapshot_directory=None)
        own.log("m", thread)
        own.complete()
        for number in range(30):
            run.log(f"m{thread}", number)

    # The client makes a run's queue with the first value, without a lock: of two that are made at once, it flushes one.
    run.log("first", 1)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(log, range(8)))
    run.flush()
    assert run.get_metrics() == {"first": 1} | {f"m{thread}": list(range(30)) for thread in range(8)}
