"""What authors read for each entry that is wrong, kept in `golden/`: one file for each entry, the whole text.

To write them anew, and then to read what changed: `python tests/spec/golden_messages.py`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from hostile_samples import HOSTILE
from malformed_samples import CASES, SYNTAX
from spec_samples import GOOD, SHORT, SHORT_PATH, marked

from harness.spec import LoadedEntry, load_entries, load_text, render_problems

GOLDEN = Path(__file__).parent / "golden"

SHOWN = 3
"""Problems of a hostile entry that are kept; it may have hundreds of one kind."""


def of_text(text: str, shown: int | None = None) -> str:
    """What is said of a text that is taken for a file called `log-number.yaml`."""
    problems = load_text(text, SHORT_PATH)
    assert not isinstance(problems, LoadedEntry)
    return render_problems(problems[:shown])


def of_files(make: Callable[[Path], list[Path]]) -> str:
    """What is said of files that are made in a folder, which is the working directory for that."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            return render_problems(load_entries(make(Path())).problems)
        finally:
            os.chdir(before)


def _several(folder: Path) -> list[Path]:
    (folder / "more").mkdir()
    (folder / "log-number.yaml").write_text(SHORT.replace("title", "titel"), encoding="utf-8")
    (folder / "more" / "log-number.yaml").write_text(SHORT.replace("numbers\n", "nubers\n"), encoding="utf-8")
    (folder / "more" / "log-list.yaml").write_text(GOOD, encoding="utf-8")
    return [folder]


def _same_id(folder: Path) -> list[Path]:
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "log-number.yaml").write_text(SHORT, encoding="utf-8")
    return [folder]


def _content(content: bytes) -> Callable[[Path], list[Path]]:
    def make(folder: Path) -> list[Path]:
        path = folder / "log-number.yaml"
        path.write_bytes(content)
        return [path]

    return make


def _missing(folder: Path) -> list[Path]:
    (folder / "specs").mkdir()
    return [folder / "spec", folder / "specs", folder / ("x" * 300)]


def _folder_called_as_an_entry(folder: Path) -> list[Path]:
    (folder / "log-number.yaml").mkdir()
    return [folder / "log-number.yaml"]


def _loop(folder: Path) -> list[Path]:
    (folder / "log-number.yaml").symlink_to("log-number.yaml")
    (folder / "log-list.yaml").symlink_to("nowhere.yaml")
    return [folder]


def _pipe(folder: Path) -> list[Path]:
    os.mkfifo(folder / "log-number.yaml")
    return [folder]


FILES: dict[str, Callable[[Path], list[Path]]] = {
    "several files": _several,
    "one id in two files": _same_id,
    "paths that are not there": _missing,
    "a folder called as an entry": _folder_called_as_an_entry,
    "links to nothing and to themselves": _loop,
    "a pipe": _pipe,
    "an empty file of bytes": _content(b""),
    "utf-16": _content("harness: 1\n".encode("utf-16")),
    "latin-1": _content("harness: 1\ntitle: Übung\n".encode("latin-1")),
    "a program": _content(b"\x7fELF\x02\x01\x01" + bytes(64)),
    "a picture": _content(b"\x89PNG\r\n\x1a\n" * 100_000),
}


def golden() -> dict[str, Callable[[], str]]:
    """For each file of `golden/`, without its suffix, what makes its text."""
    made: dict[str, Callable[[], str]] = {}
    for name in CASES:
        made[name] = lambda name=name: of_text(marked(CASES[name])[0])  # type: ignore[misc]
    for name, text in SYNTAX.items():
        made[name] = lambda text=text: of_text(text)  # type: ignore[misc]
    for name, (text, _) in HOSTILE.items():
        made[name] = lambda text=text: of_text(text, SHOWN)  # type: ignore[misc]
    for name, make in FILES.items():
        made[name] = lambda make=make: of_files(make)  # type: ignore[misc]
    return {
        name.lower().replace("'", "").replace(",", "").replace(" ", "-"): text for name, text in made.items()
    }


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for old in GOLDEN.iterdir():
        old.unlink()
    for name, text in golden().items():
        (GOLDEN / f"{name}.txt").write_text(text() + "\n", encoding="utf-8")
    sys.stdout.write(f"wrote {len(golden())} files into {GOLDEN}\n")


if __name__ == "__main__":
    main()
