"""Whether an index accounts for every line of its guide, each once; the guide itself is not needed for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.guide.loading import Item, Lines, LoadedIndex, items, told, verb
from harness.spec.problems import Problem


def lines_covered(loaded: LoadedIndex) -> Iterator[Problem]:
    """One problem for each range that the guide does not have, each doubled range, each hole, each misplaced part."""
    index = loaded.index
    known: list[Item] = []
    for item in items(index):
        if item.lines[0] < 1 or item.lines[1] > index.lines or item.lines[0] > item.lines[1]:
            yield _unknown(loaded, item)
        else:
            known.append(item)
    yield from _doubled(loaded, known)
    yield from _holes(loaded, known)
    yield from _sections(loaded, known)
    yield from _parts(loaded)


def _unknown(loaded: LoadedIndex, item: Item) -> Problem:
    first, last = item.lines
    if first > last:
        message = f"the range of lines ends before it begins: {first} to {last}"
    else:
        message = f"the guide has no {told(item.lines)}"
    return loaded.problem("unknown-line", message, item.path, f"it has lines 1 to {loaded.index.lines}")


def _doubled(loaded: LoadedIndex, known: Sequence[Item]) -> Iterator[Problem]:
    before: dict[int, Item] = {}
    for item in known:
        taken = [line for line in _range(item.lines) if line in before]
        if taken:
            other = before[taken[0]]
            both = (taken[0], taken[-1])
            message = f"{told(both)} of the guide {verb(both, 'is', 'are')} there already, as {other.what}"
            hint = f"the first is at {loaded.location(*other.path)}"
            yield loaded.problem("doubled-line", message, item.path, hint)
        before |= dict.fromkeys((line for line in _range(item.lines) if line not in before), item)


def _holes(loaded: LoadedIndex, known: Sequence[Item]) -> Iterator[Problem]:
    covered = {line for item in known for line in _range(item.lines)}
    missing = [line for line in range(1, loaded.index.lines + 1) if line not in covered]
    while missing:
        length = next((n for n, line in enumerate(missing) if line != missing[0] + n), len(missing))
        lines = (missing[0], missing[length - 1])
        missing = missing[length:]
        before = [item for item in known if item.lines[1] < lines[0]]
        # The place to mend is where the lines before it stand.
        path = max(before, key=lambda item: item.lines).path if before else ("lines",)
        hint = "say what it is: `text` or `code` of a part, a heading, or under `other`"
        message = f"nothing says what {told(lines)} of the guide {verb(lines, 'is', 'are')}"
        yield loaded.problem("uncovered-line", message, path, hint)


def _sections(loaded: LoadedIndex, known: Sequence[Item]) -> Iterator[Problem]:
    """Everything that a part has stands below a heading, and no two headings say the same."""
    places: dict[str, int] = {}
    for number, section in enumerate(loaded.index.sections):
        if section.title in places:
            message = "another heading says the same, so that nobody could tell which is cited"
            hint = f"the first is at {loaded.location('sections', places[section.title], 'title')}"
            yield loaded.problem("duplicate-section", message, ("sections", number, "title"), hint)
        places.setdefault(section.title, number)
    for item in known:
        if item.path[0] == "parts" and loaded.index.section_at(item.lines[0]) is None:
            message = f"{told(item.lines)} of the guide {verb(item.lines, 'stands', 'stand')} before its first heading"
            yield loaded.problem("misplaced-line", message, item.path)


def _parts(loaded: LoadedIndex) -> Iterator[Problem]:
    """Each entry has one part, which has lines; the parts are in the guide's order."""
    entries: dict[str, int] = {}
    last: tuple[int, str] = (0, "")
    for number, part in enumerate(loaded.index.parts):
        at = ("parts", number, "entry")
        if part.entry in entries:
            message = f"another part is that of the entry `{part.entry}` too"
            hint = f"the first is at {loaded.location('parts', entries[part.entry], 'entry')}"
            yield loaded.problem("duplicate-part", message, at, hint)
        entries.setdefault(part.entry, number)
        lines = [*(text.lines[0] for text in part.text), *(code.lines[0] for code in part.code)]
        if not lines:
            message = f"the part of `{part.entry}` has no line of the guide"
            yield loaded.problem("empty-part", message, at, "give it `text` or `code`, or leave it out")
        elif min(lines) < last[0]:
            message = f"the part of `{part.entry}` stands in the guide before that of `{last[1]}`"
            yield loaded.problem("wrong-order", message, at, "parts are in the guide's order")
        else:
            last = (min(lines), part.entry)


def _range(lines: Lines) -> range:
    return range(lines[0], lines[1] + 1)
