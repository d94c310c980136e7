from __future__ import annotations

import math
import sys
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.domains import (
    LARGEST_IN_A_LIST,
    LARGEST_THAT_IS_WRITTEN,
    NUMPY_NUMBERS,
    NUMPY_NUMBERS_MADE_PLAIN,
    integers_of_any_size,
    numbers,
    numpy_numbers,
    steps,
    usual_numbers,
)
from harness.expressions import fits_double, is_nan, is_negative_zero, is_usual_number

NEIGHBOURS = {math.nextafter(number, end) for number in (0.3, 1.0, 0.1) for end in (-math.inf, math.inf)}
LARGEST = sys.float_info.max
SMALLEST_NORMAL = sys.float_info.min


def is_subnormal(number):
    return isinstance(number, float) and 0 < abs(number) < SMALLEST_NORMAL


def is_of_type(kind, number):
    return type(number) is kind


def near(number, middle):
    return isinstance(number, int) and abs(abs(number) - middle) <= 2


NUMBERS = {
    "nan": is_nan,
    "positive infinity": lambda number: number == math.inf,
    "negative infinity": lambda number: number == -math.inf,
    "negative zero": is_negative_zero,
    "subnormal": is_subnormal,
    "largest double": lambda number: isinstance(number, float) and abs(number) == LARGEST,
    "small integer": lambda number: isinstance(number, int) and abs(number) <= 100,
    "ordinary float": lambda number: isinstance(number, float) and 0.01 < abs(number) < 1000,
    "about 2**31": lambda number: near(number, 2**31),
    "about 2**53": lambda number: near(number, 2**53),
    "about 2**63": lambda number: near(number, 2**63),
    "about 2**64": lambda number: near(number, 2**64),
    "integer that no double equals": lambda number: (
        isinstance(number, int) and fits_double(number) and number != float(number)
    ),
    "integer beyond 64 bits": lambda number: isinstance(number, int) and abs(number) > 2**64 + 2,
    "largest that a list takes": lambda number: isinstance(number, int) and abs(number) == LARGEST_IN_A_LIST,
    "number next to a short one": lambda number: number in NEIGHBOURS,
    "float that is an integer": lambda number: (
        isinstance(number, float) and number in (1.0, 2.0**53, 2.0**60)
    ),
}


def test_numbers_bring_in_every_edge(at_least):
    at_least(numbers(), NUMBERS, 5)


def test_a_list_of_numbers_soon_holds_equal_and_nearly_equal_ones(at_least):
    at_least(
        st.lists(numbers(), min_size=5, max_size=20),
        {
            "nan": lambda values: any(map(is_nan, values)),
            "several nan": lambda values: sum(map(is_nan, values)) > 1,
            "int and float of one value": lambda values: any(
                type(one) is int and type(other) is float and one == other
                for one in values
                for other in values
            ),
            "differ in the last bit": lambda values: any(
                isinstance(one, float) and math.nextafter(one, math.inf) in values for one in values
            ),
            "infinity beside the largest double": lambda values: math.inf in values and LARGEST in values,
            "both zeros": lambda values: any(map(is_negative_zero, values)) and 0 in values,
        },
        5,
        count=500,
    )


@pytest.mark.parametrize(
    "largest",
    [LARGEST_IN_A_LIST, LARGEST_THAT_IS_WRITTEN, 2**61, 2**70],
    ids=["list", "written", "2**61", "2**70"],
)
def test_numbers_keep_their_limit_and_reach_it(draw, largest):
    integers = [number for number in draw(numbers(largest=largest)) if isinstance(number, int)]
    assert max(map(abs, integers)) == largest


def test_numbers_are_ints_and_floats_only(draw):
    assert {type(number) for number in draw(numbers())} == {int, float}


def test_no_list_number_is_larger_in_memory_than_v1_takes(draw):
    assert max(map(sys.getsizeof, draw(numbers()))) == 64
    assert sys.getsizeof(LARGEST_IN_A_LIST + 1) > 64


