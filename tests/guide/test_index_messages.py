from __future__ import annotations

import pytest
from golden_index_messages import CASES, GOLDEN, golden

MESSAGES = golden()


@pytest.mark.parametrize("name", MESSAGES)
def test_what_is_read(name: str) -> None:
    kept = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert f"{MESSAGES[name]}\n" == kept, (
        "write it anew: PYTHONPATH=tests python tests/guide/golden_index_messages.py"
    )


def test_every_index_has_a_problem_and_its_message() -> None:
    assert all(MESSAGES.values())
    assert {path.stem for path in GOLDEN.iterdir()} == set(MESSAGES)
    assert len(MESSAGES) == len(CASES)
