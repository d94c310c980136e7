"""One input of one's own, through both clients."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from harness.asking import answer_view
from harness.asking.answer_view import Asked
from harness.asking.inputs import given_inputs
from harness.asking.layout import terminal
from harness.asking.trying import Answer, advice, ask, subjects_of
from harness.clock import CLOCKS
from harness.spec import LoadedEntry
from harness.testbed import TestBed
from harness.verify import make_ready

ENTRY = """
harness: 1
id: tried
title: A list
guide: A section
inputs:
  values: st.lists(st.integers(0, 5), min_size=1)
usual: "True"
examples:
  - {guide: true, values: [1]}
  - {values: [2]}
v1:
  log: run.log_list("loss", values)
  read: as_list(run.get_metrics().get("loss"))
  refuses:
    - id: empty-list
      when: not len(values)
      raises: {type: AttributeError, match: has no attribute}
      witness: {values: []}
      because: There is no metric without items.
mlflow:
  guide:
    log: 'client.log_batch(run_id, [Metric("loss", value, int(time.time() * 1000), 0) for value in values])'
    read: '[metric.value for metric in client.get_metric_history(run_id, "loss")]'
  recommended:
    log: 'client.log_batch(run_id, [Metric("loss", value, 0, step) for step, value in enumerate(values)])'
    read: '[metric.value for metric in client.get_metric_history(run_id, "loss")]'
compare: numbers
divergences:
  - id: merged
    recipes: [guide]
    when: has_equal(expected)
    becomes: distinct(expected)
    witness: {values: [1, 1]}
    because: Equal points are one.
  - id: sorted
    recipes: [guide]
    when: "True"
    becomes: by_value(expected)
    witness: {values: [2, 1]}
    because: Points come back by value.
  - id: text
    when: any(map(is_text, values))
    raises: {phase: log, type: MlflowException, match: valid double}
    witness: {values: [a]}
    because: A metric is a number.
"""

Try = Callable[..., list[Answer]]


@pytest.fixture
def try_(bed: TestBed, entry_from: Callable[..., LoadedEntry]) -> Try:
    def run(expression: str, recipes: Any = ("guide", "recommended"), clocks: Any = CLOCKS) -> list[Answer]:
        entry = make_ready(entry_from(ENTRY))
        inputs = given_inputs([f"values={expression}"], ["values"])
        return ask(subjects_of(bed, entry, recipes, ["sqlite"]), inputs, clocks)

    return run


def endings(answers: list[Answer]) -> dict[str, str]:
    """What became of it with each recipe; it must not depend on the clock."""
    found = {answer.recipe: answer.ending for answer in answers}
    assert len({(answer.recipe, answer.ending) for answer in answers}) == len(found)
    return found


def test_each_divergence_is_told_with_what_the_value_became(try_: Try) -> None:
    answer = try_("[3, 1, 3]", ["guide"], ["ticking"])[0]
    assert [(step.divergence, step.value, step.because) for step in answer.steps] == [
        ("merged", "[3, 1]", "Equal points are one."),
        ("sorted", "[1, 3]", "Points come back by value."),
    ]
    assert (answer.v1, answer.expected, answer.mlflow) == ("[3, 1, 3]", "[1, 3]", "[1.0, 3.0]")
    assert answer.sentence == "Altered, as the entry says: merged, sorted."


@pytest.mark.parametrize(
    ("expression", "guide", "recommended"),
    [
        ("[3, 1]", "altered", "kept"),
        ("[1, 3]", "kept", "kept"),
        ("['a']", "refused", "refused"),
        ("[]", "refused-by-v1", "refused-by-v1"),
        ("[float('inf')]", "not-explained", "not-explained"),
        ("np.array([2, 2])", "not-explained", "not-explained"),
    ],
)
def test_what_becomes_of_a_value(try_: Try, expression: str, guide: str, recommended: str) -> None:
    assert endings(try_(expression)) == {"guide": guide, "recommended": recommended}


def test_a_refusal_of_v1_is_told_with_its_reason(try_: Try) -> None:
    answer = try_("[]", ["guide"], ["ticking"])[0]
    assert answer.sentence.endswith("(empty-list): There is no metric without items.")
    assert answer.mlflow is None


def test_where_the_entry_does_not_fit_the_value_it_says_so(try_: Try) -> None:
    (answer,) = try_("(number for number in [1, None])", ["recommended"], ["ticking"])
    assert (answer.ending, answer.v1) == ("not-explained", "not known")
    assert "`when` of refusal empty-list raised TypeError" in answer.sentence


def test_what_to_use_instead_is_what_kept_the_value_when_it_was_run(try_: Try) -> None:
    lost, kept = try_("[3, 1]", ["guide"]), try_("[3, 1]", ["recommended"])
    assert advice(lost, kept) == "Use `recommended`: it keeps this value."
    assert advice(kept, lost) is None
    assert advice(try_("['a']", ["guide"]), try_("['a']", ["recommended"])) == (
        "No recipe of the entry keeps this value."
    )
    assert advice(try_("[]"), []) is None


def shown(answers: list[Answer], width: int, inputs: Mapping[str, str]) -> str:
    asked = Asked("tried", "A list", dict(inputs), (), (), tuple(answers), None)
    written = io.StringIO()
    answer_view.show(asked, terminal(written, width))
    return written.getvalue()


def test_what_is_the_same_under_both_clocks_is_told_once(try_: Try) -> None:
    answers = try_("[3, 1]")
    said = shown(answers, 100, {"values": "[3, 1]"})
    assert said.count("Altered, as the entry says: sorted.") == 1
    assert "guide on sqlite\n" in said
    assert said.count("SDK v1 gives  ") == 1


@pytest.mark.parametrize("width", [30, 60, 200])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_obeyed(try_: Try, width: int) -> None:
    said = shown(try_("[3, 1]"), width, {"values": "'\x1b[31m\u202e" + "x" * 10_000 + "'"})
    assert max(map(len, said.splitlines())) <= width
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_answers_that_differ_in_new_ids_only_are_told_once() -> None:
    """A run has another id each time it is made, which says nothing of store or clock."""
    ids = ["0123456789abcdef" * 2, "fedcba9876543210" * 2]
    answers = [
        Answer("guide", "file", clock, "refused", "Refused.", "1", mlflow=f"raised: {id_} is active")
        for clock, id_ in zip(CLOCKS, ids, strict=True)
    ]
    assert answers[0].told == answers[1].told
    asked = Asked("tried", "A list", {}, (), (), tuple(answers), None)
    shown = io.StringIO()
    answer_view.show(asked, terminal(shown, 100))
    assert shown.getvalue().count("is active") == 1
