"""Entries, comparisons and readings that are wrong, each in one thing: a check that is named here must notice.

Each liar is the honest entry with one change, so what is noticed is the change. The honest entry itself passes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import pytest

from harness.compare import RELATIONS, Difference, Relation
from harness.profiles import Profile
from harness.report.verdicts import derive_verdicts
from harness.spec import LoadedEntry
from harness.stores import StoreInfo, catalogue
from harness.testbed import TestBed
from harness.verify import mapping_info

pytestmark = pytest.mark.once

HONEST = """
harness: 1
id: honest
title: A list of numbers
guide: A section
inputs:
  values: st.lists(st.sampled_from([1, 2, 0.1, math.nan]), max_size=4)
usual: not any(map(is_nan, values))
examples:
  - {id: three, clock: ticking, guide: true, values: [1, 2, 0.1]}
  - {id: two, values: [2, 1]}
  - {id: five, clock: ticking, values: [0.1, 0.5, 7, 0.5, 3]}
  - {id: one, clock: ticking, values: [3]}
v1:
  log: run.log_list("loss", values)
  read: as_list(run.get_metrics().get("loss"))
  refuses:
    - id: empty-list
      when: not values
      raises: {type: AttributeError, match: has no attribute}
      witness: {values: []}
      because: SDK v1 makes no metric of an empty list.
mlflow:
  guide:
    log: 'client.log_batch(run_id, [Metric("loss", value, int(time.time() * 1000), 0) for value in values])'
    read: '[metric.value for metric in client.get_metric_history(run_id, "loss")]'
  recommended:
    log: |
      now = int(time.time() * 1000)
      client.log_batch(run_id, [Metric("loss", value, now, step) for step, value in enumerate(values)])
    read: '[metric.value for metric in client.get_metric_history(run_id, "loss")]'
compare: numbers
divergences:
  - id: two-nan-are-refused
    recipes: [guide]
    stores: [sql]
    when: sum(map(is_nan, expected)) > 1
    raises: {phase: log, type: MlflowException, match: UNIQUE constraint failed}
    witness: {clock: ticking, values: [.nan, .nan]}
    region: {values: "st.lists(st.just(math.nan), min_size=2, max_size=9)"}
    because: Two NaN are two points for the client and one for the database.
  - id: equal-points-merge
    recipes: [guide]
    stores: [sql]
    when: has_equal(expected)
    becomes: distinct(expected)
    witness: {clock: ticking, values: [2, 2]}
    region: {values: "st.lists(st.sampled_from([1, 2, 0.1]), min_size=4, max_size=9)"}
    because: Equal points are one point.
  - id: order-is-lost
    recipes: [guide]
    stores: [sql]
    when: "True"
    becomes: by_value(expected)
    witness: {values: [2, 1]}
    region: {values: "st.lists(st.sampled_from([1, 2, 0.1]), min_size=2, max_size=9)"}
    because: Points of one moment come back by value.
claims:
  - id: no-text
    says: Text is no metric.
    check: 'raises(MlflowException, lambda: client.log_batch(run_id, [Metric("loss", "text", 0, 0)]))'
  - id: order-is-kept
    says: A list comes back in its order.
    check: |
      client.log_batch(run_id, [Metric("loss", value, 0, 0) for value in [2, 1]])
      [metric.value for metric in client.get_metric_history(run_id, "loss")] == [2, 1]
    refuted: A SQL store gives points of one moment back by value.
