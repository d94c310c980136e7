"""A trace as one page of HTML, which asks for nothing of a network and has no script."""

from __future__ import annotations

from collections.abc import Mapping

from harness.report.model import VerdictName
from harness.report.page.engine import rendered
from harness.tracing.instead import abbreviated
from harness.tracing.model import Trace
from harness.tracing.outcomes import MEANINGS, Outcome
from harness.tracing.sites import (
    advice_of,
    inputs_of,
    needed,
    other_runs,
    places_of,
    warnings_of,
    worst_first,
)

KINDS: Mapping[Outcome, VerdictName] = {
    "unexplained": "unexplained",
    "lost": "lossy",
    "refused": "refuses",
    "not-verified": "not-verified",
    "no-mapping": "not-verified",
    "v1-refuses": "equivalent-as-disclosed",
    "kept": "equivalent",
}
"""The verdict of whose colour and mark an outcome has."""


def render(trace: Trace) -> str:
    """The whole page, ending in a newline. Long values are abbreviated; the JSON has them whole."""
    places = places_of(trace)
    imports, helpers = needed(trace)
    return rendered(
        "trace.html.jinja",
        trace=trace,
        places=places,
        anchors={f"{place.where}{place.name}": f"place-{number}" for number, place in enumerate(places, 1)},
        summary=worst_first(places),
        meanings=MEANINGS,
        kinds=KINDS,
        warnings=warnings_of(trace),
        imports=imports,
        helpers=helpers,
        others=other_runs(trace, places),
        abbreviated=abbreviated,
        advice_of=advice_of,
        inputs_of=inputs_of,
    )
