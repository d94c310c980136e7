"""A guide that is not the one of the index is told, line by line; one that is differs in nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from guide_samples import GUIDE, INDEX, changed, loaded_index

from harness.guide import matches_guide
from harness.guide.matching import hash_of, lines_of


def _messages(guide: str, index: str = INDEX) -> list[str]:
    return [problem.message for problem in matches_guide(loaded_index(index), guide)]


def test_the_guide_matches() -> None:
    assert _messages(GUIDE) == []
    assert _messages(GUIDE.replace("\n", "\r\n")) == []


def test_the_hash_is_that_of_the_usual_tools(tmp_path: Path) -> None:
    file = tmp_path / "guide.md"
    file.write_text(GUIDE, encoding="utf-8")
    done = subprocess.run(
        f"sed -n 7,9p '{file}' | sha256sum", shell=True, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[0] == hash_of(lines_of(GUIDE)[6:9])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("by hand", "by foot", ["line 7 of the guide has changed"]),
        ("steps", "stairs", ["lines 11 to 13 of the guide have changed"]),
        ("## Telling", "## Saying", ["the heading in line 15 of the guide says something else"]),
        ("__Then__", "Then it snows.", ["line 9 of the guide is no label"]),
        ("* [More on words](words.md).", "Words are many.", ["line 20 of the guide is no list of links"]),
        ("# Counting\n\n", "# Counting\nNew.\n", ["line 6 of the guide is no blank line"]),
        (
            "title: Counting",
            "title: Cunting",
            ["the guide as a whole has another hash, though no line of ours has changed"],
        ),
    ],
)
def test_a_line_that_has_changed_is_told(old: str, new: str, told: list[str]) -> None:
    assert _messages(GUIDE.replace(old, new)) == told


def test_lines_that_have_moved_are_found_again() -> None:
    problems = list(matches_guide(loaded_index(), GUIDE.replace("# Counting\n", "# Counting\n\n")))
    assert problems[0].message == "the guide has 21 lines, and the index 20"
    assert problems[0].hint == "nothing says what line 21 of the guide is"
    hints = {problem.message: problem.hint for problem in problems}
    assert hints["line 7 of the guide has changed"] == "they stand in the guide at line 8 now"


def test_a_guide_that_is_shorter_is_told() -> None:
    messages = _messages("\n".join(lines_of(GUIDE)[:12]) + "\n")
    assert "the guide has 12 lines, and the index 20" in messages
    assert "lines 11 to 13 of the guide are not there" in messages


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("what: blank, lines: [4,", "what: blank, lines: [7, 4,", "line 7 of the guide is no blank line"),
        ("what: label, lines: [9,", "what: label, lines: [7, 9,", "line 7 of the guide is no label"),
        (
            "what: links, lines: [20]",
            "what: links, lines: [18, 20]",
            "line 18 of the guide is no list of links",
        ),
        ("what: label, lines: [9,", "what: label, lines: [12, 9,", "line 12 of the guide is no label"),
        (
            "what: front matter, lines: [[1, 3]]",
            "what: front matter, lines: [[1, 2]]",
            "front matter begins and ends with `---`, at the top of the guide",
        ),
        (
            "{line: 15, title: Telling}",
            "{line: 18, title: A word is no number.}",
            "line 18 of the guide is no heading",
        ),
    ],
)
def test_what_states_something_does_not_pass_for_what_states_nothing(old: str, new: str, told: str) -> None:
    assert told in _messages(GUIDE, changed(old, new))


def test_a_heading_of_a_tab_is_the_name_of_the_tab() -> None:
    guide = GUIDE.replace("## Telling", "## [Telling](#tab/telling)")
    assert _messages(guide) == ["the guide as a whole has another hash, though no line of ours has changed"]


@pytest.mark.parametrize(
    "block",
    [
        "```\n~~~\n```",
        "~~~~\n~~~\n~~~~",
        "````\n```\n````",
        "```\n``` python\n```",
        "> ```\n> steps\n> ```",
        "* ```\n  steps\n  ```",
        "1. ```\n   steps\n   ```",
        "```\r\nsteps\n```",
        "```\rsteps\n\n```",
        "```steps``` is\nno\nfence",
        "> ```\n> steps\n\n",
    ],
)
def test_a_block_of_code_reaches_from_its_fence_to_the_end_of_that(block: str) -> None:
    """What stands below it is still text, headings and links, or all of that would be told as well."""
    guide = GUIDE.replace('```python\ncount("steps", 3)\n```', block.removesuffix("\n"))
    assert len(lines_of(guide)) == 20
    assert _messages(guide) == ["lines 11 to 13 of the guide have changed"]


def test_a_fence_that_nothing_ends_makes_code_of_the_rest() -> None:
    guide = GUIDE.replace('count("steps", 3)\n```', 'count("steps", 3)\n``')
    assert "line 20 of the guide is no list of links" in _messages(guide)
