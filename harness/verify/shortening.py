"""Makes a counterexample shorter than Hypothesis leaves it.

Hypothesis makes the choices simpler from which a value was drawn, which ends where a shorter value would be one of a
later arm of its strategy. But the inputs of an entry are drawn apart: whatever was drawn for one of them goes with
whatever was drawn for the others, and is an input of the entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from harness.values import to_expression
from harness.verify.ready import Case

MOST = 120
"""About how many shorter values are tried in the place of one; each costs an example."""


@dataclass(frozen=True)
class Pool:
    """The values that an input can have, by their expressions; the first of those that are equally long comes first."""

    values: dict[str, dict[str, object]] = field(default_factory=dict)

    def add(self, name: str, value: object) -> int:
        """Takes in a value of an input, and gives the length of its expression.

        Raises:
            TypeError: It is none that an input can have (`harness.values.to_expression`).
        """
        expression = to_expression(value)
        self.values.setdefault(name, {}).setdefault(expression, value)
        return len(expression)

    def shorter(self, name: str, value: object) -> Iterable[object]:
        """Values of an input that are shorter than this one: the shortest, and some of all lengths up to it."""
        length = len(to_expression(value))
        expressions = sorted((each for each in self.values.get(name, ()) if len(each) < length), key=len)
        # Of many the shortest alone would all be of another sort: small numbers where a large one is needed.
        rest = expressions[MOST // 2 :]
        some = rest[:: max(1, len(rest) // (MOST // 2))]
        of_each_length = list({len(each): each for each in reversed(rest)}.values())[: MOST // 2]
        tried = sorted({*expressions[: MOST // 2], *some, *of_each_length}, key=expressions.index)
        return [self.values[name][each] for each in tried]


def length_of(case: Case) -> int:
    """How long the inputs of a case are, each as an expression."""
    return sum(len(to_expression(value)) for value in case.inputs.values())


def shortened(case: Case, fails_alike: Callable[[Case], bool], pool: Pool) -> Case:
    """The case with inputs exchanged for shorter ones as long as it fails in the same way.

    Args:
        case: What Hypothesis ended with.
        fails_alike: Whether a case fails with the same cause.
        pool: What the inputs can be exchanged for.
    """
    exchanged = True
    while exchanged:
        exchanged = False
        for name in case.inputs:
            for value in pool.shorter(name, case.inputs[name]):
                candidate = replace(case, inputs={**case.inputs, name: value})
                if fails_alike(candidate):
                    case, exchanged = candidate, True
                    break
    return case
