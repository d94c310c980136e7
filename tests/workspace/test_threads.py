"""Metrics that are logged from several threads, by the client's own pool or by the user's."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from lengths import size

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
def test_200_values_come_back_in_order_each_time(
    workspace: EmbeddedWorkspace, experiment: Any, batch: bool
) -> None:
    from azureml._async import WorkerPool

    with WorkerPool(max_workers=8) as pool:
        workspace.sdk.service_context.worker_pool = pool
        in_order = []
        for _ in range(size(3, 20)):
            in_order.append(log_200(experiment, batch) == list(range(200)))
            workspace.release_runs()
    assert all(in_order)


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


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_that_forks_while_others_write_has_a_child_that_can_write(
    workspace: EmbeddedWorkspace, experiment: Any
) -> None:
    from azureml.core import Run

    busy, other = (experiment.start_logging(snapshot_directory=None) for _ in range(2))
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            busy.log("a", 1)
            busy.flush()

    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            pool.submit(write)
        try:
            children = [forked(partial(write_once, Run.get(workspace.sdk, other.id))) for _ in range(5)]
        finally:
            over.set()
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 5
    assert (other.get_tags(), other.get_metrics()) == ({"child": "wrote"}, {"m": [1] * 5})


def write_once(run: Any) -> None:
    run.tag("child", "wrote")
    run.log("m", 1)
    run.flush()


def forked(work: Callable[[], None]) -> int:
    """The id of a child that does the work, and is killed if that takes long."""
    time.sleep(0.01)
    child = os.fork()
    if not child:
        signal.alarm(20)
        try:
            work()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return child
