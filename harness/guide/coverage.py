"""Whether an index accounts for every line of its guide, each once; the guide itself is not needed for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.guide.loading import Item, Lines, LoadedIndex, items, told
from harness.spec.problems import Problem, hints


def lines_covered(loaded: LoadedIndex) -> Iterator[Problem]:
    """One problem for each range that the guide does not have, each doubled range and each hole."""
    index = loaded.index
    known: list[Item] = []
    for item in items(index):
        if item.lines[0] < 1 or item.lines[1] > index.lines or item.lines[0] > item.lines[1]:
            yield _unknown(loaded, item)
        else:
            known.append(item)
    yield from _doubled(loaded, known)
    yield from _holes(loaded, known)
    yield from _ranges_of_parts(loaded)


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
        taken = [line for line in _lines(item.lines) if line in before]
        if taken:
            other = before[taken[0]]
            message = f"{told((taken[0], taken[-1]))} of the guide is there already, as {other.what}"
            hint = f"the first is at {loaded.location(*other.path)}"
            yield loaded.problem("doubled-line", message, item.path, hint)
        before |= dict.fromkeys((line for line in _lines(item.lines) if line not in before), item)


def _holes(loaded: LoadedIndex, known: Sequence[Item]) -> Iterator[Problem]:
    covered = {line for item in known for line in _lines(item.lines)}
    missing = [line for line in range(1, loaded.index.lines + 1) if line not in covered]
    while missing:
        length = next((n for n, line in enumerate(missing) if line != missing[0] + n), len(missing))
        lines = (missing[0], missing[length - 1])
        missing = missing[length:]
        beside = max(
            (item for item in known if item.lines[1] < lines[0]), key=lambda item: item.lines, default=None
        )
        # The place to mend is where the lines before it stand.
        path = beside.path if beside else ("lines",)
        hint = "say what it is: a statement or code of a part, or under `other`"
        yield loaded.problem("uncovered-line", f"nothing says what {told(lines)} of the guide is", path, hint)


def _ranges_of_parts(loaded: LoadedIndex) -> Iterator[Problem]:
    """Parts follow one another, overlap nowhere, and hold what they list."""
    index = loaded.index
    taken: dict[int, int] = {}
    entries: dict[str, int] = {}
    for number, part in enumerate(index.parts):
        at = ("parts", number)
        if part.entry in entries:
            message = f"another part is that of the entry `{part.entry}` too"
            place = loaded.location("parts", entries[part.entry], "entry")
            yield loaded.problem("duplicate-part", message, (*at, "entry"), f"the first is at {place}")
        entries.setdefault(part.entry, number)
        for place_, lines in enumerate(part.lines):
            both = [line for line in _lines(lines) if line in taken]
            if both:
                other = index.parts[taken[both[0]]].entry
                message = f"{told((both[0], both[-1]))} of the guide belongs to the part of `{other}` already"
                yield loaded.problem("doubled-line", message, (*at, "lines", place_))
            taken |= dict.fromkeys((line for line in _lines(lines) if line not in taken), number)
    last = (0, "")
    for number, part in enumerate(index.parts):
        # A part may reach back for what stands before it; its place is that of its last range.
        if part.lines[-1][0] < last[0]:
            message = f"the part of `{part.entry}` stands in the guide before that of `{last[1]}`"
            yield loaded.problem(
                "wrong-order", message, ("parts", number, "entry"), "parts are in the guide's order"
            )
        last = max(last, (part.lines[-1][0], part.entry))
    for item in items(index):
        if item.path[0] == "parts" and any(
            taken.get(line) != item.path[1] for line in _lines(item.lines) if 1 <= line <= index.lines
        ):
            own = ", ".join(told(lines) for lines in index.parts[item.path[1]].lines)
            message = f"{told(item.lines)} of the guide lies outside of this part"
            yield loaded.problem("misplaced-line", message, item.path, hints(f"the part has {own}"))


def _lines(lines: Lines) -> range:
    return range(lines[0], lines[1] + 1)
