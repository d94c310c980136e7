"""Whether an index accounts for every line of its guide, each once; the guide itself is not needed for that."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

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


def gaps(ranges: Iterable[Lines], within: Lines) -> Iterator[Lines]:
    """The lines that are in none of the ranges, in order; those that follow one another as one range."""
    free, last = within
    for first, end in sorted(ranges):
        if free < first <= end:
            yield (free, min(first - 1, last))
        free = max(free, end + 1) if first <= end else free
        if free > last:
            return
    yield (free, last)


def _doubled(loaded: LoadedIndex, known: Sequence[Item]) -> Iterator[Problem]:
    # The ranges before, cut into pieces of which no two have a line in common, each with the item that was first there.
    # How long they are costs nothing: they may be a slip of many digits.
    before: list[tuple[int, int, int]] = []
    for number, item in enumerate(known):
        first, last = item.lines
        start, end = bisect_left(before, (first,)), bisect_left(before, (last + 1,))
        if start and before[start - 1][1] >= first:
            start -= 1
        taken = before[start:end]
        if taken:
            other = known[taken[0][2]]
            both = (max(first, taken[0][0]), min(last, taken[-1][1]))
            message = f"{told(both)} of the guide {verb(both, 'is', 'are')} there already, as {other.what}"
            hint = f"the first is at {loaded.location(*other.path)}"
            yield loaded.problem("doubled-line", message, item.path, hint)
        own = [(*piece, number) for piece in gaps((piece[:2] for piece in taken), item.lines)]
        before[start:end] = sorted([*taken, *own])


def _holes(loaded: LoadedIndex, known: Sequence[Item]) -> Iterator[Problem]:
    for lines in gaps((item.lines for item in known), (1, loaded.index.lines)):
        # The place to mend is where the lines before it stand.
        before = [item for item in known if item.lines[1] < lines[0]]
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
