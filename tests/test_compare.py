from __future__ import annotations

import copy
import itertools
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.compare import (
    ABSENT,
    RELATIONS,
    Difference,
    Relation,
    agree,
    any_order,
    find_difference,
    nothing,
    one_of,
    same,
    show,
)
from harness.domains import metric_lists, numbers, numpy_numbers, scalars, texts
from harness.expressions import is_number
from harness.values import fresh, key_of, to_expression

NUMBERS, JSON, TEXT, BYTES = (RELATIONS[name] for name in ("numbers", "json", "text", "bytes"))


def nested(leaves):
    return st.recursive(
        leaves,
        lambda inside: st.one_of(
            st.lists(inside, max_size=4),
            st.lists(inside, max_size=3).map(tuple),
            st.dictionaries(st.sampled_from(["a", "b", "loss", ""]), inside, max_size=3),
        ),
        max_leaves=8,
    )


VALUES = {
    "numbers": nested(scalars() | numpy_numbers() | st.binary(max_size=3)),
    "json": nested(scalars()),
    "text": nested(texts(surrogates=True) | st.none()),
    "bytes": nested(st.binary(max_size=4)),
    "pixels": nested(st.binary(max_size=4) | st.sampled_from([b"P5 1 1 255\n\x01", b"P5 1 1 255\n\x02"])),
}
# Few different leaves, so that two draws are often nearly equal.
FEW = nested(st.sampled_from([0, 1, 1.0, True, "1", None, math.nan, -0.0, 2]))
OPEN = st.recursive(
    st.sampled_from([0, 1, 2, None, nothing, ABSENT, "a", [], {}]),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3),
        st.lists(inside, max_size=3).map(any_order),
        st.lists(inside, min_size=1, max_size=3).map(lambda alternatives: one_of(*alternatives)),
        st.dictionaries(st.sampled_from(["a", "b"]), inside, max_size=2),
    ),
    max_leaves=6,
)
related = pytest.mark.parametrize("name", list(RELATIONS))


def test_the_relations_are_those_that_entries_may_name():
    assert list(RELATIONS) == ["numbers", "json", "text", "bytes", "pixels"]
    assert all(RELATIONS[name].name == name and RELATIONS[name].says.endswith(".") for name in RELATIONS)


@related
@given(data=st.data())
def test_a_value_agrees_with_itself_built_again(name, data):
    value = data.draw(VALUES[name])
    assert agree(RELATIONS[name], value, fresh(value))
    assert find_difference(RELATIONS[name], value, fresh(value)) is None


@related
@given(data=st.data())
def test_plain_values_agree_in_both_directions_or_in_none(name, data):
    one, other = data.draw(VALUES[name]), data.draw(VALUES[name])
    assert agree(RELATIONS[name], one, other) == agree(RELATIONS[name], other, one)


@given(FEW, FEW)
def test_nearly_equal_values_agree_in_both_directions_or_in_none(one, other):
    assert agree(NUMBERS, one, other) == agree(NUMBERS, other, one)
    assert agree(NUMBERS, one, other) == (key_of(one) == key_of(other))


@given(FEW, FEW)
def test_a_difference_is_found_if_and_only_if_plain_values_do_not_agree(expected, actual):
    assert (find_difference(NUMBERS, expected, actual) is None) == agree(NUMBERS, expected, actual)


@given(OPEN, OPEN)
def test_a_difference_is_found_if_and_only_if_open_values_do_not_agree(expected, actual):
    assert (find_difference(NUMBERS, expected, actual) is None) == agree(NUMBERS, expected, actual)


@given(OPEN)
def test_an_open_value_agrees_with_itself_unless_it_leaves_alternatives_open_in_an_order(value):
    if "any_order" not in repr(value) or "one_of" not in repr(value):
        assert same(NUMBERS, value, copy.deepcopy(value))


