"""A store that is gone says nothing of a mapping, whatever is being checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from harness.spec import LoadedEntry
from harness.stores import StoreLost
from harness.testbed import TestBed

ENTRY = """\
harness: 1
id: honest
title: A number
sources: [an entry for tests]
inputs: {value: "st.integers(0, 9)"}
usual: "True"
examples: [{value: 1}, {value: 2}]
v1: {log: 'run.log("m", value)', read: 'run.get_metrics()["m"]'}
mlflow: {plain: {log: 'raise ValueError', read: 'None'}}
compare: numbers
claims:
  - {id: holds, says: It holds., cites: null, check: "True"}
  - {id: raises, says: It raises., cites: null, check: "1 / 0"}
"""


@pytest.mark.parametrize("check", ["claim.holds", "claim.raises", "example.", "property"])
def test_no_check_has_a_result(
    bed: TestBed, entry_from: Callable[..., LoadedEntry], verify: Callable[..., Any], check: str
) -> None:
    gone = replace(bed.stores["sqlite"], trouble=lambda: "it is gone")
    with pytest.raises(StoreLost, match="it is gone"):
        verify(
            replace(bed, stores={"sqlite": gone}), entry_from(ENTRY), only=lambda name: name.startswith(check)
        )
