"""What a report says of the guide, so that every view can be made from the report alone."""

from __future__ import annotations

from harness.guide.accounting import full_name
from harness.guide.coverage import gaps
from harness.guide.loading import LoadedIndex, items
from harness.guide.model import IndexPart
from harness.report.facts import (
    ClaimInfo,
    Code,
    GuideInfo,
    GuidePart,
    MappingInfo,
    PassageInfo,
    StatementInfo,
)
from harness.spec import READS_ACROSS, Claim, Entry, LoadedEntry
from harness.spec.written import given_to


def guide_info(loaded: LoadedIndex) -> GuideInfo:
    """The index as facts."""
    index = loaded.index
    missing = gaps((item.lines for item in items(index)), (1, index.lines))
    return GuideInfo(
        title=index.title,
        published=index.published,
        date=index.date,
        lines=index.lines,
        covered=index.lines - sum(last - first + 1 for first, last in missing),
        parts=tuple(_part(part) for part in index.parts),
    )


def _part(part: IndexPart) -> GuidePart:
    def names(claims: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(full_name(part, claim) for claim in claims)

    passages = [
        PassageInfo(
            kind="text",
            first=text.lines[0],
            last=text.lines[1],
            states=tuple(StatementInfo(says=each.says, claims=names(each.claims)) for each in text.states),
        )
        for text in part.text
    ]
    passages += [
        PassageInfo(kind="code", first=code.lines[0], last=code.lines[1], claims=names(code.claims))
        for code in part.code
    ]
    in_order = sorted(passages, key=lambda passage: (passage.first, passage.last))
    return GuidePart(entry=part.entry, section=part.section, passages=tuple(in_order))


def claim_info(loaded: LoadedEntry, claim: Claim, script: str | None = None) -> ClaimInfo:
    """A claim of an entry as facts.

    Args:
        loaded: The entry.
        claim: The claim.
        script: What shows that it does not hold.
    """
    return ClaimInfo(
        id=claim.id,
        says=claim.says,
        cites=claim.cites,
        refuted=claim.refuted,
        unverifiable=claim.unverifiable,
        check=None if claim.check is None else claim.check.rstrip(),
        instead=claim.instead,
        script=script,
        given=given_to(loaded.entry, claim),
        stores=claim.stores or (),
        versions=dict(claim.versions or {}),
    )


def is_same_claim(before: ClaimInfo, now: ClaimInfo) -> bool:
    """Whether what was found of a claim still speaks of it; what a report of before does not have is not looked at."""
    if before.given is None:  # not checked, or of before that was kept
        now = now.model_copy(update={"given": None, "stores": (), "versions": {}})
    return before == now


def declared(loaded: LoadedEntry) -> MappingInfo:
    """As much of an entry's facts as can be had without a client: what it is, its claims and its recipes."""
    entry = loaded.entry
    return MappingInfo(
        id=entry.id,
        title=entry.title,
        guide=entry.guide,
        sources=entry.sources or (),
        recipes=tuple(entry.recipes),
        all_recipes=tuple(entry.recipes),
        compare=entry.compare,
        claims=tuple(claim_info(loaded, claim) for claim in entry.claims),
        mlflow={name: recipe_code(entry, name) for name in entry.recipes},
    )


def recipe_code(entry: Entry, name: str) -> Code:
    """The Python of a recipe of an entry, with what is not the same for all of them, as facts."""
    recipe = entry.recipes[name]
    is_across = name == READS_ACROSS
    return Code(
        log=recipe.log.rstrip(),
        read=recipe.read.rstrip(),
        stores=entry.stores_of(name) or () if is_across else (),
        compare=entry.relation_of(name) if is_across else None,
    )
