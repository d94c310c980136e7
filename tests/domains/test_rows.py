from __future__ import annotations

import numpy as np

from harness.domains import rows_in_turn
from harness.expressions import has_equal, is_nan, is_text, is_usual_number
from harness.tabular import columns_of


def cells(rows):
    return [cell for row in rows for cell in row.values()]


def names(rows):
    return {name for row in rows for name in row}


def sorts(rows):
    """The sorts of cells of each column."""
    return [
        {"number" if is_usual_number(cell) else type(cell).__name__ for cell in column}
        for column in columns_of(rows).values()
    ]


def is_plain(cell):
    return cell is None or isinstance(cell, (bool, int, float, str, np.generic))


ROWS = {
    "usual throughout": lambda rows: all(rows) and all(map(is_usual_number, cells(rows))),
    "one row": lambda rows: len(rows) == 1,
    "several rows": lambda rows: len(rows) > 1,
    "several columns": lambda rows: len(names(rows)) > 1,
    "a column of texts": lambda rows: {"str"} in sorts(rows),
    "numbers beside texts": lambda rows: {"str"} in sorts(rows) and {"number"} in sorts(rows),
    "a column of booleans": lambda rows: {"bool"} in sorts(rows),
    "None among numbers": lambda rows: {"number", "NoneType"} in sorts(rows),
    "a column of several sorts": lambda rows: any(len(each) > 1 for each in sorts(rows)),
    "equal rows": lambda rows: all(map(is_plain, cells(rows))) and has_equal(rows),
    "a column that falls": lambda rows: any(
        len(column) > 1 and all(map(is_usual_number, column)) and column[0] > column[1]
        for column in columns_of(rows).values()
    ),
    "two NaN in a column": lambda rows: any(
        sum(map(is_nan, column)) > 1 for column in columns_of(rows).values()
    ),
    "numpy": lambda rows: any(isinstance(cell, np.generic) for cell in cells(rows)),
    "no columns": lambda rows: {} in rows,
    "other columns": lambda rows: any(row.keys() != rows[0].keys() for row in rows),
    "a column that is missing": lambda rows: any(row.keys() < rows[0].keys() for row in rows),
    "columns in another order": lambda rows: any(
        row.keys() == rows[0].keys() and [*row] != [*rows[0]] for row in rows
    ),
    "over 15 columns": lambda rows: len(names(rows)) > 15,
    "a list": lambda rows: any(isinstance(cell, list) for cell in cells(rows)),
    "no scalar": lambda rows: any(isinstance(cell, (tuple, dict, bytes)) for cell in cells(rows)),
    "a column called description": lambda rows: "description" in names(rows),
    "a column called name": lambda rows: "name" in names(rows),
    "a column called self": lambda rows: "self" in names(rows),
    "an empty name": lambda rows: "" in names(rows),
    "a dot in a name": lambda rows: any("." in name for name in names(rows)),
    "a folder of another": lambda rows: any(
        one.startswith(f"{other}/") for one in names(rows) for other in names(rows)
    ),
    "over 250 characters": lambda rows: any(len(name) > 250 for name in names(rows)),
    "no identifier": lambda rows: any(not name.isidentifier() for name in names(rows)),
}


def test_rows_in_turn_bring_in_every_edge(at_least):
    at_least(rows_in_turn(), ROWS, 1, count=1500)


def test_columns_have_texts_for_names(draw):
    assert all(map(is_text, (name for rows in draw(rows_in_turn()) for name in names(rows))))


def test_what_rows_shrink_to(simplest):
    """To the simplest of one arm or another, which is nowhere long."""
    assert len(repr(simplest(rows_in_turn(), lambda rows: len(names(rows)) > 1))) <= 30
    assert len(repr(simplest(rows_in_turn(), lambda rows: len(rows) > 1))) <= 40
