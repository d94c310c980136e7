from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.domains import (
    integers_of_any_size,
    metric_lists,
    metric_names,
    numbers,
    numpy_numbers,
    scalars,
    steps,
    texts,
    usual_numbers,
)
from harness.values import fresh, is_number, key_of, number_key, to_expression

LEAVES = st.one_of(
    scalars(),
    numbers(),
    usual_numbers(),
    numpy_numbers(),
    integers_of_any_size(),
    steps(),
    texts(surrogates=True),
    metric_names(empty=True, surrogates=True),
    st.binary(max_size=10),
    st.sampled_from([np.bool_(True), np.bool_(False), np.str_("a\nb"), np.str_("\ud800")]),
)
KEYS = st.one_of(texts(), numbers(), st.booleans(), st.none(), st.binary(max_size=3))
VALUES = st.recursive(
    LEAVES,
    lambda inside: st.one_of(
        st.lists(inside, max_size=4),
        st.lists(inside, max_size=3).map(tuple),
        st.dictionaries(KEYS, inside, max_size=3),
        st.sets(KEYS, max_size=3),
        st.frozensets(KEYS, max_size=3),
    ),
    max_leaves=8,
)


def evaluated(expression):
    return eval(expression, {"math": math, "np": np})


def alike(one, other):
    """Equal in value and in type, whatever is inside, NaN and the sign of zero included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        return alike(list(one.items()), list(other.items()))
    if isinstance(one, set | frozenset):
        return {to_expression(item) for item in one} == {to_expression(item) for item in other}
    return number_key(one) == number_key(other) if is_number(one) else one == other


def nans(value):
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return [nan for item in value for nan in nans(item)]
    return [value] if is_number(value) and value != value else []


def containers(value):
    if isinstance(value, dict):
        return [value, *(found for item in value.values() for found in containers(item))]
    if isinstance(value, list | tuple):
        return [value, *(found for item in value for found in containers(item))]
    return [value] if isinstance(value, set) else []


@given(VALUES)
def test_an_expression_evaluates_back(value):
    assert alike(evaluated(to_expression(value)), value)


@given(metric_lists(scalars()))
def test_an_expression_of_a_list_evaluates_back(values):
    assert alike(evaluated(to_expression(values)), values)


@given(VALUES)
def test_an_expression_is_one_line_of_utf8(value):
    expression = to_expression(value)
    assert expression.encode("utf-8")
    assert len(expression.splitlines()) == 1


@given(st.floats(width=32).map(np.float32) | st.floats(width=16).map(np.float16))
def test_short_floats_are_exact_in_their_expression(number):
    assert alike(evaluated(to_expression(number)), number)


@given(st.integers(-(2**64), 2**64), st.integers(1, 2**64), st.integers(-16000, 16000))
@example(1, 3, 0)
def test_a_longdouble_is_exact_in_its_expression(numerator, denominator, exponent):
    number = np.ldexp(np.longdouble(numerator) / np.longdouble(denominator), exponent)
    assert alike(evaluated(to_expression(number)), number)


@pytest.mark.parametrize("limit", [640, sys.int_info.default_max_str_digits])
@pytest.mark.parametrize("digits", [600, 640, 641, 4300, 4301, 100_000])
def test_integers_of_any_length_have_an_expression(limit, digits):
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(limit)
    try:
        for number in (10 ** (digits - 1), -(10**digits - 1)):
            assert evaluated(to_expression([number])) == [number]
    finally:
        sys.set_int_max_str_digits(before)


@pytest.mark.parametrize(
    ("value", "expression"),
    [
        (0.1, "0.1"),
        (-0.0, "-0.0"),
        (math.nan, "float('nan')"),
        (-math.inf, "float('-inf')"),
        (2**53 + 1, "9007199254740993"),
        (np.float32(0.1), "np.float32(0.1)"),
        (np.float64("nan"), "np.float64('nan')"),
        (np.int64(-3), "np.int64(-3)"),
        (np.bool_(True), "np.bool_(True)"),
        (np.str_("a"), "np.str_('a')"),
        ("a\n\ud800", "'a\\n\\ud800'"),
        ((1,), "(1,)"),
        ((), "()"),
        (set(), "set()"),
        (frozenset({2, 1}), "frozenset({1, 2})"),
        ({"b": [1], "a": None}, "{'b': [1], 'a': None}"),
    ],
)
def test_expressions_read_as_one_would_write_them(value, expression):
    assert to_expression(value) == expression


@given(VALUES)
def test_a_fresh_value_is_the_same_value(value):
    assert alike(fresh(value), value)


@given(VALUES)
def test_a_fresh_value_shares_no_nan_and_nothing_that_can_change(value):
    copy = fresh(value)
    assert not {id(nan) for nan in nans(value)} & {id(nan) for nan in nans(copy)}
    changeable = {id(item) for item in containers(value) if not isinstance(item, tuple)}
    assert not changeable & {id(item) for item in containers(copy)}


def test_a_shared_nan_becomes_two():
    nan = math.nan
    first, second = fresh([nan, nan])
    assert first is not second
    assert nan not in fresh([nan])


def test_a_shared_list_becomes_two():
    row = [1]
    first, second = fresh([row, row])
    first.append(2)
    assert second == [1]


class Subclass(list):
    pass


@pytest.mark.parametrize(
    "value", [object(), Subclass(), range(3), np.timedelta64(1, "s"), np.zeros(2), 1j, print]
)
def test_what_inputs_may_not_hold_is_a_clear_error(value):
    name = type(value).__name__
    with pytest.raises(TypeError, match=name):
        fresh([value])
    with pytest.raises(TypeError, match=name):
        to_expression({"a": value})


def test_a_boolean_is_no_number():
    assert not any(map(is_number, (True, np.bool_(True), None, "1", 1j, np.timedelta64(1, "s"))))
    assert all(map(is_number, (1, 1.0, np.int8(1), np.uint64(1), np.float16(1), np.longdouble(1))))


@given(VALUES.filter(lambda value: not containers(value) or isinstance(value, list)))
def test_a_key_is_the_same_for_the_same_value(value):
    try:
        key = key_of(value)
    except TypeError:
        return  # a set inside
    assert key == key_of(fresh(value))
    assert hash(key) == hash(key_of(fresh(value)))


@given(numbers() | numpy_numbers(), numbers() | numpy_numbers())
def test_number_keys_tell_apart_what_is_not_the_same_number(one, other):
    same = number_key(one) == number_key(other)
    if one != one or other != other:
        assert same == (one != one and other != other)
    elif one == 0 and other == 0:
        assert same == (bool(np.signbit(one)) == bool(np.signbit(other)))
    elif not isinstance(one, np.generic) and not isinstance(other, np.generic):
        assert same == (one == other)
    if same:
        assert hash(number_key(one)) == hash(number_key(other))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x" * 251, "'x' * 251"),
        ("x/" * 100 + "x", "'x/' * 100 + 'x'"),
        ("\n" * 41, r"'\n' * 41"),
        ("x" * 40, repr("x" * 40)),
        ("x" * 50 + "y", repr("x" * 50 + "y")),
        ("abcde" * 20, repr("abcde" * 20)),
    ],
)
def test_a_text_of_one_piece_is_written_as_that_piece(text: str, written: str) -> None:
    assert to_expression(text) == written
    assert eval(to_expression({text: [text]})) == {text: [text]}
