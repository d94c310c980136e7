"""Which names MySQL and MariaDB take for one: some that are or are not, and each character as a server has it."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import create_engine

from harness.collation import clash_in_mysql, compared_in_mysql, is_same_in_mysql
from harness.stores import STORES

SAME = [
    ("loss", "Loss"),
    ("loss", "LOSS"),
    ("loss", "l\u00f3ss"),
    ("loss", "loss  "),
    ("stra\u00dfe", "strase"),
    ("\u0451", "\u0415"),
    ("\u1ee9", "U"),
    # None of the characters beyond the first 65,536 is told from another.
    ("\U0001f600", "\U0001f680"),
]
APART = [
    ("loss", " loss"),
    ("loss", "loss\n"),
    ("loss", "loss\u00a0"),
    ("stra\u00dfe", "strasse"),
    ("\u0439", "\u0438"),
    ("\u00e6", "ae"),
    ("\u0142", "l"),
    ("o\u0301", "\u00f3"),
    ("", "\0"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_that_are_one(one: str, other: str) -> None:
    assert is_same_in_mysql(one, other)
    assert is_same_in_mysql(other, one)


@pytest.mark.parametrize(("one", "other"), APART)
def test_names_that_are_two(one: str, other: str) -> None:
    assert not is_same_in_mysql(one, other)


def test_the_first_batch_with_a_name_that_is_another() -> None:
    assert clash_in_mysql([]) == 0
    assert clash_in_mysql([["a", "b"], ["b"], ["a"]]) == 3
    assert clash_in_mysql([["a", "A"]]) == 0
    assert clash_in_mysql([["a"], ["b", "c"], ["c", "B", "b"], ["A"]]) == 2


def test_every_character_is_compared_as_a_server_compares_it() -> None:
    variable = STORES["mysql"].variable or ""
    if variable not in os.environ:
        pytest.skip(f"not verified: {variable} is not set, so there is no mysql to ask")
    points = [point for point in range(0x11000) if not 0xD800 <= point < 0xE000]
    engine = create_engine(os.environ[variable])
    wrong = []
    with engine.connect() as connection:
        for begin in range(0, len(points), 1000):
            part = points[begin : begin + 1000]
            asked = ",".join(
                f"HEX(WEIGHT_STRING(CONVERT(CHAR({point} USING utf32) USING utf8mb4) COLLATE utf8mb4_general_ci))"
                for point in part
            )
            (weights,) = connection.exec_driver_sql(f"SELECT {asked}").all()
            for point, weight in zip(part, weights, strict=True):
                # A weight is the character that stands for all that are the same; a blank at the end does not count.
                if compared_in_mysql(f"{chr(point)}-") != f"{chr(int(weight, 16))}-":
                    wrong.append((point, weight))
    engine.dispose()
    assert not wrong
