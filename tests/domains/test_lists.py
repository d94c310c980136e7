from __future__ import annotations

import pytest
from hypothesis import strategies as st

from harness.domains import metric_lists, mostly, scalars
from harness.expressions import distinct, has_equal, is_nan, is_usual_number

LISTS = {
    "one item": lambda values: len(values) == 1,
    "repeats": lambda values: len(values) > 2 and has_equal(values) and len(distinct(values)) > 1,
    "neighbours are equal": lambda values: any(map(lambda one, other: one == other, values, values[1:])),
    "all equal": lambda values: len(values) > 1 and len(distinct(values)) == 1,
    "all different": lambda values: len(values) > 2 and not has_equal(values),
    "rising": lambda values: len(values) > 2 and not has_equal(values) and values == sorted(values),
    "falling": lambda values: len(values) > 2 and not has_equal(values) and values == sorted(values)[::-1],
    "neither": lambda values: len(values) > 2 and values not in (sorted(values), sorted(values)[::-1]),
    "a permutation": lambda values: (
        len(values) > 2 and sorted(values) == list(range(len(values))) and values != sorted(values)
    ),
    "over 10 items": lambda values: len(values) > 10,
    "usual throughout": lambda values: len(values) > 2 and all(map(is_usual_number, values)),
    "nan": lambda values: any(map(is_nan, values)),
    "several nan": lambda values: sum(map(is_nan, values)) > 1,
}


def test_metric_lists_bring_in_every_edge(at_least):
    at_least(metric_lists(), {**LISTS, "as long as may be": lambda values: len(values) == 50}, 4, count=600)


@pytest.mark.parametrize(("least", "most"), [(0, 0), (0, 3), (1, 1), (2, 2), (2, 50), (30, 40), (1, 1001)])
def test_metric_lists_keep_their_size(draw, least, most):
    sizes = {len(values) for values in draw(metric_lists(st.integers(0, 9), min_size=least, max_size=most))}
    assert min(sizes) == least
    assert max(sizes) == most


def test_long_metric_lists_reach_the_limits_of_service_and_batch(at_least):
    at_least(
        metric_lists(max_size=1100),
        {str(size): lambda values, size=size: len(values) == size for size in (250, 251, 1000, 1001, 1100)},
        2,
    )


def test_metric_lists_without_items_if_asked(at_least):
    at_least(metric_lists(min_size=0), {"empty": lambda values: values == []}, 10, count=300)


def test_metric_lists_of_anything(draw):
    kinds = {type(item) for values in draw(metric_lists(scalars())) for item in values}
    assert kinds == {int, float, bool, str, type(None)}


@pytest.mark.parametrize(("least", "most"), [(3, 2), (-1, 5)])
def test_impossible_sizes_are_an_error(least, most):
    with pytest.raises(ValueError, match="no list has"):
        metric_lists(min_size=least, max_size=most)


def test_what_metric_lists_shrink_to(simplest):
    assert simplest(metric_lists()) == [0]
    found = simplest(metric_lists(), lambda values: any(map(is_nan, values)))
    assert list(map(repr, found)) == ["nan"]
    assert simplest(metric_lists(), has_equal) == [0, 0]
    assert simplest(metric_lists(), lambda values: values != sorted(values)) in (
        [0, -1],
        [1, 0],
    )


def test_what_is_rare_is_drawn_now_and_then_among_many_arms(at_least, draw, simplest):
    many = st.one_of([st.just(number) for number in range(100)])
    drawn = mostly(many, st.none())
    at_least(drawn, {"rare": lambda value: value is None}, 30)
    assert sum(value is not None for value in draw(drawn, count=1000)) > 600
    assert simplest(drawn, lambda value: value is not None) == 0
