"""The loggers of the SDK's runs, some twenty for each, which `logging` keeps for the life of the process."""

from __future__ import annotations

import logging


def forget_loggers(run_id: str) -> None:
    """Takes the loggers of a run out of the list of all; whoever holds one can go on with it.

    Their names have the run's id in them, so no later run has any use for them. After some thousand runs, whatever
    walks over all loggers would take its time, as pytest does six times for each test.
    """
    known = logging.Logger.manager.loggerDict
    part = f".Run#{run_id}"
    # A list, since other threads may make loggers meanwhile.
    for name in [name for name in list(known) if part in name]:
        known.pop(name, None)
