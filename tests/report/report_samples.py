"""Small reports for the tests of this folder: one mapping, made of keyword arguments."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from harness.report.assembly import build_report
from harness.report.facts import (
    ClaimInfo,
    Code,
    DivergenceInfo,
    GuideInfo,
    GuidePart,
    MappingInfo,
    PassageInfo,
    StatementInfo,
)
from harness.report.model import Header, Observation, Report, Result
from harness.report.summary import SCRIPT_FOLLOWS

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


def passage(kind: str, first: int, last: int, *claims: str) -> PassageInfo:
    """Lines of a guide; a text states one thing."""
    states = [StatementInfo(says=f"Says so in line {first}.", claims=claims)] if kind == "text" else []
    names = claims if kind == "code" else ()
    return PassageInfo.model_validate(
        {"kind": kind, "first": first, "last": last, "states": states, "claims": names}
    )


GUIDE = GuideInfo(
    title="From here to there",
    published="our own library",
    date="2026",
    lines=40,
    covered=40,
    parts=(
        GuidePart(
            entry="log-list",
            section="Log a list of metrics",
            passages=(passage("code", 5, 9), passage("text", 11, 11, "log-list/note")),
        ),
        GuidePart(
            entry="view-metric-history",
            section="View run info and data",
            passages=(
                passage("text", 20, 20, "view-metric-history/only-last", "view-metric-history/studio"),
                passage("code", 22, 30, "view-metric-history/only-last", "log-list/note"),
            ),
        ),
        GuidePart(
            entry="elsewhere",
            section="Elsewhere",
            passages=(passage("text", 35, 36, "elsewhere/unknown"),),
        ),
    ),
)
"""A guide of three sections, the last of which no entry of `rich_report` checks."""


def guide_report() -> Report:
    """`rich_report`, held against a guide."""
    return rich_report().model_copy(update={"guide": GUIDE})


HOSTILE = (
    "<script>window.ran = 1</script>",
    "</script><script>window.ran = 2</script>",
    '</style><img src=x onerror="window.ran = 3">',
    '" onmouseover="window.ran = 4" x=\'',
    "{{ 7 * 7 }}{% raw %}",
    "]]> &amp; <!-- -->",
    "\u202egnp.exe\u202c \u200bzero\u2028line \x1b[2J\x00\ufffe",
    "javascript:window.ran=5",
    "Z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a",
    "W" * 10_000,
    "two words " * 1_000,
    "- one\n- two",
    "+ one",
    "1. one",
    "2) two",
)
"""Texts that want to be more than text."""


def code(text: str) -> Code:
    return Code(log=text, read=text)


def hostile_report(text: str) -> Report:
    """A report with the same hostile text in each of its text fields, ids too."""
    mapping = MappingInfo(
        id=text,
        title=text,
        guide=text,
        recipes=(text,),
        stores=(text,),
        compare=text,
        sources=(text,),
        inputs={text: text},
        usual=text,
        v1=code(text),
        mlflow={text: code(text)},
        unobserved={text: text},
        divergences=(
            DivergenceInfo(
                id=text,
                effect="altered",
                disclosed_by=text,
                because=text,
                recipes=(text,),
                stores=(text,),
                versions={text: text},
                when=text,
                becomes=text,
                raises=text,
                witness={text: text},
            ),
        ),
        claims=(ClaimInfo(id=text, says=text, cites=text, refuted=text, unverifiable=text),),
    )
    here: dict[str, Any] = {"mapping": text, "store": text, "recipe": text, "assumptions": (text,)}
    applied: dict[str, Any] = {"applied": {text: 1}, "applied_clocks": {text: (text,)}}
    seen = Observation(v1=text, expected=text, mlflow=text, applied=(text,))
    results = [
        result("property", text, outcome="failed", message=text, counterexample={text: text}, **here),
        result("directed", text, outcome="error", message=with_script(text, text), **here),
        result("witness", text, observed=seen, **here, **applied),
        result("example", text, outcome="skipped", skipped_because="not-run", message=text, **here),
        result("claim", text, refuted=True, **(here | {"recipe": None})),
    ]
    about = header(stores=(text,), profile=text, platform=text, versions={text: text})
    return report(results, [mapping], header=about, guide=hostile_guide(text))


def hostile_guide(text: str) -> GuideInfo:
    """A guide with the same text in each of its text fields."""
    states = (StatementInfo(says=text, claims=(f"{text}/{text}", text)),)
    passages = (
        PassageInfo(kind="text", first=1, last=2, states=states),
        PassageInfo(kind="code", first=3, last=3, claims=(text,)),
    )
    parts = (GuidePart(entry=text, section=text, passages=passages),)
    return GuideInfo(title=text, published=text, date=text, lines=3, covered=3, parts=parts)


def hostile_errata(text: str) -> Report:
    """A report with an erratum of each kind, with the same hostile text in each of its text fields."""
    recipe = f"guide-{text}"
    mapping = MappingInfo(
        id="entry",
        title=text,
        guide=text,
        recipes=(recipe, "recommended"),
        stores=(text,),
        compare=text,
        mlflow={recipe: code(text), "recommended": code(text)},
        divergences=(
            DivergenceInfo(
                id=text,
                effect="altered",
                because=text,
                recipes=(recipe,),
                witness={text: text},
                scripts={recipe: text},
            ),
        ),
        claims=(ClaimInfo(id=text, says=text, cites=text, refuted=text, instead=text, script=text),),
    )
    here: dict[str, Any] = {"mapping": "entry", "store": text}
    hits: dict[str, Any] = {"recipe": recipe, "applied": {text: 2}, "applied_usual": {text: 1}}
    seen = Observation(v1=text, expected=text, mlflow=text, applied=(text,))
    results = [
        result("property", text, **here, **hits),
        result("witness", text, observed=seen, **here, **hits),
        result("claim", text, refuted=True, **here),
    ]
    guide = hostile_guide(text)
    part = guide.parts[0]
    states = (StatementInfo(says=text, claims=(f"entry/{text}",)),)
    text_lines = part.passages[0].model_copy(update={"states": states})
    own = part.model_copy(update={"entry": "entry", "passages": (text_lines, part.passages[1])})
    return report(
        results,
        [mapping],
        header=header(stores=(text,), versions={text: text}),
        guide=guide.model_copy(update={"parts": (own,)}),
    )


def with_script(text: str, script: str) -> str:
    """A message as a failure has it: what happened, then the script, indented."""
    return f"{text}\n\n{SCRIPT_FOLLOWS}\n\n{textwrap.indent(script, '    ')}"


def wide_report(mappings: int = 20) -> Report:
    """Many mappings on six stores, with verdicts of all kinds."""
    stores = ("sqlite", "file", "postgresql", "mysql", "azureml-plugin", "databricks")
    infos, results = [], []
    for number in range(mappings):
        info = MAPPING.model_copy(
            update={
                "id": f"log-something-{number}",
                "title": f"Log something of the kind number {number}",
                "recipes": ("guide", "recommended"),
                "stores": stores[: 6 - number % 3],
                "v1": code("run.log_list(name, values)"),
                "mlflow": {
                    "guide": code("for value in values:\n    mlflow.log_metric(name, value)"),
                    "recommended": code("mlflow.log_metric(name, values[0], step=0)"),
                },
                "inputs": {"name": "metric_names()", "values": "st.lists(numbers(), min_size=1)"},
                "usual": "all(is_usual_number(value) for value in values)",
            }
        )
        infos.append(info)
        for index, store in enumerate(info.stores):
            kind = (number + index) % 7
            here: dict[str, Any] = {"mapping": info.id, "store": store}
            hits: dict[str, Any] = {"applied": {("merge", "raise", "told")[kind % 3]: 4}} if kind < 5 else {}
            if kind < 2:
                hits["applied_usual"] = hits["applied"]
            if kind == 3:
                hits["applied_guide"] = tuple(hits["applied"])
            failed = {"outcome": "failed", "message": "They differ."} if (number, index) == (2, 3) else {}
            for recipe in info.recipes:
                base = here | {"recipe": recipe}
                results += [
                    result("property", **base, **failed),
                    result("example", "1", **base, **(hits if recipe == "guide" else {})),
                    result("sensitivity", **base),
                ]
            results += [result("claim", name, **here) for name in ("note", "ours")]
    return report(results, infos, header=header(stores=stores))
