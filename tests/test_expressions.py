from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import expressions
from harness.domains import LARGEST_THAT_IS_WRITTEN, metric_lists, numbers, numpy_numbers, scalars, texts
from harness.expressions import (
    as_double,
    as_list,
    before_no_double,
    clamp_infinities,
    distinct,
    fits_double,
    fits_int64,
    has_equal,
    is_exact_double,
    is_infinite,
    is_json,
    is_json_value,
    is_nan,
    is_negative_zero,
    is_number,
    is_text,
    is_usual_number,
    made_integer,
    overflows_double,
    raises,
)
from harness.values import key_of, number_key

ALL_NUMBERS = numbers(largest=LARGEST_THAT_IS_WRITTEN) | numpy_numbers()
NO_NUMBERS = [None, True, False, np.bool_(True), "1", "", b"1", [1], {"a": 1}, 1j, object()]
LARGEST = sys.float_info.max


def test_every_function_is_listed():
    defined = {
        name
        for name, item in vars(expressions).items()
        if callable(item) and getattr(item, "__module__", "") == expressions.__name__
    }
    assert defined | {"is_number"} == set(expressions.__all__)


@pytest.mark.parametrize(
    ("value", "items"),
    [
        (None, []),
        ([], []),
        ([1, None], [1, None]),
        ((1, 2), [1, 2]),
        (1, [1]),
        ("abc", ["abc"]),
        ({"a": 1}, [{"a": 1}]),
        (False, [False]),
    ],
)
def test_as_list(value, items):
    assert as_list(value) == items


def test_as_list_gives_a_list_of_its_own():
    items = [1]
    assert as_list(items) is not items


@pytest.mark.parametrize(
    ("values", "first"),
    [
        ([], []),
        ([1, 2, 3, 2, 1, 2, 3, 2, 1], [1, 2, 3]),
        ([2, 1.0, 2.0, 1], [2, 1.0]),
        ([2**53, 2.0**53, 2**53 + 1], [2**53, 2**53 + 1]),
        ([0, -0.0, 0.0], [0]),
        ([1, True, "1", None, None, True], [1, True, "1", None]),
        ([np.float32(0.5), 0.5, np.float32(0.1), 0.1], [np.float32(0.5), np.float32(0.1), 0.1]),
        ([[1], [1.0], (1,), [2]], [[1], [2]]),
        ([{"a": 1, "b": 2}, {"b": 2.0, "a": 1}], [{"a": 1, "b": 2}]),
    ],
)
def test_distinct(values, first):
    assert key_of(distinct(values)) == key_of(first)
    assert has_equal(values) == (len(first) < len(values))


def test_distinct_takes_every_nan_for_one_and_zeros_apart_only_if_asked():
    assert len(distinct([math.nan, np.float32("nan"), float("nan")])) == 1
    assert [*map(str, distinct([0.0, -0.0], signed_zeros=True))] == ["0.0", "-0.0"]
    assert has_equal([0.0, -0.0])
    assert not has_equal([0.0, -0.0], signed_zeros=True)


@given(metric_lists(scalars()))
def test_distinct_keeps_the_order_and_drops_nothing_else(values):
    kept = distinct(values)
    assert not has_equal(kept)
    assert [*map(id, kept)] == [id(value) for value in values if any(value is item for item in kept)][
        : len(kept)
    ] or (has_equal(values))
    assert all(len(distinct([*kept, value])) == len(kept) for value in values)


def test_distinct_of_what_cannot_be_compared_is_an_error():
    with pytest.raises(TypeError, match="object"):
        distinct([object()])


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_what_is_no_number_is_none_of_the_kinds_of_number(value):
    for kind in (
        is_number,
        is_nan,
        is_infinite,
        is_negative_zero,
        is_usual_number,
        fits_double,
        is_exact_double,
        fits_int64,
    ):
        assert kind(value) is False
    assert clamp_infinities(value) is value


@pytest.mark.parametrize(
    "value", [2**1024, -(2**1024), 10**400, 2**1023, 2**53 + 1, 1.5, math.inf, True, "1"]
)
def test_what_overflows_a_double_is_what_python_makes_none_of(value):
    try:
        float(value)
    except OverflowError:
        assert overflows_double(value)
    else:
        assert not overflows_double(value)


@given(ALL_NUMBERS)
def test_every_question_about_a_number_has_an_answer(number):
    assert is_number(number) is True
    for kind in (
        is_nan,
        is_infinite,
        is_negative_zero,
        is_usual_number,
        fits_double,
        is_exact_double,
        fits_int64,
    ):
        assert isinstance(kind(number), bool)
    assert isinstance(as_double(number), float)


@pytest.mark.parametrize(
    "number",
    [
        0,
        0.0,
        1,
        -1,
        0.1,
        1e308,
        sys.float_info.min,
        2**53,
        -(2**53),
        np.float32(0.1),
        np.float64(2),
        np.int32(7),
    ],
)
def test_usual_numbers(number):
    assert is_usual_number(number)


@pytest.mark.parametrize(
    "number",
    [
        -0.0,
        math.nan,
        math.inf,
        -math.inf,
        5e-324,
        -1e-310,
        2**53 + 1,
        -(2**60),
        10**400,
        np.float64("nan"),
        np.float32(-0.0),
        np.int64(1),
        np.uint64(1),
        np.longdouble(1),
    ],
)
def test_unusual_numbers(number):
    if type(number) is np.longdouble and number.itemsize == 8:
        pytest.skip("a longdouble is a double here")
    assert not is_usual_number(number)


