"""What needs attention first, as plain data: each thing is named once, with a link to where all of it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.report import summary
from harness.report.missing import missing_stores
from harness.report.model import Report, Verdict, VerdictName
from harness.report.page.anchors import anchor

_REASONS = 3
_URGENT: tuple[tuple[VerdictName, str], ...] = (
    ("unexplained", "Unexplained: the entry says otherwise, or nothing"),
    ("not-verified", "Not verified: not everything was run"),
    ("broken", "Broken: the guide's own example does not survive"),
)


@dataclass(frozen=True)
class Concern:
    """One thing to look at: where, what, and what is to be said against it."""

    href: str
    where: str
    what: str
    but: str = ""


@dataclass(frozen=True)
class Concerns:
    """What needs attention for one reason."""

    title: str
    lines: tuple[Concern, ...]


def concerns_of(report: Report) -> list[Concerns]:
    """What a person should look at, most urgent first; reasons for which there is nothing are left out."""
    groups = [Concerns(title, _with_verdict(report, name)) for name, title in _URGENT]
    groups.append(Concerns("Does not hold in the guide", _errata(report)))
    groups.append(Concerns("Met by no generated input, only by its witness", _unmet(report)))
    return [group for group in groups if group.lines]


def _with_verdict(report: Report, name: VerdictName) -> tuple[Concern, ...]:
    missing = missing_stores(report) if name == "not-verified" else ()
    told = {verdict.key for store in missing for verdict in store.verdicts}
    return (
        *(Concern("#_verdicts", summary.store_words(store), store.message) for store in missing),
        *(
            Concern(f"#{anchor(verdict.mapping)}", _where(verdict), _some(verdict.reasons))
            for verdict in report.verdicts
            if verdict.verdict == name and verdict.key not in told
        ),
    )


def _errata(report: Report) -> tuple[Concern, ...]:
    return tuple(
        Concern(
            f"#{anchor(erratum.mapping.id, 'claim', erratum.claim.id)}",
            f"{erratum.mapping.id}, {erratum.claim.id}",
            erratum.claim.says,
            f"But: {erratum.claim.refuted or 'it was shown not to hold.'}",
        )
        for erratum in summary.errata(report)
    )


def _unmet(report: Report) -> tuple[Concern, ...]:
    return tuple(
        Concern(f"#{anchor(verdict.mapping, divergence)}", _where(verdict), divergence)
        for verdict, divergence in summary.unmet(report)
    )


def _where(verdict: Verdict) -> str:
    return f"{verdict.mapping}, {verdict.recipe} on {verdict.store}"


def _some(reasons: Sequence[str]) -> str:
    """The first few, and how many more there are: its panel has all of them."""
    more = len(reasons) - _REASONS
    return "; ".join([*reasons[:_REASONS], *([f"and {more} more"] if more > 0 else [])])
