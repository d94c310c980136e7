"""What a search has seen: each input with what both clients gave, and whether the entry explains it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from harness.asking.candidates import Place
from harness.paths import Outcome
from harness.values import to_expression
from harness.verify.pipeline import Finding, Subject, Trial, Walk, model_scope

Cause = tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """One input that was run.

    Attributes:
        subject: The recipe and store it was run with, and the divergences that were declared.
        trial: What both clients gave.
        model: What the declared divergences make of it.
        finding: What they do not explain.
        is_beyond: Whether the input is one that the entry's strategies do not draw, as far as is known.
    """

    subject: Subject
    trial: Trial
    model: Walk
    finding: Finding | None
    is_beyond: bool = False

    @property
    def given(self) -> Outcome:
        """What MLflow gave."""
        assert self.trial.mlflow is not None
        return self.trial.mlflow

    @property
    def is_open(self) -> bool:
        """Whether a divergence behind the declared ones could explain it: the walk was not ended by one of them."""
        return self.model.raised_by is None

    @cached_property
    def scope(self) -> dict[str, object]:
        """The names that a divergence behind the declared ones would see."""
        return model_scope(self.subject, self.trial, self.model.expected)

    @cached_property
    def size(self) -> int:
        """How long the input is when it is written down; the smallest is the one to show."""
        return sum(len(to_expression(value)) for value in self.trial.case.inputs.values())


def cause_of(finding: Finding, given: Outcome | None) -> Cause:
    """What makes it one finding and not another; for an exception also its message, values left out."""
    if given is None or given.raised is None:
        return finding.cause
    first = str(given.raised.error).partition("\n")[0]
    words = re.sub(r"'[^']*'|\"[^\"]*\"|\[[^\]]*\]|-?\d[\w.+-]*", "_", first)
    return (*finding.cause, words[:50])


def places(seen: Sequence[Seen]) -> list[Place]:
    """What conditions and transformations can be about: inputs, and parts of what MLflow is expected to give."""
    found = [_input(name, seen) for name in seen[0].trial.case.inputs]
    whole = [one.model.expected for one in seen]
    if all(isinstance(value, list | tuple) for value in whole):
        return [*found, Place("expected", "@", "", "list")]
    if not all(isinstance(value, dict) for value in whole):
        return [*found, Place("expected", "@", "", "item")]
    texts = [place.get for place in found if place.kind == "text"]
    for name in texts:
        there = [
            value[key]
            for one, value in zip(seen, whole, strict=True)
            if isinstance(value, dict) and [key := one.trial.case.inputs[name]] == [*value]
        ]
        if len(there) * 2 > len(seen):
            guard = "" if len(there) == len(seen) else f"{name} in expected"
            found += _inside(there, f"expected[{name}]", f"{{{name}: @}}", guard)
            return found
    return [*found, *_inside(whole, "expected", "@", "")]


def _inside(values: Sequence[object], get: str, put: str, guard: str) -> list[Place]:
    if all(isinstance(value, list | tuple) for value in values):
        return [Place(get, put, guard, "list")]
    if not all(isinstance(value, dict) for value in values):
        return [Place(get, put, guard, "item")]
    keys = {tuple(value) for value in values if isinstance(value, dict)}
    if len(keys) != 1:
        return []
    found = []
    for key in next(iter(keys)):
        if isinstance(key, str) and key.isidentifier():
            inner = [value[key] for value in values if isinstance(value, dict)]
            is_list = all(isinstance(value, list | tuple) for value in inner)
            replaced = put.replace("@", f'{{**{get}, "{key}": @}}')
            kind: Literal["list", "item"] = "list" if is_list else "item"
            found.append(Place(f'{get}["{key}"]', replaced, guard, kind, key, put))
    return found


def _input(name: str, seen: Sequence[Seen]) -> Place:
    values = [one.scope[name] for one in seen]
    if all(isinstance(value, list | tuple) for value in values):
        return Place(name, None, "", "list")
    return Place(name, None, "", "text" if all(isinstance(value, str) for value in values) else "item")
