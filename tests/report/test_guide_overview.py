"""The guide's table of contents and its errata follow from the results, and from nothing else."""

from __future__ import annotations

import pytest
from report_samples import GUIDE, MAPPING, guide_report, report, result, rich_report, whole

from harness.report.facts import ClaimInfo, Code, DivergenceInfo, MappingInfo
from harness.report.guide import NO_BETTER, NOT_VERIFIED, Erratum, Overview, overview, overview_of
from harness.report.model import DivergenceVerdict, Observation, Report, Verdict, VerdictName


def _of(of: Report) -> Overview:
    found = overview_of(of)
    assert found is not None
    return found


def _errata(mapping: MappingInfo, *results: object) -> tuple[Erratum, ...]:
    made = report(whole(*results), [mapping], guide=GUIDE)  # type: ignore[arg-type]
    return _of(made).errata


def test_a_report_that_was_held_against_no_guide_has_no_overview() -> None:
    assert overview_of(rich_report()) is None


def test_the_rows_are_those_of_the_index_in_its_order() -> None:
    rows = _of(guide_report()).rows
    assert [(row.part.entry, row.statements) for row in rows] == [
        ("log-list", 1),
        ("view-metric-history", 1),
        ("elsewhere", 1),
    ]
    assert [row.mapping is not None for row in rows] == [True, True, False]


def test_each_claim_stands_in_one_row_with_what_became_of_it() -> None:
    claims = {claim.name: (claim.state, claim.stores) for claim in _of(guide_report()).claims}
    assert claims == {
        "log-list/note": ("partly", ("sqlite",)),
        "view-metric-history/only-last": ("refuted", ("sqlite",)),
        "view-metric-history/studio": ("unverifiable", ()),
        "elsewhere/unknown": ("unchecked", ()),
    }
    assert len(_of(guide_report()).claims) == 4


def test_the_sentence_counts() -> None:
    assert _of(guide_report()).sentence() == (
        "2 of 3 sections covered, 40 of 40 lines, 3 statements, 1 of them not accounted for; "
        "4 claims: 1 refuted, 1 unverifiable, 1 not checked on every store, 1 not checked"
    )


def test_statements_are_accounted_for_where_all_their_claims_are_in_the_report() -> None:
    guide = GUIDE.model_copy(update={"parts": GUIDE.parts[:2]})
    assert "2 statements, every one accounted for" in overview(guide, rich_report().mappings).sentence()
    assert "2 statements, 1 of them not accounted for" in overview(guide, [MAPPING]).sentence()


def test_the_sentence_claims_no_coverage_that_is_not_there() -> None:
    part = GUIDE.parts[0]
    bare = part.passages[1].states[0].model_copy(update={"claims": ()})
    passages = (part.passages[0], part.passages[1].model_copy(update={"states": (bare,)}))
    parts = (part.model_copy(update={"passages": passages}), *GUIDE.parts[1:])
    told = overview(
        GUIDE.model_copy(update={"covered": 39, "parts": parts}), rich_report().mappings
    ).sentence()
    assert "39 of 40 lines" in told
    assert "3 statements, 2 of them not accounted for" in told


def test_without_results_nothing_counts_as_checked() -> None:
    found = overview(GUIDE, rich_report().mappings)
    assert {claim.state for claim in found.claims} == {"unchecked", "unverifiable"}
    assert not found.is_checked
    assert [(erratum.id, erratum.is_shown) for erratum in found.errata] == [("only-last", False)]
    assert all(not row.verdicts for row in found.rows)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "holds"),
        ({"refuted": True}, "refuted"),
        ({"outcome": "failed"}, "failed"),
        ({"outcome": "error"}, "failed"),
        ({"outcome": "skipped", "skipped_because": "not-run"}, "unchecked"),
        ({"outcome": "skipped", "skipped_because": "unreachable"}, "unchecked"),
    ],
)
def test_the_state_of_a_claim_is_that_of_its_results(changes: dict[str, object], state: str) -> None:
    found = _of(report(whole(result("claim", "note", **changes)), guide=GUIDE))
    assert {claim.name: claim.state for claim in found.claims}["log-list/note"] == state


def test_one_store_on_which_it_fails_is_enough() -> None:
    results = whole(result("claim", "note"), result("claim", "note", store="file", outcome="failed"))
    (claim, *_) = _of(report(results, guide=GUIDE)).claims
    assert (claim.state, claim.stores) == ("failed", ("file", "sqlite"))


