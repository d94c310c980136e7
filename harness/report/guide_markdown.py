"""The errata of the guide as Markdown that can be sent to those who write it. A pure function of the overview.

As in the other views, whatever comes from values or entries is escaped; code stands in fences that it cannot close.
"""

from __future__ import annotations

from harness.report.guide import Erratum, Overview
from harness.report.markdown import code, escape, fenced
from harness.report.summary import plural

CLOCK = "clock"
LONGEST_OF_CODE = 10_000
"""Characters of one line of a script, which is no script any more where it is cut."""


def render_errata(overview: Overview, setting: str = "") -> str:
    """The whole text, ending in a newline.

    Args:
        overview: The guide against the results.
        setting: With which versions that was found, in one line.
    """
    guide, errata = overview.guide, overview.errata
    blocks = [
        f"# Errata: {escape(guide.title)}",
        f"{escape(guide.published)}, as of {escape(guide.date)}.",
        _introduction(overview),
        f"{escape(overview.sentence())}.",
    ]
    if setting:
        blocks.append(f"Found with {escape(setting)}.")
    if any(erratum.script and "harness." in erratum.script for erratum in errata):
        blocks.append(
            "Scripts that import `harness` need this package besides MLflow; it brings a local stand-in for the "
            "workspace, so that no account is needed."
        )
    for number, erratum in enumerate(errata, 1):
        blocks += _erratum(number, erratum)
    return "\n\n".join(blocks) + "\n"


def _introduction(overview: Overview) -> str:
    errata = overview.errata
    if not overview.is_checked:
        return (
            "Nothing of this was checked in a run that is at hand: it is what our entries say. "
            "Do not send it before it was."
        )
    statements = sum(erratum.kind == "statement" for erratum in errata)
    found = (
        f"{plural(len(errata), 'point')} did not turn out as the guide has them: {statements} about what it says, "
        f"{len(errata) - statements} about what its code keeps. Each comes with what we would write instead, and "
        "nearly each with a script that shows it."
        if errata
        else "No point was found that did not turn out as the guide has it."
    )
    return (
        "Thank you for the guide. We checked what it states, as far as that can be done without the hosted service, "
        f"and its code, by running both SDK v1 and MLflow and comparing what is read back. {found}"
    )


def _erratum(number: int, erratum: Erratum) -> list[str]:
    place = f", {erratum.lines}" if erratum.lines else ""
    blocks = [
        f"## {number}. {escape(erratum.section)}{place}",
        f"**The guide:** {prose(erratum.says)}",
        f"**What happens:** {prose(erratum.happens)}",
    ]
    if erratum.where:
        seen = "Shown on" if erratum.kind == "statement" else "Seen with"
        blocks.append(f"{seen} {escape(erratum.where)}.")
    if not erratum.is_shown:
        blocks.append("_This is what the entry says; the report has no check of it._")
    if erratum.witness:
        told = [f"{code(name)} = {code(value)}" for name, value in erratum.witness if name != CLOCK]
        clocks = [value for name, value in erratum.witness if name == CLOCK]
        within = ", all within one millisecond" if "stopped" in clocks else ""
        blocks.append(f"For instance with {', '.join(told)}{within}:")
    if erratum.observed is not None:
        blocks.append(
            f"- SDK v1 gives {code(erratum.observed.v1)}\n- MLflow gives {code(erratum.observed.mlflow)}"
        )
    if erratum.script:
        blocks.append(fenced(erratum.script.rstrip("\n"), "python", LONGEST_OF_CODE))
    if erratum.instead:
        blocks.append(f"**Instead:** {prose(erratum.instead)}")
    if erratum.code:
        blocks += ["**Instead:**", fenced(erratum.code.rstrip("\n"), "python", LONGEST_OF_CODE)]
    blocks.append(f"({code(erratum.mapping.id)}, {code(erratum.id)})")
    return blocks


def prose(text: str) -> str:
    """A sentence of an entry, where what stands between backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return "".join(code(part) if index % 2 else _escaped(part) for index, part in enumerate(parts) if part)


def _escaped(part: str) -> str:
    """A part of a sentence, with the spaces at its ends."""
    before, after = (" " if part[:1].isspace() else ""), (" " if part[-1:].isspace() else "")
    return f"{before}{escape(part)}{after}" if part.strip() else " "
