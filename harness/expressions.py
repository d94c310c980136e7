"""Functions that the snippets of an entry may call: `usual`, `when`, `becomes`, `leaves`, `read`, `check`.

Each is pure and takes any value: what is no number is simply not `is_usual_number`. Those that do raise say
so. What belongs to one entry only stays in that entry; nothing here knows MLflow or Azure.
"""

from __future__ import annotations

import json
import math
import posixpath
import re
import sys
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from itertools import takewhile
from typing import Any

import numpy as np

from harness.values import is_number, key_of, leaf_key, number_key

__all__ = [
    "as_double",
    "as_list",
    "before_first",
    "before_no_double",
    "by_value",
    "clamp_infinities",
    "distinct",
    "fits_double",
    "fits_int64",
    "from_numpy_text",
    "has_equal",
    "is_exact_double",
    "is_infinite",
    "is_json",
    "is_json_value",
    "is_mlflow_name",
    "is_nan",
    "is_negative_zero",
    "is_number",
    "is_plain_name",
    "is_text",
    "is_usual_number",
    "made_integer",
    "number_in_text",
    "overflows_double",
    "raises",
    "sql_value",
    "utf16_length",
]

_EXACT_INTEGERS = 2**53
_LARGEST_DOUBLE = sys.float_info.max
_SMALLEST_NORMAL_DOUBLE = sys.float_info.min


def as_list(value: Any) -> list[Any]:
    """The items that were read: None is no item, a list or tuple is its items, anything else is one item.

    SDK v1 reads a metric of one item back as that item, without its list.
    """
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def distinct(values: Iterable[Any], *, signed_zeros: bool = False) -> list[Any]:
    """The first of each group of equal items, in their order.

    Numbers are equal by exact mathematical value whatever their types, every NaN equals every other, and 0.0
    equals -0.0 unless `signed_zeros`. A boolean equals only booleans, a text only texts; lists and dicts go
    by their contents.

    Raises:
        TypeError: An item is none of these.
    """
    leaf = partial(leaf_key, signed_zeros=signed_zeros)
    first: dict[Hashable, Any] = {}
    for value in values:
        first.setdefault(key_of(value, leaf), value)
    return list(first.values())


def has_equal(values: Iterable[Any], *, signed_zeros: bool = False) -> bool:
    """Whether two items are equal, as `distinct` tells them apart."""
    items = list(values)
    return len(distinct(items, signed_zeros=signed_zeros)) < len(items)


def is_nan(value: object) -> bool:
    """Whether this is a number, and that number is NaN."""
    return is_number(value) and number_key(value) == "nan"


def is_infinite(value: object) -> bool:
    """Whether this is positive or negative infinity."""
    return is_number(value) and number_key(value) in (math.inf, -math.inf)


def is_negative_zero(value: object) -> bool:
    """Whether this is a floating-point zero with its sign bit set."""
    return is_number(value) and number_key(value) == "-0.0"


def is_usual_number(value: object) -> bool:
    """Whether this is a number of the sort that most people log.

    It is finite and exactly a double, an integer is within 2**53, and it is neither negative zero nor
    subnormal. A numpy number counts if SDK v1 turns its type into a plain number: integers of up to 32 bits,
    floats of up to 64. (It logs
    wider ones as the text that `repr` gives.)
    """
    if not is_number(value):
        return False
    widest = 4 if isinstance(value, np.integer) else 8
    if isinstance(value, np.integer | np.floating) and value.itemsize > widest:
        return False
    if isinstance(value, int | np.integer):
        return abs(int(value)) <= _EXACT_INTEGERS
    number = float(value)
    if number == 0:
        return not is_negative_zero(value)
    return math.isfinite(number) and abs(number) >= _SMALLEST_NORMAL_DOUBLE


def as_double(value: Any) -> float:
    """The double nearest to a number, or to 1 or 0 for a boolean; infinity where `fits_double` is false.

    Raises:
        TypeError: The value is neither a number nor a boolean.
    """
    if not is_number(value) and not isinstance(value, bool | np.bool_):
        raise TypeError(f"no double is near to a {type(value).__qualname__}")
    try:
        with np.errstate(over="ignore"):
            return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def fits_double(value: object) -> bool:
    """Whether this is a number within the range of a double; infinities and NaN are."""
    return is_number(value) and (is_infinite(value) or not math.isinf(as_double(value)))


def overflows_double(value: object) -> bool:
    """Whether this is an integer that no double is near to, so that Python refuses to make one of it."""
    return is_number(value) and isinstance(value, int) and not fits_double(value)