def test_numbers_without_that_limit_go_beyond_the_doubles(at_least):
    at_least(
        numbers(largest=LARGEST_THAT_IS_WRITTEN),
        {
            "no double is near": lambda number: not fits_double(number),
            **NUMBERS,
            "largest that a list takes": bool,
        },
        3,
    )


@given(usual_numbers())
def test_usual_numbers_are_usual(number):
    assert is_usual_number(number)


def test_usual_numbers_are_counts_measures_and_large(at_least):
    at_least(
        usual_numbers(),
        {
            "count": lambda number: isinstance(number, int) and 0 <= number <= 100,
            "rate": lambda number: isinstance(number, float) and 0 < number < 1,
            "integer beyond 32 bits": lambda number: isinstance(number, int) and abs(number) > 2**32,
            "float with all its digits": lambda number: isinstance(number, float) and len(repr(number)) > 15,
            "negative": lambda number: number < 0,
        },
        12,
    )


def test_integers_of_any_size_are_of_every_size(at_least):
    at_least(
        integers_of_any_size(),
        {
            "small": lambda number: abs(number) <= 100,
            "about 2**53": lambda number: near(number, 2**53),
            "about 2**63": lambda number: near(number, 2**63),
            "about 2**64": lambda number: near(number, 2**64),
            "beyond 64 bits": lambda number: abs(number) > 2**64 + 2,
            "beyond what a list takes": lambda number: abs(number) > LARGEST_IN_A_LIST,
            "beyond the doubles": lambda number: not fits_double(number),
            "largest": lambda number: abs(number) == LARGEST_THAT_IS_WRITTEN,
            "negative": lambda number: number < 0,
        },
        5,
    )
    assert len(str(LARGEST_THAT_IS_WRITTEN)) == 4300


def test_numpy_numbers_are_of_every_width(at_least):
    at_least(
        numpy_numbers(),
        {
            **{name: partial(is_of_type, getattr(np, name)) for name in NUMPY_NUMBERS},
            "nan": is_nan,
            "infinity": lambda number: bool(np.isinf(number)),
            "negative zero": is_negative_zero,
            "end of an integer type": lambda number: (
                isinstance(number, np.integer) and int(number) in (np.iinfo(number).min, np.iinfo(number).max)
            ),
        },
        8,
    )


def test_numpy_numbers_of_the_types_that_are_named(draw):
    assert {type(number) for number in draw(numpy_numbers("float32", "int64"))} == {np.float32, np.int64}
    with pytest.raises(ValueError, match="float12"):
        numpy_numbers("float12")


def test_a_longdouble_can_be_more_than_a_double(draw):
    if np.finfo(np.longdouble).bits == 64:
        pytest.skip("a longdouble is a double here")
    assert any(number == number and number != float(number) for number in draw(numpy_numbers("longdouble")))


def test_made_plain_are_those_that_v1_converts():
    metrics = pytest.importorskip("azureml.core._metrics")
    converted = {
        kind.__name__ for kind, to in metrics.Metric._type_to_converter.items() if to in (int, float)
    }
    assert converted == set(NUMPY_NUMBERS_MADE_PLAIN)


def is_plain_step(step):
    return type(step) is int


def made_an_integer(step):
    """The integer that SDK v1's client makes of a step, or None where it makes none."""
    try:
        return int(step)
    except (ValueError, TypeError, OverflowError):
        return None


def is_float(step):
    return isinstance(step, float) and math.isfinite(step)


def test_steps_bring_in_every_edge(at_least):
    at_least(
        steps(),
        {
            "none": lambda step: step is None,
            "zero": lambda step: is_plain_step(step) and step == 0,
            "small": lambda step: is_plain_step(step) and 0 <= step <= 1000,
            "negative": lambda step: is_plain_step(step) and -5 <= step < 0,
            "beyond 32 bits": lambda step: is_plain_step(step) and 2**31 <= abs(step) < 2**62,
            "end of 64 bits": lambda step: is_plain_step(step) and step in (2**63 - 1, -(2**63)),
            "beyond 64 bits": lambda step: is_plain_step(step) and not -(2**63) <= step < 2**63,
        },
        20,
    )