"""

RECOMMENDED = """
client.log_batch(run_id, [Metric("loss", value, 0, step) for step, value in enumerate(values)])
"""
READ_V1 = 'as_list(run.get_metrics().get("loss"))'
READ_MLFLOW = '[metric.value for metric in client.get_metric_history(run_id, "loss")]'


ONE_RECIPE: Mapping[str, Any] = {
    "-mlflow/guide": None,
    "-divergences": None,
    "examples/two/clock": "ticking",
}
"""Only the recipe without losses is left, each example once: enough where the reading is at fault, and quicker."""


def on_both_sides(reading: str) -> dict[str, Any]:
    """Both sides read less than they could; `READ` is what they read."""
    return {
        **ONE_RECIPE,
        "v1/read": reading.replace("READ", READ_V1),
        "mlflow/recommended/read": reading.replace("READ", READ_MLFLOW),
    }


def divergence(id_: str, **parts: Any) -> dict[str, Any]:
    """One more divergence, of the recipe that has none."""
    own = {
        "id": id_,
        "recipes": ["recommended"],
        "when": "True",
        "witness": {"values": [2, 1]},
        "because": "It is made up.",
    }
    return {"divergences/+": {**own, **parts}}


def one_more_input(**unobserved: str) -> dict[str, Any]:
    """An input that nothing logs."""
    given = {
        f"{place}/note": "text"
        for place in (
            *(f"examples/{index}" for index in range(4)),
            "v1/refuses/empty-list/witness",
        )
    }
    return {**ONE_RECIPE, "inputs/note": "texts()", **given, "unobserved": unobserved}


def claim(check: str, **parts: Any) -> dict[str, Any]:
    return {"claims/+": {"id": "liar", "says": "It is so.", "check": check, **parts}}


@dataclass(frozen=True)
class Liar:
    """A change to the honest entry, the check that must notice, and words of what it must say."""

    name: str
    changes: Mapping[str, Any]
    noticed_by: str
    says: str
    outcome: str = "failed"
    relation: Callable[[Any, Any], bool] | None = field(default=None)


THOROUGH = Profile(
    "thorough", examples=40, directed=4, all_applied=True, says="enough to come upon everything"
)

SENSITIVITY = "sensitivity[recommended-sqlite]"
ANY_POINTS_LOST = """
(lambda values: one_of(*[
  [value for place, value in enumerate(values) if chosen & 2**place] for chosen in range(2 ** len(values))
]))(by_value(expected))
"""

READINGS = [
    Liar("length only", on_both_sides("len(READ)"), SENSITIVITY, "the value of input `values`"),
    Liar("sorted", on_both_sides("sorted(READ)"), SENSITIVITY, "the order of input `values`"),
    Liar("first only", on_both_sides("READ[0]"), SENSITIVITY, "the last of input `values`"),
    Liar("last only", on_both_sides("READ[-1]"), SENSITIVITY, "the first of input `values`"),
    Liar(
        "ends only",
        on_both_sides("(lambda read: [read[0], len(read), read[-1]])(READ)"),
        SENSITIVITY,
        "the value of input `values`",
    ),
    Liar(
        "last, and all of them sorted",
        on_both_sides("(lambda read: [read[-1], sorted(read)])(READ)"),
        SENSITIVITY,
        "the order of input `values`",
    ),
    Liar(
        "first, and all of them sorted",
        on_both_sides("(lambda read: [read[0], sorted(read)])(READ)"),
        SENSITIVITY,
        "the order of input `values`",
    ),
    Liar("each once", on_both_sides("distinct(READ)"), SENSITIVITY, "the count of input `values`"),
    Liar(
        "without the sign", on_both_sides("list(map(abs, READ))"), SENSITIVITY, "the value of input `values`"
    ),
    Liar(
        "rounded to float32",
        on_both_sides("[float(np.float32(read)) for read in READ]"),
        SENSITIVITY,
        "the precision of input `values`",
    ),
    Liar(
        "rounded to six digits",
        on_both_sides("[round(read, 6) for read in READ]"),
        SENSITIVITY,
        "the precision of input `values`",
    ),
    Liar(
        "nothing at all",
        on_both_sides("None if READ else 0"),
        SENSITIVITY,
        "No two examples are read differently",
    ),
    Liar(
        "as many as are stored, with the values that were given",
        {
            **ONE_RECIPE,
            "mlflow/recommended/log": """
