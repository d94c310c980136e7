"""Every line of the guide is there once, or it is told which is not, and where to mend it."""

from __future__ import annotations

import tracemalloc
from itertools import cycle, pairwise

import pytest
from guide_samples import INDEX, changed, loaded_index
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.guide import lines_covered
from harness.guide.coverage import gaps
from harness.guide.facts import guide_info
from harness.guide.loading import items, verb
from harness.guide.loading import told as in_words
from harness.spec import Problem

_KINDS = ("label", "links", "blank")
_BARE = """\
sections: [{line: 20, title: Counting}]
parts: [{entry: counting, section: Counting}]
"""


def _problems(text: str) -> list[Problem]:
    return list(lines_covered(loaded_index(text)))


def test_a_good_index_covers_every_line_once() -> None:
    assert _problems(INDEX) == []
    lines = [line for item in items(loaded_index().index) for line in range(item.lines[0], item.lines[1] + 1)]
    assert sorted(lines) == list(range(1, 21))


@pytest.mark.parametrize("line", range(1, 21))
def test_each_line_that_is_left_out_is_told(line: int) -> None:
    """Whatever it is: the ranges around it are cut so that it lies in none."""
    index = loaded_index().index
    text = INDEX
    for item in items(index):
        first, last = item.lines
        if not first <= line <= last:
            continue
        old = str(first) if first == last else f"[{first}, {last}]"
        if item.what == "heading":
            section = index.sections[int(str(item.path[1]))]
            text = text.replace(f"  - {{line: {section.line}, title: {section.title}}}\n", "")
        elif item.path[0] == "parts":
            text = text.replace(f"lines: {old}\n", f"lines: {1 if first == last else [first, first]}\n", 1)
        else:
            listed = [str(each) for each in range(first, last + 1) if each != line] or ["1"]
            old_list = next(part for part in text.split("lines: ") if f"[{old}" in part or f", {old}" in part)
            text = text.replace(old_list, old_list.replace(old, ", ".join(listed), 1), 1)
    holes = [problem.message for problem in _problems(text) if problem.code == "uncovered-line"]
    assert any(str(line) in hole.replace("lines 12 to 13", "lines 11 12 13") for hole in holes), holes


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("lines: 18\n", "lines: [18, 19]\n", "line 19 of the guide is there already, as text"),
        ("lines: [9, 17]", "lines: [9, 11, 17]", "line 11 of the guide is there already, as code"),
        ("lines: [[1, 3]]", "lines: [[1, 5]]", "line 5 of the guide is there already, as heading"),
        ("lines: [20]", "lines: [20, 20]", "line 20 of the guide is there already, as links"),
    ],
)
def test_a_line_that_is_there_twice_is_told(old: str, new: str, message: str) -> None:
    found = [problem for problem in _problems(changed(old, new)) if problem.code == "doubled-line"]
    assert message in [problem.message for problem in found]
    assert all("the first is at guide-index.yaml:" in (problem.hint or "") for problem in found)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("lines: 20\n", "lines: 22\n", "nothing says what lines 21 to 22 of the guide are"),
        ("lines: 20\n", "lines: 19\n", "the guide has no line 20"),
        ("lines: [9, 17]", "lines: [0, 9, 17]", "the guide has no line 0"),
        ("lines: [11, 13]", "lines: [13, 11]", "the range of lines ends before it begins: 13 to 11"),
    ],
)
def test_an_index_has_the_lines_that_the_guide_has(old: str, new: str, message: str) -> None:
    assert message in [problem.message for problem in _problems(changed(old, new))]


def test_holes_that_lie_apart_are_told_apart() -> None:
    text = changed("[4, 6, 8, 10, 14, 16, 19]", "[6, 8, 10, 16]")
    assert [problem.message for problem in _problems(text)] == [
        f"nothing says what line {line} of the guide is" for line in (4, 14, 19)
    ]
    first = _problems(text)[0]
    assert text.splitlines()[first.location.line - 1].startswith("  - {what: front matter")


@given(st.lists(st.tuples(st.integers(-2, 12), st.integers(-2, 12))), st.integers(1, 10))
def test_gaps_are_the_lines_in_no_range(ranges: list[tuple[int, int]], last: int) -> None:
    covered = {line for first, end in ranges for line in range(first, end + 1)}
    found = list(gaps(ranges, (1, last)))
    lines = [line for first, end in found for line in range(first, end + 1)]
    assert lines == [line for line in range(1, last + 1) if line not in covered]
    assert all(first <= end for first, end in found)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(found))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 9)).map(lambda two: (min(two), max(two))), min_size=1
    )
)
def test_lines_that_are_there_twice_are_told_with_the_first(ranges: list[tuple[int, int]]) -> None:
    other = "".join(
        f"  - {{what: {what}, lines: [[{a}, {b}]]}}\n" for (a, b), what in zip(ranges, cycle(_KINDS))
    )
    text = f"{INDEX[: INDEX.index('sections:')]}{_BARE}other:\n{other}"
    seen: dict[int, str] = {}
    told = []
    for (first, last), what in zip(ranges, cycle(_KINDS)):
        taken = [line for line in range(first, last + 1) if line in seen]
        if taken:
            lines = (taken[0], taken[-1])
            is_there = f"{in_words(lines)} of the guide {verb(lines, 'is', 'are')} there already"
            told.append(f"{is_there}, as {seen[taken[0]]}")
        for line in range(first, last + 1):
            seen.setdefault(line, what)
    assert [problem.message for problem in _problems(text) if problem.code == "doubled-line"] == told


@pytest.mark.parametrize(
    "more", ["", "  - {what: label, lines: [[1, 3000000]]}\n"], ids=["a hole", "a range"]
)
def test_a_slip_of_many_digits_costs_no_memory(more: str) -> None:
    index = loaded_index(changed("lines: 20\n", "lines: 3000000\n") + more)
    tracemalloc.start()
    try:
        problems = list(lines_covered(index))
        covered = guide_info(index).covered
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert {problem.code for problem in problems} == {"doubled-line" if more else "uncovered-line"}
    assert covered == (3_000_000 if more else 20)
    assert peak < 1_000_000


def test_two_headings_do_not_say_the_same() -> None:
    assert [problem.code for problem in _problems(changed("title: Telling", "title: Counting"))] == [
        "duplicate-section"
    ]


def test_nothing_is_stated_before_the_first_heading() -> None:
    text = changed("lines: 18\n", "lines: 4\n")
    assert "misplaced-line" in {problem.code for problem in _problems(text)}


def test_an_entry_has_one_part() -> None:
    text = changed("entry: telling", "entry: counting")
    assert "duplicate-part" in {problem.code for problem in _problems(text)}


def test_a_part_has_lines() -> None:
    text = INDEX[: INDEX.index("    text:\n      - lines: 18")] + INDEX[INDEX.index("other:") :]
    assert {problem.code for problem in _problems(text)} == {"empty-part", "uncovered-line"}


def test_parts_are_in_the_guides_order() -> None:
    start, middle, end = (
        INDEX.index("  - entry: counting"),
        INDEX.index("  - entry: telling"),
        INDEX.index("other:"),
    )
    text = INDEX[:start] + INDEX[middle:end] + INDEX[start:middle] + INDEX[end:]
    assert [problem.code for problem in _problems(text)] == ["wrong-order"]
