"""The heart: one example through both clients, and every difference held against what the entry says it is.

`observe` runs, `walk` models, `judge` compares. A trial that was observed once can be walked again without one of
its divergences, which is how a witness shows that a divergence is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from harness.clock import ClockName
from harness.compare import (
    AnyOrder,
    Difference,
    OneOf,
    Relation,
    Unreadable,
    find_difference,
    nothing,
    same,
    show,
)
from harness.paths import Outcome, Raised, Side, fresh_inputs, run_mlflow, run_v1
from harness.spec import Block
from harness.testbed import TestBed
from harness.values import fresh, to_expression
from harness.verify.ready import Case, Divergence, ReadyEntry, Refusal

Answer = TypeVar("Answer")


class EntryError(Exception):
    """The entry itself is wrong: an expression of it raised, or v1 did something that it does not tell of."""


@dataclass(frozen=True)
class Subject:
    """What is verified: one recipe of an entry on one store, with the divergences that bind it."""

    bed: TestBed
    entry: ReadyEntry
    recipe: str
    store: str
    side: Side
    divergences: Sequence[Divergence]

    @property
    def relation(self) -> Relation:
        """The relation under which the recipe must agree with SDK v1."""
        return self.entry.relation_of(self.recipe)


@dataclass(frozen=True)
class Trial:
    """What both clients gave for one case. `refused_by` is set, and `mlflow` is not, when v1 refuses the input."""

    case: Case
    v1: Outcome
    mlflow: Outcome | None
    refused_by: Refusal | None = None


@dataclass(frozen=True)
class Walk:
    """What the entry's model makes of a v1 value.

    Attributes:
        expected: What MLflow is expected to give.
        raised_by: The divergence that ended the walk: MLflow is expected to raise. `expected` is then what can still
            be read back.
        matched: The divergences whose `when` held, in order.
        applied: Those of them that changed `expected`, or raised.
        values: What `expected` was after each of `applied`.
    """

    expected: object
    raised_by: Divergence | None
    matched: tuple[str, ...]
    applied: tuple[str, ...]
    values: tuple[object, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A difference that nothing explains, or a model that is wrong.

    Attributes:
        cause: What makes it one finding and not another: phase, kind of difference, exception type.
        sentence: What is different, in one sentence.
    """

    cause: tuple[str, ...]
    sentence: str


def observe_v1(subject: Subject, case: Case) -> Trial:
    """Runs the v1 side of one case.

    Raises:
        EntryError: v1 raised without the entry saying so, or did not raise where it says so.
    """
    return _held(subject, case, run_v1(subject.bed, subject.entry.v1, case.inputs, case.clock))


def observe_given(subject: Subject, case: Case) -> Trial:
    """Runs both sides of a case that the entry itself gives, its v1 side once for all recipes and stores.

    Raises:
        EntryError: As `observe_v1`.
    """
    trial = observe_v1_once(subject, case)
    if trial.refused_by:
        return trial
    trial = with_mlflow(subject, trial)
    # An exception would keep alive what raised it.
    if trial.mlflow is not None and trial.mlflow.raised is None:
        subject.entry.read_by_mlflow[_key_of_recipe(subject, case)] = trial.mlflow
    return trial


def observe_given_once(subject: Subject, case: Case) -> Trial:
    """As `observe_given`, but what was observed of this recipe on this store is not run again.

    For what looks at the comparison and not at the clients; it does not count as an example.

    Raises:
        EntryError: As `observe_v1`.
    """
    known = subject.entry.read_by_mlflow.get(_key_of_recipe(subject, case))
    if known is None:
        return observe_given(subject, case)
    return replace(observe_v1_once(subject, case), mlflow=known)


def observe_v1_once(subject: Subject, case: Case) -> Trial:
    """As `observe_v1`, once for all recipes and stores.

    Raises:
        EntryError: As `observe_v1`.
    """
    entry, bed = subject.entry, subject.bed
    key = _key(subject, case)
    outcome = entry.read_by_v1.get(key)
    if outcome is None:
        outcome = run_v1(bed, entry.v1, case.inputs, case.clock)
        # An exception would keep alive what raised it.
        if outcome.raised is None:
            entry.read_by_v1[key] = outcome
    return _held(subject, case, outcome)


