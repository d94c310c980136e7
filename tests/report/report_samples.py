"""Small reports for the tests of this folder: one mapping, made of keyword arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.report.assembly import build_report
from harness.report.facts import ClaimInfo, DivergenceInfo, MappingInfo
from harness.report.model import Header, Report, Result

STARTED = "2026-01-01T10:00:00Z"
FINISHED = "2026-01-01T10:00:09Z"

MAPPING = MappingInfo(
    id="log-list",
    title="Log a list of metrics",
    guide="Log a list of metrics",
    recipes=("guide",),
    stores=("sqlite",),
    compare="numbers",
    unobserved={"step": "SDK v1 gives no steps back."},
    divergences=(
        DivergenceInfo(id="merge", effect="altered", because="Equal points are one.", recipes=("guide",)),
        DivergenceInfo(
            id="raise", effect="refused", because="The store raises.", recipes=("guide", "recommended")
        ),
        DivergenceInfo(
            id="told", effect="altered", because="It says so.", recipes=("guide",), disclosed_by="note"
        ),
    ),
    claims=(
        ClaimInfo(id="note", says="Points may merge.", cites="Log a list of metrics"),
        ClaimInfo(id="ours", says="Text is refused."),
    ),
)


def header(**changes: Any) -> Header:
    """A header as a run on one store has it."""
    fields: dict[str, Any] = {
        "versions": {"python": "3.11.7", "mlflow": "3.4.0", "azureml-core": "1.61.0"},
        "stores": ("sqlite",),
        "profile": "ci",
        "seed": 7,
        "started": STARTED,
        "platform": "Linux-x86_64",
    }
    return Header(**(fields | changes))


def result(kind: str, id: str = "", **changes: Any) -> Result:
    """A result that passed, of the recipe `guide` on `sqlite` unless told otherwise."""
    fields: dict[str, Any] = {
        "mapping": "log-list",
        "recipe": None if kind == "claim" else "guide",
        "store": "sqlite",
        "kind": kind,
        "id": id or kind,
        "outcome": "passed",
        "examples": {"example": 1, "witness": 1, "property": 100, "directed": 50}.get(kind, 0),
        "required": {"property": 100, "directed": 50}.get(kind, 0),
    }
    return Result.model_validate(fields | changes)


def whole(*more: Result) -> list[Result]:
    """Everything that belongs to one recipe on one store, all of it passed, and more."""
    base = [
        result("example", "1"),
        result("property"),
        result("claim", "note"),
        result("claim", "ours"),
        result("sensitivity"),
    ]
    replaced = {item.key for item in more}
    return [*(item for item in base if item.key not in replaced), *more]


def report(results: Sequence[Result], mappings: Sequence[MappingInfo] = (MAPPING,), **changes: Any) -> Report:
    """A finished report of these results."""
    options: dict[str, Any] = {"finished": FINISHED} | changes
    return build_report(options.pop("header", header()), mappings, results, **options)


def rich_report() -> Report:
    """Two mappings on two stores with a bit of everything that a view has to show."""
    view = MappingInfo(
        id="view-metric-history",
        title="View the history of a metric",
        guide="View run info and data",
        recipes=("guide", "recommended"),
        stores=("sqlite",),
        compare="numbers",
        divergences=(
            DivergenceInfo(
                id="last-of-millisecond",
                effect="altered",
                because="Within one millisecond the largest value wins, not the last.",
                recipes=("guide",),
            ),
        ),
        claims=(
            ClaimInfo(
                id="only-last",
                says="Only the most recent value is in metrics.",
                cites="View run info and data",
                refuted="It is the largest of those with the newest timestamp and step.",
            ),
            ClaimInfo(id="studio", says="Shown as a chart.", unverifiable="Only the hosted studio shows it."),
        ),
    )
    logged = MAPPING.model_copy(update={"recipes": ("guide", "recommended"), "stores": ("sqlite", "file")})
    results = [
        *whole(
            result("example", "1", applied={"merge": 1}, applied_usual={"merge": 1}, applied_guide=["merge"]),
            result("property", applied={"merge": 41}, applied_usual={"merge": 12}),
        ),
        *(
            item.model_copy(update={"recipe": "recommended"})
            for item in whole(result("witness", "raise", applied={"raise": 1}))
            if item.recipe
        ),
        result("property", recipe="guide", store="file"),
        result("example", "1", recipe="guide", store="file", applied={"merge": 1}),
        result("claim", "note", store="file", outcome="skipped", skipped_because="unreachable"),
        result(
            "property",
            recipe="recommended",
            store="file",
            outcome="failed",
            examples=3,
            counterexample={"name": "'loss'", "values": "[0, -0.0]", "clock": "ticking"},
            message="v1 gave [0, -0.0]\nMLflow gave [0]\n\nfrom mlflow import MlflowClient\nprint('run')",
        ),
    ]
    here: dict[str, Any] = {"mapping": "view-metric-history"}
    results += [
        result(
            "property",
            applied={"last-of-millisecond": 9},
            applied_clocks={"last-of-millisecond": ["stopped"]},
            assumptions=["metric-order"],
            **here,
        ),
        result("example", "1", **here),
        result("property", recipe="recommended", **here),
        result("example", "1", recipe="recommended", **here),
        result("claim", "only-last", refuted=True, **here),
        result("claim", "studio", outcome="skipped", skipped_because="unverifiable", **here),
    ]
    return report(results, [view, logged], header=header(stores=("sqlite", "file")))
