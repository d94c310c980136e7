"""The checks on both real clients: what they count, what they need, and what they say."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.profiles import Profile
from harness.spec import LoadedEntry, names_in
from harness.spec.names import names_not_there
from harness.testbed import TestBed
from harness.verify import make_ready, plan
from harness.verify.ready import Case
from harness.verify.reproduce import script
from harness.verify.sensitivity import distinct_cases

ENTRY = """
harness: 1
id: checked
title: A list
guide: A section
inputs:
  values: st.sampled_from([[2, 1], [3]])
usual: len(values) > 1
examples:
  - {id: own, guide: true, values: [2, 1]}
  - {values: [3]}
v1:
  log: run.log_list("loss", values)
  read: as_list(run.get_metrics().get("loss"))
mlflow:
  guide:
    log: |
      # All points have one moment.
      for value in values:
          client.log_metric(run_id, "loss", value, timestamp=0)
    read: |
      points = client.get_metric_history(run_id, "loss")
      [
          point.value for point in points
      ]
compare: numbers
divergences:
  - id: order-is-lost
    stores: [sql]
    when: "True"
    becomes: by_value(expected)
    witness: {values: [2, 1]}
    region: {values: "st.just([2, 1])"}
    because: Points of one moment come back by value.
"""
PROPERTY = "property[guide-sqlite]"
DIRECTED = "directed.order-is-lost[guide-sqlite]"

Verify = Callable[..., Any]
EntryFrom = Callable[..., LoadedEntry]


def one(verified: Any) -> Any:
    (result,) = verified.results.values()
    return result


def test_all_there_is_is_enough(bed: TestBed, entry_from: EntryFrom, verify: Verify) -> None:
    results = verify(bed, entry_from(ENTRY), only=lambda name: name in (PROPERTY, DIRECTED)).results
    assert {name: (result.outcome, result.examples, result.required) for name, result in results.items()} == {
        PROPERTY: ("passed", 4, 4),
        DIRECTED: ("passed", 2, 2),
    }


def test_what_was_applied_is_counted(bed: TestBed, entry_from: EntryFrom, verify: Verify) -> None:
    loaded = entry_from(ENTRY)
    result = one(verify(bed, loaded, only=PROPERTY.__eq__))
    assert (result.applied, result.applied_usual, result.applied_guide) == (
        {"order-is-lost": 2},
        {"order-is-lost": 2},
        (),
    )
    assert result.applied_clocks == {"order-is-lost": ("stopped", "ticking")}
    result = one(verify(bed, loaded, only="example.own-stopped[guide-sqlite]".__eq__))
    assert (result.examples, result.applied_guide) == (1, ("order-is-lost",))
    assert result.applied_clocks == {"order-is-lost": ("stopped",)}


def test_what_v1_refuses_counts_apart(bed: TestBed, entry_from: EntryFrom, verify: Verify) -> None:
    loaded = entry_from(
        ENTRY,
        {
            "inputs/values": "st.sampled_from([[2, 1], [3], []])",
            "v1/refuses": [
                {
                    "id": "empty",
                    "when": "not values",
                    "raises": {"type": "AttributeError", "match": "attribute"},
                    "witness": {"values": []},
                    "because": "Nothing is no metric.",
                }
            ],
            "examples/1/values": [],
            "examples/1/id": "refused",
        },
    )
    names = (PROPERTY, "refusal.empty[sqlite]", "example.refused-ticking[guide-sqlite]")
    results = verify(bed, loaded, only=lambda name: name in names).results
    counts = {
        name: (result.outcome, result.examples, result.refused_by_v1) for name, result in results.items()
    }
    assert counts == {
        PROPERTY: ("passed", 4, 2),
        "refusal.empty[sqlite]": ("passed", 0, 1),
        "example.refused-ticking[guide-sqlite]": ("passed", 0, 1),
    }


def test_a_divergence_that_generation_never_came_upon_is_told(
    bed: TestBed, entry_from: EntryFrom, verify: Verify
) -> None:
    loaded = entry_from(ENTRY, {"inputs/values": "st.just([3])"})
    strict = Profile("strict", 8, 4, True, "all must be applied")
    lenient = one(verify(bed, loaded, only=PROPERTY.__eq__))
    assert (lenient.outcome, lenient.message) == ("passed", "generation never came upon: order-is-lost")
    assert one(verify(bed, loaded, only=PROPERTY.__eq__, profile=strict)).outcome == "failed"


def test_two_causes_are_told_apart(bed: TestBed, entry_from: EntryFrom, verify: Verify) -> None:
    loaded = entry_from(
        ENTRY,
        {
            "-divergences": None,
            "inputs/values": "st.sampled_from([['text'], [2, 1], [3, 2, 1], ['other', 'text']])",
            "v1/read": "values",
        },
    )
    result = one(verify(bed, loaded, only=PROPERTY.__eq__, profile=Profile("some", 40, 4, False, "some")))
    assert result.outcome == "failed"
    assert "MLflow raised MlflowException in `log`" in result.message
    assert "input        values = ['text']" in result.message
    assert "expected 2, got 1.0: same items, other order" in result.message
    assert "input        values = [2, 1]" in result.message


def test_a_directed_property_stays_in_its_region(bed: TestBed, entry_from: EntryFrom, verify: Verify) -> None:
    loaded = entry_from(ENTRY, {"divergences/order-is-lost/region/values": "st.just([9, 8])"})
    result = one(verify(bed, loaded, only=DIRECTED.__eq__))
    assert (result.examples, result.applied) == (2, {"order-is-lost": 2})


def test_the_plan_has_each_check_once(entry_from: EntryFrom) -> None:
    profile = Profile("quick", 8, 4, False, "quick")
    checks = plan(make_ready(entry_from(ENTRY)), ["sqlite"], None, profile, 1, {"mlflow": "3.0"})
    assert [check.item.name for check in checks] == [
        "example.own-ticking[guide-sqlite]",
        "example.own-stopped[guide-sqlite]",
        "example.2-ticking[guide-sqlite]",
        "example.2-stopped[guide-sqlite]",
        "example.of-order-is-lost-ticking[guide-sqlite]",
        "example.of-order-is-lost-stopped[guide-sqlite]",
        "witness.order-is-lost[guide-sqlite]",
        "property[guide-sqlite]",
        "directed.order-is-lost[guide-sqlite]",
        "sensitivity[guide-sqlite]",
    ]


@pytest.mark.parametrize("narrow", ["recipes", "stores"])
def test_what_was_not_asked_for_is_not_planned(entry_from: EntryFrom, narrow: str) -> None:
    profile = Profile("quick", 8, 4, False, "quick")
    stores = [] if narrow == "stores" else ["sqlite"]
    recipes = ["recommended"] if narrow == "recipes" else None
    assert plan(make_ready(entry_from(ENTRY)), stores, recipes, profile, 1, {}) == []


def test_the_script_shows_what_both_sides_give(entry_from: EntryFrom, tmp_path: Path) -> None:
    """The one slow test here: the script opens both clients in a process of its own."""
    entry = make_ready(entry_from(ENTRY))
    file = tmp_path / "see.py"
    file.write_text(script(entry, "guide", "sqlite", Case({"values": [2, 1]}, "stopped")), encoding="utf-8")
    shown = subprocess.run(
        [sys.executable, file.name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert [line for line in shown.stdout.splitlines() if "gave" in line] == [
        "v1 gave: [2, 1]",
        "MLflow gave: [1.0, 2.0]",
    ], shown.stderr
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("snippet", "gives"),
    [
        ("x = 1; [x]", [1]),
        ("x = 'é'; x;  # done", "é"),
        ('s = """\na\n  b"""\ns', "\na\n  b"),
        ('s = """a\nb"""; (s,\n  2)', ("a\nb", 2)),
        ('x = 1\nf"""a\n{x}\n b"""', "a\n1\n b"),
        ("x = []\nfor i in range(2):\n    x.append(i)\n\n(x)", [0, 1]),
        ("'a\u2028b'", "a\u2028b"),
    ],
)
def test_the_script_reads_as_the_entry_does(entry_from: EntryFrom, snippet: str, gives: object) -> None:
    entry = make_ready(entry_from(ENTRY, {"v1/read": snippet}))
    written = script(entry, "guide", "sqlite", Case({"values": [1]}, "ticking"))
    (function,) = (
        node
        for node in ast.parse(written).body
        if isinstance(node, ast.FunctionDef) and node.name == "v1_read"
    )
    namespace: dict[str, Any] = {}
    exec(compile(ast.Module([function], []), "script", "exec"), namespace)
    assert namespace["v1_read"](*[None] * len(function.args.args)) == gives


def test_the_script_has_the_authors_code_and_no_more_imports_than_it_needs(entry_from: EntryFrom) -> None:
    entry = make_ready(
        entry_from(ENTRY, {"v1/log": "run.log_list('loss', [np.float32(value) for value in values])"})
    )
    written = script(entry, "guide", "sqlite", Case({"values": [float("nan")]}, "ticking"))
    compile(written, "see.py", "exec")
    assert "# All points have one moment." in written
    assert "import numpy as np\n" in written
    assert "'values': [float('nan')]," in written
    assert "MlflowException" not in written
    assert textwrap.dedent(written) == written


@pytest.mark.parametrize("starts_runs", [False, True])
def test_the_script_gives_what_the_entry_reads(entry_from: EntryFrom, starts_runs: bool) -> None:
    """Of the names that only some entries read, such as `on_compute`; the others are always given."""
    given = sorted(name for name, row in names_in("mlflow").items() if row.source is None)
    given = [name for name in given if name not in names_not_there(starts_runs)]
    changes: dict[str, Any] = {"mlflow/guide/log": f"print({', '.join(given)})", "starts_runs": starts_runs}
    if starts_runs:
        changes |= {"v1/log": "0", "v1/read": "started", "mlflow/guide/read": "started"}
    entry = make_ready(entry_from(ENTRY, changes))
    written = script(entry, "guide", "sqlite", Case({"values": [1]}, "ticking"))
    functions = {node.name: node for node in ast.parse(written).body if isinstance(node, ast.FunctionDef)}
    taken = [argument.arg for argument in functions["mlflow_log"].args.args]
    assert sorted(taken) == sorted([*given, "values"])
    # `show` passes what comes before the inputs.
    passed = [
        [ast.unparse(argument) for argument in node.args]
        for node in ast.walk(ast.parse(written))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "show"
    ]
    (to_mlflow,) = (arguments[4:] for arguments in passed if arguments[0] == "'MLflow'")
    assert len(to_mlflow) == len(given)
    assert to_mlflow[-3:] == ["store.tracking_uri", "bed.on_compute", "bed.clock"]
    assert "on_compute" not in [argument.arg for argument in functions["v1_log"].args.args]


def test_a_claim_may_end_its_run(bed: TestBed, entry_from: EntryFrom, verify: Verify) -> None:
    claim = {"id": "ends", "says": "A run can be completed.", "cites": None, "check": "run.complete()\nTrue"}
    verified = verify(bed, entry_from(ENTRY, {"claims": [claim]}), only="claim.ends[sqlite]".__eq__)
    assert not verified.not_passed


def test_a_claim_does_not_hold_of_what_the_service_refused(
    bed: TestBed, entry_from: EntryFrom, verify: Verify
) -> None:
    """The client posts in the background, so that a check can be over before it is refused."""
    claim = {
        "id": "keeps",
        "says": "A name has any length.",
        "cites": None,
        "check": "run.log('x' * 300, 1)\nTrue",
    }
    verified = verify(bed, entry_from(ENTRY, {"claims": [claim]}), only="claim.keeps[sqlite]".__eq__)
    (result,) = verified.results.values()
    assert result.outcome == "error"
    assert result.message.startswith("what `check` logged with SDK v1 was refused: ")
    assert "Columns.Key/Length" in result.message


def test_examples_that_differ_far_behind_are_told_apart() -> None:
    one, other = [0] * 200, [*[0] * 199, 1]
    cases = [Case({"values": values}, "ticking") for values in (one, other, [*one])]
    assert distinct_cases(cases) == cases[:2]