def test_steps_are_also_what_an_integer_is_made_of(at_least):
    at_least(
        steps(),
        {
            "text": lambda step: isinstance(step, str) and made_an_integer(step) is not None,
            "text of plain digits": lambda step: isinstance(step, str) and str(made_an_integer(step)) == step,
            "text with more than that": lambda step: (
                isinstance(step, str) and str(made_an_integer(step)) not in (step, "None")
            ),
            "float": is_float,
            "float that is an integer": lambda step: is_float(step) and step.is_integer(),
            "float that is none": lambda step: is_float(step) and not step.is_integer(),
            "truth value": lambda step: isinstance(step, bool),
            "true": lambda step: step is True,
            "truth value of numpy": lambda step: isinstance(step, np.bool_),
            "integer of numpy": lambda step: isinstance(step, np.integer),
            "float of numpy": lambda step: isinstance(step, np.floating) and np.isfinite(step),
            "long double": partial(is_of_type, np.longdouble),
            "bytes": lambda step: isinstance(step, bytes) and made_an_integer(step) is not None,
        },
        3,
    )


def test_some_steps_of_other_kinds_are_beyond_64_bits(at_least):
    def is_beyond(step):
        return not -(2**63) <= (made_an_integer(step) or 0) < 2**63

    at_least(
        steps(),
        {
            "text": lambda step: isinstance(step, str) and is_beyond(step),
            "float": lambda step: is_float(step) and is_beyond(step),
        },
        1,
        count=4000,
    )


def test_steps_are_also_what_no_integer_is_made_of(at_least):
    def is_refused(step):
        return step is not None and made_an_integer(step) is None

    at_least(steps(), {"refused": is_refused}, 12)
    at_least(
        steps(),
        {
            "text": lambda step: is_refused(step) and isinstance(step, str),
            "bytes": lambda step: is_refused(step) and isinstance(step, bytes),
            "list or tuple": lambda step: isinstance(step, list | tuple),
            "nan": is_nan,
            "infinity": lambda step: isinstance(step, float | np.floating) and bool(np.isinf(step)),
        },
        1,
        count=2000,
    )


def test_most_steps_are_none_or_an_integer(draw):
    drawn = draw(steps())
    odd = [step for step in drawn if step is not None and not is_plain_step(step)]
    assert len(odd) < 0.45 * len(drawn)


def test_steps_of_a_run_repeat_and_fall(at_least):
    at_least(
        st.lists(steps(), min_size=3, max_size=6),
        {
            "repeats": lambda run: len(set(map(repr, run))) < len(run),
            "falls": lambda run: all(map(is_plain_step, run)) and run != sorted(run),
            "some have none": lambda run: None in run and run.count(None) < len(run),
        },
        50,
    )


@pytest.mark.parametrize("largest", [LARGEST_IN_A_LIST, LARGEST_THAT_IS_WRITTEN], ids=["list", "written"])
def test_simple_numbers_are_what_numbers_shrink_to(largest, simplest):
    drawn = numbers(largest=largest)
    assert simplest(drawn) == 0
    assert is_usual_number(simplest(drawn, lambda number: number > 5))
    assert math.isnan(simplest(drawn, is_nan))
    assert [*map(repr, simplest(st.lists(drawn), lambda xs: any(map(is_nan, xs))))] == ["nan"]


def test_simple_values_are_what_the_others_shrink_to(simplest):
    assert simplest(usual_numbers()) == 0
    assert simplest(integers_of_any_size()) == 0
    assert simplest(steps()) is None
    assert simplest(steps(), lambda step: step is not None) == 0
