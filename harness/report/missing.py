"""Stores that could not be had: one thing to tell of each, however many verdicts are `not-verified` for it."""

from __future__ import annotations

from dataclasses import dataclass

from harness.report.model import Report, Result, SkipReason, Verdict

_OF_STORES: tuple[SkipReason, ...] = ("unreachable", "unavailable")


@dataclass(frozen=True)
class MissingStore:
    """A store that was not there, or not any more.

    Attributes:
        store: Its name.
        because: What kind of reason that is.
        message: What was said of it.
        verdicts: Those which are `not-verified` for this and nothing else, in the report's order.
    """

    store: str
    because: SkipReason
    message: str
    verdicts: tuple[Verdict, ...]


def missing_stores(report: Report) -> tuple[MissingStore, ...]:
    """The stores that could not be had, in the order in which their first verdicts stand in the report."""
    results: dict[tuple[str, str], list[Result]] = {}
    for result in report.results:
        results.setdefault((result.mapping, result.store), []).append(result)
    # On one that was there, something was left out for a reason of its own.
    used = {result.store for result in report.results if result.outcome != "skipped"}
    found: dict[tuple[str, SkipReason], list[Verdict]] = {}
    messages: dict[tuple[str, SkipReason], str] = {}
    for verdict in report.verdicts:
        of_verdict = [
            result
            for result in results.get((verdict.mapping, verdict.store), ())
            if result.recipe in (None, verdict.recipe) and result.skipped_because in _OF_STORES
        ]
        reasons = {result.skipped_because for result in of_verdict if result.message}
        # A verdict that has another reason too, or is anything else, stands for itself.
        if verdict.verdict != "not-verified" or not len(verdict.reasons) == len(reasons) == 1:
            continue
        (because,) = reasons
        if because == "unreachable" or (because == "unavailable" and verdict.store not in used):
            found.setdefault((verdict.store, because), []).append(verdict)
            # Workers may say it in other words; one of them is enough.
            messages.setdefault(
                (verdict.store, because), next(each.message for each in of_verdict if each.message)
            )
    return tuple(MissingStore(*key, messages[key], tuple(verdicts)) for key, verdicts in found.items())
