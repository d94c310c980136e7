"""Numbers and steps: what SDK v1 takes as such, with the values at which some store loses something."""

from __future__ import annotations

import math
import sys
from typing import Any, Literal, cast

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

LARGEST_IN_A_LIST = 2**300 - 1
"""The largest integer that every call of SDK v1 takes: lists, rows and tables refuse one of more than 64
bytes in memory, which is ten digits of 30 bits. `run.log` itself has no limit."""
LARGEST_THAT_IS_WRITTEN = 10**4300 - 1
"""The largest integer that Python writes in decimal, so the largest that any client can send as JSON."""

NUMPY_NUMBERS = (
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "longdouble"),
)
"""The numpy types that `numpy_numbers` draws from."""
NUMPY_NUMBERS_MADE_PLAIN = tuple(
    name for name in NUMPY_NUMBERS if name not in ("int64", "uint64", "longdouble")
)
"""Those that SDK v1 turns into plain numbers. `run.log` sends the others as the text of their `repr`, lists,
rows and tables refuse integers of 64 bits."""

# Where some representation of integers ends: a double's exact integers, int32, int64, uint64.
_WIDTHS = (2**31, 2**53, 2**63, 2**64)
_LARGEST = sys.float_info.max
_SMALLEST = 5e-324
_LARGEST_SUBNORMAL = math.nextafter(sys.float_info.min, 0)

# Texts that Python makes an integer of; the last but one is the largest step that there is, the last one is beyond.
_TEXTS_OF_STEPS = (
    *("0", " 7 ", "1_000", "\u0663", "-2", "+5", "007", "\n5\t", "\u2003\u096d", np.str_("3")),
    *(str(2**63 - 1), str(2**63)),
)
# By their kind.
_NO_STEPS: tuple[tuple[Any, ...], ...] = (
    ("", "abc", "2.5", "1e3", "- 3", "__3", "\x1c3"),
    (b"", b"abc", b"2.5"),
    (math.nan, np.float32("nan")),
    (math.inf, -math.inf, np.float32("inf")),
    ([], [3], (3,)),
)


def numbers(*, largest: int = LARGEST_IN_A_LIST) -> SearchStrategy[int | float]:
    """Every int and float that SDK v1 logs as a number; no booleans, no numpy scalars.

    Args:
        largest: The largest magnitude of an integer; `LARGEST_THAT_IS_WRITTEN` for `run.log`, which has no
        check.

    Besides plain numbers, each of these has an arm of its own, since stores treat it in a way of their own:

    * NaN, both infinities, negative zero (SQL keeps NaN in another column and clamps infinities);
    * the largest double, beside which a clamped infinity cannot be told apart, and subnormals;
    * integers about 2**31, 2**53, 2**63 and 2**64, where a double or a column ends, and far beyond;
    * numbers that differ in the last bit only, which a shorter spelling or float32 makes equal;
    * integers and floats of the same value, which a store of doubles makes equal.
    """
    return st.one_of(
        st.integers(-10, 100),
        st.floats(-1000, 1000, allow_subnormal=False),
        st.floats(),
        _edges(0, math.nan, -0.0),
        _edges(1000, math.inf, -math.inf),
        _edges(1000, _LARGEST, -_LARGEST, math.nextafter(_LARGEST, 0), 1e308),
        st.builds(math.copysign, st.floats(_SMALLEST, _LARGEST_SUBNORMAL), st.sampled_from([1, -1])),
        _neighbours(),
        st.sampled_from([0, 0.0, 1, 1.0, -1, -1.0, 2**53, 2.0**53, 2**60, 2.0**60]),
        *_integer_arms(largest),
    )


def usual_numbers() -> SearchStrategy[int | float]:
    """What most people log, in the sense of `is_usual_number`: counts, and measures with few digits or all of
    them.

    No NaN, infinity, negative zero or subnormal, and no integer beyond 2**53.
    """
    return st.one_of(
        st.integers(0, 100),
        st.integers(-(2**53), 2**53),
        st.integers(0, 10_000).map(lambda count: count / 10_000),
        # Adding 0.0 makes 0.0 of -0.0 and changes no other number.
        st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda number: number + 0.0),
        st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False).map(
            lambda number: number + 0.0
        ),
    )


def integers_of_any_size(*, largest: int = LARGEST_THAT_IS_WRITTEN) -> SearchStrategy[int]:
    """Integers of both signs: small ones, about the ends of 32, 53, 63 and 64 bits, beyond, and up to
    `largest`.

    Beyond 2**1024 there is no double near, so a conversion fails instead of rounding.
    """
    return st.one_of(st.integers(-10, 100), st.integers(-(2**53), 2**53), *_integer_arms(largest))


def numpy_numbers(*types: str) -> SearchStrategy[Any]:
    """Numpy scalars of these types (default: all of `NUMPY_NUMBERS`): small values, the ends of the type,
    NaN, infinities, negative zero, subnormals.

    Raises:
        ValueError: A type is none of `NUMPY_NUMBERS`.
    """
    for name in types:
        if name not in NUMPY_NUMBERS:
            raise ValueError(f"no numpy number is called {name!r}; there are {', '.join(NUMPY_NUMBERS)}")
    return st.one_of([_numpy_numbers(name) for name in types or NUMPY_NUMBERS])


