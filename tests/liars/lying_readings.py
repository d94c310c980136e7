"""Readings, comparisons and inputs that are wrong, each with the check that must notice."""

from __future__ import annotations

import math

from honest_entry import ONE_RECIPE, SENSITIVITY, Liar, on_both_sides, one_more_input

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
