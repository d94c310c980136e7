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
    found: dict[tuple[str, SkipReason, str], list[Verdict]] = {}
    for verdict in report.verdicts:
        of_verdict = [
            result
            for result in results.get((verdict.mapping, verdict.store), ())
            if result.recipe in (None, verdict.recipe)
        ]
        reasons = {
            (result.store, result.skipped_because, result.message)
            for result in of_verdict
            if result.skipped_because in _OF_STORES
        }
        # A verdict that has another reason too, or is anything else, stands for itself.
        if verdict.verdict == "not-verified" and len(verdict.reasons) == len(reasons) == 1:
            ((store, because, message),) = reasons
            if because is not None and message:
                found.setdefault((store, because, message), []).append(verdict)
    return tuple(MissingStore(*key, tuple(verdicts)) for key, verdicts in found.items())
