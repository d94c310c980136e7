"""Whether index and entries speak of the same: sections, entries, and every claim that cites the guide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.guide.loading import LoadedIndex, ValuePath
from harness.guide.model import IndexPart
from harness.spec import Claim, LoadedEntry, Problem
from harness.spec.load import with_lines
from harness.spec.problems import did_you_mean, hints, listing, shown

_NAME_IT = "name it under `claims` of the statement that it stands for, or of the code that it is about"


@dataclass(frozen=True)
class Named:
    """A claim where a line of the index names it.

    Attributes:
        entry: The entry's id.
        claim: The claim's id.
        line: The first of the guide's lines for which it stands.
        path: Where it stands in the index.
    """

    entry: str
    claim: str
    line: int
    path: ValuePath


def full_name(part: IndexPart, claim: str) -> str:
    """A claim as `ENTRY/CLAIM`."""
    return claim if "/" in claim else f"{part.entry}/{claim}"


def claims_accounted(loaded: LoadedIndex, entries: Sequence[LoadedEntry]) -> Iterator[Problem]:
    """What the index names and no entry has, and what entries have of the guide and the index does not name."""
    by_id = {entry.id: entry for entry in entries}
    claims = {(entry.id, claim.id): claim for entry in entries for claim in entry.entry.claims}
    named = list(_named(loaded))
    yield from _parts(loaded, by_id)
    for each in named:
        yield from _named_claim(loaded, by_id, claims, each)
    for entry in entries:
        yield from _section(loaded, entry)
        yield from _claims(loaded, entry, named)


def _named(loaded: LoadedIndex) -> Iterator[Named]:
    for number, part in enumerate(loaded.index.parts):
        for place, text in enumerate(part.text):
            for which, statement in enumerate(text.states):
                at = ("parts", number, "text", place, "states", which, "claims")
                yield from _names(part, statement.claims, text.lines[0], at)
        for place, code in enumerate(part.code):
            yield from _names(part, code.claims, code.lines[0], ("parts", number, "code", place, "claims"))


def _names(part: IndexPart, names: Sequence[str], line: int, path: ValuePath) -> Iterator[Named]:
    for index, name in enumerate(names):
        entry, _, claim = full_name(part, name).partition("/")
        yield Named(entry, claim, line, (*path, index))


def _parts(loaded: LoadedIndex, by_id: Mapping[str, LoadedEntry]) -> Iterator[Problem]:
    for number, part in enumerate(loaded.index.parts):
        entry = by_id.get(part.entry)
        if part.section not in _titles(loaded):
            message = f"the guide has no section {shown(part.section)}"
            hint = _known_sections(loaded, part.section)
            yield loaded.problem("unknown-section", message, ("parts", number, "section"), hint)
        if entry is None:
            hint = hints(did_you_mean(part.entry, by_id), f"entries: {listing(by_id)}" if by_id else None)
            message = f"there is no entry `{part.entry}`"
            yield loaded.problem("unknown-entry", message, ("parts", number, "entry"), hint)
        elif entry.entry.guide != part.section:
            told = "no section" if entry.entry.guide is None else f"the section {shown(entry.entry.guide)}"
            message = f"the entry `{part.entry}` checks {told} of the guide, not {shown(part.section)}"
            yield loaded.problem("wrong-section", message, ("parts", number, "section"))


def _named_claim(
    loaded: LoadedIndex,
    by_id: Mapping[str, LoadedEntry],
    claims: Mapping[tuple[str, str], Claim],
    named: Named,
) -> Iterator[Problem]:
    entry = by_id.get(named.entry)
    claim = claims.get((named.entry, named.claim))
    if entry is None:
        # Where it is that of the part, the part says so.
        if named.entry != loaded.index.parts[named.path[1]].entry:
            hint = did_you_mean(named.entry, by_id)
            yield loaded.problem("unknown-entry", f"there is no entry {shown(named.entry)}", named.path, hint)
    elif claim is None:
        known = [each.id for each in entry.entry.claims]
        hint = hints(did_you_mean(named.claim, known), f"claims: {listing(known)}" if known else None)
        message = f"the entry `{named.entry}` has no claim {shown(named.claim)}"
        yield loaded.problem("unknown-claim", message, named.path, hint)
    elif claim.cites is None:
        message = f"the claim `{claim.id}` of `{named.entry}` is not the guide's (`cites: null`)"
        yield loaded.problem("not-the-guides", message, named.path, "it stands for no line of the guide")


def _section(loaded: LoadedIndex, entry: LoadedEntry) -> Iterator[Problem]:
    section = entry.entry.guide
    if section is None:
        return
    if section not in _titles(loaded):
        yield _unknown_section(loaded, entry, section, "guide")
    elif entry.id not in {part.entry for part in loaded.index.parts}:
        message = f"the index of the guide has no part for the entry `{entry.id}`"
        yield _problem(entry, "unindexed-entry", message, ("id",), f"add one under `parts` in {loaded.path}")


def _claims(loaded: LoadedIndex, entry: LoadedEntry, named: Sequence[Named]) -> Iterator[Problem]:
    for number, claim in enumerate(entry.entry.claims):
        if claim.cites is None:
            continue
        if claim.cites not in _titles(loaded):
            # What cites nothing itself cites the entry's section, which is looked at with the entry.
            if claim.cites != entry.entry.guide:
                yield _unknown_section(loaded, entry, claim.cites, "claims", number, "cites")
            continue
        at = [each for each in named if (each.entry, each.claim) == (entry.id, claim.id)]
        path = ("claims", number, "id")
        if not at:
            message = f"the claim `{claim.id}` cites the guide, but no line of its index names it"
            hint = hints(_NAME_IT, f"the index is {loaded.path}", "a statement of our own has `cites: null`")
            yield _problem(entry, "unindexed-claim", message, path, hint)
        elif claim.cites not in {loaded.index.section_at(each.line) for each in at}:
            lines = ", ".join(str(each.line) for each in at)
            message = (
                f"the claim `{claim.id}` cites the section {shown(claim.cites)}, "
                f"but the index names it for line {lines}, in the section "
                f"{shown(loaded.index.section_at(at[0].line))}"
            )
            yield _problem(entry, "cites-elsewhere", message, path, f"the index is {loaded.path}")


def _unknown_section(loaded: LoadedIndex, entry: LoadedEntry, section: str, *path: str | int) -> Problem:
    message = f"the guide has no section {shown(section)}"
    return _problem(entry, "unknown-section", message, path, _known_sections(loaded, section))


def _known_sections(loaded: LoadedIndex, section: str) -> str | None:
    titles = _titles(loaded)
    return hints(did_you_mean(section, titles), f"sections: {listing(titles)}")


def _titles(loaded: LoadedIndex) -> list[str]:
    return [section.title for section in loaded.index.sections]


def _problem(
    entry: LoadedEntry, code: str, message: str, path: tuple[str | int, ...], hint: str | None = None
) -> Problem:
    problem = Problem(code, message, entry.document.value_place(path), hint)
    return with_lines([problem], entry.document.source)[0]
