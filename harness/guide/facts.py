"""What a report says of the guide and of an entry's claims, so that every view can be made from the report alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

from harness.guide.accounting import full_name
from harness.guide.loading import LoadedIndex
from harness.guide.model import IndexPart
from harness.report.facts import ClaimInfo, GuideInfo, GuidePart, MappingInfo, PassageInfo
from harness.spec import LoadedEntry, build_value, resolve
from harness.values import fresh, to_expression


def guide_info(loaded: LoadedIndex) -> GuideInfo:
    """The index as facts."""
    index = loaded.index
    return GuideInfo(
        title=index.title,
        published=index.published,
        date=index.date,
        lines=index.lines,
        parts=tuple(_part(part) for part in index.parts),
    )


def _part(part: IndexPart) -> GuidePart:
    passages = [
        PassageInfo(
            kind="statement",
            first=statement.lines[0],
            last=statement.lines[1],
            says=statement.says,
            claims=tuple(full_name(part, name) for name in statement.claims),
        )
        for statement in part.statements
    ]
    passages += [
        PassageInfo(
            kind="code",
            first=code.lines[0],
            last=code.lines[1],
            claims=tuple(full_name(part, name) for name in code.claims),
        )
        for code in part.code
    ]
    in_order = sorted(passages, key=lambda passage: (passage.first, passage.last))
    return GuidePart(entry=part.entry, section=part.section, passages=tuple(in_order))


def claim_info(loaded: LoadedEntry, index: int) -> ClaimInfo:
    """A claim of an entry as facts, with the values of the inputs that its check uses."""
    claim = loaded.entry.claims[index]
    given = loaded.entry.examples[0].inputs if claim.given is None else claim.given
    return ClaimInfo(
        id=claim.id,
        says=claim.says,
        cites=claim.cites,
        refuted=claim.refuted,
        unverifiable=claim.unverifiable,
        check=None if claim.check is None else claim.check.rstrip(),
        given={
            name: to_expression(fresh(build_value(value, resolve("value"))))
            for name, value in given.items()
            if claim.check is not None and re.search(rf"\b{re.escape(name)}\b", claim.check)
        },
        instead=claim.instead,
    )


def mapping_of(loaded: LoadedEntry) -> MappingInfo:
    """As much of an entry's facts as can be had without a client: what it is, and its claims."""
    entry = loaded.entry
    return MappingInfo(
        id=entry.id,
        title=entry.title,
        guide=entry.guide,
        sources=entry.sources or (),
        recipes=tuple(entry.mlflow),
        compare=entry.compare,
        claims=tuple(claim_info(loaded, index) for index in range(len(entry.claims))),
    )


def mappings_of(entries: Iterable[LoadedEntry]) -> tuple[MappingInfo, ...]:
    """The same of all entries."""
    return tuple(map(mapping_of, entries))