@related
@given(data=st.data())
def test_a_sentence_is_short_and_one_line(name, data):
    one, other = data.draw(VALUES[name]), data.draw(VALUES[name])
    difference = find_difference(RELATIONS[name], one, other)
    if difference is not None:
        assert len(difference.sentence()) <= 200
        assert len(difference.sentence().splitlines()) == 1
        assert max(len(difference.expected), len(difference.actual)) <= 200


@given(metric_lists(scalars()), st.data())
def test_another_item_is_seen_where_it_is(values, data):
    index = data.draw(st.integers(0, len(values) - 1))
    changed = [*values]
    changed[index] = "something else"
    if key_of(changed) != key_of(values):
        difference = find_difference(NUMBERS, values, changed)
        assert difference is not None
        assert difference.where == f"[{index}]"
        assert difference.kind in ("value", "type")


@given(numbers() | numpy_numbers("float16", "float32", "float64", "int8", "uint64"))
def test_the_last_bit_is_seen(number):
    if isinstance(number, int | np.integer):
        other = int(number) + 1
    elif math.isfinite(number):
        with np.errstate(over="ignore"):  # the largest is followed by infinity
            other = np.nextafter(number, type(number)("inf"))
    else:
        other = 0.0
    assert not agree(NUMBERS, [number], [other])
    difference = find_difference(NUMBERS, [number], [other])
    assert difference is not None
    assert (difference.kind, difference.where) == ("value", "[0]")


@given(metric_lists(scalars()), st.data())
def test_a_lost_item_is_seen(values, data):
    index = data.draw(st.integers(0, len(values) - 1))
    shorter = values[:index] + values[index + 1 :]
    difference = find_difference(NUMBERS, values, shorter)
    assert difference is not None
    assert difference.kind == "missing"
    # Of equal items the last is the one that is missing.
    assert key_of(eval(f"values{difference.where}")) == key_of(values[index])
    difference = find_difference(NUMBERS, shorter, values)
    assert difference is not None
    assert difference.kind == "extra"
    assert key_of(eval(f"values{difference.where}")) == key_of(values[index])


@given(metric_lists(), st.randoms(use_true_random=False))
def test_another_order_is_seen(values, random):
    shuffled = [*values]
    random.shuffle(shuffled)
    difference = find_difference(NUMBERS, values, shuffled)
    if key_of(shuffled) == key_of(values):
        assert difference is None
    else:
        assert difference is not None
        assert difference.kind == "order"
        index = int(difference.where[1:-1])
        assert key_of(values[:index]) == key_of(shuffled[:index])
        assert key_of(values[index]) != key_of(shuffled[index])
    assert agree(NUMBERS, any_order(values), shuffled)
    assert agree(NUMBERS, any_order(values), any_order(shuffled))


@given(metric_lists(scalars()), metric_lists(scalars()))
def test_any_order_is_a_multiset(values, others):
    expected = sorted(map(to_expression_of_key, values)) == sorted(map(to_expression_of_key, others))
    assert agree(NUMBERS, any_order(values), others) == expected
    assert same(NUMBERS, any_order(values), any_order(others)) == expected


def to_expression_of_key(value):
    return repr(key_of(value))


