"""Indexes of a guide that claim a coverage which is not there: a check that is named must notice.

Each lie is told by the index of this project itself, beside the entries of this project.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.guide import LoadedIndex, checked_index, load_index
from harness.spec import Loaded, load_entries

SPECS = Path(__file__).parents[2] / "specs"
PATH = SPECS / "guide-index.yaml"
TEXT = PATH.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shipped() -> Loaded:
    """The entries of this project."""
    return load_entries([SPECS])


def _replaced(old: str, new: str) -> str:
    assert TEXT.count(old) == 1, f"{old!r} is there {TEXT.count(old)} times"
    return TEXT.replace(old, new)


def _part(entry: str) -> str:
    """The lines of the index about one entry."""
    found = re.search(rf"  - entry: {entry}\n.*?(?=\n  - entry: |\nother:)", TEXT, re.DOTALL)
    assert found, entry
    return found[0]


def _in_part(entry: str, old: str, new: str) -> str:
    part = _part(entry)
    assert part.count(old) >= 1, f"{old!r} is not there"
    return TEXT.replace(part, part.replace(old, new, 1))


def _without_line_121() -> str:
    part = _part("log-string")
    text = part[part.index("    text:") : part.index("    code:")]
    return TEXT.replace(part, part.replace(text, ""))


LIARS: dict[str, tuple[Callable[[], str], set[str]]] = {
    "a statement is left out": (_without_line_121, {"uncovered-line", "unindexed-claim"}),
    "a claim is left out": (
        lambda: _in_part("log-string", "[is-an-artifact-and-no-metric]", "[shown-in-the-studio]"),
        {"unindexed-claim"},
    ),
    "a claim that no entry has": (
        lambda: _in_part("log-list", "[shown-in-the-studio]", "[shown-in-the-studio, shown-on-paper]"),
        {"unknown-claim"},
    ),
    "a claim of an entry that is not there": (
        lambda: _in_part("log-list", "[shown-in-the-studio]", "[shown-in-the-studio, log-film/is-shown]"),
        {"unknown-entry"},
    ),
    "another entry's claim in place of its own": (
        lambda: _in_part("log-list", "[shown-in-the-studio]", "[log-string/shown-in-the-studio]"),
        {"unindexed-claim"},
    ),
    "a claim of ours as if it were the guide's": (
        lambda: _in_part(
            "log-boolean", "[true-is-logged-as-1]", "[true-is-logged-as-1, true-itself-is-taken]"
        ),
        {"not-the-guides"},
    ),
    "a claim for lines of another section": (
        lambda: _in_part(
            "log-list", "[shown-in-the-studio]", "[shown-in-the-studio, log-string/shown-in-the-studio]"
        ).replace(
            _part("log-string"),
            _part("log-string").replace("[shown-in-the-studio]", "[is-an-artifact-and-no-metric]", 1),
        ),
        {"cites-elsewhere"},
    ),
    "a statement as a label": (
        lambda: _without_line_121().replace(
            "  - what: label\n    lines: [\n", "  - what: label\n    lines: [\n      121,\n"
        ),
        {"unindexed-claim"},
    ),
    "a statement as a heading": (
        lambda: _without_line_121().replace("sections:\n", "sections:\n  - {line: 121, title: Texts}\n"),
        {"unindexed-claim"},
    ),
    "a line as two things": (
        lambda: _replaced("  - what: blank\n    lines: [\n", "  - what: blank\n    lines: [\n      121,\n"),
        {"doubled-line"},
    ),
    "fewer lines than the guide has": (
        lambda: re.sub(r"(?m)^lines: \d+$", "lines: 300", TEXT),
        {"unknown-line"},
    ),
    "more lines than are told": (lambda: re.sub(r"(?m)^lines: \d+$", "lines: 500", TEXT), {"uncovered-line"}),
    "a part is left out": (
        lambda: TEXT.replace(_part("log-boolean") + "\n", ""),
        {"uncovered-line", "unindexed-entry", "unindexed-claim"},
    ),
    "one entry for two sections": (
        lambda: _in_part("log-boolean", "entry: log-boolean", "entry: log-number"),
        {"duplicate-part", "wrong-section", "unindexed-entry"},
    ),
    "a statement without a claim": (
        lambda: _in_part("log-string", "claims: [shown-in-the-studio]", "claims: []"),
        {"too-few"},
    ),
}


def _codes(text: str, loaded: Loaded) -> set[str]:
    index = load_index(text, PATH)
    if not isinstance(index, LoadedIndex):
        return {problem.code for problem in index}
    _, problems = checked_index(Loaded(loaded.entries, (), (index.document,)))
    return {problem.code for problem in problems}


def test_the_index_of_this_project_accounts_for_everything(shipped: Loaded) -> None:
    assert shipped.problems == ()
    assert [document.path for document in shipped.indexes] == [PATH]
    assert _codes(TEXT, shipped) == set()


@pytest.mark.parametrize(("lie", "caught_by"), LIARS.values(), ids=LIARS)
def test_a_lying_index_is_caught(lie: Callable[[], str], caught_by: set[str], shipped: Loaded) -> None:
    text = lie()
    assert text != TEXT
    assert caught_by <= _codes(text, shipped)


def test_every_entry_that_claims_less_is_caught(shipped: Loaded) -> None:
    """An entry that is not there at all is missed by the index."""
    for entry in shipped.entries:
        if entry.entry.guide is not None:
            others = tuple(each for each in shipped.entries if each is not entry)
            _, problems = checked_index(Loaded(others, (), shipped.indexes))
            assert "unknown-entry" in {problem.code for problem in problems}, entry.id