@given(ALL_NUMBERS)
def test_as_double_is_the_nearest(number):
    double = as_double(number)
    assert type(double) is float
    if fits_double(number):
        assert number_key(double) == number_key(float(number))
    else:
        assert math.isinf(double)
        assert (double > 0) == bool(number > 0)
        assert not is_infinite(number)


def test_as_double_beyond_the_doubles_and_of_booleans():
    assert as_double(10**400) == math.inf
    assert as_double(-(10**400)) == -math.inf
    assert as_double(2**53 + 1) == 2.0**53
    assert as_double(True) == 1.0
    assert as_double(np.bool_(False)) == 0.0
    with pytest.raises(TypeError, match="str"):
        as_double("1")
    with pytest.raises(TypeError, match="NoneType"):
        as_double(None)


@pytest.mark.parametrize(
    ("number", "fits", "exact"),
    [
        (2**53, True, True),
        (2**53 + 1, True, False),
        (2**60, True, True),
        (int(LARGEST), True, True),
        (int(LARGEST) + 1, True, False),
        (2**1024 - 2**970 - 1, True, False),
        (2**1024 - 2**970, False, False),
        (10**400, False, False),
        (math.nan, True, True),
        (-math.inf, True, True),
        (-0.0, True, True),
        (np.float32(0.1), True, True),
        (np.uint64(2**64 - 1), True, False),
    ],
)
def test_which_numbers_fit_a_double_and_which_are_one(number, fits, exact):
    assert fits_double(number) is fits
    assert is_exact_double(number) is exact


@pytest.mark.skipif(np.finfo(np.longdouble).bits == 64, reason="a longdouble is a double here")
def test_a_longdouble_may_be_no_double():
    third = np.longdouble(1) / np.longdouble(3)
    assert fits_double(third)
    assert not is_exact_double(third)
    assert is_exact_double(np.longdouble(0.5))
    huge = np.finfo(np.longdouble).max
    assert not fits_double(huge)
    assert as_double(-huge) == -math.inf


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        (0, True),
        (2**63 - 1, True),
        (2**63, False),
        (-(2**63), True),
        (-(2**63) - 1, False),
        (1.0, False),
        (np.int64(-5), True),
        (np.uint64(2**63), False),
    ],
)
def test_fits_int64(value, fits):
    assert fits_int64(value) is fits


@given(numbers() | numpy_numbers() | texts())
def test_only_infinities_are_clamped(value):
    clamped = clamp_infinities(value)
    if is_infinite(value):
        assert clamped == math.copysign(LARGEST, value)
        assert type(clamped) is float
    else:
        assert clamped is value


def test_is_text():
    assert is_text("")
    assert is_text(np.str_("a"))
    assert not is_text(b"a")
    assert not is_text(None)


def test_raises():
    assert raises(ZeroDivisionError, lambda: 1 / 0)
    assert raises(ArithmeticError, lambda: 1 / 0)
    assert raises((KeyError, ZeroDivisionError), lambda: 1 / 0)
    assert not raises(ZeroDivisionError, lambda: 1)
    with pytest.raises(ZeroDivisionError):
        raises(KeyError, lambda: 1 / 0)


@given(st.lists(st.sampled_from([0, 1, 1.0, True, "1", math.nan, float("nan"), None]), max_size=6))
def test_has_equal_agrees_with_looking_at_every_pair(values):
    pairs = [(one, other) for index, one in enumerate(values) for other in values[:index]]
    assert has_equal(values) == any(key_of(one) == key_of(other) for one, other in pairs)


@pytest.mark.parametrize(
    "text", ["{}", " [1]\n", "null", '"a"', "NaN", "[-Infinity]", '{"a": 1, "a": 2}', '"\ud800"']
)
def test_text_that_is_json(text):
    assert is_json(text)


@pytest.mark.parametrize("text", ["", " ", "a", "{'a': 1}", "{", "[1,]", "None", "nan", "\ufeff{}", "1 2"])
def test_text_that_is_no_json(text):
    assert not is_json(text)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1,
        2**200,
        math.nan,
        -math.inf,
        "",
        "\ud800",
        [],
        ((1,),),
        {1: 2, None: 3, 0.5: 4},
        np.float64(0.1),
    ],
)
def test_a_value_that_is_json(value):
    assert is_json_value(value)
    assert is_json_value({"a": [value]})


@pytest.mark.parametrize(
    "value",
    [
        np.int64(1),
        np.float32(0.5),
        np.bool_(True),
        np.array([1]),
        {1},
        b"1",
        1j,
        object(),
        {(1, 2): 3},
        {b"a": 1},
    ],
)
def test_a_value_that_is_no_json(value):
    assert not is_json_value(value)
    assert not is_json_value({"a": [value]})


@pytest.mark.parametrize(
    ("value", "made"),
    [
        *((2.7, 2), (-0.5, 0), (" 7 ", 7), ("1_000", 1000), ("\u0663", 3), (True, 1), (b"3", 3)),
        *(
            (np.int64(3), 3),
            (np.float32(2.5), 2),
            (np.bool_(True), 1),
            (1e30, int(1e30)),
            ("9" * 4300, 10**4300 - 1),
        ),
        *((value, None) for value in ("", "2.5", "1e3", b"abc", math.nan, math.inf, [3], None, "9" * 4301)),
    ],
)
def test_the_integer_that_python_makes_of_a_value(value: object, made: int | None) -> None:
    assert made_integer(value) == made


def test_the_values_before_one_of_which_no_double_is_made() -> None:
    doubles = [1, "1.5", " nan ", True, math.inf, 2**1000, np.int64(3)]
    assert before_no_double(doubles) == doubles
    for other in (None, "text", "", 2**1024):
        assert before_no_double([*doubles, other, 1, other]) == doubles