EQUAL = [
    (1, 1.0),
    (2**53, 2.0**53),
    (math.nan, np.float32("nan")),
    (0, 0.0),
    (0.5, np.float16(0.5)),
    (2**60, np.int64(2**60)),
    ([1, 2], (1.0, 2.0)),
    ({"a": 1, "b": [2]}, {"b": (2,), "a": 1.0}),
    (True, np.bool_(True)),
    ("a", np.str_("a")),
    (None, None),
]
DIFFERENT = [
    (2**53 + 1, 2.0**53, "value"),
    (0.0, -0.0, "value"),
    (0, -0.0, "value"),
    (0.1, np.float32(0.1), "value"),
    (math.inf, 1.7976931348623157e308, "value"),
    (math.nan, 0.0, "value"),
    (True, 1, "type"),
    (False, 0.0, "type"),
    ("1", 1, "type"),
    (None, 0, "type"),
    (None, math.nan, "type"),
    ("a", "A", "value"),
    ("é", "e\u0301", "value"),
    ("a", b"a", "type"),
    (1, [1], "shape"),
    ([1], {"0": 1}, "shape"),
    ({}, [], "shape"),
    ([], None, "shape"),
    (1, ABSENT, "missing"),
    ([], ABSENT, "missing"),
    (ABSENT, 1, "extra"),
    (ABSENT, None, "extra"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_what_is_equal_as_numbers(one, other):
    assert same(NUMBERS, one, other)
    assert same(NUMBERS, {"a": [one]}, {"a": [other]})
    assert same(JSON, one, other)


@pytest.mark.parametrize(("one", "other", "kind"), DIFFERENT)
def test_what_is_different_as_numbers(one, other, kind):
    difference = find_difference(NUMBERS, one, other)
    assert difference == Difference(kind, "", show(one), show(other))
    inside = find_difference(NUMBERS, {"loss": [0, one]}, {"loss": [0, other]})
    assert inside == Difference(kind, "['loss'][1]", show(one), show(other))
    assert not agree(NUMBERS, other, one)


def test_a_path_evaluates_to_the_item():
    expected = {"loss": [1, {"a\n'": (2, 3)}]}
    difference = find_difference(NUMBERS, expected, {"loss": [1, {"a\n'": (2, 4)}]})
    assert difference is not None
    assert eval(f"expected{difference.where}") == 3


@pytest.mark.parametrize(
    ("expected", "actual", "sentence"),
    [
        ([1, 2, 3], [1, 3], "at [1], expected 2, which is missing (2 of 3 items are there)"),
        ([0, 0], [0], "at [1], expected 0, which is missing (1 of 2 items are there)"),
        ([1], [1, 2], "at [1], expected 1 item only, got 2, which is extra"),
        ([3, 1, 2], [3, 2, 1], "at [1], expected 1, got 2: same items, other order"),
        ({"a": 1}, {}, "at ['a'], expected 1, which is missing (ABSENT)"),
        ({}, {"a": 1}, "at ['a'], expected ABSENT, got 1, which is extra"),
        ([True], [1], "at [0], expected True, got 1, which is of another type"),
        ([1], 1, "expected [1], got 1, which is of another shape"),
        (nothing, 1, "expected nothing, got 1, which is extra"),
        (one_of(1, 2), 3, "expected one_of(1, 2), got 3"),
        (any_order([1, 2]), [2, 3], "at [1], expected 1, got 3"),
        (any_order([1, 2]), [1, 1], "at [1], expected 2, got 1"),
        ([one_of(1, 2)], [3, 1], "at [0], expected 1 item only, got 3, which is extra"),
        (any_order([1, 2]), [2], "expected 1, which is missing (1 of 2 items are there)"),
        ([1, 2], any_order([2, 1]), "expected [1, 2], got any_order([2, 1]): same items, other order"),
    ],
)
def test_sentences(expected, actual, sentence):
    difference = find_difference(NUMBERS, expected, actual)
    assert difference is not None
    assert difference.sentence() == sentence


def test_long_values_are_cut_and_both_ends_are_shown():
    one, other = 10**299, 10**299 + 1
    difference = find_difference(NUMBERS, {"x" * 1000: one}, {"x" * 1000: other})
    assert difference is not None
    assert difference.expected.endswith("0")
    assert difference.actual.endswith("1")
    assert len(difference.sentence()) <= 200


def test_long_texts_are_shown_where_they_part():
    one, other = "a" * 1000 + "b" + "c" * 1000, "a" * 1000 + "d" + "c" * 1000
    difference = find_difference(TEXT, one, other)
    assert difference is not None
    assert difference.where == "[980:]"
    assert difference.expected.startswith("'aaaaaaaaaaaaaaaaaaaab")
    assert difference.actual.startswith("'aaaaaaaaaaaaaaaaaaaad")
    cut = find_difference(BYTES, b"a" * 1000, b"a" * 999)
    assert cut is not None
    assert cut.where == "[979:]"


@pytest.mark.parametrize("value", [None, ABSENT, nothing, [], (), {}, any_order([])])
def test_nothing_allows_what_holds_nothing(value):
    assert agree(NUMBERS, nothing, value)
    assert agree(NUMBERS, [1, nothing], [1, value])
    assert agree(NUMBERS, {"a": nothing}, {"a": value})


@pytest.mark.parametrize("value", ["", b"", 0, False, math.nan, [None], {"a": None}, one_of(None, 1)])
def test_nothing_does_not_allow_what_is_something(value):
    assert not agree(NUMBERS, nothing, value)


def test_nothing_in_a_dict_allows_a_missing_key_and_in_a_list_takes_a_place():
    assert agree(NUMBERS, {"a": nothing, "b": 1}, {"b": 1})
    assert not agree(NUMBERS, [nothing, 1], [1])
    assert not agree(NUMBERS, {}, {"a": nothing})


def test_no_plain_value_allows_nothing():
    assert not any(agree(NUMBERS, value, nothing) for value in (None, ABSENT, [], {}, 0))


def test_the_markers_are_singletons():
    for marker in (ABSENT, nothing):
        assert copy.deepcopy(marker) is marker
        assert pickle.loads(pickle.dumps(marker)) is marker


@pytest.mark.parametrize(
    ("expected", "actual", "agrees"),
    [
        (one_of(1, 2), 2, True),
        (one_of(1, 2), 3, False),
        (one_of([1, 2], [2, 1]), [2, 1], True),
        ([one_of(1, 2), 3], [2, 3], True),
        ([one_of(1, 2), one_of(1, 2)], [1, 1], True),
        (any_order([one_of(1, 2), one_of(2, 3)]), [3, 1], True),
        (any_order([one_of(1, 2), 1]), [1, 2], True),
        (any_order([1, one_of(1, 2)]), [2, 1], True),
        (any_order([one_of(1, 2), 1]), [2, 2], False),
        (any_order([1, 1, 2]), [1, 2, 1], True),
        (any_order([1, 1, 2]), [1, 2, 2], False),
        (any_order([[1, 2], [3]]), [[3], [1, 2]], True),
        (any_order([[1, 2], [3]]), [[3], [2, 1]], False),
        (any_order([any_order([1, 2]), [3]]), [[3], [2, 1]], True),
        ({"a": any_order([1, 2])}, {"a": (2, 1)}, True),
        (any_order([1]), 1, False),
        (any_order([math.nan, 1]), [1, float("nan")], True),
        (one_of(nothing, 1), [], True),
        # What is expected is held against another expectation.
        ([1, 2], any_order([1, 2]), False),
        ([1, 1], any_order([1, 1]), True),
        ([1], any_order([1]), True),
        (any_order([1, 2]), any_order([2, 1]), True),
        (any_order([1, 2]), any_order([2, 2]), False),
        (one_of(1, 2, 3), one_of(2, 1), True),
        (one_of(2, 1), one_of(1, 2, 3), False),
        (1, one_of(1, 1.0), True),
        (1, one_of(1, 2), False),
        ([one_of(1, 2)] * 2, any_order([1, 2]), True),
        (one_of(any_order([1, 2]), 3), any_order([2, 1]), True),
        ({"a": 1}, {"a": one_of(1, 2)}, False),
    ],
)
def test_what_is_left_open(expected, actual, agrees):
    assert agree(NUMBERS, expected, actual) is agrees
    assert (find_difference(NUMBERS, expected, actual) is None) is agrees


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=3), max_size=5),
    st.lists(st.integers(0, 3), max_size=5),
)
def test_any_order_finds_a_matching_wherever_there_is_one(choices, values):
    expected = any_order([one_of(*choice) for choice in choices])
    possible = len(choices) == len(values) and any(
        all(value in choice for value, choice in zip(order, choices, strict=True))
        for order in itertools.permutations(values)
    )
    assert agree(NUMBERS, expected, values) == possible


