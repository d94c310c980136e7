"""A question about one input, from what was given on the command line to everything that was found out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.asking.answer_view import Asked
from harness.asking.exploring import Explored, explore
from harness.asking.found_view import Told, tell
from harness.asking.inputs import not_plain
from harness.asking.kinds import stranger
from harness.asking.merging import merge
from harness.asking.opened import opened
from harness.asking.trying import advice, ask, subjects_of
from harness.clock import CLOCKS, ClockName
from harness.spec import LoadedEntry
from harness.stores.catalogue import STORES
from harness.values import to_expression
from harness.verify.plan import stores_of
from harness.verify.ready import Case, ReadyEntry, make_ready
from harness.verify.reproduce import script


@dataclass(frozen=True)
class Question:
    """One input of an entry, and where to run it."""

    entry: ReadyEntry
    inputs: dict[str, object]
    left_out: tuple[str, ...]
    recipes: tuple[str, ...]
    stores: tuple[str, ...]
    clocks: tuple[ClockName, ...]

    @classmethod
    def of(
        cls,
        loaded: LoadedEntry,
        given: dict[str, object],
        recipes: Sequence[str],
        stores: Sequence[str],
        clock: Any,
    ) -> Question:
        """The question, with the inputs that were left out taken from the entry's first example."""
        entry = make_ready(loaded)
        example = next(iter(entry.examples.values())).inputs
        return cls(
            entry,
            {name: given.get(name, value) for name, value in example.items()},
            tuple(name for name in example if name not in given),
            tuple(recipes),
            tuple(stores),
            CLOCKS if clock is None else (clock,),
        )


def answer(question: Question) -> Asked:
    """Runs the input wherever it was asked for, and where something is lost also with the entry's other recipes.

    Raises:
        EnvironmentProblem: A package is missing, or a store cannot be had.
    """
    entry, inputs = question.entry, question.inputs
    with opened(question.stores) as bed:
        answers = ask(subjects_of(bed, entry, question.recipes, question.stores), inputs, question.clocks)
        others = [recipe for recipe in entry.loaded.entry.mlflow if recipe not in question.recipes]
        is_lost = any(found.ending in ("altered", "refused", "not-explained") for found in answers)
        unasked = subjects_of(bed, entry, others, question.stores) if is_lost else []
        more = ask(unasked, inputs, question.clocks)
        notes = [note for name in inputs if name not in question.left_out for note in _notes(question, name)]
    return Asked(
        mapping=entry.id,
        title=entry.loaded.entry.title,
        inputs={name: to_expression(value) for name, value in inputs.items()},
        left_out=question.left_out,
        notes=tuple(notes),
        answers=tuple(answers),
        advice=advice(answers, more),
    )


@dataclass(frozen=True)
class Script:
    """A Python script, and for which of the places that were asked for it is."""

    text: str
    told: str


def script_of(question: Question) -> Script:
    """The script that shows the input with both clients, for the first place that was asked for."""
    recipe, clock = question.recipes[0], question.clocks[0]
    store = stores_of(question.entry.loaded, question.stores, recipe)[0].name
    told = f"for {recipe} on {store}, clock {clock}; --recipe, --store and --clock choose another"
    return Script(script(question.entry, recipe, store, Case(question.inputs, clock)), told)


def searched(
    loaded: LoadedEntry,
    recipes: Sequence[str],
    stores: Sequence[str],
    *,
    seconds: float,
    seed: int,
    rounds: int | None,
) -> tuple[Explored, list[Told]]:
    """Searches beyond what an entry says, and puts what was found into words.

    Raises:
        EnvironmentProblem: A package is missing, or a store cannot be had.
    """
    entry = make_ready(loaded)
    with opened(stores) as bed:
        found = explore(bed, entry, recipes, stores, seconds=seconds, seed=seed, rounds=rounds)
        return found, tell(
            merge(found.hunts), loaded, [info.name for info in stores_of(loaded, list(STORES))]
        )


def _notes(question: Question, name: str) -> list[str]:
    value = question.inputs[name]
    told = not_plain(value)
    if told:
        return [
            f"`{name}` is {told}, no plain value: no entry draws such an input, so nothing was said about it."
        ]
    odd = stranger(question.entry.strategies[name], value)
    return [f"`{name}` {odd}: the `inputs` of the entry do not draw that."] if odd else []
