"""The worker pools of the client that contract tests run with."""

from __future__ import annotations

import os

import pytest

CONFIG = os.environ.get("HARNESS_WORKSPACE_CONFIG")
"""The file of a real workspace."""

POOLS = ["real"] if CONFIG else ["inline", pytest.param("threads", marks=pytest.mark.once)]

ONE_POOL = pytest.mark.parametrize("sdk", ["real"] if CONFIG else ["inline"], indirect=True)
"""For what the service refuses: the client sends it a second time, 3 s later, which only the inline pool passes over.

Nothing of it depends on the pool.
"""