def test_a_long_list_in_any_order_is_compared_soon():
    values = [*range(3000)]
    assert agree(NUMBERS, any_order(values), values[::-1])
    assert not agree(NUMBERS, any_order(values), [*values[1:], 0.5])
    assert agree(NUMBERS, any_order([one_of(1, 2)] * 200), [1, 2] * 100)


@pytest.mark.parametrize("values", ["ab", b"ab", {"a": 1}, any_order([1]), one_of([1]), nothing])
def test_any_order_takes_a_list(values):
    with pytest.raises(TypeError, match="any_order takes a list"):
        any_order(values)


def test_one_of_needs_an_alternative():
    with pytest.raises(TypeError, match="at least one"):
        one_of()


def test_open_values_read_as_they_are_written():
    assert repr(any_order([1, one_of(nothing, 2.5)])) == "any_order([1, one_of(nothing, 2.5)])"
    assert show({"a": any_order([1])}) == "{'a': any_order([1])}"


@pytest.mark.parametrize("value", [object(), {1, 2}, np.zeros(2), 1j])
def test_what_has_no_value_to_compare_is_an_error(value):
    with pytest.raises(TypeError, match="cannot be compared"):
        agree(NUMBERS, [value], [1])
    with pytest.raises(TypeError, match="cannot be compared"):
        find_difference(NUMBERS, [1], [value])


