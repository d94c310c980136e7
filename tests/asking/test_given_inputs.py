"""`INPUT=EXPRESSION`: what is taken, and every mistake at once with a caret at its place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from harness.asking.inputs import given_inputs, not_plain
from harness.errors import BadInput
from harness.values import Built, fresh, to_expression

INPUTS = ["name", "values"]


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("values=[3, 1, 2.5]", [3, 1, 2.5]),
        (" values = (1,)", (1,)),
        ("values=[1] == [2]", False),
        ("values=[math.pi, 2**60]", [math.pi, 2**60]),
        ("values=np.float32(0.1)", np.float32(0.1)),
        ("name='a=b'", "a=b"),
        ("name='x'\n", "x"),
    ],
)
def test_an_expression_is_its_value(argument: str, value: Any) -> None:
    (given,) = given_inputs([argument], INPUTS).values()
    assert (given, type(given)) == (value, type(value))


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("range(3)", "a range"),
        ("np.array([1, 2])", "a numpy.ndarray"),
        ("__import__('decimal').Decimal('0.1')", "a decimal.Decimal"),
        ("(n for n in [1, 2])", "a generator"),
    ],
)
def test_what_is_no_plain_value_is_built_anew_for_each_path(expression: str, told: str) -> None:
    (given,) = given_inputs([f"values={expression}"], INPUTS).values()
    assert isinstance(given, Built)
    assert not_plain(given) == told
    assert to_expression(given) == expression
    one, other = fresh(given), fresh(given)
    assert list(one) == list(other) if hasattr(one, "__iter__") else one == other


def test_chance_gives_both_paths_the_same() -> None:
    (given,) = given_inputs(["values=np.random.rand(3)"], INPUTS).values()
    assert list(fresh(given)) == list(fresh(given))


@pytest.mark.parametrize(
    ("argument", "caret", "told"),
    [
        ("values=[1, nam]", 11, "there is no name `nam` here"),
        ("values=  maht.pi", 9, "did you mean `math`?"),
        ("values=[1, 2", 7, "never closed"),
        ("values=", 7, "the value is missing"),
        ("values=x = 1", 7, "one Python expression"),
        ("values=[1][3]", 0, "this raised IndexError: list index out of range"),
        ("name=loss", 5, "a text needs quotes: \"name='loss'\""),
    ],
)
def test_a_mistake_is_told_with_a_caret_at_its_place(argument: str, caret: int, told: str) -> None:
    with pytest.raises(BadInput) as error:
        given_inputs([argument], INPUTS)
    line, pointer, message = str(error.value).split("\n", 2)
    assert line == argument
    assert pointer == " " * caret + "^"
    assert told in message


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(BadInput) as error:
        given_inputs(["value=1", "name=1", "name=2", "values", "3", "values=nam"], INPUTS)
    said = str(error.value)
    for told in (
        "there is no input `value`; did you mean `values`?",
        "the input `name` is given twice",
        "write values=EXPRESSION",
        "`3`: this is no INPUT=EXPRESSION; the inputs of the entry are `name`, `values`",
        "there is no name `nam` here",
    ):
        assert told in said


def test_what_a_terminal_would_obey_is_escaped() -> None:
    with pytest.raises(BadInput) as error:
        given_inputs(["values=\x1b[31m"], INPUTS)
    assert "\x1b" not in str(error.value)
