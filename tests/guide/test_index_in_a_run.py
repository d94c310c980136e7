"""A run takes the index of the guide beside the entries, whatever these are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from guide_samples import ENTRIES, entry_text, write_all

from harness.errors import BadInput
from harness.session import Options, Session


@pytest.fixture
def session() -> Session:
    """A session that is to check none of the entries, so that no client is needed."""
    return Session(Options(mappings=("none-of-these",)))


def test_an_entry_may_be_called_as_the_key_of_an_index(tmp_path: Path, session: Session) -> None:
    called_so = {**ENTRIES, "harness-index": entry_text("harness-index", "Telling", "")}
    specs = write_all(tmp_path / "specs", entries=called_so)
    for name in ("harness-index", "guide-index", "counting", "guide-index"):
        assert session.checks_of(specs / f"{name}.yaml") == []


def test_a_second_index_is_refused(tmp_path: Path, session: Session) -> None:
    first, second = (write_all(tmp_path / name) / "guide-index.yaml" for name in ("one", "two"))
    session.checks_of(first)
    with pytest.raises(BadInput, match="is an index of the guide too, and there can be one only"):
        session.checks_of(second)
