"""Divergences, refusals and claims that are wrong, each with the check that must notice."""

from __future__ import annotations

from honest_entry import ANY_POINTS_LOST, Liar, claim, divergence

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