def is_exact_double(value: object) -> bool:
    """Whether this is a number that equals a double: 2**53 and NaN do, 2**53 + 1 and 10**400 do not."""
    return is_number(value) and number_key(as_double(value)) == number_key(value)


def utf16_length(text: str) -> int:
    """How many units of UTF-16 this text has, as .NET counts: characters beyond U+FFFF, such as emoji, have two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fits_int64(value: object) -> bool:
    """Whether this is an integer (not a float, not a boolean) that a signed 64-bit integer can hold."""
    return is_number(value) and isinstance(value, int | np.integer) and -(2**63) <= int(value) < 2**63


def clamp_infinities(value: Any) -> Any:
    """The largest double in place of infinity, its negative in place of negative infinity, else the value
    itself.

    MLflow's SQL stores write so, since not every database has infinities.
    """
    if is_infinite(value):
        return math.copysign(_LARGEST_DOUBLE, value)
    return value


def sql_value(value: Any) -> Any:
    """What a SQL store of MLflow has in its column of values: 0.0 for NaN, which it keeps in a column of its own."""
    return 0.0 if is_nan(value) else value


def by_value(values: Iterable[Any]) -> list[Any]:
    """The numbers as MLflow gives back those of one millisecond and step from SQLite: smallest first, NaN behind 0.

    A query of the history asks for the order by value, in which NaN is 0; the primary key has NaN behind it.
    """
    return sorted(values, key=lambda value: (sql_value(value), is_nan(value)))


def before_first(values: Iterable[Any], test: Callable[[Any], object]) -> list[Any]:
    """The items that stand before the first for which `test` holds: all of them if it holds for none."""
    return list(takewhile(lambda value: not test(value), values))


def before_no_double(values: Iterable[Any]) -> list[Any]:
    """The values before the first of which MLflow makes no double: None, a text that is no number, an integer that is
    too large.
    """

    def makes_none(value: Any) -> bool:
        is_no_number = is_text(value) and number_in_text(value) is None
        return value is None or is_no_number or overflows_double(value)

    return before_first(values, makes_none)


def number_in_text(text: str) -> float | None:
    """The number that a text reads as ("1", " 2e3 ", "nan"), or None; as Python's `float` has it."""
    try:
        return float(text)
    except ValueError:
        return None


def made_integer(value: Any) -> int | None:
    """The integer that Python's `int` makes of this: of 2.7 and " 2 " it is 2, of True 1; None where it makes none."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def is_text(value: object) -> bool:
    """Whether this is a string."""
    return isinstance(value, str)


def is_json(text: str) -> bool:
    """Whether Python reads this text as JSON; it takes `NaN` and `Infinity` too."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def is_json_value(value: object) -> bool:
    """Whether Python's `json` writes this value: not a number of numpy other than a 64-bit float, a set, bytes."""
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


def is_mlflow_name(name: str) -> bool:
    """Whether MLflow (not on Windows) takes this as the name of a metric, its length apart.

    Letters and digits of any script, `_-. :/`, and none that would be another name if it were a path. A line end
    after the last character passes too. Source: `mlflow.utils.validation`.
    """
    line = name.removesuffix("\n")
    if not all(character.isalnum() or character in "_-. :/" for character in line):
        return False
    return posixpath.normpath(name) == name and name != "." and not name.startswith(("..", "/"))


def is_plain_name(name: str) -> bool:
    """Whether this is a name as most people give, of at most 100 characters.

    ASCII letters, digits, `_.-` and blanks, beginning with a letter, a digit or `_`; with slashes, each part so.
    """
    part = r"[A-Za-z0-9_][A-Za-z0-9_.-]*( [A-Za-z0-9_.-]+)*"
    return len(name) <= 100 and re.fullmatch(rf"{part}(/{part})*", name) is not None


def from_numpy_text(value: Any) -> Any:
    """The numpy number that a text such as "np.int64(3)" is the `repr` of; any other value is given back as it is.

    SDK v1 logs a number of a numpy type that it does not know (64-bit integers, long doubles) as such a text.
    """
    match = re.fullmatch(r"(?:np|numpy)\.(\w+)\('?([^']*?)'?\)", value) if isinstance(value, str) else None
    kind = getattr(np, match[1], None) if match else None
    if match is None or not (isinstance(kind, type) and issubclass(kind, np.number)):
        return value
    return kind(int(match[2]) if issubclass(kind, np.integer) else match[2])


def raises(
    expected: type[BaseException] | tuple[type[BaseException], ...], call: Callable[[], object]
) -> bool:
    """Whether the call raises that exception: false if it returns. Any other exception is not caught."""
    try:
        call()
    except expected:
        return True
    return False