def _key(subject: Subject, case: Case) -> tuple[str, ClockName, Path]:
    return to_expression(dict(case.inputs)), case.clock, subject.bed.workspace.folder


def _key_of_recipe(subject: Subject, case: Case) -> tuple[str, str, str, ClockName, Path]:
    return (subject.recipe, subject.store, *_key(subject, case))


def _held(subject: Subject, case: Case, outcome: Outcome) -> Trial:
    """The trial of what v1 gave, held against what the entry says that v1 refuses."""
    entry = subject.entry
    refusals = [
        refusal
        for refusal in entry.refusals
        if holds(refusal.when, f"`when` of refusal {refusal.id}", _scope(entry, case, {"clock": case.clock}))
    ]
    raised = outcome.raised
    if raised is None:
        if refusals:
            raise EntryError(f"v1 accepts an input that refusal {refusals[0].id} says it refuses")
        return Trial(case, outcome, None)
    for refusal in refusals:
        if refusal.raises.fits(raised.phase, raised.error):
            return Trial(case, outcome, None, refused_by=refusal)
    told = f"; refusal {refusals[0].id} expects {refusals[0].raises}" if refusals else ""
    raise EntryError(f"v1 raised {raised}{told}") from raised.error


def observe(subject: Subject, case: Case) -> Trial:
    """Runs both sides of one case.

    Raises:
        EntryError: As `observe_v1`.
    """
    trial = observe_v1(subject, case)
    return trial if trial.refused_by else with_mlflow(subject, trial)


def with_mlflow(subject: Subject, trial: Trial) -> Trial:
    """The trial with its MLflow side run."""
    case = trial.case
    store = subject.bed.stores[subject.store]
    outcome = run_mlflow(subject.bed, store, subject.side, case.inputs, case.clock)
    return Trial(case, trial.v1, outcome)


def walk(subject: Subject, trial: Trial, without: str | None = None) -> Walk:
    """Walks the divergences over what v1 gave.

    Args:
        subject: What is verified.
        trial: What was observed; only the v1 side counts.
        without: A divergence to leave out.

    Raises:
        EntryError: An expression of the entry raised.
    """
    model = Walk(trial.v1.value, None, (), ())
    for divergence in subject.divergences:
        if divergence.id != without and model.raised_by is None:
            try:
                model = _step(subject, trial, model, divergence)
            except EntryError as error:
                if not model.applied:
                    raise
                # Often the one to blame is not the one that could not go on.
                told = f"{error} (`expected` was then {show(model.expected)}, by {', '.join(model.applied)})"
                raise EntryError(told) from error.__cause__
    return model


def _step(subject: Subject, trial: Trial, model: Walk, divergence: Divergence) -> Walk:
    """The walk after one more divergence."""
    expected = model.expected
    if not holds(
        divergence.when, f"`when` of divergence {divergence.id}", model_scope(subject, trial, expected)
    ):
        return model
    matched, applied = (*model.matched, divergence.id), (*model.applied, divergence.id)
    if divergence.becomes is None:
        left: object = nothing
        if divergence.leaves is not None:
            left = _model(subject, divergence, "leaves", trial, expected)
        return Walk(left, divergence, matched, applied, (*model.values, left))
    becomes = _model(subject, divergence, "becomes", trial, expected)
    if compared(same, subject, expected, becomes):
        return Walk(becomes, None, matched, model.applied, model.values)
    return Walk(becomes, None, matched, applied, (*model.values, becomes))


def judge(subject: Subject, trial: Trial, model: Walk) -> Finding | None:
    """Holds what MLflow gave against the model; None when it is what was expected."""
    outcome = trial.mlflow
    if outcome is None:
        raise ValueError("the MLflow side was not run")
    raised = outcome.raised
    if model.raised_by is None:
        if raised is not None:
            return Finding(
                ("raised", raised.phase, type(raised.error).__name__), f"MLflow raised {_told(raised)}"
            )
        return _finding(compared(find_difference, subject, model.expected, outcome.value), "value")
    expected = model.raised_by.raises
    if expected is None:
        raise ValueError("a divergence without `becomes` has `raises`")
    if raised is None:
        return Finding(
            ("not-raised", expected.phase, expected.type_name),
            f"MLflow did not raise what divergence {model.raised_by.id} says: {expected}",
        )
    if not expected.fits(raised.phase, raised.error):
        return Finding(
            ("other-raised", raised.phase, type(raised.error).__name__),
            f"divergence {model.raised_by.id} expects {expected}, but MLflow raised {_told(raised)}",
        )
    if expected.phase == "read":
        return None
    if isinstance(model.expected, Unreadable):
        return _unlike(model.expected, outcome.value)
    if isinstance(outcome.value, Raised):
        return Finding(
            ("left", "raised", type(outcome.value.error).__name__),
            f"reading what was left after the exception raised {_told(outcome.value)}",
        )
    return _finding(compared(find_difference, subject, model.expected, outcome.value), "left")


