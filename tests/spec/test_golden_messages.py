from __future__ import annotations

import pytest
from golden_messages import FILES, GOLDEN, golden
from hostile_samples import HOSTILE
from malformed_samples import CASES, SYNTAX

MESSAGES = golden()


@pytest.mark.parametrize("name", MESSAGES)
def test_what_an_author_reads(name: str) -> None:
    kept = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert f"{MESSAGES[name]()}\n" == kept, "write it anew: python tests/spec/golden_messages.py"


def test_every_kept_message_has_its_entry_and_none_shares_a_name() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(MESSAGES)
    assert len(MESSAGES) == len(CASES) + len(SYNTAX) + len(HOSTILE) + len(FILES)
