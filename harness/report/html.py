"""The report as one HTML page: the matrix first, then a panel for each mapping. A pure function of the report.

The page is one file and asks for nothing else: its policy allows its own style and script, by their hashes, and nothing
from anywhere. Every value is escaped, and what a screen would obey instead of showing it is shown as its escape.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from html import escape
from importlib import resources
from types import MappingProxyType

from jinja2 import DictLoader, Environment, StrictUndefined

from harness.report import summary
from harness.report.model import Report, VerdictName
from harness.report.page.anchors import anchor
from harness.report.page.concerns import concerns_of
from harness.report.page.panels import panels_of

LONGEST = 20_000
"""Characters of one value that the page has; the report's file has it whole."""
SHORT = 300
"""Characters of a name or a heading; where a longer one belongs, a box has it whole."""

SYMBOLS: Mapping[VerdictName, str] = MappingProxyType(
    {
        "not-verified": "?",
        "unexplained": "!",
        "broken": "\N{MULTIPLICATION SIGN}",
        "lossy": "▼",
        "refuses": "■",
        "lossy-at-edges": "▽",
        "refuses-at-edges": "□",
        "equivalent-as-disclosed": "≈",
        "equivalent": "=",
    }
)
"""A shape for each verdict, beside its word: filled for usual data, hollow at the edges."""


def render_html(report: Report) -> str:
    """The whole page, ending in a newline."""
    style, script = _part("page.css"), _part("page.js")
    environment = Environment(
        loader=DictLoader({"page": _part("page.html.jinja")}),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["whole"] = _whole
    counted = Counter(verdict.verdict for verdict in report.verdicts)
    page = environment.get_template("page").render(
        report=report,
        style=_Verbatim(style),
        script=_Verbatim(script),
        policy=_policy(style, script),
        title=_title(report, counted),
        state=_state(report),
        run=_run(report),
        warnings=summary.run_warnings(report),
        concerns=concerns_of(report),
        stores=summary.stores_of(report),
        rows=summary.matrix(report),
        words=[(name, meaning, counted[name]) for name, meaning in summary.words_used(report)],
        panels=panels_of(report),
        symbols=SYMBOLS,
        absent=summary.ABSENT,
        anchor=anchor,
        short=SHORT,
        plural=summary.plural,
        counts=summary.counts(report),
        unverifiable=summary.unverifiable(report),
        assumptions=summary.assumptions(report),
    )
    return page if page.endswith("\n") else page + "\n"


class _Verbatim(str):
    """HTML that goes into the page as it is; the template engine asks for `__html__`."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def _visible(value: object) -> object:
    """What the engine escapes and puts into the page for a value of the template; what is HTML stays as it is."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return summary.printable(summary.cut(value, SHORT))
    return value


def _whole(text: str) -> _Verbatim:
    """A value which is longer than a name may be: code, a message, a sentence."""
    return _Verbatim(escape(summary.printable(summary.cut(text, LONGEST))))


def _part(name: str) -> str:
    return (resources.files("harness.report.page") / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """The content security policy: nothing from anywhere, and of what is inline only what is ours."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


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
