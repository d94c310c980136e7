from __future__ import annotations

import numpy as np

from harness.domains import tables, tables_in_turn
from harness.expressions import has_equal, is_nan, is_text, is_usual_number
from harness.tabular import columns_of, rows_of


def cells(table):
    return [cell for row in rows_of([table]) for cell in row.values()]


def lengths(table):
    return {len(column) if isinstance(column, list) else 1 for column in table.values()}


def sorts(table):
    """The sorts of cells of each column."""
    return [
        {"number" if is_usual_number(cell) else type(cell).__name__ for cell in column}
        for column in columns_of(rows_of([table])).values()
    ]


TABLES = {
    "usual throughout": lambda table: bool(cells(table)) and all(map(is_usual_number, cells(table))),
    "several columns": lambda table: len(table) > 1,
    "several rows": lambda table: len(rows_of([table])) > 1,
    "one row of lists": lambda table: (
        lengths(table) == {1} and all(isinstance(c, list) for c in table.values())
    ),
    "single cells": lambda table: any(not isinstance(column, list) for column in table.values()),
    "a column of texts": lambda table: {"str"} in sorts(table),
    "numbers beside texts": lambda table: {"str"} in sorts(table) and {"number"} in sorts(table),
    "a column of booleans": lambda table: {"bool"} in sorts(table),
    "None among numbers": lambda table: {"number", "NoneType"} in sorts(table),
    "a column of several sorts": lambda table: any(len(each) > 1 for each in sorts(table)),
    "equal rows": lambda table: has_equal(rows_of([table])),
    "a column that falls": lambda table: any(
        len(column) > 1 and all(map(is_usual_number, column)) and column[0] > column[1]
        for column in columns_of(rows_of([table])).values()
    ),
    "two NaN in a column": lambda table: any(
        sum(map(is_nan, column)) > 1 for column in columns_of(rows_of([table])).values()
    ),
    "numpy": lambda table: any(isinstance(cell, np.generic) for cell in cells(table)),
    "no columns": lambda table: not table,
    "no rows": lambda table: [] in table.values(),
    "unequal columns": lambda table: len(lengths(table)) > 1,
    "over 15 columns": lambda table: len(table) > 15,
    "over 250 rows": lambda table: len(rows_of([table])) > 250,
    "a column that is no text": lambda table: not all(map(is_text, table)),
    "None for a name": lambda table: None in table,
    "an empty name": lambda table: "" in table,
    "a dot in a name": lambda table: any("." in str(name) for name in table),
    "a folder of another": lambda table: any(
        str(one).startswith(f"{other}/") for one in table for other in table
    ),
    "over 250 characters": lambda table: any(len(str(name)) > 250 for name in table),
    "other characters": lambda table: any(not str(name).isascii() for name in table),
}


def test_tables_bring_in_every_edge(at_least):
    at_least(tables(), TABLES, 1, count=1500)


def test_tables_in_turn_are_of_the_same_columns_or_of_others(at_least):
    at_least(
        tables_in_turn(),
        {
            "one": lambda values: len(values) == 1,
            "two of the same columns": lambda values: len(values) == 2 and set(values[0]) == set(values[1]),
            "the same twice": lambda values: len(values) == 2 and repr(values[0]) == repr(values[1]),
            "two of other columns": lambda values: len(values) == 2 and set(values[0]) != set(values[1]),
        },
        20,
        count=500,
    )


def test_what_tables_shrink_to(simplest):
    assert simplest(tables(), lambda table: len(rows_of([table])) == 1) == {"epoch": [0]}
    # To the simplest of one arm or another.
    assert len(repr(simplest(tables(), lambda table: len(table) > 1 and lengths(table) == {1}))) <= 30
    two = simplest(tables_in_turn(), lambda values: len(values) > 1 and len(rows_of(values)) == 2)
    assert [list(table) for table in two] == [["epoch"], ["epoch"]]
