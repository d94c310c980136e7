from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from report_samples import MAPPING, result, whole

from harness.report.facts import Code, DivergenceInfo, MappingInfo
from harness.report.model import Result, Verdict
from harness.report.verdicts import derive_verdicts, rank


def verdict(*results: Result, mapping: MappingInfo = MAPPING) -> Verdict:
    (found,) = derive_verdicts(results, [mapping])
    return found


def applied(divergence: str, *, usual: int = 0, count: int = 2, **more: Any) -> Result:
    return result("property", applied={divergence: count}, applied_usual={divergence: usual}, **more)


SKIPPED = {"outcome": "skipped", "skipped_because": "not-run", "examples": 0}


@pytest.mark.parametrize(
    ("results", "name", "reason"),
    [
        (whole(result("example", "1", **SKIPPED)), "not-verified", "not run: example 1"),
        (whole(result("claim", "ours", **SKIPPED)), "not-verified", "not run: claim ours"),
        (whole(result("witness", "merge", **SKIPPED)), "not-verified", "not run: witness merge"),
        (whole(result("property", examples=99)), "not-verified", "property ran 99 of 100 examples"),
        (
            whole(result("directed", "merge", examples=3)),
            "not-verified",
            "directed merge ran 3 of 50 examples",
        ),
        (whole(result("property", examples=0, required=0)), "not-verified", "property ran 0 of 1 examples"),
        ([result("example", "1"), result("claim", "note")], "not-verified", "no property was run"),
        ([], "not-verified", "no property was run"),
        (whole(result("witness", "merge", outcome="failed")), "unexplained", "witness merge failed"),
        (whole(result("property", outcome="failed", examples=3)), "unexplained", "property failed"),
        (whole(result("claim", "ours", outcome="failed")), "unexplained", "claim ours failed"),
        (
            whole(result("sensitivity", outcome="error")),
            "unexplained",
            "sensitivity could not be run (error)",
        ),
        (whole(applied("stranger")), "unexplained", "the entry does not have it"),
        (
            whole(result("example", "1", applied={"raise": 1}, applied_guide=["raise"])),
            "broken",
            "applies to the guide's own example: raise",
        ),
        (whole(applied("merge", usual=1)), "lossy", ""),
        (whole(applied("raise", usual=1)), "refuses", ""),
        (whole(applied("merge")), "lossy-at-edges", ""),
        (whole(applied("raise")), "refuses-at-edges", ""),
        (whole(applied("told", usual=2)), "equivalent-as-disclosed", ""),
        (whole(), "equivalent", ""),
    ],
)
def test_each_rung(results: list[Result], name: str, reason: str) -> None:
    found = verdict(*results)
    assert found.verdict == name
    assert bool(reason) == bool(found.reasons)
    assert reason in "; ".join(found.reasons)


def test_the_first_that_fits() -> None:
    usual_refused = result(
        "property", applied={"merge": 3, "raise": 3}, applied_usual={"raise": 1}, applied_guide=[]
    )
    assert verdict(*whole(usual_refused)).verdict == "refuses"
    both = usual_refused.model_copy(update={"applied_usual": {"raise": 1, "merge": 1}})
    assert verdict(*whole(both)).verdict == "lossy"
    edges = usual_refused.model_copy(update={"applied_usual": {}})
    assert verdict(*whole(edges)).verdict == "lossy-at-edges"


def test_a_failure_is_said_also_where_something_was_not_run() -> None:
    found = verdict(*whole(result("property", outcome="failed"), result("claim", "ours", **SKIPPED)))
    assert found.verdict == "not-verified"
    assert found.reasons == ("property failed", "not run: claim ours")


def test_only_the_guide_own_example_breaks() -> None:
    witness = result("witness", "merge", applied={"merge": 1}, applied_guide=["merge"])
    assert verdict(*whole(witness)).verdict == "lossy-at-edges"
    told = result("example", "1", applied={"told": 1}, applied_guide=["told"])
    assert verdict(*whole(told)).verdict == "equivalent-as-disclosed"


