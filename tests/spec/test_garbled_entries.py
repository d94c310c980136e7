from __future__ import annotations

import random
import re

import pytest
from spec_samples import GOOD, GOOD_PATH

from harness.spec import LoadedEntry, load_text, render_problem

LINES = GOOD.splitlines(keepends=True)
PIECES = [
    *"[]{}:,-?&*!|>'\"%@`#\t\n \\\r\x07é\u2028\ud800~0",
    "null",
    "!py ",
    "&a ",
    "*a",
    "- ",
    ": ",
    "\n---\n",
    "(((",
]


def loads_or_says_where(text: str) -> None:
    outcome = load_text(text, GOOD_PATH)
    if isinstance(outcome, LoadedEntry):
        return
    assert outcome
    lines = re.split(r"\r\n|\r|\n", text)
    for problem in outcome:
        place = problem.location
        assert place.file == GOOD_PATH
        if place.line:
            assert 1 <= place.line <= len(lines)
            assert 1 <= place.column <= len(lines[place.line - 1]) + 1
            assert problem.source_line == lines[place.line - 1]
        assert "\x07" not in render_problem(problem)
        render_problem(problem).encode()


@pytest.mark.parametrize("number", range(len(LINES)))
def test_any_line_can_be_missing(number: int) -> None:
    loads_or_says_where("".join(LINES[:number] + LINES[number + 1 :]))


@pytest.mark.parametrize("start", range(10))
def test_the_file_can_end_anywhere(start: int) -> None:
    for end in range(start, len(GOOD), 97):
        loads_or_says_where(GOOD[:end])


@pytest.mark.parametrize("number", range(len(LINES)))
def test_any_line_can_be_indented_differently(number: int) -> None:
    line = LINES[number]
    for changed in (f" {line}", f"  {line}", line.lstrip()):
        loads_or_says_where("".join([*LINES[:number], changed, *LINES[number + 1 :]]))


@pytest.mark.parametrize("seed", range(20))
def test_anything_can_be_garbled(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(15):
        text = GOOD
        for _ in range(rng.choice([1, 1, 2, 5])):
            at = rng.randrange(len(text))
            cut = rng.choice([0, 0, 1, 10])
            text = text[:at] + rng.choice([rng.choice(PIECES), ""]) + text[at + cut :]
        loads_or_says_where(text)
