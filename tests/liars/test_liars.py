"""Entries, comparisons and readings that are wrong, each in one thing: a check that is named here must notice.

Each liar is the honest entry with one change, so what is noticed is the change. The honest entry itself passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from honest_entry import HONEST, READ_MLFLOW, RECOMMENDED, THOROUGH, Liar
from lying_models import CLAIMS, DIVERGENCES, RAISES, REFUSALS
from lying_readings import COMPARISONS, INPUTS, READINGS

from harness.compare import RELATIONS, Difference, Relation
from harness.report.verdicts import derive_verdicts
from harness.spec import LoadedEntry
from harness.stores import StoreInfo, catalogue
from harness.testbed import TestBed
from harness.verify import mapping_info

pytestmark = pytest.mark.once

LIARS = {
    f"{family}: {liar.name}": liar
    for family, liars in {
        "reading": READINGS,
        "comparison": COMPARISONS,
        "input": INPUTS,
        "divergence": DIVERGENCES,
        "raises": RAISES,
        "refusal": REFUSALS,
        "claim": CLAIMS,
    }.items()
    for liar in liars
}


def test_the_honest_entry_passes(
    bed: TestBed, entry_from: Callable[..., LoadedEntry], verify: Callable[..., Any]
) -> None:
    assert verify(bed, entry_from(HONEST)).not_passed == {}


@pytest.mark.parametrize("liar", LIARS.values(), ids=LIARS)
def test_a_liar_is_caught(
    bed: TestBed, entry_from: Callable[..., LoadedEntry], verify: Callable[..., Any], liar: Liar
) -> None:
    relations = RELATIONS if liar.relation is None else {"numbers": relation_of(liar.relation)}
    loaded = entry_from(HONEST, liar.changes)
    verified = verify(bed, loaded, only=liar.noticed_by.__eq__, profile=THOROUGH, relations=relations)
    result = verified.results[liar.noticed_by]
    assert (result.outcome, liar.says in result.message) == (liar.outcome, True), result.message


def relation_of(agrees: Callable[[Any, Any], bool]) -> Relation:
    def difference(expected: object, actual: object) -> Difference | None:
        return None if agrees(expected, actual) else Difference("value", "", str(expected), str(actual))

    return Relation("numbers", "is a liar", difference)


def test_a_claim_that_fails_does_not_soften_the_verdict(
    bed: TestBed, entry_from: Callable[..., LoadedEntry], verify: Callable[..., Any]
) -> None:
    holds = {
        "inputs/values": "st.permutations([1, 2, 3])",
        "examples": [{"guide": True, "values": [1, 2, 3]}, {"values": [0.5, 0.1]}],
        "-v1/refuses": None,
        "-mlflow/recommended": None,
        "-divergences/two-nan-are-refused": None,
        "-divergences/equal-points-merge": None,
        "-divergences/order-is-lost/region": None,
        "divergences/order-is-lost/disclosed_by": "no-text",
        "-claims/order-is-kept": None,
    }
    fails = holds | {"claims/no-text/check": "client.get_run(run_id).data.metrics != {}"}
    verdicts = []
    for changes in (holds, fails):
        loaded = entry_from(HONEST, changes)
        results = list(verify(bed, loaded).results.values())
        infos = [mapping_info(loaded, ["sqlite"], None, planned=len(results))]
        (verdict,) = derive_verdicts(results, infos)
        verdicts.append((verdict.verdict, [divergence.disclosed for divergence in verdict.divergences]))
    assert verdicts == [("equivalent-as-disclosed", [True]), ("unexplained", [False])]


@pytest.fixture
def another_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second store is known, of a group of its own."""
    other = StoreInfo(name="other", groups=frozenset({"files"}), says="keeps everything")
    monkeypatch.setattr(catalogue, "STORES", MappingProxyType({**catalogue.STORES, "other": other}))


@pytest.mark.parametrize(
    ("stores", "store", "noticed_by", "says"),
    [
        (["files"], "sqlite", "example.of-order-is-lost-ticking[guide-sqlite]", "same items, other order"),
        (["other"], "sqlite", "example.two-stopped[guide-sqlite]", "same items, other order"),
        (["sql", "files"], "other", "witness.order-is-lost[guide-other]", "same items, other order"),
        (["sql", "other"], "other", "example.two-stopped[guide-other]", "same items, other order"),
    ],
)
@pytest.mark.usefixtures("another_store")
def test_a_wrong_stores_is_caught(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    stores: Sequence[str],
    store: str,
    noticed_by: str,
    says: str,
) -> None:
    keeps_the_order = {"mlflow/guide": {"log": RECOMMENDED, "read": READ_MLFLOW}} if store == "other" else {}
    loaded = entry_from(HONEST, {"divergences/order-is-lost/stores": list(stores), **keeps_the_order})
    both = replace(bed, stores={**bed.stores, "other": replace(bed.stores["sqlite"], name="other")})
    result = verify(both, loaded, only=noticed_by.__eq__, stores=[store]).results[noticed_by]
    assert (result.outcome, says in result.message) == ("failed", True), result.message
