"""Whether index and entries speak of the same: sections, entries, and every claim that cites the guide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.guide.loading import LoadedIndex
from harness.guide.model import CodeLines, IndexPart, Statement
from harness.spec import LoadedEntry, Problem
from harness.spec.load import with_lines
from harness.spec.problems import did_you_mean, hints, listing, shown

_NAME_IT = "name it under `claims` of the statement that it stands for, or of the code that it is about"


def full_name(part: IndexPart, claim: str) -> str:
    """A claim as `ENTRY/CLAIM`."""
    return claim if "/" in claim else f"{part.entry}/{claim}"


def passages_of(part: IndexPart) -> tuple[tuple[str, Sequence[Statement | CodeLines]], ...]:
    """All that a part has of the guide, by the key under which it stands."""
    return (("statements", part.statements), ("code", part.code))


def claims_accounted(loaded: LoadedIndex, entries: Sequence[LoadedEntry]) -> Iterator[Problem]:
    """What the index names and no entry has, and what entries have of the guide and the index does not name."""
    by_id = {entry.id: entry for entry in entries}
    yield from _parts(loaded, by_id)
    yield from _named_claims(loaded, by_id)
    for entry in entries:
        yield from _section(loaded, entry)
        yield from _claims(loaded, entry)


def _parts(loaded: LoadedIndex, by_id: Mapping[str, LoadedEntry]) -> Iterator[Problem]:
    for number, part in enumerate(loaded.index.parts):
        path = ("parts", number, "entry")
        entry = by_id.get(part.entry)
        if entry is None:
            hint = hints(did_you_mean(part.entry, by_id), f"entries: {listing(by_id)}" if by_id else None)
            yield loaded.problem("unknown-entry", f"there is no entry `{part.entry}`", path, hint)
        elif entry.entry.guide != part.section:
            told = "no section" if entry.entry.guide is None else f"the section {shown(entry.entry.guide)}"
            message = f"the entry `{part.entry}` checks {told} of the guide, not {shown(part.section)}"
            yield loaded.problem("wrong-section", message, ("parts", number, "section"))


def _named_claims(loaded: LoadedIndex, by_id: Mapping[str, LoadedEntry]) -> Iterator[Problem]:
    for number, part in enumerate(loaded.index.parts):
        for kind, passages in passages_of(part):
            for place, passage in enumerate(passages):
                for index, name in enumerate(passage.claims):
                    path = ("parts", number, kind, place, "claims", index)
                    yield from _named_claim(loaded, by_id, full_name(part, name), path)


def _named_claim(
    loaded: LoadedIndex, by_id: Mapping[str, LoadedEntry], name: str, path: tuple[str | int, ...]
) -> Iterator[Problem]:
    id_, _, claim_id = name.partition("/")
    entry = by_id.get(id_)
    if entry is None:
        # Where it is that of the part, the part says so.
        if id_ != loaded.index.parts[int(path[1])].entry:
            hint = did_you_mean(id_, by_id)
            yield loaded.problem("unknown-entry", f"there is no entry {shown(id_)}", path, hint)
        return
    claims = {claim.id: claim for claim in entry.entry.claims}
    if claim_id not in claims:
        hint = hints(did_you_mean(claim_id, claims), f"claims: {listing(claims)}" if claims else None)
        message = f"the entry `{id_}` has no claim {shown(claim_id)}"
        yield loaded.problem("unknown-claim", message, path, hint)
    elif claims[claim_id].cites is None:
        message = (
            f"the claim `{claim_id}` of `{id_}` is not the guide's (`cites: null`), so it stands for no line"
        )
        yield loaded.problem("not-the-guides", message, path)


def _section(loaded: LoadedIndex, entry: LoadedEntry) -> Iterator[Problem]:
    section = entry.entry.guide
    if section is None:
        return
    if section not in _sections(loaded):
        yield _unknown_section(loaded, entry, section, "guide")
    elif entry.id not in {part.entry for part in loaded.index.parts}:
        message = f"the index of the guide has no part for the entry `{entry.id}`"
        yield _problem(entry, "unindexed-entry", message, ("id",), f"add one under `parts` in {loaded.path}")


def _claims(loaded: LoadedIndex, entry: LoadedEntry) -> Iterator[Problem]:
    named = {
        full_name(part, name)
        for part in loaded.index.parts
        for _, passages in passages_of(part)
        for passage in passages
        for name in passage.claims
    }
    for number, claim in enumerate(entry.entry.claims):
        if claim.cites is None:
            continue
        # What cites nothing itself cites the entry's section, which is looked at with the entry.
        if claim.cites != entry.entry.guide and claim.cites not in _sections(loaded):
            yield _unknown_section(loaded, entry, claim.cites, "claims", number, "cites")
        if f"{entry.id}/{claim.id}" not in named:
            message = f"the claim `{claim.id}` cites the guide, but no line of its index names it"
            hint = hints(_NAME_IT, f"the index is {loaded.path}", "a statement of our own has `cites: null`")
            yield _problem(entry, "unindexed-claim", message, ("claims", number, "id"), hint)


def _unknown_section(loaded: LoadedIndex, entry: LoadedEntry, section: str, *path: str | int) -> Problem:
    sections = _sections(loaded)
    hint = hints(did_you_mean(section, sections), f"sections: {listing(sections)}")
    return _problem(entry, "unknown-section", f"the guide has no section {shown(section)}", path, hint)


def _sections(loaded: LoadedIndex) -> list[str]:
    return list(dict.fromkeys(part.section for part in loaded.index.parts))


def _problem(
    entry: LoadedEntry, code: str, message: str, path: tuple[str | int, ...], hint: str | None = None
) -> Problem:
    problem = Problem(code, message, entry.document.value_place(path), hint)
    return with_lines([problem], entry.document.source)[0]
