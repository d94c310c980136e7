"""Runs whose status is set by whoever has launched them, not by their clients, as that of a job on Azure compute is."""

from __future__ import annotations

from harness.workspace.rules import runs, times
from harness.workspace.rules.storage import Store


def manage(store: Store, run_id: str) -> None:
    """From now on no client sets the status of the run. Raises `LookupError` if there is no such run."""
    with store.write() as connection:
        run = runs.find(connection, run_id)
        if run is None:
            raise LookupError(f"the workspace has no run {run_id!r}")
        run.document["managed"] = True
        runs.save(connection, run)


def move(store: Store, run_id: str, status: str, message: str | None = None) -> None:
    """Sets the status of a managed run, with the message of an error if it failed.

    Raises `LookupError` if there is no such run, and `RunRefused` if it has ended.
    """
    with store.write() as connection:
        run = runs.find(connection, run_id)
        if run is None:
            raise LookupError(f"the workspace has no run {run_id!r}")
        run.move(status)
        moment = times.show_time(times.now())
        if status == "Running":
            run.document["startTimeUtc"] = moment
        elif status in runs.TERMINAL:
            run.document["endTimeUtc"] = moment
        if message is not None:
            run.document["error"] = {"error": {"code": "UserError", "message": message}}
        runs.save(connection, run)