@pytest.mark.parametrize(
    "claim",
    [
        {"outcome": "failed"},
        {"refuted": True},
        {"store": "other"},
    ],
)
def test_only_a_claim_that_was_checked_here_and_holds_discloses(claim: dict[str, Any]) -> None:
    others = [item for item in whole(applied("told")) if item.id != "note"]
    found = derive_verdicts([*others, result("claim", "note", **claim)], [MAPPING])
    assert [item.disclosed for one in found for item in one.divergences] == [False]


@pytest.mark.parametrize("change", [{"cites": None}, {"cites": ""}, {"refuted": "it does not"}])
def test_only_a_claim_of_the_guide_discloses(change: dict[str, Any]) -> None:
    claims = tuple(item.model_copy(update=change) for item in MAPPING.claims)
    mapping = MAPPING.model_copy(update={"claims": claims})
    assert verdict(*whole(applied("told")), mapping=mapping).verdict == "lossy-at-edges"


def test_a_claim_counts_for_every_recipe_of_its_store_alone() -> None:
    mapping = MAPPING.model_copy(update={"recipes": ("guide", "recommended"), "stores": ("sqlite", "file")})
    own = [item for item in whole() if item.recipe]
    results = [
        item.model_copy(update={"recipe": recipe, "store": store})
        for item in own
        for recipe in mapping.recipes
        for store in mapping.stores
    ]
    results.append(result("claim", "ours", outcome="failed"))
    found = derive_verdicts(results, [mapping])
    assert [(item.store, item.recipe, item.verdict) for item in found] == [
        ("file", "guide", "equivalent"),
        ("file", "recommended", "equivalent"),
        ("sqlite", "guide", "unexplained"),
        ("sqlite", "recommended", "unexplained"),
    ]


def test_each_way_of_the_guide_has_a_verdict_of_its_own() -> None:
    """No verdict looks at the name of a recipe, so `guide-...` is as much the guide's as `guide`."""
    ways = ("guide-artifact", "guide-metrics", "recommended")
    broken = DivergenceInfo(id="merge", effect="altered", because="Equal points are one.", recipes=ways[:2])
    mapping = MAPPING.model_copy(update={"recipes": ways, "divergences": (broken,)})
    results = [
        item.model_copy(update={"recipe": item.recipe and way})
        for way in ways
        for item in whole(
            result("example", "1", applied={"merge": 1}, applied_guide=["merge"])
            if way == "guide-metrics"
            else result("example", "1")
        )
    ]
    found = derive_verdicts(list({item.key: item for item in results}.values()), [mapping])
    assert [(item.recipe, item.verdict) for item in found] == [
        ("guide-artifact", "equivalent"),
        ("guide-metrics", "broken"),
        ("recommended", "equivalent"),
    ]


def test_an_unverifiable_claim_is_no_gap_if_its_entry_says_so() -> None:
    skipped = result("claim", "ours", outcome="skipped", skipped_because="unverifiable")
    assert verdict(*whole(skipped)).verdict == "not-verified"
    claims = tuple(item.model_copy(update={"unverifiable": "studio"}) for item in MAPPING.claims)
    mapping = MAPPING.model_copy(update={"claims": claims})
    assert verdict(*whole(skipped), mapping=mapping).verdict == "equivalent"


def test_a_planned_pair_without_results_has_a_verdict() -> None:
    mapping = MAPPING.model_copy(update={"stores": ("sqlite", "file"), "recipes": ("guide", "recommended")})
    found = derive_verdicts(whole(), [mapping])
    assert len(found) == 4
    assert {item.verdict for item in found if item.key != ("log-list", "sqlite", "guide")} == {"not-verified"}


def test_a_store_that_has_claims_alone_has_verdicts() -> None:
    mapping = MAPPING.model_copy(update={"stores": ()})
    (found,) = derive_verdicts([result("claim", "note", store="file")], [mapping])
    assert (found.store, found.recipe, found.verdict) == ("file", "guide", "not-verified")


def test_counts_clocks_and_assumptions_are_summed() -> None:
    found = verdict(
        *whole(
            applied("merge", usual=1, applied_clocks={"merge": ["stopped"]}, assumptions=["b"]),
            result("witness", "merge", applied={"merge": 1}, assumptions=["a", "b"]),
        )
    )
    (item,) = found.divergences
    assert (item.count, item.usual, item.clocks) == (3, True, ("stopped",))
    assert found.assumptions == ("a", "b")
    assert found.examples == 102


