"""Index and entries speak of the same: each way in which they do not is told, with its place."""

from __future__ import annotations

import pytest
from guide_samples import COUNTING, ENTRIES, changed, changed_entries, entry_text, problems_of


def test_good_ones_agree() -> None:
    assert problems_of() == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[is-no-number]", "[is-no-numbr]", "guide-index.yaml:32:22: error[unknown-claim]"),
        ("[is-no-number]", "[nobody/is-no-number]", "guide-index.yaml:32:22: error[unknown-entry]"),
        ("[is-no-number]", "[counting/nobody-counts]", "telling.yaml:20:9: error[unindexed-claim]"),
        ("[nobody-counts, ", "[ours, nobody-counts, ", "guide-index.yaml:20:22: error[not-the-guides]"),
        ("entry: telling", "entry: tellin", "guide-index.yaml:25:12: error[unknown-entry]"),
        ("entry: telling", "entry: tellin", "telling.yaml:2:5: error[unindexed-entry]"),
        ("section: Telling", "section: Counting", "guide-index.yaml:26:14: error[wrong-section]"),
        ("section: Telling", "section: Counts", "guide-index.yaml:26:14: error[unknown-section]"),
        ("title: Counting}", "title: Count}", "counting.yaml:4:8: error[unknown-section]"),
        ("title: Counting}", "title: Count}", "telling.yaml:25:12: error[unknown-section]"),
    ],
)
def test_an_index_that_speaks_of_something_else_is_told(old: str, new: str, problem: str) -> None:
    assert problem in [
        str(each).split(": the ")[0].split(": there ")[0] for each in problems_of(changed(old, new))
    ]


def test_a_claim_that_no_line_names_is_told() -> None:
    index = changed("[nobody-counts, telling/words-are-counted]", "[telling/words-are-counted]")
    (problem,) = problems_of(index)
    assert str(problem) == (
        "counting.yaml:23:9: error[unindexed-claim]: "
        "the claim `nobody-counts` cites the guide, but no line of its index names it"
    )


def test_a_new_claim_of_the_guide_needs_a_line() -> None:
    more = '  - id: another\n    says: It is so.\n    check: "True"\n'
    entries = {**ENTRIES, "telling": ENTRIES["telling"] + more}
    assert [problem.code for problem in problems_of(entries=entries)] == ["unindexed-claim"]
    entries["telling"] = entries["telling"].replace('check: "True"', 'check: "True"\n    cites: null')
    assert problems_of(entries=entries) == []


def test_a_claim_stands_for_lines_of_the_section_that_it_cites() -> None:
    entries = changed_entries("telling", "cites: Counting", "cites: Telling")
    (problem,) = problems_of(entries=entries)
    assert problem.code == "cites-elsewhere"
    assert str(problem.location).startswith("telling.yaml:23:")
    assert "cites the section `Telling`, but the index names it for line 7, in the section `Counting`" in (
        problem.message
    )


def test_entries_beyond_the_guide_are_not_its_business() -> None:
    entries = {**ENTRIES, "beyond": entry_text("beyond", None, "")}
    assert problems_of(entries=entries) == []


def test_an_entry_beyond_the_guide_may_cite_it() -> None:
    claims = COUNTING.replace("says: What", "cites: Counting\n    says: What")
    entries = {**ENTRIES, "beyond": entry_text("beyond", None, claims)}
    assert [problem.code for problem in problems_of(entries=entries)] == ["unindexed-claim"]
    index = changed("claims: [nobody-counts, ", "claims: [beyond/is-a-number, nobody-counts, ")
    assert problems_of(index, entries) == []


def test_an_entry_of_a_section_that_the_guide_does_not_have_is_told_once() -> None:
    entries = {**ENTRIES, "third": entry_text("third", "Shouting", COUNTING)}
    assert [(each.code, each.location.line) for each in problems_of(entries=entries)] == [
        ("unknown-section", 4)
    ]
