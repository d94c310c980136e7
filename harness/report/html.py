"""The report as HTML: the matrix first, then a panel for each mapping; and a page of its own about the guide.

Each page is one file and asks for nothing else. A pure function of the report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from harness.report import summary
from harness.report.files import GUIDE_FILE, PAGE_FILE
from harness.report.guide import STATES, overview_of
from harness.report.model import Report, VerdictName
from harness.report.page.anchors import anchor
from harness.report.page.concerns import concerns_of
from harness.report.page.engine import rendered
from harness.report.page.panels import panels_of


def render_html(report: Report) -> str:
    """The whole page, ending in a newline."""
    counted = Counter(verdict.verdict for verdict in report.verdicts)
    return rendered(
        "page.html.jinja",
        script="page.js",
        report=report,
        guide_file=GUIDE_FILE,
        overview=overview_of(report),
        title=_title(report, counted),
        state=_state(report),
        run=_run(report),
        warnings=summary.run_warnings(report),
        concerns=concerns_of(report),
        stores=summary.stores_of(report),
        rows=summary.matrix(report),
        words=[(name, meaning, counted[name]) for name, meaning in summary.words_used(report)],
        panels=panels_of(report),
        absent=summary.ABSENT,
        anchor=anchor,
        counts=summary.counts(report),
        unverifiable=summary.unverifiable(report),
        assumptions=summary.assumptions(report),
    )


def render_guide(report: Report) -> str:
    """The page about the guide: its table of contents against the entries, and the errata."""
    overview = overview_of(report)
    return rendered(
        "guide.html.jinja",
        page_file=PAGE_FILE,
        overview=overview,
        found={claim.name: claim for claim in overview.claims} if overview else {},
        states=STATES,
        anchor=anchor,
        setting=summary.setting(report),
    )


def _title(report: Report, counted: Mapping[VerdictName, int]) -> str:
    """`1 broken, 3 lossy`: what the tab of a browser says."""
    words = [f"{counted[name]} {name}" for name, _ in summary.words_used(report)]
    return ", ".join(words) or "no verdicts"


def _state(report: Report) -> str:
    if report.footer is None:
        return "cut short"
    return "complete" if report.footer.complete else "stopped"


def _run(report: Report) -> list[tuple[str, str]]:
    """The facts of the run, each with its name."""
    header, footer = report.header, report.footer
    facts = [("profile", header.profile), ("seed", str(header.seed)), ("started", _moment(header.started))]
    if footer is not None:
        facts.append(("took", _took(header.started, footer.finished)))
    facts.append(("platform", header.platform))
    return [*facts, *((name, version) for name, version in header.versions.items())]


def _moment(instant: str) -> str:
    """`2026-01-01 10:00 UTC`."""
    return f"{instant[:10]} {instant[11:16]} UTC"


def _took(started: str, finished: str) -> str:
    """`1 min 5 s`, or from when to when where that is no time that can be told."""
    with suppress(ValueError):
        begin, end = (datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (started, finished))
        seconds = round((end - begin).total_seconds())
        if seconds >= 0:
            minutes, seconds = divmod(seconds, 60)
            hours, minutes = divmod(minutes, 60)
            parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
            return " ".join(f"{count} {unit}" for count, unit in parts if count) or "less than 1 s"
    return f"until {_moment(finished)}"
