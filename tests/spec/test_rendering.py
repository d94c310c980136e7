"""How a problem is shown: what is underlined is what is meant, whatever the line holds, however wide the screen."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest
from rich.cells import cell_len

from harness.report.summary import printable
from harness.spec import Location, Problem, github_annotations, render_problem, render_problems
from harness.spec.rendering import Role, escaped


def problem(line: str, column: int, length: int = 1, hint: str | None = None) -> Problem:
    place = Location(Path("a.yaml"), 7, column, length)
    return Problem("some-code", "something is wrong", place, hint, line)


def underlined(line: str, column: int, length: int = 1, width: int = 100) -> tuple[str, str]:
    """The line as it is shown, and the part of it that is above the carets, by columns of the screen."""
    _, source, carets = render_problem(problem(line, column, length), width=width).split("\n")
    source, carets = source[5:], carets[5:]
    before = len(carets) - len(carets.lstrip(" "))
    at, marked = 0, ""
    for character in source + " ":
        if cell_len(character) and before <= at < before + len(carets.strip()):
            marked += character
        at += cell_len(character)
    assert set(carets.strip()) == {"^"}
    return source, marked


def test_a_problem_has_place_code_line_and_hints() -> None:
    assert render_problem(problem("title: x", 1, 5, "do this\nor that")) == (
        "a.yaml:7:1: error[some-code]: something is wrong\n"
        " 7 | title: x\n"
        "   | ^^^^^\n"
        "   = do this\n"
        "   = or that"
    )


def test_a_problem_of_a_whole_file_has_no_line() -> None:
    whole = Problem("some-code", "it is wrong", Location.whole(Path("a.yaml")), "do this")
    assert render_problem(whole) == "a.yaml: error[some-code]: it is wrong\n   = do this"


@pytest.mark.parametrize(
    ("line", "column", "length", "expected"),
    [
        ("名前: 値", 1, 2, "名前"),
        ("名前: 値", 5, 1, "値"),
        ("a\tb: c", 3, 1, "b"),
        ("\tb", 1, 1, "    "),
        ("e\u0301a: b", 3, 1, "a"),
        ("a\u202eb\u2066: c", 4, 1, "\\u2066"),
        ("a\x1b[31m: c", 2, 1, "\\x1b"),
        ("a: \ud800b", 5, 1, "b"),
        ("ab", 3, 1, " "),
        ("ab", 2, 50, "b"),
        ("", 1, 1, " "),
    ],
)
def test_the_caret_is_below_what_is_meant(line: str, column: int, length: int, expected: str) -> None:
    shown, marked = underlined(line, column, length)
    assert marked == expected
    assert shown.rstrip() == escaped(line).rstrip()


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("where", [1, 30, 500, 5000, 9996])
def test_of_a_long_line_only_the_part_about_it_is_shown(where: int, width: int) -> None:
    line = "名x" * 5000
    line = f"{line[: where - 1]}HERE{line[where + 3 :]}"
    shown, marked = underlined(line, where, 4, width)
    assert marked == "HERE"
    assert cell_len(shown) <= width - 5
    assert shown.startswith("…") == (where > 30 or (where == 30 and width == 40))
    assert shown.endswith("…") == (where < 9996)


def test_what_is_longer_than_the_screen_is_underlined_as_far_as_it_is_shown() -> None:
    shown, marked = underlined("a: " + "9" * 1000, 4, 1000, 60)
    assert shown == "a: " + "9" * 50 + "…"
    assert marked == "9" * 50


def test_every_character_is_shown_as_reports_show_it() -> None:
    for character in map(chr, range(sys.maxunicode + 1)):
        if character != "\n" and unicodedata.category(character) != "Cn":
            assert escaped(character) == printable(character)


def test_nothing_that_a_screen_obeys_gets_out() -> None:
    name = "\x1b]0;title\x07\u202e"
    hostile = Problem("some-code", name, Location(Path(f"{name}.yaml"), 1, 1), name, name)
    for text in (render_problem(hostile), *github_annotations([hostile], None)):
        assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_colour_changes_nothing_but_the_colour() -> None:
    seen: list[Role] = []

    def paint(role: Role, text: str) -> str:
        seen.append(role)
        return f"<{role}>{text}</{role}>"

    painted = render_problems([problem("title: x", 1, 5, "do this")], paint=paint)
    assert set(seen) == {"place", "error", "message", "gutter", "caret", "hint"}
    for role in seen:
        painted = painted.replace(f"<{role}>", "").replace(f"</{role}>", "")
    assert painted == render_problems([problem("title: x", 1, 5, "do this")])


def test_a_long_hint_is_broken_between_words() -> None:
    words = " ".join(["word"] * 50)
    _, _, _, *hints = render_problem(problem("a", 1, 1, words), width=60).split("\n")
    assert len(hints) > 2
    assert all(len(line) <= 60 for line in hints)
    assert [line[:5] for line in hints] == ["   = ", *["     "] * (len(hints) - 1)]


def test_the_last_line_counts_problems_and_files() -> None:
    other = Problem("x", "y", Location(Path("b.yaml"), 1, 1))
    assert render_problems([problem("a", 1)]).splitlines()[-1] == "1 problem in 1 file"
    assert render_problems([problem("a", 1), other, other]).splitlines()[-1] == "3 problems in 2 files"


def test_annotations_are_escaped_as_github_wants_it(tmp_path: Path) -> None:
    file = tmp_path / "a,b" / "100%:x.yaml"
    place = Location(file, 3, 5)
    (line,) = github_annotations([Problem("code", "50% of: a, b", place, "first\nsecond")], str(tmp_path))
    assert line == (
        "::error file=a%2Cb/100%25%3Ax.yaml,line=3,col=5,title=code::50%25 of: a, b%0Afirst%0Asecond"
    )


def test_annotations_of_files_outside_the_workspace_have_the_whole_path(tmp_path: Path) -> None:
    whole = Problem("code", "wrong", Location.whole(tmp_path / "a.yaml"))
    (line,) = github_annotations([whole], str(tmp_path / "checkout"))
    assert line == f"::error file={tmp_path}/a.yaml,title=code::wrong"
    (line,) = github_annotations([whole], None)
    assert line.startswith(f"::error file={tmp_path}/a.yaml,")
