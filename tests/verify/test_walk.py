"""The model of an entry, walked and judged over values that no client had to give."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from harness.compare import ABSENT, any_order
from harness.paths import Outcome, Raised
from harness.spec import LoadedEntry
from harness.verify.pipeline import EntryError, Subject, Trial, is_usual, judge, walk
from harness.verify.ready import Case, divergences_in_force, make_ready, recipe_side
from harness.verify.tally import ItemId, Tally

ENTRY = """
harness: 1
id: walked
title: A list
guide: A section
inputs:
  values: st.lists(st.integers())
usual: 9 not in values
examples:
  - {guide: true, values: [1]}
  - {values: [2]}
v1: {log: "pass", read: values}
mlflow:
  guide: {log: "pass", read: values}
  recommended: {log: "pass", read: values}
compare: numbers
divergences:
  - id: refused
    when: 9 in expected
    raises: {phase: log, type: ValueError, match: no nine}
    witness: {values: [9]}
    because: It is nine.
  - id: doubled
    when: len(values) < 3
    becomes: "[2 * value for value in expected]"
    witness: {values: [1]}
    because: It is short.
  - id: increased
    when: expected[0] > 1
    becomes: "[value + 1 for value in expected]"
    witness: {values: [1]}
    because: It is what it has become.
"""

MakeSubject = Callable[..., Subject]


@pytest.fixture
def subject(entry_from: Callable[..., LoadedEntry]) -> MakeSubject:
    def make(
        changes: Mapping[str, Any] | None = None,
        recipe: str = "guide",
        versions: Mapping[str, str] | None = None,
    ) -> Subject:
        entry = make_ready(entry_from(ENTRY, changes))
        found = divergences_in_force(entry, recipe, "sqlite", versions or {"mlflow": "3.1"})
        no_bed: Any = None
        return Subject(no_bed, entry, recipe, "sqlite", recipe_side(entry, recipe), found)

    return make


def trial(values: list[Any], mlflow: Outcome | None = None, clock: Any = "ticking", v1: Any = None) -> Trial:
    return Trial(Case({"values": values}, clock), Outcome(values if v1 is None else v1), mlflow)


def test_divergences_are_walked_in_the_order_of_the_entry(subject: MakeSubject) -> None:
    model = walk(subject(), trial([1, 5]))
    assert (model.expected, model.applied) == ([3, 11], ("doubled", "increased"))


def test_the_order_of_the_entry_makes_a_difference(subject: MakeSubject) -> None:
    parts = subject().entry.loaded.entry.divergences
    assert [part.id for part in parts] == ["refused", "doubled", "increased"]
    turned = subject()
    other = Subject(
        turned.bed,
        turned.entry,
        turned.recipe,
        turned.store,
        turned.side,
        tuple(reversed(turned.divergences)),
    )
    assert walk(other, trial([2])).expected == [6]
    assert walk(turned, trial([2])).expected == [5]


def test_one_that_matches_and_changes_nothing_is_not_applied(subject: MakeSubject) -> None:
    model = walk(subject(), trial([0, 0]))
    assert (model.matched, model.applied) == (("doubled",), ())


def test_applied_means_changed_under_the_relation(subject: MakeSubject) -> None:
    as_float = subject({"divergences/doubled/becomes": "[float(value) for value in expected]"})
    assert walk(as_float, trial([1])).applied == ()
    narrowed = subject(
        {"divergences/doubled/becomes": "any_order(expected)", "divergences/increased/when": "False"}
    )
    assert walk(narrowed, trial([1, 0])).applied == ("doubled",)


def test_raises_ends_the_walk_and_leaves_nothing(subject: MakeSubject) -> None:
    model = walk(subject(), trial([9]))
    assert model.raised_by is not None
    assert (model.raised_by.id, model.matched, model.applied) == ("refused", ("refused",), ("refused",))
    nothings: list[object] = [ABSENT, None, [], {}]
    for left in nothings:
        assert (
            judge(subject(), trial([9], Outcome(left, Raised("log", ValueError("no nine")))), model) is None
        )


def test_what_came_before_an_exception_is_applied_too(subject: MakeSubject) -> None:
    last = subject({"divergences/refused/when": "False", "divergences/increased/when": "True"})
    assert walk(last, trial([1])).applied == ("doubled", "increased")
    raising = subject(
        {
            "-divergences/refused": None,
            "-divergences/increased/becomes": None,
            "divergences/increased/raises": {"phase": "log", "type": "ValueError", "match": "no"},
            "divergences/increased/leaves": "expected[:1]",
        }
    )
    model = walk(raising, trial([1, 2]))
    assert (model.expected, model.applied) == ([2], ("doubled", "increased"))


@pytest.mark.parametrize(
    ("gave", "cause", "says"),
    [
        (Outcome([18]), ("not-raised", "log", "ValueError"), "did not raise what divergence refused says"),
        (
            Outcome(raised=Raised("log", KeyError("no nine"))),
            ("other-raised", "log", "KeyError"),
            "raised KeyError",
        ),
        (
            Outcome(raised=Raised("log", ValueError("none"))),
            ("other-raised", "log", "ValueError"),
            "'no nine'",
        ),
        (
            Outcome(raised=Raised("read", ValueError("no nine"))),
            ("other-raised", "read", "ValueError"),
            "in `read`",
        ),
        (Outcome([9], Raised("log", ValueError("no nine"))), ("left", "extra"), "extra"),
        (
            Outcome(Raised("read", OSError("gone")), Raised("log", ValueError("no nine"))),
            ("left", "raised", "OSError"),
            "reading what was left",
        ),
    ],
)
def test_an_exception_must_be_the_one_that_is_expected(
    subject: MakeSubject, gave: Outcome, cause: tuple[str, ...], says: str
) -> None:
    model = walk(subject(), trial([9]))
    finding = judge(subject(), trial([9], gave), model)
    assert finding is not None
    assert finding.cause == cause
    assert says in finding.sentence


def test_after_an_exception_in_read_nothing_more_is_asked(subject: MakeSubject) -> None:
    reading = subject({"divergences/refused/raises/phase": "read"})
    gave = Outcome(raised=Raised("read", ValueError("no nine")))
    assert judge(reading, trial([9], gave), walk(reading, trial([9]))) is None


def test_an_exception_that_is_not_expected_is_a_finding(subject: MakeSubject) -> None:
    given = trial([0, 0, 0], Outcome(raised=Raised("read", OSError("gone"))))
    finding = judge(subject(), given, walk(subject(), given))
    assert finding is not None
    assert finding.cause == ("raised", "read", "OSError")


@pytest.mark.parametrize(
    ("gave", "kind"),
    [([1], "missing"), ([1, 2, 3, 4], "extra"), ([1, 3, 2], "order"), ([1, 2, 4], "value"), (7, "shape")],
)
def test_the_cause_of_a_difference_is_its_kind(subject: MakeSubject, gave: object, kind: str) -> None:
    given = trial([0, 1, 2], Outcome(gave), v1=[1, 2, 3])
    changed = subject({"divergences/increased/when": "False"})
    finding = judge(changed, given, walk(changed, given))
    assert finding is not None
    assert finding.cause == ("value", kind)


def test_a_walk_without_one_divergence(subject: MakeSubject) -> None:
    assert walk(subject(), trial([1]), without="doubled").expected == [1]
    assert walk(subject(), trial([9, 1, 1]), without="refused").expected == [10, 2, 2]


@pytest.mark.parametrize("key", ["when", "becomes"])
def test_what_an_expression_raises_is_an_error_of_the_entry(subject: MakeSubject, key: str) -> None:
    wrong = subject({f"divergences/doubled/{key}": "expected[7]"})
    with pytest.raises(EntryError, match=f"`{key}` of divergence doubled raised IndexError"):
        walk(wrong, trial([1]))


def test_it_is_told_what_was_applied_before_an_expression_raised(subject: MakeSubject) -> None:
    wrong = subject({"divergences/doubled/becomes": "7"})
    says = "`when` of divergence increased raised TypeError: .* was then 7, by doubled"
    with pytest.raises(EntryError, match=says):
        walk(wrong, trial([1]))


def test_when_must_be_true_or_false(subject: MakeSubject) -> None:
    array = subject({"divergences/doubled/when": "np.array(values) > 1"})
    with pytest.raises(EntryError, match="`when` of divergence doubled is neither true nor false"):
        walk(array, trial([1, 2]))


def test_expressions_see_inputs_v1_expected_and_clock(subject: MakeSubject) -> None:
    seen = subject(
        {
            "divergences/increased/when": 'clock == "stopped" and v1 == [0, 7] and expected == [0, 14]',
            "divergences/increased/becomes": "[*values, *v1, *expected]",
        }
    )
    assert walk(seen, trial([3], clock="stopped", v1=[0, 7])).expected == [3, 0, 7, 0, 14]
    assert walk(seen, trial([3], clock="ticking", v1=[0, 7])).applied == ("doubled",)


def test_what_an_expression_changes_reaches_nothing_else(subject: MakeSubject) -> None:
    changing = subject(
        {"divergences/doubled/when": "values.clear() or v1.clear() or expected.clear() or True"}
    )
    given = trial([1, 2])
    assert walk(changing, given).expected == [3, 5]
    assert (given.case.inputs, given.v1.value) == ({"values": [1, 2]}, [1, 2])


def test_what_an_expression_changes_beside_what_is_left_open_reaches_nothing_else(
    subject: MakeSubject,
) -> None:
    changing = subject(
        {
            "divergences/doubled/becomes": "{'kept': [1, 2], 'open': any_order([[3]])}",
            "divergences/increased/when": "expected['kept'].clear() or expected['open'].values[0].clear() or True",
            "divergences/increased/becomes": "expected",
        }
    )
    assert walk(changing, trial([1])).expected == {"kept": [1, 2], "open": any_order([[3]])}


def test_divergences_bind_recipe_store_and_versions(subject: MakeSubject) -> None:
    changes = {
        "divergences/refused/versions": {"mlflow": ">=3", "numpy": ">=1"},
        "divergences/doubled/recipes": ["recommended"],
        "divergences/increased/versions": {"mlflow": "<3"},
    }

    def in_force(recipe: str, **versions: str) -> list[str]:
        return [each.id for each in subject(changes, recipe, versions).divergences]

    assert in_force("guide", mlflow="3.1", numpy="2.0") == ["refused"]
    assert in_force("guide", mlflow="3.1") == []
    assert in_force("guide", mlflow="2.22") == ["increased"]
    assert in_force("recommended", mlflow="2.9", numpy="2.0") == ["doubled", "increased"]


def test_usual_is_asked_of_the_inputs(subject: MakeSubject) -> None:
    assert is_usual(subject(), Case({"values": [1]}, "ticking"))
    assert not is_usual(subject(), Case({"values": [9]}, "ticking"))


def test_a_tally_counts_what_was_applied_by_usual_clock_and_guide(subject: MakeSubject) -> None:
    plain = subject({"-divergences/refused": None})
    tally = Tally()
    cases = [
        Case({"values": [1]}, "ticking", is_guide=True),
        Case({"values": [1, 9]}, "stopped"),
        Case({"values": [0]}, "stopped"),
    ]
    for case in cases:
        given = Trial(case, Outcome(case.inputs["values"], assumptions=frozenset({"assumed.one"})), None)
        tally.add(plain, given, walk(plain, given))
    tally.add(plain, Trial(cases[0], Outcome(assumptions=frozenset({"assumed.two"})), None), None)
    result = tally.result(ItemId("walked", "guide", "sqlite", "property", "property"), "passed")
    assert (result.examples, result.refused_by_v1) == (3, 1)
    assert result.applied == {"doubled": 2, "increased": 2}
    assert result.applied_usual == {"doubled": 1, "increased": 1}
    assert result.applied_guide == ("doubled", "increased")
    assert result.applied_clocks["doubled"] == ("stopped", "ticking")
    assert result.assumptions == ("assumed.one", "assumed.two")


def test_nan_is_a_value_like_others(subject: MakeSubject) -> None:
    longer = [math.nan, 1, 1]
    given = trial(longer, Outcome([float("nan"), 1.0, 1.0]))
    assert judge(subject(), given, walk(subject(), given)) is None


LEFT = {"divergences/refused/leaves": "unreadable('ValueError', 'no such file')"}


@pytest.mark.parametrize(
    ("left", "cause"),
    [
        (Raised("read", ValueError("there is no such file")), None),
        (Raised("read", UnicodeError("no such file")), None),
        (Raised("read", ValueError("a folder")), ("left", "other-raised", "ValueError")),
        (Raised("read", OSError("no such file")), ("left", "other-raised", "OSError")),
        ([9], ("left", "not-raised")),
        (ABSENT, ("left", "not-raised")),
    ],
)
def test_what_was_left_may_be_there_and_unreadable(
    subject: MakeSubject, left: object, cause: tuple[str, ...] | None
) -> None:
    left_so = subject(LEFT)
    refused = Outcome(left, Raised("log", ValueError("no nine")))
    observed = Trial(Case({"values": [9]}, "ticking"), Outcome([9]), refused)
    finding = judge(left_so, observed, walk(left_so, observed))
    assert (None if finding is None else finding.cause) == cause
