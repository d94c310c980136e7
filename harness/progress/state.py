"""How far a run is: what is planned, what is being worked at, what came of it, how long the rest may take."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.profiles import Profile
from harness.report.model import Outcome, Result
from harness.report.summary import one_line, plural

Item = tuple[str, str]
"""A mapping, and the name of an item of it."""

MIN_SECONDS, MIN_SHARE = 5.0, 0.05
"""No time left is told before so many seconds have passed, and this share of the work is done."""
SENSITIVITY_RUNS = 40.0
"""What a check of the comparison comes to, in runs of both clients: it goes through the examples of the entry."""
OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "error", "skipped")


@dataclass(frozen=True)
class Group:
    """The items of one mapping on one store, all of which have their results.

    Attributes:
        mapping: The entry's id.
        store: The MLflow store.
        counts: How many results ended how.
    """

    mapping: str
    store: str
    counts: Mapping[Outcome, int]


@dataclass
class Progress:
    """How far a run is.

    Attributes:
        profile: How many inputs each item is to run, by which the time left is reckoned.
        clock: Seconds, from any moment on.
        counts: How many results ended how.
    """

    profile: Profile
    clock: Callable[[], float] = time.monotonic
    counts: Counter[Outcome] = field(default_factory=Counter)
    _planned: dict[Item, Result] = field(default_factory=dict)
    _work: float = 0.0
    _work_done: float = 0.0
    _left: Counter[tuple[str, str]] = field(default_factory=Counter)
    _group_counts: dict[tuple[str, str], Counter[Outcome]] = field(default_factory=dict)
    _at: dict[Item, None] = field(default_factory=dict)
    _began: float = 0.0
    _first_item: float | None = None
    _ended: set[tuple[str, str, str, str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def plan(self, rows: Mapping[Item, Result]) -> None:
        """Takes the items of the plan; those that are known already are not taken twice."""
        for item, row in rows.items():
            if item not in self._planned:
                self._planned[item] = row
                self._work += self._weight(row)
                self._left[row.mapping, row.store] += 1

    def begin(self, item: Item) -> None:
        """An item begins; its plan may not be known yet."""
        self._first_item = self.clock() if self._first_item is None else self._first_item
        self._at[item] = None

    def end(self, item: Item) -> None:
        """An item is not worked at any more."""
        self._at.pop(item, None)

    def take(self, result: Result) -> Group | None:
        """Counts a result.

        Returns:
            The items of its mapping and store, when it was the last of them.
        """
        if result.key in self._ended:
            return None
        self._ended.add(result.key)
        place = (result.mapping, result.store)
        self.counts[result.outcome] += 1
        self._group_counts.setdefault(place, Counter())[result.outcome] += 1
        self._work_done += self._weight(result)
        self._left[place] -= 1
        return Group(*place, dict(self._group_counts[place])) if self._left[place] == 0 else None

    @property
    def done(self) -> int:
        """The number of results."""
        return sum(self.counts.values())

    @property
    def total(self) -> int:
        """The number of items planned; 0 while that is not known."""
        return len(self._planned)

    @property
    def at(self) -> list[str]:
        """What is being worked at, what began first on top: `log-list, guide on sqlite: property`."""
        # A copy: this is read by the thread that draws.
        return [one_line(self._words(item)) for item in list(self._at)]

    @property
    def bad(self) -> bool:
        """Whether anything failed or could not be run."""
        return bool(self.counts["failed"] or self.counts["error"])

    @property
    def seconds(self) -> float:
        """Since it was made."""
        return self.clock() - self._began

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes if it goes on so; None while that would be a guess.

        Importing the clients, before the first item, is no measure of what follows.
        """
        if self._first_item is None or not self._work or self.done >= self.total:
            return None
        passed, share = self.clock() - self._first_item, self._work_done / self._work
        if passed < MIN_SECONDS or share < MIN_SHARE:
            return None
        return passed * (1 - share) / share

    def _words(self, item: Item) -> str:
        row = self._planned.get(item)
        if row is None:
            return f"{item[0]}: {item[1]}"
        what = row.kind if row.kind == row.id else f"{row.kind} {row.id}"
        recipe = f", {row.recipe}" if row.recipe else ""
        return f"{row.mapping}{recipe} on {row.store}: {what}"

    def _weight(self, row: Result) -> float:
        """How much work an item is, in runs of both clients, roughly."""
        if row.kind == "property":
            return self.profile.examples
        if row.kind == "directed":
            return self.profile.directed
        return SENSITIVITY_RUNS if row.kind == "sensitivity" else 1.0


def counts_words(counts: Mapping[Outcome, int]) -> str:
    """`140 passed, 1 failed, 0 errors, 1 skipped`."""
    return ", ".join(
        plural(counts.get(outcome, 0), "error")
        if outcome == "error"
        else f"{counts.get(outcome, 0):,} {outcome}"
        for outcome in OUTCOMES
    )


def short_counts(counts: Mapping[Outcome, int]) -> str:
    """`140 passed, 1 failed`: what there is, and always how many passed."""
    return ", ".join(
        plural(number, "error") if outcome == "error" else f"{number:,} {outcome}"
        for outcome in OUTCOMES
        if (number := counts.get(outcome, 0)) or outcome == "passed"
    )


def duration(seconds: float) -> str:
    """`0:42`, `12:03`, `1:02:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def about(seconds: float) -> str:
    """A time that is an estimate: `under 10 s`, `about 40 s`, `about 3 min`, `about 2 h 10 min`."""
    if seconds < 10:
        return "under 10 s"
    if seconds < 90:
        return f"about {round(seconds, -1):.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {minutes} min"
    hours, minutes = divmod(round(minutes, -1), 60)
    return f"about {hours} h {minutes} min" if minutes else f"about {hours} h"