def test_bytes_are_no_json_value():
    with pytest.raises(TypeError, match="no JSON value"):
        agree(JSON, b"1", b"1")


def test_json_tells_booleans_and_null_from_numbers_and_ignores_the_order_of_keys():
    assert agree(JSON, {"a": [1, None], "b": True}, {"b": True, "a": [1.0, None]})
    assert not agree(JSON, {"b": True}, {"b": 1})
    assert not agree(JSON, {"b": None}, {})


def test_text_and_bytes_convert_nothing():
    assert agree(TEXT, "a\r\n", "a\r\n")
    assert not agree(TEXT, "a\r\n", "a\n")
    assert not agree(TEXT, "1", 1)
    assert not agree(TEXT, 1, 1.0)
    assert agree(BYTES, b"a", bytearray(b"a"))
    assert not agree(BYTES, b"a", "a")
    assert agree(BYTES, [b"a", None], [b"a", None])
    assert not agree(BYTES, [1], [1.0])


def test_a_relation_of_ones_own_understands_what_is_left_open():
    def parity(expected, actual):
        if expected % 2 == actual % 2:
            return None
        return Difference("value", "", show(expected), show(actual))

    relation = Relation("parity", "Numbers are equal if both are even or both are odd.", parity)
    assert agree(relation, 1, 3)
    assert not agree(relation, 1, 2)
    assert agree(relation, any_order([1, 2]), [4, 5])
    assert not agree(relation, any_order([1, 2]), [3, 5])
    assert agree(relation, one_of(1, 2), 8)
    difference = find_difference(relation, any_order([1, 2]), [3, 5])
    assert difference is not None
    assert difference.kind == "value"
    assert find_difference(relation, 1, 2) == Difference("value", "", "1", "2")
    assert not agree(relation, 1, ABSENT)
    assert agree(relation, nothing, ABSENT)


def test_a_relation_that_always_agrees_does():
    relation = Relation("always", "Everything is equal.", lambda expected, actual: None)
    assert agree(relation, [1, 2], "anything")
    assert find_difference(relation, [1, 2], "anything") is None


@given(numbers())
def test_a_number_is_shown_as_an_expression(number):
    assert is_number(number)
    assert show([number], 10**6) == to_expression([number])
