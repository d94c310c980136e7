"""The ladder: which verdict follows from which results. The only place where verdicts come from.

Pure functions of plain data; a view or a reader that wants a verdict asks here, nothing writes one by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from harness.report.facts import MappingInfo
from harness.report.model import DivergenceVerdict, Result, Verdict, VerdictName

VERDICTS: Mapping[VerdictName, str] = MappingProxyType(
    {
        "not-verified": "not everything that belongs to the check was run, so nothing is known",
        "unexplained": "a difference that the entry does not explain, or explains wrongly",
        "broken": "even the guide's own example does not read back as in SDK v1",
        "lossy": "usual data is silently altered or lost",
        "refuses": "MLflow raises an error for usual data that SDK v1 accepts",
        "lossy-at-edges": "unusual data is silently altered or lost; usual data is kept",
        "refuses-at-edges": "MLflow raises an error for unusual data that SDK v1 accepts; usual data is kept",
        "equivalent-as-disclosed": "differs only where the guide says so",
        "equivalent": "reads back as in SDK v1 for everything that was tried",
    }
)
"""Each verdict and its meaning, in the order of the ladder: the first that fits is the verdict."""

_LADDER = tuple(VERDICTS)


def rank(verdict: VerdictName) -> int:
    """The place on the ladder: 0 for `not-verified`, the highest for `equivalent`."""
    return _LADDER.index(verdict)


@dataclass(frozen=True)
class Group:
    """What a verdict is derived from: the results of one recipe on one store, with those that count for any
    recipe.

    Attributes:
        mapping: The entry's facts; None when the report does not have them.
        recipe: The recipe.
        store: The store.
        results: All that count.
        missing: How many results of the mapping were planned and are not there.
    """

    mapping: MappingInfo | None
    recipe: str
    store: str
    results: tuple[Result, ...]
    missing: int


def groups_of(
    results: Iterable[Result], mappings: Iterable[MappingInfo]
) -> dict[tuple[str, str, str], Group]:
    """The groups that get a verdict, by (mapping, store, recipe), sorted.

    A pair of recipe and store that the mapping planned is a group also when no result of it exists, so that
    nothing can be forgotten by leaving it out.
    """
    known = {mapping.id: mapping for mapping in mappings}
    of_recipe: dict[tuple[str, str, str], list[Result]] = {}
    shared: dict[tuple[str, str], list[Result]] = {}
    total: dict[str, int] = {}
    for result in results:
        total[result.mapping] = total.get(result.mapping, 0) + 1
        if result.recipe is None:
            shared.setdefault((result.mapping, result.store), []).append(result)
        else:
            of_recipe.setdefault((result.mapping, result.store, result.recipe), []).append(result)
    pairs = {(mapping, store) for mapping, store, _ in of_recipe} | set(shared)
    pairs |= {(mapping.id, store) for mapping in known.values() for store in mapping.stores}
    keys = set(of_recipe)
    planned_pairs = [(name, store) for name, store in pairs if name in known]
    keys |= {
        (name, store, recipe)
        for name, store in planned_pairs
        for recipe in known[name].recipes
        if _makes_sense(known[name], recipe, store)
    }
    groups = {}
    for name, store, recipe in sorted(keys):
        mapping = known.get(name)
        planned = mapping.planned if mapping and mapping.planned is not None else 0
        members = (*of_recipe.get((name, store, recipe), ()), *shared.get((name, store), ()))
        missing = max(0, planned - total.get(name, 0))
        groups[name, store, recipe] = Group(mapping, recipe, store, members, missing)
    return groups


def _makes_sense(mapping: MappingInfo, recipe: str, store: str) -> bool:
    code = mapping.mlflow.get(recipe)
    return code is None or not code.stores or store in code.stores


def derive_verdicts(results: Sequence[Result], mappings: Sequence[MappingInfo]) -> list[Verdict]:
    """The verdict of each group, sorted by (mapping, store, recipe).

    Args:
        results: All results of the run; what was planned and did not run is there too, as skipped.
        mappings: The facts about the entries.
    """
    return [_verdict(name, group) for (name, _, _), group in groups_of(results, mappings).items()]


def _verdict(mapping: str, group: Group) -> Verdict:
    divergences = _applied(group)
    open_ones = [item for item in divergences if not item.disclosed]
    broken = [item.id for item in open_ones if item.guide]
    not_run, failures = [*shortfalls(group), *_skips(group)], _failures(group)
    reasons = [*failures, *not_run]
    if not_run:
        name: VerdictName = "not-verified"
    elif failures:
        name = "unexplained"
    elif broken:
        name, reasons = "broken", [f"applies to the guide's own example: {', '.join(broken)}"]
    else:
        name = _by_effect(open_ones) or ("equivalent-as-disclosed" if divergences else "equivalent")
    return Verdict(
        mapping=mapping,
        recipe=group.recipe,
        store=group.store,
        verdict=name,
        divergences=tuple(divergences),
        examples=sum(result.examples for result in group.results),
        assumptions=tuple(sorted({item for result in group.results for item in result.assumptions})),
        reasons=tuple(reasons),
    )


def _by_effect(open_ones: Sequence[DivergenceVerdict]) -> VerdictName | None:
    found = {(item.effect, item.usual) for item in open_ones}
    if ("altered", True) in found:
        return "lossy"
    if ("refused", True) in found:
        return "refuses"
    if ("altered", False) in found:
        return "lossy-at-edges"
    if ("refused", False) in found:
        return "refuses-at-edges"
    return None


def shortfalls(group: Group) -> list[str]:
    """Where less was run than belongs to the check although nothing was skipped; nobody asked for that.

    A property which failed has stopped at what it found, so only one that passed can fall short.
    """
    found = []
    if group.missing:
        found.append(f"{group.missing} planned results are missing")
    if not any(result.kind == "property" for result in group.results):
        found.append("no property was run")
    for result in sorted(group.results, key=_by_kind):
        if result.kind not in ("property", "directed") or result.outcome != "passed":
            continue
        if result.examples < max(result.required, result.kind == "property"):
            found.append(f"{_title(result)} ran {result.examples} of {max(result.required, 1)} examples")
    own = [result for result in group.results if result.recipe is not None]
    skipped = any(result.outcome == "skipped" for result in own)
    if not skipped and not any(result.examples or result.outcome == "failed" for result in own):
        found.append("no example was run whole")
    return found


def _skips(group: Group) -> list[str]:
    """What was skipped, by reason; a claim that the entry itself calls unverifiable is no gap."""
    claims = group.mapping.claims if group.mapping else ()
    open_claims = {claim.id for claim in claims if claim.unverifiable}
    by_reason: dict[str, list[str]] = {}
    for result in sorted(group.results, key=_by_kind):
        if result.skipped_because == "unverifiable" and result.id in open_claims:
            continue
        if result.skipped_because is not None:
            by_reason.setdefault(result.skipped_because, []).append(_title(result))
    words = {
        "not-run": "not run",
        "unreachable": "store not reachable",
        "unavailable": "not to be had here",
        "unverifiable": "called unverifiable",
    }
    return [f"{words[reason]}: {_some(titles)}" for reason, titles in by_reason.items()]


def _failures(group: Group) -> list[str]:
    """What makes it unexplained: failures and errors, and applied divergences that are not the entry's."""
    found = [
        f"{_title(result)} {'failed' if result.outcome == 'failed' else 'could not be run (error)'}"
        for result in sorted(group.results, key=_by_kind)
        if result.outcome in ("failed", "error")
    ]
    declared = {item.id: item for item in group.mapping.divergences} if group.mapping else {}
    for name in sorted({name for result in group.results for name, count in result.applied.items() if count}):
        if name not in declared:
            found.append(f"divergence {name} was applied, but the entry does not have it")
        elif group.recipe not in declared[name].recipes:
            found.append(f"divergence {name} was applied, but is not one of this recipe")
    return found