@pytest.mark.parametrize("why", ["not-run", "unreachable"])
@pytest.mark.parametrize(
    ("changes", "state"),
    [({}, "partly"), ({"refuted": True}, "refuted"), ({"outcome": "failed"}, "failed")],
    ids=["holds", "refuted", "failed"],
)
def test_a_claim_holds_only_where_no_store_is_left_out(
    changes: dict[str, object], state: str, why: str
) -> None:
    left_out = result("claim", "note", store="file", outcome="skipped", skipped_because=why)
    found = _of(report(whole(result("claim", "note", **changes), left_out), guide=GUIDE))
    assert (found.claims[0].state, found.claims[0].stores) == (state, ("sqlite",))


def test_errata_that_are_only_said_are_counted_apart() -> None:
    assert _of(guide_report()).errata_counted() == "2 shown"
    assert overview(GUIDE, rich_report().mappings).errata_counted() == "0 shown, 1 not checked"


def test_a_statement_that_is_refuted_is_an_erratum_with_its_place() -> None:
    erratum = next(each for each in _of(guide_report()).errata if each.kind == "statement")
    assert (erratum.section, erratum.lines, erratum.id) == (
        "View run info and data",
        "lines 20 and 22-30",
        "only-last",
    )
    assert (erratum.says, erratum.happens, erratum.where, erratum.is_shown) == (
        "Only the most recent value is in metrics.",
        "It is the largest of those with the newest timestamp and step.",
        "sqlite",
        True,
    )


def test_a_statement_that_failed_its_check_is_no_erratum() -> None:
    claims = (ClaimInfo(id="note", says="So.", cites="Log a list of metrics", refuted="No."),)
    mapping = MAPPING.model_copy(update={"claims": claims})
    assert _errata(mapping, result("claim", "note", outcome="failed")) == ()


def test_a_loss_of_the_guides_own_example_is_an_erratum() -> None:
    erratum = next(each for each in _of(guide_report()).errata if each.kind == "code")
    assert (erratum.section, erratum.lines, erratum.id) == ("Log a list of metrics", "lines 5-9", "merge")
    assert erratum.happens == "Equal points are one."
    assert "guide on sqlite" in erratum.where
    assert "even for the guide's own example" in erratum.where


HITS = {"applied": {"merge": 2}, "applied_usual": {"merge": 1}}


@pytest.mark.parametrize(
    ("changes", "is_erratum"),
    [
        (HITS, True),
        ({"applied": {"merge": 2}}, False),
        ({"applied": {"told": 2}, "applied_usual": {"told": 1}}, False),
        ({}, False),
    ],
    ids=["usual", "edges", "disclosed", "not applied"],
)
def test_what_the_code_loses_at_edges_or_the_guide_tells_is_none(
    changes: dict[str, object], is_erratum: bool
) -> None:
    assert bool(_errata(MAPPING, result("property", **changes))) == is_erratum


def test_a_loss_by_a_recipe_of_ours_is_none() -> None:
    divergences = (
        DivergenceInfo(id="merge", effect="altered", because="So.", recipes=("guide", "recommended")),
    )
    mapping = MAPPING.model_copy(update={"recipes": ("guide", "recommended"), "divergences": divergences})
    assert _errata(mapping, result("property", recipe="recommended", **HITS)) == ()


def test_an_erratum_has_its_witness_and_its_script() -> None:
    merge = MAPPING.divergences[0].model_copy(
        update={"witness": {"values": "[0, 0]"}, "scripts": {"guide": "print([0])"}}
    )
    mapping = MAPPING.model_copy(update={"divergences": (merge,)})
    seen = Observation(v1="[0, 0]", expected="[0]", mlflow="[0]", applied=("merge",))
    results = result("property", **HITS), result("witness", "merge", observed=seen, **HITS)
    (erratum,) = _errata(mapping, *results)
    assert (erratum.witness, erratum.observed, erratum.script) == (
        (("values", "[0, 0]"),),
        seen,
        "print([0])",
    )


CODE = {"guide": Code(log="old()", read="1"), "recommended": Code(log="new()", read="1")}
THREE = {"plain": Code(log="another()", read="1"), **CODE}
BOTH = ("guide", "recommended")


