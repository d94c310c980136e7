"""The loggers of the SDK's runs, some twenty for each, which `logging` keeps for the life of the process."""

from __future__ import annotations

import logging
import re


def forget_loggers(run_id: str) -> None:
    """Takes the loggers of a run out of the list of all; whoever holds one can go on with it.

    Their names have the run's id in them, so no later run has any use for them. After some thousand runs, whatever
    walks over all loggers would take its time, as pytest does six times for each test.
    """
    known = logging.Logger.manager.loggerDict
    # The id of a child begins as that of its parent and goes on.
    own = re.compile(rf"Run#{re.escape(run_id)}(?![\w-])")
    # A list, since other threads may make loggers meanwhile.
    for name in [name for name in list(known) if own.search(name)]:
        known.pop(name, None)