def steps() -> SearchStrategy[Any]:
    """Steps of a metric: none at all, small ones that soon repeat, large and negative ones, beyond 32 and 64
    bits.

    v1 sends an integer of any size; MLflow keeps a signed 64-bit one, and orders points by it.

    About one step in four is no integer, but v1 makes one of it. Each of these has an arm of its own:

    * texts: of digits, also of other scripts, with blanks, underscores, a sign, leading zeros;
    * floats that are whole numbers, those that are not, zeros, and some beyond 64 bits;
    * truth values, numbers of numpy (long doubles of few digits only), bytes that are the text of an integer.

    About four in a hundred are of a kind that v1 makes no integer of, and refuses.
    """
    whole = st.integers(0, 1000)
    usual = [
        st.none(),
        st.integers(0, 3),
        whole,
        st.integers(-5, -1),
        st.builds(_about, st.sampled_from([2**31, 2**32]), st.integers(-1, 1), st.booleans()),
        st.sampled_from([2**63 - 1, -(2**63), 2**63 - 2]),
    ]
    beyond = st.sampled_from([2**63, -(2**63) - 1, 2**64, 10**30])
    # Arms of few values are drawn less than those of many, so that truth values and long doubles have several.
    made_integers = [
        st.integers(-5, 1000).map(str),
        st.sampled_from(_TEXTS_OF_STEPS),
        st.integers(-5, 1000).map(float),
        st.sampled_from([0.0, -0.0, 2.7, 0.5, -0.5, 0.3, 1e18, -(2.0**63), 2.0**63, 1e30]),
        st.integers(-1000, 1000).map(lambda number: number / 8),
        *(st.just(True) for _ in range(3)),
        *(st.just(np.bool_(True)) for _ in range(2)),
        *(st.booleans(), st.booleans().map(np.bool_)),
        *(st.integers(1, 1000).map(np.longdouble) for _ in range(2)),
        st.integers(-10, 10).map(lambda number: np.longdouble(number) / 2),
        st.builds(_number_of, st.sampled_from(["int64", "int8", "uint64"]), st.integers(0, 100)),
        st.builds(_number_of, st.sampled_from(["float64", "float32", "float16"]), st.integers(-5, 5)),
        st.builds(_number_of, st.sampled_from(["float64", "float32"]), st.floats(-100, 100, width=16)),
        whole.map(lambda number: str(number).encode()),
        st.sampled_from([b"0", b" 7 ", b"1_000", b"-2"]),
    ]
    others = st.one_of(*made_integers, *map(st.sampled_from, _NO_STEPS))
    # Two times in five come to one in four; see `mostly`.
    return st.integers(1, 5).flatmap(lambda turn: others if turn > 3 else st.one_of(*usual, beyond))


def _number_of(kind: str, number: float) -> Any:
    return getattr(np, kind)(number)


def _integer_arms(largest: int) -> list[SearchStrategy[int]]:
    def bounded(number: int) -> int:
        return max(-largest, min(number, largest))

    bits = largest.bit_length()
    powers = st.integers(65, max(bits, 66)).map(lambda power: 2**power)
    arms = [
        st.builds(_about, st.sampled_from(_WIDTHS), st.integers(-2, 2), st.booleans()),
        st.builds(_about, powers, st.integers(-1, 1), st.booleans()),
        st.booleans().map(lambda negative: -largest if negative else largest),
    ]
    if bits > 1024:
        # From here on an integer is nearer to no double than to infinity.
        end = 2**1024 - 2**970
        arms.append(
            st.builds(_about, st.sampled_from([end, 2**1024, 10**309]), st.integers(-1, 0), st.booleans())
        )
    return [arm.map(bounded) for arm in arms]


def _edges(plain: int, *edges: float) -> SearchStrategy[int | float]:
    """Edges, and one plain number for a counterexample to shrink to that does not need the edge."""
    return st.sampled_from([plain, *edges, *edges])


def _about(middle: int, offset: int, negative: bool) -> int:
    return -(middle + offset) if negative else middle + offset


def _neighbours() -> SearchStrategy[float]:
    """Few numbers, each with those next to it, so that a list soon holds two that differ in the last bit."""
    return st.builds(
        lambda number, towards: number if towards is None else math.nextafter(number, towards),
        st.sampled_from([0.3, 1.0, 0.1, 1e16, 1e-5]),
        st.sampled_from([None, math.inf, -math.inf]),
    )


def _numpy_numbers(name: str) -> SearchStrategy[Any]:
    kind = getattr(np, name)
    if issubclass(kind, np.integer):
        ends = np.iinfo(kind)
        low, high = int(ends.min), int(ends.max)
        return st.one_of(
            st.integers(max(low, -10), 100), st.integers(low, high), st.sampled_from([high, low])
        ).map(kind)
    info = np.finfo(kind)
    arms = [
        st.floats(-1000, 1000, width=16).map(kind),
        st.sampled_from([kind("nan"), kind(-0.0)]),
        st.sampled_from([kind("inf"), kind("-inf"), info.max, info.smallest_subnormal, kind(1) + info.eps]),
    ]
    if kind is np.longdouble:
        # A third is a number that no shorter type holds.
        arms.append(st.integers(1, 9).map(lambda count: kind(count) / kind(3)))
    else:
        arms.append(st.floats(width=cast("Literal[16, 32, 64]", info.bits)).map(kind))
    return st.one_of(arms)