client.log_batch(run_id, [Metric("loss", 0, 0, step) for step, _ in enumerate(values)])
""",
            "mlflow/recommended/read": '[value for value, _ in zip(values, client.get_metric_history(run_id, "loss"))]',
        },
        SENSITIVITY,
        "what it is to have from the store",
    ),
    Liar(
        "what was given, not what is stored",
        {**ONE_RECIPE, "mlflow/recommended/read": "values"},
        SENSITIVITY,
        "reads the same when nothing is logged",
    ),
    Liar(
        "what was given, not what v1 stored",
        {**ONE_RECIPE, "v1/read": "values"},
        SENSITIVITY,
        "reads the same when nothing is logged",
    ),
    Liar(
        "no plain value",
        {"mlflow/recommended/read": 'client.get_metric_history(run_id, "loss")'},
        "example.two-ticking[recommended-sqlite]",
        "cannot be compared",
        outcome="error",
    ),
]

COMPARISONS = [
    Liar(
        "always agrees",
        ONE_RECIPE,
        SENSITIVITY,
        "No two examples are read differently",
        relation=lambda expected, actual: True,
    ),
    Liar(
        "always agrees, as a witness shows it",
        {},
        "witness.order-is-lost[guide-sqlite]",
        "does not apply to its own witness",
        relation=lambda expected, actual: True,
    ),
    Liar(
        "ignores order",
        ONE_RECIPE,
        SENSITIVITY,
        "the order of input `values`",
        relation=lambda expected, actual: sorted(expected) == sorted(actual),
    ),
    Liar(
        "has a tolerance",
        ONE_RECIPE,
        SENSITIVITY,
        "the precision of input `values`",
        relation=lambda expected, actual: (
            len(expected) == len(actual) and all(map(math.isclose, expected, actual))
        ),
    ),
    Liar(
        "compares what both have",
        ONE_RECIPE,
        SENSITIVITY,
        "would pass too",
        relation=lambda expected, actual: all(a == b for a, b in zip(expected, actual, strict=False)),
    ),
]

INPUTS = [
    Liar("never read", one_more_input(), SENSITIVITY, "the value of input `note`"),
    Liar(
        "called unobserved, but read",
        {**ONE_RECIPE, "unobserved": {"values": "SDK v1 does not give it back."}},
        SENSITIVITY,
        "`values` is listed as unobserved, but v1 reads it",
    ),
    Liar(
        "in one aspect called unobserved, but read",
        {**ONE_RECIPE, "unobserved": {"values.order": "SDK v1 does not give it back."}},
        SENSITIVITY,
        "`values.order` is listed as unobserved, but v1 reads it",
    ),
    Liar(
        "too narrow for a divergence",
        {"inputs/values": "st.just([3])", "-divergences/equal-points-merge/region": None},
        "directed.equal-points-merge[guide-sqlite]",
        "`when` of equal-points-merge holds for too few",
        outcome="error",
    ),
    Liar(
        "a region outside of `when`",
        {"divergences/equal-points-merge/region/values": "st.just([1, 2])"},
        "directed.equal-points-merge[guide-sqlite]",
        "give it a `region`",
        outcome="error",
    ),
    Liar(
        "nothing that v1 accepts",
        {"inputs/values": "st.just([])"},
        "property[recommended-sqlite]",
        "Unsatisfiable",
        outcome="error",
    ),
    Liar(
        "nothing is usual, so nothing usual is lost",
        {"usual": "False"},
        "example.three-ticking[guide-sqlite]",
        "the guide's own example is not `usual`",
    ),
    Liar(
        "usual that raises",
        {"usual": "values[9]"},
        "example.three-ticking[guide-sqlite]",
        "`usual` raised",
        "error",
    ),
]

DIVERGENCES = [
    Liar(
        "any order explains",
        divergence("liar", becomes="any_order(expected)"),
        "witness.liar[recommended-sqlite]",
        "healed: without divergence liar its witness agrees too",
    ),
    Liar(
        "one of two explains",
        divergence("liar", becomes="one_of(expected, expected[::-1])"),
        "witness.liar[recommended-sqlite]",
        "healed",
    ),
    Liar(
        "anything explains a real difference",
        {"divergences/order-is-lost/becomes": ANY_POINTS_LOST},
        "sensitivity[guide-sqlite]",
        "would pass too",
    ),
    Liar(
        "one value for everything",
        divergence("liar", becomes="[1, 2]"),
        "example.one-ticking[recommended-sqlite]",
        "expected 1",
    ),
    Liar(
        "never applies",
        divergence("liar", when="len(values) > 99", becomes="[]"),
        "witness.liar[recommended-sqlite]",
        "liar does not apply to its own witness",
    ),
    Liar(
        "never applies, as the directed property shows it",
        divergence("liar", when="len(values) > 99", becomes="[]"),
        "directed.liar[recommended-sqlite]",
        "`when` of liar holds for too few",
        "error",
    ),
    Liar(
        "changes nothing",
        divergence("liar", becomes="list(expected)"),
        "witness.liar[recommended-sqlite]",
        "liar does not apply to its own witness",
    ),
    Liar(
        "changes nothing, as the directed property shows it",
        divergence("liar", becomes="list(expected)"),
        "directed.liar[recommended-sqlite]",
        "Divergence liar never applied",
    ),
    Liar(
        "said twice",
        divergence("liar", recipes=["guide"], becomes="by_value(expected)"),
        "witness.order-is-lost[guide-sqlite]",
        "healed: without divergence order-is-lost",
    ),
    Liar(
        "applies to its witness only",
        {"divergences/equal-points-merge/when": "expected == [2, 2]"},
        "example.five-ticking[guide-sqlite]",
        "missing",
    ),
    Liar(
        "not said",
        {"-divergences/order-is-lost": None},
        "example.two-stopped[guide-sqlite]",
        "same items, other order",
    ),
    Liar(
        "not said, as generated inputs show it",
        {"-divergences/order-is-lost": None},
        "property[guide-sqlite]",
        "same items, other order",
    ),
    Liar(
        "wrong `becomes`",
        {"divergences/equal-points-merge/becomes": "[99]"},
        "witness.equal-points-merge[guide-sqlite]",
        "expected 99",
    ),
    Liar(
        "wrong `becomes` where its own witness does not show it",
        {"divergences/equal-points-merge/becomes": "distinct(expected)[:1]"},
        "directed.equal-points-merge[guide-sqlite]",
        "extra",
    ),
    Liar(
        "healed",
        divergence("liar", when="expected == [3]", becomes="[4]", witness={"values": [3]}),
        "witness.liar[recommended-sqlite]",
        "expected 4, got 3.0",
    ),
    Liar(
        "wrong `recipes`",
        {"divergences/order-is-lost/recipes": ["recommended"]},
        "example.of-order-is-lost-ticking[guide-sqlite]",
        "same items, other order",
    ),
    Liar(
        "too many `recipes`",
        {"-divergences/order-is-lost/recipes": None},
        "witness.order-is-lost[recommended-sqlite]",
        "same items, other order",
    ),
    Liar(
        "wrong `versions`",
        {"divergences/order-is-lost/versions": {"mlflow": "<1"}},
        "example.of-order-is-lost-ticking[guide-sqlite]",
        "same items, other order",
    ),
    Liar(
        "`versions` in which there is no difference",
        divergence("liar", versions={"mlflow": ">=1"}, becomes="[]"),
        "witness.liar[recommended-sqlite]",
        "extra",
    ),
    Liar(
        "wrong clock",
        {"divergences/order-is-lost/when": 'clock == "stopped"'},
        "example.of-order-is-lost-ticking[guide-sqlite]",
        "same items, other order",
    ),
    Liar(
        "`when` that raises",
        divergence("liar", when="expected[7]", becomes="[]"),
        "example.two-ticking[recommended-sqlite]",
        "`when` of divergence liar raised IndexError",
        "error",
    ),
    Liar(
        "`when` that raises on generated inputs only",
        divergence(
            "liar", when="sum(map(is_nan, values)) and values[7]", becomes="[]", witness={"values": [3]}
        ),
        "property[recommended-sqlite]",
        "`when` of divergence liar raised IndexError",
        "error",
    ),
    Liar(
        "`becomes` that raises",
        divergence("liar", becomes="expected[7]"),
        "witness.liar[recommended-sqlite]",
        "`becomes` of divergence liar raised IndexError",
        "error",
    ),
    Liar(
        "`becomes` that is no plain value",
        divergence("liar", becomes="object"),
        "witness.liar[recommended-sqlite]",
        "cannot be compared",
        "error",
    ),
]

NAN_WITNESS = "witness.two-nan-are-refused[guide-sqlite]"
REFUSED = "divergences/two-nan-are-refused"
RAISES = [
    Liar("wrong type", {f"{REFUSED}/raises/type": "KeyError"}, NAN_WITNESS, "expects KeyError"),
    Liar("wrong message", {f"{REFUSED}/raises/match": "NOT NULL"}, NAN_WITNESS, "a message like 'NOT NULL'"),
    Liar(
        "wrong phase", {f"{REFUSED}/raises/phase": "read"}, NAN_WITNESS, "expects MlflowException in `read`"
    ),
    Liar("wrong `leaves`", {f"{REFUSED}/leaves": "[math.nan]"}, NAN_WITNESS, "expected float('nan')"),
    Liar(
        "`leaves` that raises",
        {f"{REFUSED}/leaves": "expected[7]"},
        NAN_WITNESS,
        "`leaves` of divergence",
        "error",
    ),
    Liar(
        "raises too often",
        {
            f"{REFUSED}/when": "any(map(is_nan, expected))",
            f"{REFUSED}/region/values": "st.just([1, math.nan])",
        },
        "directed.two-nan-are-refused[guide-sqlite]",
        "MLflow did not raise what divergence two-nan-are-refused says",
    ),
    Liar(
        "raises without it being said",
        {f"-{REFUSED}": None},
        "property[guide-sqlite]",
        "MLflow raised MlflowException in `log`",
    ),
    Liar(
        "leaves something without it being said",
        {
            "mlflow/guide/log": 'client.log_metric(run_id, "loss", 1, timestamp=0)\n'
            'client.log_batch(run_id, [Metric("loss", value, 5, 0) for value in values])'
        },
        NAN_WITNESS,
        "extra",
    ),
    Liar(
        "a recipe that hides what MLflow raises",
        {
            "mlflow/guide/log": "try:\n"
            '    client.log_batch(run_id, [Metric("loss", value, 5, 0) for value in values])\n'
            "except MlflowException:\n"
            "    pass"
        },
        NAN_WITNESS,
        "MLflow did not raise",
    ),
]

REFUSALS = [
    Liar(
        "does not happen",
        {
            "v1/refuses/+": {
                "id": "liar",
                "when": "values == [3]",
                "raises": {"type": "AttributeError", "match": "attribute"},
                "witness": {"values": [3]},
                "because": "It is made up.",
            }
        },
        "refusal.liar[sqlite]",
        "v1 accepts an input that refusal liar says it refuses",
    ),
    Liar(
        "not said",
        {"-v1/refuses": None},
        "property[recommended-sqlite]",
        "v1 raised AttributeError in `log`",
        "error",
    ),
    Liar(
        "wrong type",
        {"v1/refuses/empty-list/raises/type": "ValueError"},
        "refusal.empty-list[sqlite]",
        "refusal empty-list expects ValueError in `log`",
    ),
    Liar(
        "wrong message",
        {"v1/refuses/empty-list/raises/match": "out of range"},
        "refusal.empty-list[sqlite]",
        "a message like 'out of range'",
    ),
    Liar(
        "wrong phase",
        {"v1/refuses/empty-list/phase": "read"},
        "refusal.empty-list[sqlite]",
        "refusal empty-list expects AttributeError in `read`",
    ),
    Liar(
        "does not apply to its witness",
        {"v1/refuses/empty-list/witness/values": [1]},
        "refusal.empty-list[sqlite]",
        "refusal empty-list does not apply to its own witness",
    ),
    Liar(
        "`when` that raises",
        {"v1/refuses/empty-list/when": "not values[0]"},
        "refusal.empty-list[sqlite]",
        "`when` of refusal empty-list raised IndexError",
    ),
    Liar(
        "hides the witness of a divergence",
        {"divergences/equal-points-merge/witness/values": []},
        "witness.equal-points-merge[guide-sqlite]",
        "v1 refuses the witness (empty-list)",
    ),
]

CLAIMS = [
    Liar(
        "does not hold",
        claim("client.get_run(run_id).data.metrics != {}"),
        "claim.liar[sqlite]",
        "does not hold",
    ),
    Liar(
        "is called refuted, but holds",
        claim("client.get_run(run_id).data.metrics == {}", refuted="It is made up."),
        "claim.liar[sqlite]",
        "holds, but the entry calls it refuted",
    ),
    Liar(
        "gives no truth value",
        claim("client.get_run(run_id).data.metrics"),
        "claim.liar[sqlite]",
        "`check` gave {}",
        "error",
    ),
    Liar("raises", claim("values[9] == 1"), "claim.liar[sqlite]", "`check` raised IndexError", "error"),
    Liar(
        "raises, and is called refuted",
        claim("values[9] == 1", refuted="It is made up."),
        "claim.liar[sqlite]",
        "`check` raised IndexError",
        "error",
    ),
]

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