def _applied(group: Group) -> list[DivergenceVerdict]:
    """The entry's divergences that were applied, summed over the group, by id."""
    on_guide = {name for result in group.results if result.kind == "example" for name in result.applied_guide}
    verdicts = []
    for info in sorted(group.mapping.divergences if group.mapping else (), key=lambda info: info.id):
        count = sum(result.applied.get(info.id, 0) for result in group.results)
        if not count:
            continue
        clocks = {clock for result in group.results for clock in result.applied_clocks.get(info.id, ())}
        verdicts.append(
            DivergenceVerdict(
                id=info.id,
                effect=info.effect,
                disclosed=_disclosed(group, info.disclosed_by),
                usual=any(result.applied_usual.get(info.id) for result in group.results),
                guide=info.id in on_guide,
                count=count,
                clocks=tuple(sorted(clocks)),
            )
        )
    return verdicts


def _disclosed(group: Group, claim_id: str | None) -> bool:
    """Whether the claim cites the guide, was checked on this store, and holds."""
    claims = group.mapping.claims if group.mapping else ()
    cites = any(claim.id == claim_id and claim.cites and not claim.refuted for claim in claims)
    checked = [result for result in group.results if result.kind == "claim" and result.id == claim_id]
    return cites and bool(checked) and all(item.outcome == "passed" and not item.refuted for item in checked)


def _by_kind(result: Result) -> tuple[str, str]:
    return (result.kind, result.id)


def _title(result: Result) -> str:
    """`witness equal-points-merge`; the one property is its own name."""
    return result.kind if result.kind == result.id else f"{result.kind} {result.id}"


def _some(titles: Sequence[str]) -> str:
    """The first few, and how many more there are: a reason stays one line."""
    shown = ", ".join(titles[:3])
    return shown if len(titles) <= 3 else f"{shown} and {len(titles) - 3} more"
