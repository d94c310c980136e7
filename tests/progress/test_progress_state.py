"""How far a run is: the counts, what is through, and the time left, by a clock of the test's own."""

from __future__ import annotations

from typing import Any

import pytest

from harness.profiles import PROFILES
from harness.progress import Group, Progress
from harness.progress.state import about, counts_words, duration, short_counts
from harness.report.model import Result


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def row(kind: str, id_: str = "", store: str = "sqlite", **changes: Any) -> Result:
    fields: dict[str, Any] = {
        "mapping": "log-list",
        "recipe": None if kind == "claim" else "guide",
        "store": store,
        "kind": kind,
        "id": id_ or kind,
        "outcome": "skipped",
        "skipped_because": "not-run",
    }
    return Result.model_validate(fields | changes)


def ended(planned: Result, outcome: str = "passed") -> Result:
    return planned.model_copy(update={"outcome": outcome, "skipped_because": None})


PLAN = {
    ("log-list", "property[guide-sqlite]"): row("property"),
    ("log-list", "example.1[guide-sqlite]"): row("example", "1"),
    ("log-list", "example.1[guide-file]"): row("example", "1", "file"),
    ("log-list", "claim.note[file]"): row("claim", "note", "file"),
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(clock: Clock) -> Progress:
    return Progress(PROFILES["dev"], clock)


def test_a_plan_that_comes_again_from_another_worker_counts_once(progress: Progress) -> None:
    assert progress.total == 0
    progress.plan(PLAN)
    progress.plan(PLAN)
    assert (progress.done, progress.total) == (0, len(PLAN))


def test_a_mapping_is_through_on_a_store_with_its_last_result_there(progress: Progress) -> None:
    progress.plan(PLAN)
    rows = list(PLAN.values())
    assert progress.take(ended(rows[2], "failed")) is None
    assert progress.take(ended(rows[0])) is None
    assert progress.take(ended(rows[3])) == Group("log-list", "file", {"failed": 1, "passed": 1})
    assert progress.take(ended(rows[1])) == Group("log-list", "sqlite", {"passed": 2})
    assert progress.counts == {"passed": 3, "failed": 1}
    assert progress.done == progress.total


def test_a_result_that_comes_twice_counts_once(progress: Progress) -> None:
    progress.plan(PLAN)
    for _ in range(2):
        progress.take(ended(PLAN["log-list", "property[guide-sqlite]"]))
    assert progress.done == 1


def test_what_is_worked_at_is_named_as_well_as_it_is_known(progress: Progress) -> None:
    progress.begin(("log-list", "property[guide-sqlite]"))
    assert progress.at == ["log-list: property[guide-sqlite]"]
    progress.plan(PLAN)
    progress.begin(("log-list", "claim.note[file]"))
    assert progress.at == ["log-list, guide on sqlite: property", "log-list on file: claim note"]
    progress.end(("log-list", "property[guide-sqlite]"))
    assert progress.at == ["log-list on file: claim note"]


def test_time_left_is_told_when_there_is_something_to_tell(progress: Progress, clock: Clock) -> None:
    assert progress.seconds_left is None
    clock.now += 1000  # importing the clients is no measure of what follows
    progress.plan(PLAN)
    progress.begin(("log-list", "property[guide-sqlite]"))
    clock.now += 4
    progress.take(ended(PLAN["log-list", "property[guide-sqlite]"]))
    assert progress.seconds_left is None, "too early"
    clock.now += 6
    # A property of this profile is 20 runs of both clients, the three others are one each.
    assert progress.seconds_left == pytest.approx(10 * 3 / 20)
    for planned in PLAN.values():
        progress.take(ended(planned))
    assert progress.seconds_left is None, "nothing is left"


def test_counts_are_words_and_numbers() -> None:
    assert counts_words({"passed": 1200, "error": 1}) == "1,200 passed, 0 failed, 1 error, 0 skipped"
    assert short_counts({"skipped": 2}) == "0 passed, 2 skipped"
    assert short_counts({"passed": 3, "failed": 1, "error": 2}) == "3 passed, 1 failed, 2 errors"


@pytest.mark.parametrize(
    ("seconds", "exact", "estimated"),
    [
        (0.4, "0:00", "under 10 s"),
        (42, "0:42", "about 40 s"),
        (89.7, "1:30", "about 90 s"),
        (150, "2:30", "about 2 min"),
        (3599.9, "1:00:00", "about 1 h"),
        (7_800, "2:10:00", "about 2 h 10 min"),
    ],
)
def test_durations_are_said_as_exactly_as_they_are_known(seconds: float, exact: str, estimated: str) -> None:
    assert (duration(seconds), about(seconds)) == (exact, estimated)
