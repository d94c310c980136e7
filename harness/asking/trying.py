"""One input of one's own: what v1 gives, what the entry makes of it, and what MLflow gives, for recipes and stores.

Nothing is printed here; `answer_view` puts it into words and tables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.clock import ClockName
from harness.compare import agree
from harness.spec import READS_ACROSS
from harness.testbed import TestBed
from harness.verify.failure import told, told_expected, told_value
from harness.verify.pipeline import (
    EntryError,
    Subject,
    Trial,
    compared,
    judge,
    observe_v1,
    walk,
    with_mlflow,
)
from harness.verify.plan import stores_of
from harness.verify.ready import Case, ReadyEntry, divergences_in_force, recipe_side

Ending = Literal["kept", "altered", "refused", "refused-by-v1", "not-explained"]

_ID = re.compile(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


@dataclass(frozen=True)
class Step:
    """One divergence that was applied.

    Attributes:
        divergence: Its id.
        because: Why it happens, in the entry's words.
        value: What MLflow is expected to give after it, or to raise.
    """

    divergence: str
    because: str
    value: str


@dataclass(frozen=True)
class Answer:
    """What became of the input with one recipe on one store under one clock.

    Attributes:
        recipe: The MLflow recipe.
        store: The MLflow store.
        clock: The clock it ran under.
        ending: What became of it, in a word.
        sentence: The same in a sentence.
        v1: What SDK v1 gave, or raised.
        steps: The divergences that lie between that and what MLflow is expected to give.
        expected: What MLflow is expected to give or raise; None where it was not asked.
        mlflow: What it gave or raised; None where it was not asked.
    """

    recipe: str
    store: str
    clock: ClockName
    ending: Ending
    sentence: str
    v1: str
    steps: tuple[Step, ...] = ()
    expected: str | None = None
    mlflow: str | None = None

    @property
    def is_explained(self) -> bool:
        """Whether it is as the entry says."""
        return self.ending != "not-explained"

    @property
    def told(self) -> tuple[object, ...]:
        """All that it says but for where, and for ids, which are new each time."""
        values = (self.sentence, self.v1, self.steps, self.expected, self.mlflow)
        return (self.ending, *(_ID.sub("_", repr(value)) for value in values))


def subjects_of(
    bed: TestBed, entry: ReadyEntry, recipes: Sequence[str], stores: Sequence[str]
) -> list[Subject]:
    """Each recipe of an entry on each store of a test bed on which it makes sense."""
    return [
        Subject(
            bed,
            entry,
            recipe,
            store.name,
            recipe_side(entry, recipe),
            divergences_in_force(entry, recipe, store, bed.versions),
        )
        for recipe in recipes
        for store in stores_of(entry.loaded, stores, recipe)
    ]


def ask(
    subjects: Sequence[Subject], inputs: Mapping[str, object], clocks: Sequence[ClockName]
) -> list[Answer]:
    """Runs the input with each of the subjects of one entry, under each clock; SDK v1 once for each clock."""
    answers = []
    v1_of: dict[ClockName, Trial | EntryError] = {}
    for subject in subjects:
        for clock in clocks:
            if clock not in v1_of:
                v1_of[clock] = _v1(subject, Case(inputs, clock))
            answers.append(_answer(subject, v1_of[clock], clock))
    return answers


def _v1(subject: Subject, case: Case) -> Trial | EntryError:
    try:
        return observe_v1(subject, case)
    except EntryError as error:
        return error


def _answer(subject: Subject, seen: Trial | EntryError, clock: ClockName) -> Answer:
    where = (subject.recipe, subject.store, clock)
    if isinstance(seen, EntryError):
        # What v1 gave is known only where it is v1 that raised, not an expression of the entry.
        cause = seen.__cause__
        is_v1 = str(seen).startswith("v1 raised")
        raised = f"raised {type(cause).__name__}: {cause}" if is_v1 else "not known"
        return Answer(*where, "not-explained", f"NOT explained: {seen}.", raised)
    v1 = told(seen.v1)
    if seen.refused_by:
        because = _reasons(subject)[seen.refused_by.id]
        sentence = f"SDK v1 itself refuses this, as the entry says ({seen.refused_by.id}): {because}"
        return Answer(*where, "refused-by-v1", sentence, v1)
    trial = with_mlflow(subject, seen)
    assert trial.mlflow is not None
    mlflow = told(trial.mlflow)
    try:
        model = walk(subject, trial)
        finding = judge(subject, trial, model)
    except EntryError as error:
        sentence = f"NOT explained: the entry does not fit this value, {error}. {_plainly(subject, trial)}"
        return Answer(*where, "not-explained", sentence, v1, mlflow=mlflow)
    reasons = _reasons(subject)
    steps = tuple(
        Step(
            id_,
            reasons[id_],
            told_expected(model) if model.raised_by and model.raised_by.id == id_ else told_value(value),
        )
        for id_, value in zip(model.applied, model.values, strict=True)
    )
    ending: Ending
    if finding:
        ending, sentence = "not-explained", f"NOT explained: {finding.sentence}."
    elif model.raised_by:
        ending, sentence = "refused", f"Refused, as the entry says: {model.raised_by.id}."
    elif model.applied:
        ending, sentence = "altered", f"Altered, as the entry says: {', '.join(model.applied)}."
    else:
        ending, sentence = "kept", "Kept: MLflow gives back what SDK v1 gives back."
    return Answer(*where, ending, sentence, v1, steps, told_expected(model), mlflow)


def _plainly(subject: Subject, trial: Trial) -> str:
    """Whether both sides gave the same, where the entry cannot say what is to be expected."""
    assert trial.mlflow is not None
    if trial.mlflow.raised is not None:
        return "MLflow raises an error for it."
    try:
        is_same = compared(agree, subject, trial.v1.value, trial.mlflow.value)
    except EntryError:
        return "What was given cannot be compared."
    return f"MLflow gives back {'what' if is_same else 'something else than'} SDK v1 gives back."


def _reasons(subject: Subject) -> dict[str, str]:
    entry = subject.entry.loaded.entry
    reasons = {each.id: each.because for each in entry.divergences}
    return reasons | {each.id: each.because for each in entry.v1.refuses}


def advice(answers: Sequence[Answer], others: Sequence[Answer]) -> str | None:
    """What to write instead where something is not kept; each recipe that is named was run.

    Args:
        answers: What was asked for.
        others: The same input with the entry's other recipes.

    Returns:
        A sentence, or None where all is kept, or SDK v1 does not take the input.
    """
    lost = [answer for answer in answers if answer.ending not in ("kept", "refused-by-v1")]
    if not lost or any(answer.mlflow is None for answer in lost):
        return None
    of_recipe: dict[str, list[Answer]] = {}
    for answer in (*answers, *others):
        if answer.recipe == READS_ACROSS:
            continue  # nothing that could be written instead
        of_recipe.setdefault(answer.recipe, []).append(answer)
    where = {answer.store for answer in answers}
    everywhere, partly = [], []
    for recipe, found in of_recipe.items():
        kept = [
            store
            for store in sorted(where)
            if all(answer.ending == "kept" for answer in found if answer.store == store)
        ]
        if len(kept) == len(where):
            everywhere.append(f"`{recipe}`")
        elif kept:
            partly.append(f"`{recipe}` keeps it on {' and '.join(kept)} only")
    if everywhere:
        return f"Use {' or '.join(everywhere)}: {'it keeps' if len(everywhere) == 1 else 'they keep'} this value."
    if partly:
        return f"No recipe of the entry keeps this value everywhere: {'; '.join(partly)}."
    return "No recipe of the entry keeps this value."
