"""The worker pools of the client that contract tests run with."""

from __future__ import annotations

import os

import pytest

_given = os.environ.get("HARNESS_WORKSPACE_CONFIG")
CONFIG = os.path.abspath(_given) if _given else None
"""The file of a real workspace, found from here: each test has a working directory of its own."""

POOLS = ["real"] if CONFIG else ["inline", pytest.param("threads", marks=pytest.mark.once)]

ONE_POOL = pytest.mark.parametrize("sdk", ["real"] if CONFIG else ["inline"], indirect=True)
"""For what the service refuses: the client sends it a second time, 3 s later, which only the inline pool passes over.

Nothing of it depends on the pool.
"""
