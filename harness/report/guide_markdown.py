"""The errata of the guide as Markdown that can be sent to those who write it. A pure function of the overview.

As in the other views, whatever comes from values or entries is escaped; code stands in fences that it cannot close.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.report.guide import Erratum, Overview
from harness.report.markdown import code, escape, fenced
from harness.report.summary import plural

CLOCK = "clock"
LONGEST_OF_TEXT = 10_000
"""Characters of one sentence or value; whoever gets the text has no other place to look the rest up."""
LONGEST_OF_CODE = 10_000
"""Characters of one line of a script, which is no script any more where it is cut."""
LINES_OF_CODE = 2_000
"""Lines of a script."""


def render_errata(overview: Overview, setting: str = "", notes: Sequence[str] = ()) -> str:
    """The whole text, ending in a newline.

    Args:
        overview: The guide against the results.
        setting: With which versions that was found, in one line.
        notes: What is to be known of the results, a sentence each: that the run was cut short, what has changed since.
    """
    guide, errata = overview.guide, overview.errata
    blocks = [
        f"# Errata: {_escaped(guide.title)}",
        # No block begins with words of others, which may look like an item of a list.
        f"The guide: {_escaped(guide.published)}, as of {_escaped(guide.date)}.",
        _introduction(overview),
        *(f"**Note:** {_escaped(note)}." for note in notes),
        f"{_escaped(overview.sentence())}.",
    ]
    if setting:
        blocks.append(f"Found with {_escaped(setting)}.")
    if any(erratum.script and "harness." in erratum.script for erratum in errata):
        blocks.append(
            "Scripts that import `harness` need this package besides MLflow; it brings a local stand-in for the "
            "workspace, so that no account is needed."
        )
    for number, erratum in enumerate(errata, 1):
        blocks += _erratum(number, erratum)
    return "\n\n".join(blocks) + "\n"


def _introduction(overview: Overview) -> str:
    shown, others = overview.shown, len(overview.errata) - len(overview.shown)
    if not overview.is_checked and not shown:
        return (
            "Nothing of this was checked in a run that is at hand: it is what our entries say. "
            "Do not send it before it was."
        )
    statements = sum(erratum.kind == "statement" for erratum in shown)
    better = sum(bool(erratum.instead or erratum.code) for erratum in shown)
    scripts = sum(bool(erratum.script) for erratum in shown)
    found = (
        f"{plural(len(shown), 'point')} did not turn out as the guide has them: {statements:,} about what it says, "
        f"{len(shown) - statements:,} about what its code keeps. With {better:,} of them stands what we would write "
        f"instead, with {scripts:,} a script that shows it."
        if shown
        else "No point was found that did not turn out as the guide has it."
    )
    if others:
        more, verb = " more" if shown else "", "is" if others == 1 else "are"
        found += f" {others:,}{more} point{'' if others == 1 else 's'} below {verb} what our entries say, "
        found += "not checked in this run."
    return (
        "Thank you for the guide. We checked what it states, as far as that can be done without the hosted service, "
        f"and its code, by running both SDK v1 and MLflow and comparing what is read back. {found}"
    )


def _erratum(number: int, erratum: Erratum) -> list[str]:
    place = f", {erratum.lines}" if erratum.lines else ""
    blocks = [
        f"## {number}. {_escaped(erratum.section)}{place}",
        f"**The guide:** {prose(erratum.says)}",
        f"**What happens:** {prose(erratum.happens)}",
    ]
    if erratum.where:
        seen = "Shown on" if erratum.kind == "statement" else "Seen with"
        blocks.append(f"{seen} {_escaped(erratum.where)}.")
    if not erratum.is_shown:
        blocks.append("_This is what the entry says; the report has no check of it._")
    if erratum.witness:
        told = [f"{_code(name)} = {_code(value)}" for name, value in erratum.witness if name != CLOCK]
        clocks = [value for name, value in erratum.witness if name == CLOCK]
        within = ", all within one millisecond" if "stopped" in clocks else ""
        blocks.append(f"For instance with {', '.join(told)}{within}:")
    if erratum.observed is not None:
        blocks.append(
            f"- SDK v1 gives {_code(erratum.observed.v1)}\n- MLflow gives {_code(erratum.observed.mlflow)}"
        )
    if erratum.script:
        blocks.append(_python(erratum.script))
    if erratum.instead:
        blocks.append(f"**Instead:** {prose(erratum.instead)}")
    if erratum.code:
        blocks += ["**Instead:**", _python(erratum.code)]
    if erratum.caveat:
        blocks.append(f"**{'But' if erratum.code else 'Note'}:** {_escaped(erratum.caveat)}")
    blocks.append(f"({_code(erratum.mapping.id)}, {_code(erratum.id)})")
    return blocks


def prose(text: str) -> str:
    """A sentence of an entry, where what stands between backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return _escaped(text)
    return "".join(_code(part) if index % 2 else _spaced(part) for index, part in enumerate(parts) if part)


def _spaced(part: str) -> str:
    """A part of a sentence, with the spaces at its ends."""
    before, after = (" " if part[:1].isspace() else ""), (" " if part[-1:].isspace() else "")
    return f"{before}{_escaped(part)}{after}" if part.strip() else " "


def _escaped(text: str) -> str:
    return escape(text, LONGEST_OF_TEXT)


def _code(text: str) -> str:
    return code(text, LONGEST_OF_TEXT)


def _python(text: str) -> str:
    return fenced(text.rstrip("\n"), "python", LONGEST_OF_CODE, LINES_OF_CODE)
