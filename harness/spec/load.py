"""From files to entries: everything that is wrong with all of them in one pass, or the entries.

Nothing of an entry is run here, and nothing that it names is imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from harness.spec.checks import reference_problems
from harness.spec.complaints import schema_problems
from harness.spec.model import Entry
from harness.spec.problems import Location, Problem, did_you_mean, in_file_order, kind_of
from harness.spec.python_checks import python_problems
from harness.spec.reading import MAX_BYTES, TOO_LARGE, Document, Unreadable, read_document
from harness.spec.snippets import Snippet
from harness.spec.source import SourceText

SUFFIXES = (".yaml", ".yml")
MAX_PROBLEMS = 100
"""Of each kind of check, for one file: one that has more is no entry gone wrong but some other file."""

BEGINS = "an entry begins with the line `harness: 1`; `harness new ID` writes a skeleton"

INDEX_KEY = "harness-index"
"""A file with this key at its top is no entry but an index of a guide (see `harness.guide`)."""


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
    """What was found in files: the entries without problems, the problems of the others, and indexes of a guide."""

    entries: tuple[LoadedEntry, ...]
    problems: tuple[Problem, ...]
    indexes: tuple[Document, ...] = ()


def load_entries(paths: Sequence[Path]) -> Loaded:
    """Load every entry of these files and folders (with the folders inside them).

    Never raises for what is in the files: whatever is wrong is among the problems, by file and line.
    """
    entries: list[LoadedEntry] = []
    problems: list[Problem] = []
    indexes: list[Document] = []
    for found in _files(paths):
        if isinstance(found, Problem):
            problems.append(found)
            continue
        outcome = _load_file(found)
        if isinstance(outcome, LoadedEntry):
            entries.append(outcome)
        elif isinstance(outcome, Document):
            indexes.append(outcome)
        else:
            problems += outcome
    problems += _same_ids(entries)
    return Loaded(tuple(entries), in_file_order(problems), tuple(indexes))


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
    if isinstance(outcome, Document):
        message = f"a file with the key `{INDEX_KEY}` is no entry"
        return (Problem("not-an-entry", message, Location.whole(path)),)
    return outcome


def _load(text: str, path: Path) -> LoadedEntry | Document | tuple[Problem, ...]:
    outcome = _read(text, path)
    return with_lines(outcome, SourceText(text, path)) if isinstance(outcome, tuple) else outcome


def with_lines(problems: Iterable[Problem], source: SourceText) -> tuple[Problem, ...]:
    """The problems, each with the line of the source that it is about."""
    lines = {number: source.line(number) for number in {problem.location.line for problem in problems}}
    return tuple(
        replace(problem, source_line=lines[problem.location.line]) if problem.location.line else problem
        for problem in problems
    )


def _read(text: str, path: Path) -> LoadedEntry | Document | tuple[Problem, ...]:
    try:
        document = read_document(text, path)
    except Unreadable as error:
        return in_file_order(error.problems)
    data = document.data
    if not isinstance(data, dict):
        message = f"an entry is a mapping of keys to values, but this is {kind_of(data)}"
        return in_file_order(
            [*document.problems, Problem("not-a-mapping", message, document.value_place(()), BEGINS)]
        )
    if INDEX_KEY in data:
        return document
    entry: Entry | None = None
    problems = list(document.problems)
    try:
        entry = Entry.model_validate(data)
    except ValidationError as error:
        found = schema_problems(error.errors(include_url=False), document)
        unknown_format = [problem for problem in found if problem.code == "format-version"]
        if unknown_format:
            return tuple(unknown_format)
        problems += _first(found, path)
    problems += _first(reference_problems(document), path)
    problems += _first(python_problems(document), path)
    if entry is None or problems:
        return in_file_order(problems)
    return LoadedEntry(entry, path, document)


def _first(found: Iterable[Problem], path: Path) -> list[Problem]:
    """As many as are shown; where there are more, a problem that says so."""
    problems = list(islice(found, MAX_PROBLEMS + 1))
    if len(problems) > MAX_PROBLEMS:
        message = f"there are more problems in this file than the first {MAX_PROBLEMS} of each kind, which are shown"
        problems[-1] = Problem("more-problems", message, Location.whole(path), "is this an entry?")
    return problems


def _load_file(path: Path) -> LoadedEntry | Document | tuple[Problem, ...]:
    try:
        with path.open("rb") as file:
            content = file.read(4 * MAX_BYTES + 1)
    except OSError as error:
        return (_unreadable(path, error.strerror or str(error)),)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(content) > 4 * MAX_BYTES:
            message = f"the file is larger than {MAX_BYTES // 1024} KiB"
            return (Problem("too-large", message, Location.whole(path), TOO_LARGE),)
        text = content.decode("utf-8-sig", errors="replace")
        source = SourceText(text, path)
        place = source.location(len(content[: error.start].decode("utf-8-sig", errors="replace")))
        hint = "save the file as UTF-8"
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            hint = f"this looks like UTF-16; {hint}"
        problem = Problem("not-utf8", f"the byte 0x{content[error.start]:02x} is not UTF-8", place, hint)
        return with_lines([problem], source)
    if "\0" in text:
        hint = "an entry is text in UTF-8"
        return (Problem("not-text", "this is no text: it has null bytes", Location.whole(path), hint),)
    return _load(text, path)


def _unreadable(path: Path, why: str) -> Problem:
    return Problem("unreadable", f"this cannot be read: {why}", Location.whole(path))


def _files(paths: Iterable[Path]) -> Iterator[Path | Problem]:
    seen: set[Path] = set()
    for path in paths:
        try:
            found: list[Path | Problem] = list(_files_of(path))
        except OSError as error:
            found = [_unreadable(path, error.strerror or str(error))]
        for file in found:
            if isinstance(file, Problem):
                yield file
            elif file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _files_of(path: Path) -> Iterator[Path | Problem]:
    """The entries of one path that was named.

    Raises:
        OSError: The path cannot be looked at.
    """
    if not path.is_dir():
        yield _one_file(path)
        return
    named = sorted(
        file
        for file in path.rglob("*")
        if file.suffix in SUFFIXES and not _hidden(file.relative_to(path)) and not file.is_dir()
    )
    if not named:
        hint = f"an entry is a file whose name ends in {' or '.join(SUFFIXES)}"
        yield Problem("no-entries", "there is no entry in this folder", Location.whole(path), hint)
    yield from map(_one_file, named)


def _one_file(path: Path) -> Path | Problem:
    if path.is_file():
        return path
    if path.exists():
        return _unreadable(path, "it is neither a file nor a folder")
    if path.is_symlink():
        return _unreadable(path, "it is a link to nothing, or to itself")
    return Problem("missing-path", "there is no such file or folder", Location.whole(path), _nearest(path))


def _nearest(path: Path) -> str | None:
    """What a path that is not there may have been meant to be."""
    try:
        beside = [file.name for file in path.parent.iterdir() if file.is_dir() or file.suffix in SUFFIXES]
    except OSError:
        return None
    return did_you_mean(path.name, beside)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _same_ids(entries: Sequence[LoadedEntry]) -> Iterator[Problem]:
    first: dict[str, LoadedEntry] = {}
    for entry in entries:
        if entry.id in first:
            message = f"the id `{entry.id}` is that of another entry too"
            hint = f"the other is at {first[entry.id].location('id')}"
            problem = Problem("duplicate-id", message, entry.document.value_place(("id",)), hint)
            yield from with_lines([problem], entry.document.source)
        first.setdefault(entry.id, entry)
