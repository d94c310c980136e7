"""Lines of the guide, in words."""

from __future__ import annotations

from collections.abc import Sequence

from harness.report.facts import GuideInfo


def lines_of(name: str, guide: GuideInfo) -> str:
    """The lines of the guide that name a claim, `ENTRY/CLAIM`; empty where none does."""
    return in_words(
        [
            (passage.first, passage.last)
            for part in guide.parts
            for passage in part.passages
            if name in passage.claims or any(name in each.claims for each in passage.states)
        ]
    )


def in_words(ranges: Sequence[tuple[int, int]]) -> str:
    """`line 121`, `lines 111-113 and 117-119`."""
    told = [str(first) if first == last else f"{first}-{last}" for first, last in sorted(ranges)]
    if not told:
        return ""
    *others, end = told
    is_one = len(ranges) == 1 and ranges[0][0] == ranges[0][1]
    return f"{'line' if is_one else 'lines'} {', '.join(others)}{' and ' if others else ''}{end}"
