"""The answer to `what happens to my value`, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from harness.asking.layout import labelled, listed, sentence, shortened, title
from harness.asking.trying import Answer
from harness.clock import CLOCKS

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {
    "kept": "green",
    "altered": "yellow",
    "refused": "yellow",
    "refused-by-v1": "cyan",
    "not-explained": "bold red",
}
_CLOCKS = {
    "ticking": "each call in a millisecond of its own",
    "stopped": "all calls within one millisecond",
}


@dataclass(frozen=True)
class Asked:
    """What was asked, and everything that was found out.

    Attributes:
        mapping: The entry's id.
        title: Its title.
        inputs: Input to the expression of its value.
        left_out: The inputs that were not given; their values are those of the entry's first example.
        notes: What is to be known of the values, such as that the entry does not draw them.
        answers: By recipe, store and clock.
        advice: What to write instead, if something is lost.
    """

    mapping: str
    title: str
    inputs: dict[str, str]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    answers: tuple[Answer, ...]
    advice: str | None

    @property
    def is_explained(self) -> bool:
        """Whether everything is as the entry says."""
        return all(answer.is_explained for answer in self.answers)


def as_json(asked: Asked) -> dict[str, Any]:
    """Everything as plain data; nothing is shortened."""
    found = asdict(asked)
    return {**found, "is_explained": asked.is_explained}


def show(asked: Asked, console: Console) -> None:
    """Everything as text; what is the same on several stores or under both clocks is told once."""
    title(console, asked.mapping, asked.title)
    console.print()
    rows = [
        (
            name,
            shortened(value)
            + ("  (left out: as in the entry's first example)" if name in asked.left_out else ""),
        )
        for name, value in asked.inputs.items()
    ]
    readings = list(dict.fromkeys(answer.v1 for answer in asked.answers))
    if len(readings) == 1:
        rows.append(("SDK v1 gives", shortened(readings[0])))
    labelled(console, rows)
    for note in asked.notes:
        sentence(console, f"Note: {note}", indent=2)
    if all(answer.mlflow is None for answer in asked.answers):
        console.print()
        for ending, said in dict.fromkeys((answer.ending, answer.sentence) for answer in asked.answers):
            sentence(console, shortened(said), _STYLES[ending])
        return
    for recipe in dict.fromkeys(answer.recipe for answer in asked.answers):
        of_recipe = [answer for answer in asked.answers if answer.recipe == recipe]
        for told in dict.fromkeys(answer.told for answer in of_recipe):
            same = [answer for answer in of_recipe if answer.told == told]
            console.print()
            title(console, recipe, _where(same, of_recipe))
            _one(same[0], console, with_v1=len(readings) > 1)
    if asked.advice:
        console.print()
        sentence(console, asked.advice, "bold")


def _one(answer: Answer, console: Console, *, with_v1: bool) -> None:
    from rich.text import Text

    rows: list[tuple[str, str | Text]] = [("SDK v1 gives", shortened(answer.v1))] if with_v1 else []
    for step in answer.steps:
        rows.append((step.divergence, shortened(step.value)))
        rows.append(("", Text(step.because, style="italic")))
    if not answer.is_explained and answer.expected is not None:
        rows.append(("expected", shortened(answer.expected)))
    if answer.mlflow is not None:
        rows.append(("MLflow gives", shortened(answer.mlflow)))
    labelled(console, rows)
    sentence(console, shortened(answer.sentence), _STYLES[answer.ending], indent=2)


def _where(same: Sequence[Answer], of_recipe: Sequence[Answer]) -> str:
    """`on sqlite and file`, or with the clock where it makes a difference."""
    asked = {answer.clock for answer in of_recipe}
    clocks_of: dict[str, list[str]] = {}
    for answer in same:
        clocks_of.setdefault(answer.store, []).append(answer.clock)
    stores: dict[str, list[str]] = {}
    for store, clocks in clocks_of.items():
        under = (
            "" if len(asked) == len(clocks) == len(CLOCKS) else f", {_CLOCKS[clocks[0]]} (clock {clocks[0]})"
        )
        stores.setdefault(under, []).append(store)
    return "; ".join(f"on {listed(names)}{under}" for under, names in stores.items())
