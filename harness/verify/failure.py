"""What a person reads when a check fails: the input, what each side gave, what was expected, and a script to see it."""

from __future__ import annotations

import textwrap

from harness.compare import ABSENT
from harness.paths import Outcome
from harness.report.model import Observation
from harness.report.summary import SCRIPT_FOLLOWS
from harness.values import to_expression
from harness.verify.pipeline import Subject, Trial, Walk
from harness.verify.ready import Case
from harness.verify.reproduce import script
from harness.verify.tally import ItemId

LONGEST = 2_000
"""Characters of a value that a message shows; the script has it whole."""

OBSERVED = 400
"""Characters of a value that a report keeps of an input that is as the entry says."""


def failure_text(
    subject: Subject,
    item: ItemId,
    case: Case,
    sentence: str,
    trial: Trial | None = None,
    model: Walk | None = None,
) -> str:
    """All that is known of a failure, as text of several lines.

    Args:
        subject: What was verified.
        item: The item that failed.
        case: The (shrunk) input.
        sentence: What is wrong.
        trial: What both clients gave, as far as it came to that.
        model: What the entry made of it, as far as it came to that.
    """
    rows = [("mapping", item.mapping), ("recipe", subject.recipe), ("store", item.store)]
    rows += [("input", f"{name} = {to_expression(value)}") for name, value in case.inputs.items()]
    rows.append(("clock", case.clock))
    if trial is not None:
        rows.append(("v1 gave", told(trial.v1)))
    if model is not None:
        rows.append(("applied", ", ".join(model.applied) or "no divergence"))
        rows.append(("expected", told_expected(model)))
    if trial is not None and trial.mlflow is not None:
        rows.append(("MLflow gave", told(trial.mlflow)))
    width = max(len(label) for label, _ in rows)
    lines = [f"  {label:<{width}}  {_short(value)}" for label, value in rows]
    return "\n".join(
        [
            sentence,
            "",
            *lines,
            "",
            SCRIPT_FOLLOWS,
            "",
            textwrap.indent(script(subject.entry, subject.recipe, subject.store, case), "    ").rstrip(),
        ]
    )


def observation(trial: Trial, model: Walk) -> Observation | None:
    """What both sides gave and were to give, for the report; None where MLflow was not run."""
    if trial.mlflow is None:
        return None
    return Observation(
        v1=_short(told(trial.v1), OBSERVED),
        expected=_short(told_expected(model), OBSERVED),
        mlflow=_short(told(trial.mlflow), OBSERVED),
        applied=model.applied,
    )


def told_value(value: object) -> str:
    """A value that a client gave, as text; not every such value has an expression that evaluates back."""
    if value is ABSENT:
        return "nothing"
    try:
        return to_expression(value)
    except TypeError:
        return repr(value)


def told(outcome: Outcome) -> str:
    """What one side gave, or raised, as text."""
    if outcome.raised is None:
        return told_value(outcome.value)
    if outcome.value is ABSENT or outcome.raised.phase == "read":
        return f"raised {outcome.raised}"
    return f"raised {outcome.raised}; left: {told_value(outcome.value)}"


def told_expected(model: Walk) -> str:
    """What MLflow was to give, or to raise, as text."""
    if model.raised_by is None:
        return told_value(model.expected)
    return f"raises {model.raised_by.raises}; left: {told_value(model.expected)}"


def _short(text: str, longest: int = LONGEST) -> str:
    line = " ".join(text.splitlines()) if "\n" in text else text
    return line if len(line) <= longest else f"{line[:longest]}... ({len(line):,} characters)"
