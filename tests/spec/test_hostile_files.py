from __future__ import annotations

from pathlib import Path

import pytest
from hostile_samples import HOSTILE, LONGEST
from spec_samples import GOOD, GOOD_PATH, SHORT_PATH

from harness.spec import LoadedEntry, load_entries, load_text, render_problem


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_in_few_words(name: str) -> None:
    text, code = HOSTILE[name]
    problems = load_text(text, SHORT_PATH)
    assert isinstance(problems, tuple)
    assert code in {problem.code for problem in problems}
    for problem in problems:
        assert len(render_problem(problem)) < LONGEST


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        (b"", (0, 0), "empty-file"),
        (b"\xff\xfeh\x00", (1, 1), "not-utf8"),
        (b"harness: 1\r\ntitle: \xc3\xa4 \xe4\n", (2, 10), "not-utf8"),
        (b"\x00\x01\x02\x7fELF", (0, 0), "not-text"),
        (b"\x89PNG\r\n\x1a\n" * 100_000, (0, 0), "too-large"),
        (b"# " + b"x" * 10_000_000, (0, 0), "too-large"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, content: bytes, place: tuple[int, int], code: str) -> None:
    path = write(tmp_path, "entry.yaml", content)
    (problem,) = load_entries([path]).problems
    assert (problem.location.line, problem.location.column, problem.code) == (*place, code)


def test_files_of_other_systems(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD_PATH.name, "\ufeff" + GOOD.replace("\n", "\r\n"))
    (entry,) = load_entries([path]).entries
    assert isinstance(entry, LoadedEntry)
    assert entry.snippet("mlflow", "guide", "log").text.count("\n") == 2
    assert str(entry.location("usual")) == f"{path}:9:1"
