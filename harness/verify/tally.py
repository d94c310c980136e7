"""Counts what a check ran and which divergences were applied, and makes the check's result of it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from harness.report.model import Kind, Observation, Outcome, Result
from harness.values import to_expression
from harness.verify.pipeline import Subject, Trial, Walk, is_usual
from harness.verify.ready import Case


@dataclass(frozen=True)
class ItemId:
    """Names one item of a run; `recipe` is None for what holds whatever the recipe is."""

    mapping: str
    recipe: str | None
    store: str
    kind: Kind
    id: str

    @property
    def name(self) -> str:
        """As pytest shows it: the brackets stand last, where JUnit writers expect them."""
        what = self.kind if self.id == self.kind else f"{self.kind}.{self.id}"
        where = self.store if self.recipe is None else f"{self.recipe}-{self.store}"
        return f"{what}[{where}]"


@dataclass
class Tally:
    """What a check has run so far."""

    examples: int = 0
    refused_by_v1: int = 0
    applied: Counter[str] = field(default_factory=Counter)
    applied_usual: Counter[str] = field(default_factory=Counter)
    applied_guide: set[str] = field(default_factory=set)
    applied_clocks: dict[str, set[str]] = field(default_factory=dict)
    assumptions: set[str] = field(default_factory=set)
    started: float = field(default_factory=time.perf_counter)

    def add(self, subject: Subject, trial: Trial, model: Walk | None) -> None:
        """Counts a trial; `model` is None where v1 refused the input."""
        self.assumptions |= trial.v1.assumptions
        if trial.mlflow is not None:
            self.assumptions |= trial.mlflow.assumptions
        if model is None:
            self.refused_by_v1 += 1
            return
        self.examples += 1
        usual = bool(model.applied) and is_usual(subject, trial.case)
        for divergence in model.applied:
            self.applied[divergence] += 1
            self.applied_usual[divergence] += usual
            self.applied_clocks.setdefault(divergence, set()).add(trial.case.clock)
            if trial.case.is_guide:
                self.applied_guide.add(divergence)

    def result(
        self,
        item: ItemId,
        outcome: Outcome,
        message: str = "",
        *,
        required: int = 0,
        case: Case | None = None,
        observed: Observation | None = None,
        refuted: bool = False,
    ) -> Result:
        """The result of the check, with what was counted up to now."""
        return Result(
            mapping=item.mapping,
            recipe=item.recipe,
            store=item.store,
            kind=item.kind,
            id=item.id,
            outcome=outcome,
            examples=self.examples,
            required=required,
            refused_by_v1=self.refused_by_v1,
            applied=dict(self.applied),
            applied_usual={key: count for key, count in self.applied_usual.items() if count},
            applied_guide=tuple(sorted(self.applied_guide)),
            applied_clocks={key: tuple(sorted(clocks)) for key, clocks in self.applied_clocks.items()},
            counterexample=None if case is None else shown(case),
            observed=observed,
            message=message,
            seconds=time.perf_counter() - self.started,
            assumptions=tuple(sorted(self.assumptions)),
            refuted=refuted,
        )


def shown(case: Case) -> dict[str, str]:
    """A case as Python expressions that evaluate back, one for each input, and the name of its clock."""
    return {**{name: to_expression(value) for name, value in case.inputs.items()}, "clock": case.clock}