@pytest.mark.parametrize(
    ("divergence", "mlflow", "words", "code", "caveat"),
    [
        ({"instead": "Say so."}, CODE, "Say so.", "", ""),
        ({"instead": "Say so.", "recipes": BOTH}, CODE, "Say so.", "", ""),
        ({}, CODE, "", "new()", NOT_VERIFIED),
        ({}, THREE, "", "new()", NOT_VERIFIED),
        ({"recipes": BOTH}, CODE, "", "", NO_BETTER),
        ({"recipes": BOTH}, THREE, "", "another()", NOT_VERIFIED),
        ({"recipes": (*BOTH, "plain")}, THREE, "", "", NO_BETTER),
        ({"recipes": BOTH}, {"guide-new": CODE["guide"], **CODE}, "", "", NO_BETTER),
        # Where the run did not have the recipe, what it does is known by the entry alone.
        ({}, {}, "", "", ""),
        ({}, {"guide": CODE["guide"]}, "", "", ""),
        ({"recipes": BOTH}, {}, "", "", NO_BETTER),
    ],
)
def test_what_to_write_instead(
    divergence: dict[str, object], mlflow: dict[str, Code], words: str, code: str, caveat: str
) -> None:
    merge = MAPPING.divergences[0].model_copy(update=divergence)
    mapping = MAPPING.model_copy(update={"divergences": (merge,), "mlflow": mlflow})
    (erratum,) = _errata(mapping, result("property", **HITS))
    assert (erratum.instead, erratum.code, erratum.caveat) == (words, code, caveat)


def test_another_recipe_is_offered_with_its_own_verdicts() -> None:
    merge = MAPPING.divergences[0].model_copy(update={"recipes": BOTH})
    mapping = MAPPING.model_copy(update={"divergences": (merge,), "mlflow": THREE})
    own = [
        Verdict(mapping="log-list", recipe=recipe, store="sqlite", verdict=verdict)
        for recipe, verdict in {"recommended": "broken", "plain": "equivalent"}.items()
    ]
    (erratum,) = overview(GUIDE, [mapping], [], [_shown_on("sqlite"), *own]).errata
    assert (erratum.code, erratum.caveat) == ("another()", "")


def _shown_on(store: str) -> Verdict:
    merge = DivergenceVerdict(id="merge", effect="altered", disclosed=False, usual=True, count=1)
    return Verdict(mapping="log-list", recipe="guide", store=store, verdict="lossy", divergences=(merge,))


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ({}, NOT_VERIFIED),
        ({"sqlite": "not-verified"}, NOT_VERIFIED),
        ({"sqlite": "equivalent"}, ""),
        ({"sqlite": "equivalent-as-disclosed"}, ""),
        ({"sqlite": "lossy-at-edges"}, ""),
        ({"sqlite": "refuses-at-edges"}, ""),
        ({"sqlite": "lossy"}, "On sqlite it is itself lossy."),
        ({"sqlite": "broken"}, "On sqlite it is itself broken."),
        ({"sqlite": "refuses"}, "On sqlite it itself raises an error for usual data."),
        ({"sqlite": "unexplained"}, "On sqlite it itself shows a difference that is not explained."),
        ({"file": "lossy", "sqlite": "lossy"}, "On file, sqlite it is itself lossy."),
        (
            {"file": "lossy", "mysql": "equivalent"},
            "On file it is itself lossy; on sqlite it was not verified.",
        ),
        ({"file": "equivalent"}, "On sqlite it was not verified."),
    ],
)
def test_code_of_ours_is_offered_with_what_is_wrong_with_it(
    verdicts: dict[str, VerdictName], told: str
) -> None:
    own = [
        Verdict(mapping="log-list", recipe="recommended", store=store, verdict=verdict)
        for store, verdict in verdicts.items()
    ]
    of_others = Verdict(mapping="other", recipe="recommended", store="sqlite", verdict="broken")
    mapping = MAPPING.model_copy(update={"mlflow": CODE})
    (erratum,) = overview(GUIDE, [mapping], [], [_shown_on("sqlite"), *own, of_others]).errata
    assert (erratum.code, erratum.caveat) == ("new()", told)


def test_where_words_say_what_to_write_there_is_no_code_to_speak_of() -> None:
    merge = MAPPING.divergences[0].model_copy(update={"instead": "Say so."})
    mapping = MAPPING.model_copy(update={"mlflow": CODE, "divergences": (merge,)})
    (erratum,) = overview(GUIDE, [mapping], [], [_shown_on("sqlite")]).errata
    assert (erratum.code, erratum.caveat) == ("", "")


def test_code_that_stands_against_a_refuted_statement_has_its_word_too() -> None:
    claims = (ClaimInfo(id="note", says="So.", cites="Log a list of metrics", refuted="No."),)
    mapping = MAPPING.model_copy(update={"claims": claims, "mlflow": CODE})
    (erratum,) = overview(GUIDE, [mapping], [result("claim", "note", refuted=True)]).errata
    assert (erratum.code, erratum.caveat) == ("new()", NOT_VERIFIED)