_DIVERGENCES = st.dictionaries(st.sampled_from(["merge", "raise", "told"]), st.integers(1, 3))


@st.composite
def _results(draw: st.DrawFn) -> list[Result]:
    """Any results of the one recipe: passed or not, whole or not, skipped or not, whatever they applied."""
    found = []
    for base in [*whole(), result("witness", "merge"), result("directed", "merge")]:
        outcome = draw(st.sampled_from(["passed"] * 6 + ["failed", "error", "skipped"]))
        change: dict[str, Any] = {"outcome": outcome}
        if outcome == "skipped":
            reasons = ["not-run", "unreachable", *(["unverifiable"] if base.kind == "claim" else [])]
            change |= {"skipped_because": draw(st.sampled_from(reasons)), "examples": 0}
        if outcome == "passed" and base.recipe:
            counts = draw(st.just({}) | _DIVERGENCES)
            usual = draw(st.booleans())
            change |= {"applied": counts, "applied_usual": counts if usual else {}}
            if base.kind == "example" and draw(st.booleans()):
                change |= {"applied_guide": sorted(counts)}
        found.append(Result.model_validate(base.model_dump() | change))
    return found


@seed(20260101)
@settings(database=None, max_examples=150, deadline=None)
@given(results=_results(), data=st.data())
def test_a_skip_never_improves_a_verdict(results: list[Result], data: st.DataObject) -> None:
    before = verdict(*results)
    index = data.draw(st.integers(0, len(results) - 1))
    old = results[index]
    reasons = ["not-run", "unreachable", *(["unverifiable"] if old.kind == "claim" else [])]
    results[index] = result(
        old.kind, old.id, examples=0, outcome="skipped", skipped_because=data.draw(st.sampled_from(reasons))
    )
    after = verdict(*results)
    assert after.verdict == "not-verified"
    assert rank(after.verdict) <= rank(before.verdict)


@seed(20260102)
@settings(database=None, max_examples=150, deadline=None)
@given(results=_results(), data=st.data())
def test_a_result_that_is_missing_never_improves_a_verdict(
    results: list[Result], data: st.DataObject
) -> None:
    mapping = MAPPING.model_copy(update={"planned": len(results)})
    before = verdict(*results, mapping=mapping)
    gone = data.draw(st.sets(st.integers(0, len(results) - 1), min_size=1))
    left = [item for index, item in enumerate(results) if index not in gone]
    after = verdict(*left, mapping=mapping)
    assert rank(after.verdict) <= rank(before.verdict)
    assert f"{len(gone)} planned results are missing" in after.reasons


@seed(20260103)
@settings(database=None, max_examples=100, deadline=None)
@given(results=_results(), data=st.data())
def test_one_more_failure_never_improves_a_verdict(results: list[Result], data: st.DataObject) -> None:
    before = verdict(*results)
    after = verdict(
        *results, result("witness", "another", outcome=data.draw(st.sampled_from(["failed", "error"])))
    )
    assert rank(after.verdict) <= rank("unexplained")
    assert rank(after.verdict) <= max(rank(before.verdict), rank("unexplained"))


@seed(20260104)
@settings(database=None, max_examples=50, deadline=None)
@given(results=_results(), data=st.data())
def test_the_order_of_results_changes_nothing(results: list[Result], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(results))
    assert verdict(*shuffled) == verdict(*results)


def test_a_recipe_has_no_verdict_where_it_makes_no_sense() -> None:
    codes = {"guide": Code(log="", read=""), "reads-across": Code(log="", read="", stores=("azureml",))}
    mapping = MAPPING.model_copy(
        update={"recipes": tuple(codes), "stores": ("sqlite", "azureml"), "mlflow": codes}
    )
    assert {(each.recipe, each.store, each.verdict) for each in derive_verdicts([], [mapping])} == {
        ("guide", "sqlite", "not-verified"),
        ("guide", "azureml", "not-verified"),
        ("reads-across", "azureml", "not-verified"),
    }
