"""Functions of snippets about the tags of a run, and about what the service takes of them from MLflow.

They are pure. Nothing here knows MLflow or Azure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.expressions import utf16_length

__all__ = ["refused_tags", "tags_of"]

_ROOM = 45
"""A run of the service has at most 50 tags, and MLflow sets five of its own, or more, see `run_tags`."""
_LONGEST_VALUE = 1000
_LONGEST_RUN_NAME = 256
_RUN_NAME = "mlflow.runName"
_RESERVED = "mlflow."


def tags_of(batches: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The tags that are there once all batches are set, the later ones over the earlier, without MLflow's own."""
    return {key: value for batch in batches for key, value in batch.items() if not key.startswith(_RESERVED)}


def refused_tags(batches: Sequence[Mapping[str, str]]) -> tuple[int, str]:
    """The first of several batches of tags that the service refuses, and why: `empty` for a name, or `size`.

    It takes a batch whole or not at all. It has limits for how many tags a run has, for how long a value is and for how
    long the run's name, which is a tag too. Where it refuses none it is the number of batches, and no reason.
    """
    keys: set[str] = set()
    for index, batch in enumerate(batches):
        if "" in batch:
            return index, "empty"
        keys |= batch.keys() - {_RUN_NAME}
        longest = max(map(utf16_length, batch.values()), default=0)
        if (
            len(keys) > _ROOM
            or longest > _LONGEST_VALUE
            or utf16_length(batch.get(_RUN_NAME, "")) > _LONGEST_RUN_NAME
        ):
            return index, "size"
    return len(batches), ""
