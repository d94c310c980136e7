"""Values that entries draw, write down and read back: how they are rebuilt, spelled and told apart.

Everything here treats a value as a value: no identity, no files, no clients. What two sides make of each
other's values (relations, differences) belongs to `harness.compare`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

import numpy as np

if TYPE_CHECKING:
    Number: TypeAlias = int | float | np.integer[Any] | np.floating[Any]

# Python refuses to write ints of more digits than `sys.get_int_max_str_digits()`, which can be set as low as
# 640. Hexadecimal has no such limit.
_BITS_IN_DECIMAL = 2100
# Texts are drawn long to see where something ends; nobody reads 250 times the same letter.
_LONG = 40
_LONGEST_PIECE = 4


@dataclass(frozen=True)
class Built:
    """An input that is no plain value (an array, a range, a generator): how it is written, and how one is made.

    Attributes:
        expression: Python that evaluates to it.
        build: Makes one that shares nothing with the last.
    """

    expression: str
    build: Callable[[], Any]


def is_number(value: object) -> TypeGuard[Number]:
    """Whether this is a number: int, float or a numpy integer or float of any width. A boolean is none."""
    if isinstance(value, bool | np.timedelta64):  # numpy counts a time span among the integers
        return False
    return isinstance(value, int | float | np.integer | np.floating)


def number_key(number: Number, *, signed_zeros: bool = True) -> Hashable:
    """What two numbers share if, and only if, they are the same number, whatever their types.

    The value is exact (2**53 + 1 is not 2.0**53), every NaN is the same, and -0.0 is not 0.0 unless
    `signed_zeros` is false.
    """
    if type(number) is float and number == number and number != 0:  # nearly every number there is
        return number
    if isinstance(number, int | np.integer):
        return int(number)
    if number != number:
        return "nan"
    if number == 0:
        return "-0.0" if signed_zeros and np.signbit(number) else 0
    if isinstance(number, np.longdouble) and np.isfinite(number):
        return Fraction(*number.as_integer_ratio())
    return float(number)


def leaf_key(value: object, *, signed_zeros: bool = True) -> tuple[Hashable, ...]:
    """The key of a value that contains no others: its kind, then what tells it from others of that kind.

    Raises:
        TypeError: The value is none of None, boolean, number, text, bytes.
    """
    if type(value) is float or type(value) is int:
        return ("number", number_key(value, signed_zeros=signed_zeros))
    if value is None:
        return ("none",)
    if isinstance(value, bool | np.bool_):
        return ("boolean", bool(value))
    if is_number(value):
        return ("number", number_key(value, signed_zeros=signed_zeros))
    if isinstance(value, str):
        return ("text", str(value))
    if isinstance(value, bytes | bytearray | memoryview):
        return ("bytes", bytes(value))
    raise TypeError(
        f"a value of type {type(value).__qualname__} cannot be compared; read plain values instead"
    )


def key_of(value: object, leaf: Callable[[object], Hashable] = leaf_key) -> Hashable:
    """What two values share if, and only if, they are equal: lists and tuples by their items in order, dicts
    by their keys whatever the order, everything else by `leaf`.

    Raises:
        TypeError: Something inside has no key.
    """
    if isinstance(value, list | tuple):
        return ("list", tuple(key_of(item, leaf) for item in value))
    if isinstance(value, dict):
        return ("dict", frozenset((key_of(key, leaf), key_of(item, leaf)) for key, item in value.items()))
    return leaf(value)


def fresh(value: Any) -> Any:
    """Builds an equal value that shares nothing which could be changed, or seen to be the same object.

    Lists, tuples, dicts and sets are rebuilt, every NaN becomes an object of its own. (A shared NaN is found
    by `in` and by `==` on lists, which one read back never is.) What cannot change is taken as it is.

    Raises:
        TypeError: A type that inputs may not have; a file, image or figure is drawn as a description instead.
    """
    if isinstance(value, Built):
        return value.build()
    kind = type(value)
    if kind is list or kind is tuple or kind is set or kind is frozenset:
        return kind(fresh(item) for item in value)
    if kind is dict:
        return {fresh(key): fresh(item) for key, item in value.items()}
    if kind is float:
        return math.copysign(float("nan"), value) if value != value else value
    if isinstance(value, np.floating):
        return np.array(value)[()]
    if value is None or kind in (bool, int, str, bytes) or _is_numpy_leaf(value):
        return value
    raise TypeError(f"an input cannot be a {_type_name(value)}; inputs are built of {_ALLOWED}")


def to_expression(value: object) -> str:
    """Writes a value as a Python expression that evaluates back to an equal value, of equal types, where
    `math`, `np` and the builtins are in scope.

    Raises:
        TypeError: A type that inputs may not have.
    """
    kind = type(value)
    if isinstance(value, Built):
        return value.expression
    if value is None or kind in (bool, bytes):
        return repr(value)
    if isinstance(value, str) and kind is str:
        return _text(value)
    if isinstance(value, int) and kind is int:
        return repr(value) if value.bit_length() <= _BITS_IN_DECIMAL else hex(value)
    if isinstance(value, float) and kind is float:
        return repr(value) if math.isfinite(value) else f"float('{value}')"
    if isinstance(value, list) and kind is list:
        return f"[{_items(value)}]"
    if isinstance(value, tuple) and kind is tuple:
        return f"({to_expression(value[0])},)" if len(value) == 1 else f"({_items(value)})"
    if isinstance(value, dict) and kind is dict:
        return (
            "{"
            + ", ".join(f"{to_expression(key)}: {to_expression(item)}" for key, item in value.items())
            + "}"
        )
    if isinstance(value, set | frozenset) and kind in (set, frozenset):
        # In a fixed order, so that one value has one spelling in every process.
        inside = "{" + ", ".join(sorted(to_expression(item) for item in value)) + "}" if value else ""
        return f"{kind.__name__}({inside})" if kind is frozenset or not value else inside
    if isinstance(value, np.floating):
        return f"np.{kind.__name__}({_numpy_float(value)})"
    if isinstance(value, np.bool_):
        return f"np.bool_({bool(value)})"
    if isinstance(value, np.str_):
        return f"np.str_({_text(str(value))})"
    if isinstance(value, np.integer) and _is_numpy_leaf(value):
        return f"np.{kind.__name__}({int(value)})"
    raise TypeError(f"a {_type_name(value)} cannot be written as an input; inputs are built of {_ALLOWED}")


_ALLOWED = "None, booleans, numbers, numpy scalars, text, bytes, lists, tuples, dicts and sets"


def _text(text: str) -> str:
    """The text, or where it is one short piece over and over again, that piece and how often."""
    if len(text) > _LONG:
        for size in range(1, _LONGEST_PIECE + 1):
            piece = text[:size]
            times, rest = divmod(len(text), size)
            if piece * times + piece[:rest] == text:
                return f"{piece!r} * {times}{f' + {piece[:rest]!r}' if rest else ''}"
    return repr(text)


def _items(values: list[Any] | tuple[Any, ...]) -> str:
    return ", ".join(to_expression(item) for item in values)


def _is_numpy_leaf(value: object) -> bool:
    if isinstance(value, np.timedelta64) or type(value).__module__ != "numpy":
        return False
    return isinstance(value, np.integer | np.floating | np.bool_ | np.str_)


def _numpy_float(value: np.floating[Any]) -> str:
    if not np.isfinite(value):
        return f"'{value}'"
    if isinstance(value, np.longdouble) and np.longdouble(float(value)) != value:
        return f"'{value!s}'"  # more digits than a Python float holds; numpy reads them from text
    if isinstance(value, np.float16 | np.float32):
        short = str(value)
        # The short spelling is read as a double and rounded a second time, which is not always the same
        # number.
        if float(type(value)(float(short))) == float(value):
            return repr(float(short))
    return repr(float(value))


def _type_name(value: object) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
