from __future__ import annotations

import time
from pathlib import Path

import pytest
from spec_samples import GOOD, GOOD_PATH, SHORT, SHORT_PATH

from harness.spec import LoadedEntry, load_entries, load_text

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

HOSTILE = {
    "alias bomb": (BOMB, "too-many-values"),
    "deep lists": ("[" * 100_000, "too-deep"),
    "deep mappings": ("{a: " * 30_000, "too-deep"),
    "deep blocks": ("- " * 60_000 + "x", "too-deep"),
    "deep expression": (
        SHORT.replace("is_usual_number(value)", "(" * 5000 + "value" + ")" * 5000),
        "python-syntax",
    ),
    "long sum": (SHORT.replace("is_usual_number(value)", "value" + " + value" * 3000), "python-syntax"),
    "long chain": (SHORT.replace("is_usual_number(value)", "value" + ".real" * 3000), "python-syntax"),
    "many names": (
        SHORT.replace("is_usual_number(value)", " + ".join(f"v{number}" for number in range(200))),
        "unknown-name",
    ),
    "many keys": (SHORT + "".join(f"key{number}: 1\n" for number in range(3000)), "unknown-key"),
    "many inputs": (
        SHORT.replace("usual:", "".join(f"  i{number}: nmbers()\n" for number in range(2000)) + "usual:"),
        "missing-input",
    ),
    "long integer": (SHORT.replace("2.5", "9" * 100_000), "wrong-value"),
    "long text": (SHORT.replace("2.5", '"' + "9" * 200_000 + '"'), "too-large"),
    "null character": (SHORT.replace("usual: is", 'usual: "\\0" #'), "python-syntax"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_soon(name: str) -> None:
    text, code = HOSTILE[name]
    started = time.perf_counter()
    problems = load_text(text, SHORT_PATH)
    seconds = time.perf_counter() - started
    assert isinstance(problems, tuple)
    assert code in {problem.code for problem in problems}
    assert all(len(str(problem)) < 2500 for problem in problems)
    assert seconds < 5


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        (b"", (1, 1), "empty-file"),
        (b"\xff\xfeh\x00", (1, 1), "not-utf8"),
        (b"harness: 1\r\ntitle: \xc3\xa4 \xe4\n", (2, 10), "not-utf8"),
        (b"\x00\x01\x02\x7fELF", (1, 1), "yaml-syntax"),
        (b"\x89PNG\r\n\x1a\n" * 100_000, (1, 1), "too-large"),
        (b"# " + b"x" * 10_000_000, (1, 1), "too-large"),
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
