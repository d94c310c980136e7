"""The report as Markdown, for `summary.md` and for the pages of CI systems. A pure function of the report.

Whatever comes from values or entries is escaped: it can be read, and cannot become a table cell, a link,
HTML, a mention or a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from harness.report import summary
from harness.report.by_store import dependence_words
from harness.report.model import Report, Result
from harness.report.summary import one_line, printable

INLINE_LIMIT = 400
"""Characters of one value in running text."""
LINE_LIMIT = 600
"""Characters of one line of a message."""
LINES_LIMIT = 200
"""Lines of one message."""

_SPECIAL = re.compile(r"[\\`*_{}\[\]#|~^$!]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
_PLAIN_CODE = re.compile(r"[A-Za-z0-9 .,:;=()+'\"_-]*[A-Za-z0-9.,:;=()+'\"_-]")


def render_markdown(report: Report) -> str:
    """The whole page, ending in a newline."""
    sections = (
        _verdicts(report),
        _attention(report),
        _differences(report),
        _errata(report),
        _unverifiable(report),
        _unobserved(report),
        _ending(report),
    )
    blocks = ["# From SDK v1 to MLflow: what was kept", *(block for section in sections for block in section)]
    return "\n\n".join(blocks) + "\n"


def escape(text: str, longest: int = INLINE_LIMIT) -> str:
    """One line of text which means itself, cut at `longest` characters."""
    line = _cut(one_line(text), longest)
    line = "".join(_ENTITIES.get(character, character) for character in line)
    line = _SPECIAL.sub(r"\\\g<0>", line)
    return re.sub(r"(?i)www\.", lambda found: found[0][:-1] + "&#46;", line.replace("://", "&#58;//"))


def code(text: str, longest: int = INLINE_LIMIT) -> str:
    """A name as code; one that could end the code or the table cell is escaped text instead."""
    line = _cut(one_line(text), longest)
    return f"`{line}`" if _PLAIN_CODE.fullmatch(line) else escape(text, longest)


def fenced(text: str, language: str = "text", longest: int = LINE_LIMIT, most: int = LINES_LIMIT) -> str:
    """Lines as they are, in a fence that nothing within can close.

    Args:
        text: The lines.
        language: What the fence says of them.
        longest: Characters of one line; a longer one is cut.
        most: How many lines; of more it says how many they are.
    """
    lines = [_cut(line, longest) for line in printable(text).split("\n")]
    if len(lines) > most:
        lines[most:] = [f"... and {len(lines) - most:,} more lines"]
    ticks = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, ticks + 1)
    return "\n".join([f"{fence}{language}", *lines, fence])


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text) - limit:,} more characters)"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _verdicts(report: Report) -> list[str]:
    rows, stores = summary.matrix(report), summary.stores_of(report)
    blocks = [f"{escape(summary.counts(report))}."]
    if not rows:
        return blocks
    cells = [
        [
            code(row.mapping),
            code(row.recipe),
            *(cell.verdict if cell else summary.ABSENT for cell in row.cells),
        ]
        for row in rows
    ]
    blocks.append(_table(["mapping", "recipe", *map(escape, stores)], cells))
    words = [f"- **{name}**: {escape(meaning)}" for name, meaning in summary.words_used(report)]
    depend = dependence_words(report)
    return [*blocks, "\n".join(words), *([f"{escape(depend, LINE_LIMIT)}."] if depend else [])]


def _attention(report: Report) -> list[str]:
    warnings, failures = summary.warnings(report), summary.failures(report)
    if not warnings and not failures:
        return []
    blocks = ["## Needs attention"]
    if warnings:
        blocks.append("\n".join(f"- {escape(warning)}" for warning in warnings))
    return [*blocks, *(block for result in failures for block in _failure(result))]


def _failure(result: Result) -> list[str]:
    blocks = [f"### {escape(summary.title_of(result))}"]
    if result.counterexample:
        lines = [f"{one_line(name)} = {expression}" for name, expression in result.counterexample.items()]
        blocks.append(fenced("\n".join(lines)))
    return [*blocks, fenced(result.message)] if result.message else blocks


def _differences(report: Report) -> list[str]:
    blocks, mapping = [], ""
    for difference in summary.differences(report):
        if difference.mapping.id != mapping:
            mapping = difference.mapping.id
            blocks.append(f"### {escape(difference.mapping.title)} ({code(mapping)})")
        lines = [f"- {code(difference.divergence.id)}: {escape(difference.divergence.because)}"]
        lines += [f"  - {escape(summary.place_words(*place))}" for place in difference.places]
        blocks.append("\n".join(lines))
    return ["## What differs", *blocks] if blocks else []


def _errata(report: Report) -> list[str]:
    lines = []
    for erratum in summary.errata(report):
        section = erratum.claim.cites or erratum.mapping.guide
        where = f"{code(erratum.mapping.id)} {code(erratum.claim.id)} on {escape(', '.join(erratum.stores))}"
        cited = f", section “{escape(section)}”" if section else ""
        because = f" But: {escape(erratum.claim.refuted)}" if erratum.claim.refuted else ""
        lines.append(f"- {where}{cited}: {escape(erratum.claim.says)}{because}")
    return ["## Does not hold in the guide", "\n".join(lines)] if lines else []


def _unverifiable(report: Report) -> list[str]:
    lines = [
        f"- {code(mapping.id)} {code(claim.id)}: {escape(claim.says)} "
        f"Not checked: {escape(claim.unverifiable or '')}"
        for mapping, claim in summary.unverifiable(report)
    ]
    return ["## Cannot be checked here", "\n".join(lines)] if lines else []


def _unobserved(report: Report) -> list[str]:
    lines = [
        f"- {code(mapping.id)} {code(part)}: {escape(why)}"
        for mapping, part, why in summary.unobserved(report)
    ]
    return ["## No verdict speaks of", "\n".join(lines)] if lines else []


def _ending(report: Report) -> list[str]:
    header = report.header
    lines = [f"- {escape(summary.setting(report))}", f"- {escape(header.platform)}"]
    finished = f", finished {report.footer.finished}" if report.footer else ", not finished"
    lines.append(f"- started {header.started}{finished}")
    assumed = summary.assumptions(report)
    if assumed:
        names = ", ".join(code(item) for item in assumed)
        lines.append(f"- rests on {summary.plural(len(assumed), 'assumption')} about the service: {names}")
    return ["## The run", "\n".join(lines)]
