"""Drawing inputs, without any client."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st

from harness.profiles import seed_for
from harness.verify.ready import Case
from harness.verify.search import NotOfInterest, Searched, search
from harness.verify.shortening import Pool, shortened

NUMBERS = {"number": st.integers(0, 10**6)}


def passes(case: Case, counts: bool) -> None:
    return None


def drawn(seed: int, examples: int = 20) -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = []

    def keep(case: Case, counts: bool) -> None:
        found.append((case.inputs["number"], case.clock))

    search(NUMBERS, keep, examples=examples, seed=seed)
    return found


def test_as_many_inputs_are_tried_as_were_asked_for() -> None:
    searched = search(NUMBERS, passes, examples=20, seed=1)
    assert searched == Searched(examples=20)


def test_both_clocks_are_drawn() -> None:
    assert {clock for _, clock in drawn(1)} == {"ticking", "stopped"}


def test_the_seed_and_nothing_else_says_what_is_drawn() -> None:
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_each_item_has_a_seed_of_its_own() -> None:
    items = [
        ("log-list", recipe, store) for recipe in ("guide", "recommended") for store in ("sqlite", "file")
    ]
    seeds = {seed_for(run, *item) for run in (0, 1) for item in items}
    assert len(seeds) == 8
    assert seed_for(0, *items[0]) == seed_for(0, *items[0])


def test_no_more_is_asked_for_than_there_is() -> None:
    searched = search({"flag": st.booleans()}, passes, examples=20, seed=1)
    assert (searched.examples, searched.exhausted, searched.problem) == (4, True, None)


def test_no_more_is_asked_for_where_some_draws_came_to_no_end() -> None:
    flags = st.lists(st.booleans(), min_size=1, max_size=4)
    for seed in range(5):
        searched = search({"flags": flags}, passes, examples=100, seed=seed)
        assert (searched.examples, searched.exhausted, searched.problem) == (60, True, None)


def test_a_search_that_was_given_up_is_not_taken_for_a_whole_one() -> None:
    tried = 0

    def soon_none(case: Case, counts: bool) -> None:
        nonlocal tried
        tried += 1
        if tried > 15:
            raise NotOfInterest

    searched = search(NUMBERS, soon_none, examples=20, seed=1)
    assert (searched.examples, searched.exhausted) == (15, False)


def test_what_is_not_of_interest_is_drawn_again() -> None:
    def even_only(case: Case, counts: bool) -> None:
        if int(str(case.inputs["number"])) % 2:
            raise NotOfInterest

    assert search(NUMBERS, even_only, examples=20, seed=1).examples == 20


def test_too_much_that_is_not_of_interest_is_a_problem() -> None:
    def none(case: Case, counts: bool) -> None:
        raise NotOfInterest

    searched = search(NUMBERS, none, examples=20, seed=1)
    assert searched.examples == 0
    assert searched.problem


def test_two_causes_are_reported_apart_and_each_is_shrunk() -> None:
    def two_causes(case: Case, counts: bool) -> tuple[str, ...] | None:
        number = int(str(case.inputs["number"]))
        if number > 1000:
            return ("large",)
        return ("middle",) if number > 100 else None

    searched = search(NUMBERS, two_causes, examples=200, seed=1)
    smallest = {cause: case.inputs["number"] for cause, case in searched.smallest.items()}
    assert smallest == {("large",): 1001, ("middle",): 101}
    assert next(iter(smallest)) == ("middle",)
    assert not searched.exhausted
    assert searched.problem is None


def test_shrinking_counts_for_nothing() -> None:
    counted: list[bool] = []

    def fails(case: Case, counts: bool) -> tuple[str, ...] | None:
        counted.append(counts)
        return ("large",) if int(str(case.inputs["number"])) > 1000 else None

    searched = search(NUMBERS, fails, examples=100, seed=1)
    assert searched.examples == sum(counted) < len(counted)


def test_a_defect_of_the_harness_is_not_taken_for_a_finding() -> None:
    def broken(case: Case, counts: bool) -> None:
        raise ZeroDivisionError("a defect")

    with pytest.raises(ZeroDivisionError):
        search(NUMBERS, broken, examples=5, seed=1)


TEXTS = {
    "text": st.text("ab", min_size=20, max_size=30) | st.sampled_from(["b", "ab"]),
    "other": st.booleans(),
}


def of_an_a(case: Case, counts: bool) -> tuple[str, ...] | None:
    return ("a",) if "a" in str(case.inputs["text"]) else None


def test_a_counterexample_is_shortened_by_what_the_entry_gives() -> None:
    given = [Case({"text": "a", "other": True}, "ticking"), Case({"text": "b", "other": True}, "ticking")]
    for seed in range(5):
        searched = search(TEXTS, of_an_a, examples=100, seed=seed, given=given)
        (case,) = searched.smallest.values()
        assert case.inputs["text"] == "a"


def test_a_value_between_the_shortest_and_a_long_one_is_tried() -> None:
    pool = Pool()
    for value in (*range(500), 10**20, 10**40):
        pool.add("number", value)
    case = Case({"number": 10**60}, "ticking")
    found = shortened(case, lambda each: int(str(each.inputs["number"])) > 1000, pool)
    assert found.inputs["number"] == 10**20


def test_what_is_not_of_interest_does_not_shorten() -> None:
    def long_only(case: Case, counts: bool) -> tuple[str, ...] | None:
        if len(str(case.inputs["text"])) < 20:
            raise NotOfInterest
        return of_an_a(case, counts)

    given = [Case({"text": "a", "other": True}, "ticking")]
    searched = search(TEXTS, long_only, examples=100, seed=0, given=given)
    (case,) = searched.smallest.values()
    assert len(str(case.inputs["text"])) == 20
