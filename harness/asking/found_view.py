"""What a search found, as text with divergences to paste, and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.asking.exploring import Explored
from harness.asking.guessing import Guess
from harness.asking.layout import code, labelled, listed, sentence, shortened, title
from harness.asking.merging import Finding
from harness.asking.pasting import divergence_yaml, free_id
from harness.report.summary import plural
from harness.spec import LoadedEntry
from harness.values import to_expression
from harness.verify.failure import told, told_expected

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True)
class Told:
    """One finding in words.

    Attributes:
        id: A name for it that the entry does not have yet.
        sentence: What is different.
        recipes: The recipes with which it was seen.
        stores: The stores on which it was seen.
        is_beyond_inputs: Whether it was found by an input that the entry's strategies do not draw, as far as is known.
        inputs: The smallest input, as expressions.
        clock: The clock it ran under.
        v1: What SDK v1 gave.
        expected: What MLflow was to give, by the entry.
        mlflow: What it gave.
        how: How the divergence was guessed; or why there is none.
        paste: The divergence; None where none behind the declared ones can explain it.
        before: The divergence before which it belongs; None: behind them all.
    """

    id: str
    sentence: str
    recipes: tuple[str, ...]
    stores: tuple[str, ...]
    is_beyond_inputs: bool
    inputs: dict[str, str]
    clock: str
    v1: str
    expected: str
    mlflow: str
    how: str
    paste: str | None
    before: str | None


def tell(findings: Sequence[Finding], loaded: LoadedEntry, stores: Sequence[str]) -> list[Told]:
    """The findings in words, with a divergence for each.

    Args:
        findings: What was found.
        loaded: The entry.
        stores: The stores on which the entry makes sense; a divergence of them all names none.
    """
    entry = loaded.entry
    taken = {each.id for each in entry.divergences} | {each.id for each in entry.v1.refuses}
    # The first key of an item stands two columns behind its `-`.
    indent = loaded.location("divergences", 0, "id").column - 3 if entry.divergences else 2
    told_all = []
    for finding in findings:
        found, one = finding.found, finding.found.smallest
        id_ = free_id(_name(finding), taken)
        taken.add(id_)
        every_recipe = set(finding.recipes) == set(entry.mlflow)
        every_store = set(finding.stores) == set(stores)
        paste = None
        if found.guess is not None:
            paste = divergence_yaml(
                id_,
                found.guess,
                one.trial.case.inputs,
                finding.clock,
                None if every_recipe else finding.recipes,
                None if every_store else finding.stores,
                indent,
            )
        ended_by = one.model.raised_by
        told_all.append(
            Told(
                id=id_,
                sentence=found.sentence,
                recipes=finding.recipes,
                stores=finding.stores,
                is_beyond_inputs=one.is_beyond,
                inputs={name: to_expression(value) for name, value in one.trial.case.inputs.items()},
                clock=one.trial.case.clock,
                v1=told(one.trial.v1),
                expected=told_expected(one.model),
                mlflow=told(one.given),
                how=_how(found.guess, ended_by.id if ended_by else ""),
                paste=paste,
                before=found.before,
            )
        )
    return told_all


def as_json(explored: Explored, findings: Sequence[Told]) -> dict[str, Any]:
    """Everything as plain data."""
    return {
        "tried": {f"{hunt.subject.recipe} on {hunt.subject.store}": hunt.tried for hunt in explored.hunts},
        "was_stopped": explored.was_stopped,
        "findings": [vars(finding) for finding in findings],
        "broken": _broken(explored),
    }


def show(loaded: LoadedEntry, explored: Explored, findings: Sequence[Told], console: Console) -> None:
    """Everything as text; the divergences can be copied as they stand."""
    title(console, loaded.id, loaded.entry.title)
    for number, finding in enumerate(findings, 1):
        console.print()
        title(
            console, f"{number}. {finding.id}", f"with {listed(finding.recipes)}, on {listed(finding.stores)}"
        )
        if finding.is_beyond_inputs:
            sentence(console, "Found beyond the `inputs` of the entry, which should draw it too.", indent=2)
        sentence(console, finding.sentence, indent=2)
        labelled(
            console,
            [
                *((name, shortened(value)) for name, value in finding.inputs.items()),
                ("clock", finding.clock),
                ("SDK v1 gives", shortened(finding.v1)),
                ("expected", shortened(finding.expected)),
                ("MLflow gives", shortened(finding.mlflow)),
            ],
        )
        if finding.paste is None:
            sentence(console, finding.how, indent=2)
            continue
        where = f"before `{finding.before}`" if finding.before else "behind the others"
        sentence(console, f"To paste under `divergences`, {where}:", indent=2)
        console.print()
        margin = finding.paste[: len(finding.paste) - len(finding.paste.lstrip())]
        comment = textwrap.fill(
            finding.how, 100, initial_indent=f"{margin}# ", subsequent_indent=f"{margin}# "
        )
        code(console, f"{comment}\n{finding.paste}", indent=0)
    broken = _broken(explored)
    for message in broken:
        console.print()
        sentence(console, f"The entry itself is wrong: {shortened(message)}", "bold red")
    console.print()
    _ending(explored, findings, broken, console)


def _ending(explored: Explored, findings: Sequence[Told], broken: Sequence[str], console: Console) -> None:
    for hunt in explored.hunts:
        refused = f", {hunt.refused_by_v1:,} more were refused by SDK v1" if hunt.refused_by_v1 else ""
        sentence(
            console,
            f"{hunt.subject.recipe} on {hunt.subject.store}: {plural(hunt.tried, 'input')} tried{refused}.",
        )
    if explored.was_stopped:
        sentence(console, "Stopped from the keyboard: this is what was found until then.", "bold")
    idle = [f"{hunt.subject.recipe} on {hunt.subject.store}" for hunt in explored.hunts if not hunt.tried]
    if idle and not explored.was_stopped:
        sentence(console, f"No input was tried with {listed(idle)}: give it more `--seconds`.", "bold yellow")
    if not findings and not broken:
        style = "" if idle else "green"
        sentence(console, "Nothing was found beyond what the entry says.", style)
    elif findings:
        sentence(console, f"{plural(len(findings), 'finding')} that the entry does not explain.", "bold red")


def _broken(explored: Explored) -> list[str]:
    return list(dict.fromkeys(message for hunt in explored.hunts for _, message in hunt.broken.values()))


def _how(guess: Guess | None, ended_by: str) -> str:
    if guess is None:
        return (
            f"No divergence behind it can explain this: `{ended_by}` ends the walk and is wrong for this input. "
            "Mend its `when` or what it raises."
        )
    if guess.is_literal:
        return "A literal: nothing more general fits all that was seen, so this speaks of its witness only."
    what = "`leaves`" if guess.leaves else "`becomes`" if guess.becomes else "the pattern"
    claimed = (
        f"it holds for none of the {guess.others:,} that need no explanation"
        if not guess.claimed
        else f"it holds for {guess.claimed:,} of the {guess.others:,} that need none, of which {what} is true too"
    )
    return f"A guess: `when` and {what} are right for {guess.explained:,} of {guess.of:,} such inputs; {claimed}."


def _name(finding: Finding) -> str:
    """A name for the divergence: what happens, as far as it can be told."""
    found = finding.found
    given = found.smallest.given
    if given.raised is not None:
        return f"raises {type(given.raised.error).__name__}"
    return {
        "order": "order is lost",
        "missing": "items are lost",
        "extra": "items are added",
        "value": "value is altered",
        "type": "type is altered",
        "shape": "shape is altered",
    }.get(found.cause[1], "difference")
