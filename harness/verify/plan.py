"""Which checks an entry asks for on a store: the plan that a run has to carry out whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.guide.facts import claim_info, recipe_code
from harness.profiles import Profile
from harness.report.facts import Code, DivergenceInfo, MappingInfo
from harness.report.model import Kind, Result
from harness.spec import LoadedEntry
from harness.spec.written import hashes_of
from harness.stores import StoreInfo, info_of, store_matches
from harness.testbed import TestBed
from harness.values import to_expression
from harness.verify.checks import (
    check_claim,
    check_directed,
    check_example,
    check_property,
    check_refusal,
    check_witness,
)
from harness.verify.pipeline import Subject
from harness.verify.ready import ReadyEntry, claims_in_force, divergences_in_force, evaluated, recipe_side
from harness.verify.sensitivity import check_sensitivity
from harness.verify.showing import claim_script, witness_scripts
from harness.verify.tally import ItemId


@dataclass(frozen=True)
class Check:
    """One item of the plan: its name, and how to run it on a test bed."""

    item: ItemId
    run: Callable[[TestBed], Result]


def plan(
    entry: ReadyEntry,
    stores: Sequence[StoreInfo | str],
    recipes: Sequence[str] | None,
    profile: Profile,
    seed: int,
    versions: Mapping[str, str],
) -> list[Check]:
    """The checks of an entry, store by store, recipe by recipe.

    Args:
        entry: An entry made ready.
        stores: The stores under test; those on which the entry makes no sense are passed over. Those of the catalogue
            may be given by name.
        recipes: The recipes to check (default: all of the entry's).
        profile: How many inputs to generate.
        seed: The run's seed.
        versions: What is installed, as `harness.versions.installed_versions`.
    """
    planned: list[Check] = []
    for store in stores_of(entry.loaded, stores):
        planned += _checks_of_store(entry, store, versions)
        for recipe in recipes_of(entry.loaded, recipes, store):
            planned += _checks_of_recipe(entry, recipe, store, profile, seed, versions)
    return planned


def _checks_of_store(entry: ReadyEntry, info: StoreInfo, versions: Mapping[str, str]) -> list[Check]:
    store = info.name

    def check(kind: Kind, id_: str, run: Callable[[TestBed, ItemId], Result]) -> Check:
        item = ItemId(entry.id, None, store, kind, id_)
        return Check(item, lambda bed: run(bed, item))

    # What v1 refuses it refuses whatever the recipe is, so any recipe makes a subject.
    recipe = next(iter(entry.loaded.entry.mlflow))
    side = recipe_side(entry, recipe)
    found = []
    for refusal in entry.refusals:

        def run_refusal(bed: TestBed, item: ItemId, refusal: Any = refusal) -> Result:
            return check_refusal(Subject(bed, entry, recipe, store, side, ()), item, refusal)

        found.append(check("refusal", refusal.id, run_refusal))
    # A claim may make what it likes, and a store that is not the run's own is not the place for that.
    for claim in claims_in_force(entry, info, versions) if info.is_ours else ():

        def run_claim(bed: TestBed, item: ItemId, claim: Any = claim) -> Result:
            return check_claim(bed, item, claim)

        found.append(check("claim", claim.id, run_claim))
    return found


def _checks_of_recipe(
    entry: ReadyEntry, recipe: str, info: StoreInfo, profile: Profile, seed: int, versions: Mapping[str, str]
) -> list[Check]:
    store, side = info.name, recipe_side(entry, recipe)
    divergences = divergences_in_force(entry, recipe, info, versions)

    def check(kind: Kind, id_: str, run: Callable[..., Result], *arguments: object) -> Check:
        item = ItemId(entry.id, recipe, store, kind, id_)
        return Check(
            item, lambda bed: run(Subject(bed, entry, recipe, store, side, divergences), item, *arguments)
        )

    return [
        *(check("example", id_, check_example, case) for id_, case in entry.examples.items()),
        # Each witness is an ordinary example too, also where its divergence is not in force: a wrong `recipes`,
        # `stores` or `versions` shows there.
        *(check("example", f"of-{id_}", check_example, case) for id_, case in entry.witnesses.items()),
        *(check("witness", each.id, check_witness, each) for each in divergences),
        check("property", "property", check_property, profile, seed),
        *(check("directed", each.id, check_directed, each, profile, seed) for each in divergences),
        check("sensitivity", "sensitivity", check_sensitivity),
    ]


def stores_of(
    loaded: LoadedEntry, stores: Sequence[StoreInfo | str], recipe: str | None = None
) -> list[StoreInfo]:
    """Those of `stores` on which the entry makes sense, or one of its recipes."""
    bound = loaded.entry.stores if recipe is None else loaded.entry.stores_of(recipe)
    return [info for info in map(info_of, stores) if store_matches(bound, info)]


def recipes_of(
    loaded: LoadedEntry, recipes: Sequence[str] | None, store: StoreInfo | None = None
) -> list[str]:
    """The entry's recipes, or those of them that were asked for; of a store those that make sense on it."""
    return [
        recipe
        for recipe in loaded.entry.recipes
        if (recipes is None or recipe in recipes)
        and (store is None or store_matches(loaded.entry.stores_of(recipe), store))
    ]


def mapping_info(
    loaded: LoadedEntry, stores: Sequence[StoreInfo | str], recipes: Sequence[str] | None, planned: int
) -> MappingInfo:
    """What the report says of an entry, so that every view can be made from the report alone."""
    entry, asked = loaded.entry, recipes_of(loaded, recipes)
    return MappingInfo(
        id=entry.id,
        title=entry.title,
        guide=entry.guide,
        recipes=tuple(asked),
        stores=tuple(info.name for info in stores_of(loaded, stores)),
        divergences=tuple(_divergence_info(loaded, index) for index in range(len(entry.divergences))),
        claims=tuple(
            claim_info(loaded, claim, None if claim.refuted is None else claim_script(loaded, claim))
            for claim in entry.claims
        ),
        compare=entry.compare,
        sources=entry.sources or (),
        inputs=dict(entry.inputs),
        usual=entry.usual,
        v1=Code(log=entry.v1.log.rstrip(), read=entry.v1.read.rstrip()),
        mlflow={name: recipe_code(entry, name) for name in asked},
        unobserved=dict(entry.unobserved),
        planned=planned,
        all_recipes=tuple(entry.recipes),
        hashes=hashes_of(entry),
    )


def _divergence_info(loaded: LoadedEntry, index: int) -> DivergenceInfo:
    each = loaded.entry.divergences[index]
    raises = each.raises
    witness = evaluated(loaded, each.witness.inputs, "divergences", index, "witness")
    return DivergenceInfo(
        id=each.id,
        effect="altered" if raises is None else "refused",
        disclosed_by=each.disclosed_by,
        because=each.because,
        recipes=tuple(filter(each.concerns, loaded.entry.recipes)),
        stores=each.where or (),
        versions=dict(each.versions or {}),
        when=each.when.rstrip(),
        becomes=None if each.becomes is None else each.becomes.rstrip(),
        raises=None if raises is None else f"{raises.type} in {raises.phase}: {raises.match}",
        witness={
            **{name: to_expression(value) for name, value in witness.items()},
            **({} if each.witness.clock is None else {"clock": each.witness.clock}),
        },
        instead=each.instead,
        scripts=witness_scripts(loaded, each),
    )
