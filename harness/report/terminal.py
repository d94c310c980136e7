"""The report on a terminal. A pure function of the report.

What one looks for stands where one looks: the failures in full on top, the verdicts at the bottom, and the last line
says what the run ended with. In between is what is known to differ.

Words carry the meaning, colour only repeats it. Nothing from the report is taken as markup or reaches the
terminal as a control character.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from harness.errors import EXIT_BAD_INPUT, EXIT_ENVIRONMENT, EXIT_EXPLAINED, EXIT_INTERRUPTED
from harness.report import summary
from harness.report.assembly import unexplained
from harness.report.by_store import dependence_words, pace_words, paces
from harness.report.model import Report
from harness.report.summary import Difference, one_line, plural, printable
from harness.report.verdict_table import verdict_table, verdict_text
from harness.report.wrapping import hanging

PROSE_WIDTH = 100
"""Columns of running text, however wide the terminal is: longer lines are hard to read."""
SIGNALLED = 128
"""Exit codes above it are signals, as shells count them."""
REASONS = 3
"""So many reasons are told in the last line; of more, how many there are."""


def render_terminal(report: Report, console: Console, *, failures: bool = True) -> None:
    """Print the report, but for its last lines; the console decides on width and colour.

    Args:
        report: What to show.
        console: Where to.
        failures: Whether to show failed results in full; not where something else has done so.
    """
    if failures:
        render_failures(report, console)
    _differences(report, console)
    _errata(report, console)
    _unobserved(report, console)
    _verdicts(report, console)
    _attention(report, console)
    _setting(report, console)


def render_failures(report: Report, console: Console) -> None:
    """Print what failed, each with its message in full; a script in it can be copied and run."""
    for result in summary.failures(report):
        _prose(console, Text(one_line(summary.title_of(result)), style="bold red"))
        if result.counterexample and not result.message:
            for name, expression in result.counterexample.items():
                _verbatim(console, f"{one_line(name)} = {printable(expression)}")
        if result.message:
            _verbatim(console, printable(result.message))
        console.print()


def render_ending(report: Report, console: Console, exit_code: int) -> None:
    """Print the last lines: how many results ended how, and what the command ends with, and why."""
    _prose(console, Text(summary.counts(report)))
    style = "bold" if exit_code == EXIT_EXPLAINED else "bold red"
    _prose(console, Text(one_line(f"exit {exit_code}: {exit_words(report, exit_code)}"), style=style))


def exit_words(report: Report, exit_code: int) -> str:
    """Why a run ends with this exit code."""
    if exit_code == EXIT_EXPLAINED:
        return "everything is explained"
    if exit_code == EXIT_BAD_INPUT:
        return "an entry or option is wrong"
    if exit_code == EXIT_ENVIRONMENT:
        why = dict.fromkeys(row.message for row in report.results if row.skipped_because == "unreachable")
        return next(iter(why), "") or "the report could not be written where it was to be"
    if exit_code > SIGNALLED:
        done = sum(row.skipped_because != "not-run" for row in report.results)
        how = "stopped from the keyboard" if exit_code == EXIT_INTERRUPTED else "stopped by a signal"
        return f"{how}; {done:,} of {plural(len(report.results), 'check')} had been done"
    reasons = unexplained(report)
    more = len(reasons) - REASONS
    told = "; ".join([*reasons[:REASONS], *([f"and {more} more such"] if more > 0 else [])])
    return told or "the harness itself failed; what it said stands above"


def _verdicts(report: Report, console: Console) -> None:
    table = verdict_table(report, console)
    if table:
        for part in table:
            console.print(part, highlight=False)
        console.print()
        _words(report, console)
        depend = dependence_words(report)
        if depend:
            _prose(console, Text(one_line(depend)))
        console.print()


def _words(report: Report, console: Console) -> None:
    """Each word of the table once, with what it means."""
    words = [(verdict_text(name), meaning) for name, meaning in summary.words_used(report)]
    if any(cell is None for row in summary.matrix(report) for cell in row.cells):
        words.append((Text(summary.ABSENT), "was not to be checked on this store"))
    longest = max(name.cell_len for name, _ in words)
    for name, meaning in words:
        name.pad_right(longest + 2 - name.cell_len)
        _hanging(console, name, meaning)


def _attention(report: Report, console: Console) -> None:
    warnings = summary.warnings(report)
    if warnings:
        _heading(console, "Needs attention")
        for warning in warnings:
            _item(console, warning)
        console.print()


def _differences(report: Report, console: Console) -> None:
    found = summary.differences(report)
    if not found:
        return
    _heading(console, "What differs, as the entries say")
    for difference in found:
        head = Text(one_line(f"{difference.mapping.id}: {difference.divergence.id}"), style="bold")
        _prose(console, head)
        _hanging(console, Text("  "), difference.divergence.because)
        for line in _places(difference):
            _item(console, line, 2)
    console.print()


def _places(difference: Difference) -> Iterable[str]:
    """One line for all places at which a divergence does the same: `guide on sqlite, file: ..., 9 to 12 inputs`."""
    stores: dict[tuple[str, str], list[str]] = {}
    counts: dict[tuple[str, str], list[int]] = {}
    for verdict, item in difference.places:
        key = (verdict.recipe, summary.effect_words(item))
        stores.setdefault(key, []).append(verdict.store)
        counts.setdefault(key, []).append(item.count)
    same: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for (recipe, words), on in stores.items():
        same.setdefault((tuple(on), words), []).append(recipe)
    for (where, words), recipes in same.items():
        numbers = [number for recipe in recipes for number in counts[recipe, words]]
        low, high = min(numbers), max(numbers)
        inputs = plural(high, "input") if low == high else f"{low:,} to {plural(high, 'input')}"
        yield f"{', '.join(recipes)} on {', '.join(where)}: {words}, {inputs}"


def _errata(report: Report, console: Console) -> None:
    found = summary.errata(report)
    if not found:
        return
    _heading(console, "Does not hold in the guide")
    for erratum in found:
        section = erratum.claim.cites or erratum.mapping.guide
        place = f" (section {section})" if section else ""
        _item(console, f"{erratum.mapping.id}: {erratum.claim.id}{place} on {', '.join(erratum.stores)}")
        _hanging(console, Text("  "), f"It says: {erratum.claim.says}")
        if erratum.claim.refuted:
            _hanging(console, Text("  "), f"But: {erratum.claim.refuted}")
    console.print()


def _unobserved(report: Report, console: Console) -> None:
    found = summary.unobserved(report)
    if not found:
        return
    _heading(console, "No verdict speaks of")
    for mapping, part, reason in found:
        _item(console, f"{mapping.id}: {part}. {reason}")
    console.print()


def _setting(report: Report, console: Console) -> None:
    assumed = summary.assumptions(report)
    if assumed:
        count = plural(len(assumed), "assumption")
        _prose(console, Text(one_line(f"Rests on {count} about the service: {', '.join(assumed)}")))
    took = ", ".join(map(pace_words, paces(report)))
    if took:
        _prose(console, Text(f"Examples by store, with the time of the workers: {took}"))
    _prose(console, Text(one_line(summary.setting(report))))


def _heading(console: Console, title: str) -> None:
    _prose(console, Text(title, style="bold underline" if console.color_system else ""))


def _item(console: Console, text: str, indent: int = 0) -> None:
    _hanging(console, Text(" " * indent + "- "), text)


def _hanging(console: Console, first: Text, text: str) -> None:
    for line in hanging(console, first, Text(one_line(text)), min(console.width, PROSE_WIDTH)):
        console.print(line, highlight=False, soft_wrap=True)


def _verbatim(console: Console, text: str) -> None:
    """In full and without line breaks of ours: a script that is shown can be copied and run."""
    console.print(Text(text), soft_wrap=True, highlight=False)


def _prose(console: Console, text: Text) -> None:
    for line in hanging(console, Text(), text, min(console.width, PROSE_WIDTH)):
        console.print(line, highlight=False, soft_wrap=True)
