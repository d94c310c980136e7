"""From results to a whole report, and back: is a report consistent, is all of it explained.

No files and no views here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from harness.errors import EXIT_ENVIRONMENT, EXIT_EXPLAINED, EXIT_UNEXPLAINED
from harness.report.facts import GuideInfo, MappingInfo
from harness.report.model import Footer, Header, Report, Result, Totals
from harness.report.verdicts import derive_verdicts, groups_of, shortfalls


def totals_of(results: Iterable[Result]) -> Totals:
    """How many results ended how."""
    counted = Counter(result.outcome for result in results)
    return Totals(
        passed=counted["passed"],
        failed=counted["failed"],
        error=counted["error"],
        skipped=counted["skipped"],
    )


def build_report(
    header: Header,
    mappings: Iterable[MappingInfo],
    results: Iterable[Result],
    *,
    finished: str | None,
    complete: bool = True,
    guide: GuideInfo | None = None,
) -> Report:
    """A report in its one order, with verdicts derived and totals counted.

    Args:
        header: Where and how the run was made.
        mappings: Facts about each entry that took part.
        results: In any order (workers finish as they please).
        finished: When, ISO 8601 UTC; None gives a report without a footer (the run still goes on).
        complete: False when the run was stopped before its end.
        guide: The guide that the entries are held against.

    Raises:
        ValueError: Two results or two mappings have the same name, which is a defect of the caller.
    """
    ordered = tuple(sorted(results, key=lambda result: result.key))
    infos = tuple(sorted(mappings, key=lambda mapping: mapping.id))
    footer = None
    if finished is not None:
        examples = sum(result.examples for result in ordered)
        footer = Footer(totals=totals_of(ordered), examples=examples, finished=finished, complete=complete)
    verdicts = tuple(derive_verdicts(ordered, infos))
    report = Report(
        header=header, guide=guide, mappings=infos, results=ordered, verdicts=verdicts, footer=footer
    )
    if problems := check_report(report):
        raise ValueError("; ".join(problems))
    return report


def check_report(report: Report) -> list[str]:
    """What in a report contradicts itself, one sentence each; empty when nothing does.

    Stored verdicts must be those that follow from the results, and stored totals those that can be counted,
    so a report that was edited by hand or lost results does not pass.
    """
    problems = []
    for what, keys in (
        ("result", [result.key for result in report.results]),
        ("mapping", [(mapping.id,) for mapping in report.mappings]),
        ("verdict", [verdict.key for verdict in report.verdicts]),
    ):
        twice = [" ".join(key) for key, count in Counter(keys).items() if count > 1]
        problems += [f"the {what} '{name}' is there twice" for name in twice]
    known = {mapping.id for mapping in report.mappings}
    strangers = sorted({result.mapping for result in report.results} - known)
    problems += [f"the mapping '{name}' has results but no facts" for name in strangers]
    stored = {verdict.key: verdict for verdict in report.verdicts}
    derived = {verdict.key: verdict for verdict in derive_verdicts(report.results, report.mappings)}
    for key in sorted({*stored, *derived}):
        mapping, store, recipe = key
        where = f"{mapping}, {recipe} on {store}"
        if key not in stored:
            problems.append(f"{where}: the verdict is missing; its results say '{derived[key].verdict}'")
        elif key not in derived:
            problems.append(f"{where}: a verdict without any results")
        elif stored[key].verdict != derived[key].verdict:
            says, follows = stored[key].verdict, derived[key].verdict
            problems.append(f"{where}: the verdict says '{says}', its results say '{follows}'")
        elif stored[key] != derived[key]:
            problems.append(f"{where}: the details of the verdict are not those of its results")
    if report.footer is not None:
        if report.footer.totals != totals_of(report.results):
            problems.append("the totals in the footer are not those of the results")
        if report.footer.examples != sum(result.examples for result in report.results):
            problems.append("the number of examples in the footer is not that of the results")
    return problems


def unexplained(report: Report) -> list[str]:
    """Why not all is explained, one sentence each; empty when all is.

    What was skipped on request is not run, which is no difference; but nothing run at all, a run that was cut
    short, and a check that quietly did less than it was to do are never a success.
    """
    problems = []
    totals = totals_of(report.results)
    if totals.failed:
        problems.append(f"{totals.failed} of {len(report.results)} results failed")
    if totals.error:
        problems.append(f"{totals.error} of {len(report.results)} results could not be run (error)")
    if not report.results:
        problems.append("there are no results")
    elif not any(result.examples for result in report.results):
        problems.append("no example was run whole, so nothing was compared")
    if report.footer is None:
        problems.append("the report has no footer: the run was cut short")
    elif not report.footer.complete:
        problems.append("the run was stopped before its end")
    for (name, store, recipe), group in groups_of(report.results, report.mappings).items():
        problems += [f"{name}, {recipe} on {store}: {gap}" for gap in shortfalls(group)]
    for verdict in report.verdicts:
        if verdict.verdict == "unexplained" and not totals.failed + totals.error:
            where = f"{verdict.mapping}, {verdict.recipe} on {verdict.store}"
            problems += [f"{where}: {reason}" for reason in verdict.reasons]
    return problems


def all_explained(report: Report) -> bool:
    """Whether everything that was run is explained, and something was run (see `unexplained`)."""
    return not unexplained(report)


def exit_code(report: Report) -> int:
    """What a command ends with: 1 when not all is explained, else 3 when a store is not reachable, else 0."""
    if any(result.skipped_because == "unreachable" for result in report.results):
        failed = any(result.outcome in ("failed", "error") for result in report.results)
        return EXIT_UNEXPLAINED if failed else EXIT_ENVIRONMENT
    return EXIT_EXPLAINED if all_explained(report) else EXIT_UNEXPLAINED


def without_times(report: Report) -> dict[str, object]:
    """The report as plain data without its times: equal for two runs with the same seed."""
    return report.model_dump(
        mode="json",
        exclude={"header": {"started"}, "footer": {"finished"}, "results": {"__all__": {"seconds"}}},
    )