def _unlike(expected: Unreadable, left: object) -> Finding | None:
    """None where reading what was left raised what it was to raise."""
    if not isinstance(left, Raised):
        return Finding(("left", "not-raised"), f"reading what was left did not raise: {expected}")
    if not expected.fits(left.error):
        told = f"reading what was left is {expected}, but raised {_told(left)}"
        return Finding(("left", "other-raised", type(left.error).__name__), told)
    return None


def is_usual(subject: Subject, case: Case) -> bool:
    """Whether the entry calls the inputs of a case usual."""
    return holds(subject.entry.usual, "`usual`", _scope(subject.entry, case, {}))


def holds(block: Block, what: str, scope: dict[str, object]) -> bool:
    """Whether an expression of the entry is true.

    Raises:
        EntryError: As `evaluate`; also where the value is neither true nor false, such as an array.
    """
    value = evaluate(block, what, scope)
    try:
        return bool(value)
    except Exception as error:  # the author's value may raise anything
        raise EntryError(f"{what} is neither true nor false: {error}") from error


def evaluate(block: Block, what: str, scope: dict[str, object]) -> object:
    """The value of an expression of the entry.

    Raises:
        EntryError: It raised; a model that cannot be computed explains nothing.
    """
    try:
        return block.run(scope)
    except Exception as error:  # the author's code may raise anything
        raise EntryError(f"{what} raised {type(error).__name__}: {error}") from error


def _model(subject: Subject, divergence: Divergence, key: str, trial: Trial, expected: object) -> object:
    block: Block = getattr(divergence, key)
    return evaluate(block, f"`{key}` of divergence {divergence.id}", model_scope(subject, trial, expected))


def model_scope(subject: Subject, trial: Trial, expected: object) -> dict[str, object]:
    """The names that `when`, `becomes` and `leaves` of a divergence see, each built for one expression alone."""
    given = {"v1": trial.v1.value, "expected": expected, "clock": trial.case.clock}
    return _scope(subject.entry, trial.case, given)


def _scope(entry: ReadyEntry, case: Case, given: Mapping[str, object]) -> dict[str, object]:
    return {
        **entry.names,
        **fresh_inputs(case.inputs),
        **{name: _own(value) for name, value in given.items()},
    }


def _own(value: object) -> object:
    """A copy for an expression to do with what it likes; markers such as `nothing` are passed as they are."""
    if isinstance(value, AnyOrder):
        return AnyOrder(tuple(map(_own, value.values)))
    if isinstance(value, OneOf):
        return OneOf(tuple(map(_own, value.alternatives)))
    if isinstance(value, dict):
        return {key: _own(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_own, value))
    try:
        return fresh(value)
    except TypeError:
        return value


def compared(
    how: Callable[[Relation, object, object], Answer], subject: Subject, expected: object, given: object
) -> Answer:
    """What a function of `harness.compare` says under the relation of the entry, or of the recipe.

    Raises:
        EntryError: A value is none that the relation knows.
    """
    try:
        return how(subject.relation, expected, given)
    except TypeError as error:
        # A relation knows plain values; a set, an array or a client's object is for `read` to make one of.
        raise EntryError(f"what `read` or `becomes` gives cannot be compared: {error}") from error


def _finding(difference: Difference | None, where: str) -> Finding | None:
    if difference is None:
        return None
    return Finding((where, difference.kind), difference.sentence())


def _told(raised: Raised) -> str:
    text = str(raised)
    return text if len(text) <= 600 else f"{text[:600]}..."
