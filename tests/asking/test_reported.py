"""Whether the last report still speaks of an entry as it is now."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.asking.entry_view import witnesses_of
from harness.asking.reported import changes_since
from harness.spec import LoadedEntry, load_text
from harness.verify.plan import mapping_info

PATH = Path(__file__).parents[2] / "specs" / "metrics" / "log-boolean.yaml"
TEXT = PATH.read_text(encoding="utf-8")


def _loaded(text: str) -> LoadedEntry:
    loaded = load_text(text, PATH)
    assert isinstance(loaded, LoadedEntry)
    return loaded


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", "", []),
        ("match: Names may", "match: Names", ["divergence name-with-other-characters-or-paths"]),
        ('"f1@0.5"', '"f2@0.5"', ["divergence name-with-other-characters-or-paths"]),
        ("len(name) > 250", "len(name) > 251", ["divergence name-over-250-characters"]),
    ],
)
def test_what_changed_is_told(old: str, new: str, told: list[str]) -> None:
    """What witnesses gave before is not shown beside what they are now."""
    info = mapping_info(_loaded(TEXT), ["sqlite", "file"], None, 1)
    assert old in TEXT
    changed = _loaded(TEXT.replace(old, new) if old else TEXT)
    assert changes_since(info, changed, witnesses_of(changed)) == told


def test_a_recipe_that_the_run_was_not_asked_for_is_no_change() -> None:
    loaded = _loaded(TEXT)
    assert set(loaded.entry.mlflow) == {"guide", "recommended"}
    info = mapping_info(loaded, ["sqlite", "file"], ["guide"], 1)
    assert changes_since(info, loaded, None) == []
    more = TEXT.replace("mlflow:\n  guide:", "mlflow:\n  guide-new: {log: pass, read: value}\n  guide:")
    assert "mlflow.guide-new" in changes_since(info, _loaded(more), None)
