"""From files to entries: everything that is wrong with all of them in one pass, or the entries.

Nothing of an entry is run here, and nothing that it names is imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from harness.spec.checks import reference_problems
from harness.spec.complaints import schema_problems
from harness.spec.model import Entry
from harness.spec.problems import Location, Problem, in_file_order, kind_of
from harness.spec.python_checks import python_problems
from harness.spec.reading import MAX_BYTES, Document, Unreadable, read_document
from harness.spec.snippets import Snippet

SUFFIXES = (".yaml", ".yml")
MAX_PROBLEMS = 100
"""Of each kind of check, for one file: one that has more is no entry gone wrong but some other file."""

INDEX_KEY = "harness-index"
"""A file with this key at its top is no entry and is passed over."""


@dataclass(frozen=True, eq=False)
class LoadedEntry:
    """An entry without problems, and where everything in it stands."""

    entry: Entry
    path: Path
    document: Document = field(repr=False)

    @property
    def id(self) -> str:
        """The entry's id."""
        return self.entry.id

    def snippet(self, *path: str | int) -> Snippet:
        """The Python, or other text, at this path: `snippet("mlflow", "guide", "log")`.

        Raises:
            KeyError: The entry has no text there.
        """
        return self.document.snippet(path)

    def location(self, *path: str | int) -> Location:
        """Where this part of the entry begins: its key, or for an item of a list the item.

        For what is not there, it is where the part around it begins.
        """
        return self.document.key_place(path)


@dataclass(frozen=True)
class Loaded:
    """What was found in files: the entries without problems, and the problems of the others."""

    entries: tuple[LoadedEntry, ...]
    problems: tuple[Problem, ...]


def load_entries(paths: Sequence[Path]) -> Loaded:
    """Load every entry of these files and folders (with the folders inside them).

    Never raises for what is in the files: whatever is wrong is among the problems, by file and line.
    """
    entries: list[LoadedEntry] = []
    problems: list[Problem] = []
    for found in _files(paths):
        if isinstance(found, Problem):
            problems.append(found)
            continue
        outcome = _load_file(found)
        if isinstance(outcome, LoadedEntry):
            entries.append(outcome)
        elif outcome is not None:
            problems += outcome
    problems += _same_ids(entries)
    return Loaded(tuple(entries), in_file_order(problems))


def check_paths(paths: Sequence[Path]) -> Loaded:
    """All that `harness check` does; `load_entries` already checks everything that needs no client."""
    return load_entries(paths)


def load_text(text: str, path: Path) -> LoadedEntry | tuple[Problem, ...]:
    """Load one entry from its text.

    Args:
        text: YAML.
        path: The file that it is taken to be; it need not exist.

    Returns:
        The entry, or at least one problem.
    """
    outcome = _load(text, path)
    if outcome is None:
        return (
            Problem("not-an-entry", f"a file with the key `{INDEX_KEY}` is no entry", Location(path, 1, 1)),
        )
    return outcome


def _load(text: str, path: Path) -> LoadedEntry | tuple[Problem, ...] | None:
    try:
        document = read_document(text, path)
    except Unreadable as error:
        return in_file_order(error.problems)
    data = document.data
    if not isinstance(data, dict):
        message = f"an entry is a mapping of keys to values, but this is {kind_of(data)}"
        return in_file_order(
            [*document.problems, Problem("not-a-mapping", message, document.value_place(()))]
        )
    if INDEX_KEY in data:
        return None
    entry: Entry | None = None
    problems = list(document.problems)
    try:
        entry = Entry.model_validate(data)
    except ValidationError as error:
        found = schema_problems(error.errors(include_url=False)[:MAX_PROBLEMS], document)
        unknown_format = [problem for problem in found if problem.code == "format-version"]
        if unknown_format:
            return tuple(unknown_format)
        problems += found
    problems += islice(reference_problems(document), MAX_PROBLEMS)
    problems += islice(python_problems(document), MAX_PROBLEMS)
    if entry is None or problems:
        return in_file_order(problems)
    return LoadedEntry(entry, path, document)


def _load_file(path: Path) -> LoadedEntry | tuple[Problem, ...] | None:
    start = Location(path, 1, 1)
    try:
        with path.open("rb") as file:
            content = file.read(4 * MAX_BYTES + 1)
    except OSError as error:
        return (Problem("unreadable", f"the file cannot be read: {error.strerror or error}", start),)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(content) > 4 * MAX_BYTES:
            return (Problem("too-large", f"the file is larger than {MAX_BYTES // 1024} KiB", start),)
        before = (
            content[: error.start].decode("utf-8-sig", errors="replace").replace("\r\n", "\n").split("\n")
        )
        place = Location(path, len(before), len(before[-1]) + 1)
        hint = "save the file as UTF-8"
        return (Problem("not-utf8", f"the byte 0x{content[error.start]:02x} is not UTF-8", place, hint),)
    return _load(text, path)


def _files(paths: Iterable[Path]) -> Iterator[Path | Problem]:
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            files = sorted(
                file
                for file in path.rglob("*")
                if file.suffix in SUFFIXES and file.is_file() and not _hidden(file.relative_to(path))
            )
            if not files:
                yield Problem("no-entries", "there is no entry in this folder", Location(path, 1, 1))
        elif path.exists():
            files = [path]
        else:
            yield Problem("missing-path", "there is no such file or folder", Location(path, 1, 1))
            continue
        for file in files:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _same_ids(entries: Sequence[LoadedEntry]) -> Iterator[Problem]:
    first: dict[str, LoadedEntry] = {}
    for entry in entries:
        if entry.id in first:
            message = f"the id `{entry.id}` is that of another entry too"
            hint = f"the other is at {first[entry.id].location('id')}"
            yield Problem("duplicate-id", message, entry.document.value_place(("id",)), hint)
        first.setdefault(entry.id, entry)
