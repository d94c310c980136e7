"""The SDK's loggers, of which each run has some twenty under its id."""

from __future__ import annotations

import logging
from typing import Any

from harness.workspace import EmbeddedWorkspace


def loggers_of(run_id: str) -> list[str]:
    return [name for name in list(logging.root.manager.loggerDict) if run_id in name]


def test_the_loggers_of_a_run_that_was_released_are_forgotten(
    workspace: EmbeddedWorkspace, experiment: Any
) -> None:
    run = experiment.start_logging(snapshot_directory=None)
    run.log("loss", 1)
    run.complete()
    assert loggers_of(run.id)
    workspace.release_runs()
    assert loggers_of(run.id) == []
