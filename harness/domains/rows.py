"""Rows as `log_row` takes them, one after the other: cells by the names of their columns."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.domains.columns import (
    EASILY_MIXED_UP,
    MOST_COLUMNS,
    MOST_ROWS,
    Names,
    few_cells,
    numpy_cells,
    odd_columns,
    plain_columns,
    word_cells,
)
from harness.domains.numeric import numbers, usual_numbers
from harness.domains.text import scalars, texts

Row = dict[str, Any]

_LONG: Names = st.sampled_from([["x" * 251], ["loss", "x" * 255], ["\u00e9" * 126], ["x" * 256, "loss"]])
"""Names that are too long for MLflow, for the service, or for the file of a metric."""
_PARAMETERS: Names = st.sampled_from(
    [["description"], ["loss", "description"], ["description", "f1"], ["name"], ["loss", "name"], ["self"]]
)
"""Names that `log_row` has for something else."""
_NO_SCALARS: tuple[Any, ...] = ([1, 2], [], (1, 2), {"a": 1}, b"text")


def rows_in_turn() -> SearchStrategy[list[Row]]:
    """One row or several, which are logged under one name, one after the other.

    By default all have the same columns, each of one sort: usual numbers, any numbers, texts, booleans. Arms of
    their own:

    * columns of several sorts, of which the service does not keep every row, and None among others;
    * numbers of NumPy; equal rows, and rows that rise, fall or neither, which a store that sorts does not keep;
    * rows that lack a column, have one of their own, have the same in another order, or have none at all;
    * odd names of columns: as of metrics, with dots, folders of each other, empty, and those of parameters of
      `log_row`;
    * what SDK v1 refuses: too many columns, cells that are no scalars, NumPy's wide integers.
    """
    plain, few, words = plain_columns(), few_cells(), word_cells()
    usual, any_cell = usual_numbers(), scalars()
    gaps = st.sets(st.integers(0, MOST_COLUMNS - 1))
    return st.one_of(
        _rows(plain, usual),
        _rows(plain, usual, words),
        _rows(plain, numbers(), texts(), st.booleans()),
        _rows(plain, st.sampled_from([0.5, 3, None]), st.sampled_from(["a", "1", None])),
        _rows(plain, few),
        st.builds(_with_gaps, _rows(plain, usual), st.lists(gaps, min_size=MOST_ROWS, max_size=MOST_ROWS)),
        _rows(plain, usual).map(_turned),
        _rows(plain, any_cell),
        _rows(plain, numpy_cells()),
        _rows(odd_columns(), usual),
        _rows(EASILY_MIXED_UP, usual),
        _rows(_LONG, usual),
        _rows(_PARAMETERS, usual | words),
        # Of many draws, so that no counterexample shrinks to these.
        st.builds(_with_another, _rows(plain, usual), st.sampled_from(_NO_SCALARS)),
        st.lists(usual, min_size=14, max_size=17).map(
            lambda cells: [{f"c{index}": cell for index, cell in enumerate(cells)}]
        ),
    )


def _rows(names: Names, *cells: SearchStrategy[Any]) -> SearchStrategy[list[Row]]:
    """Rows of the same columns, the cells of each column from one of the strategies."""
    column = st.one_of([st.lists(each, min_size=MOST_ROWS, max_size=MOST_ROWS) for each in cells])
    # No `flatmap`, which would make new strategies, and check them, for each row.
    return st.builds(
        lambda size, drawn, columns: [
            {name: column[index] for name, column in zip(drawn, columns, strict=False)}
            for index in range(size)
        ],
        st.integers(1, MOST_ROWS),
        names,
        st.lists(column, min_size=MOST_COLUMNS, max_size=MOST_COLUMNS),
    )


def _turned(rows: list[Row]) -> list[Row]:
    """Each second row has its columns in the opposite order."""
    return [
        dict(reversed(row.items())) if number % 2 else dict(row.items()) for number, row in enumerate(rows)
    ]


def _with_gaps(rows: list[Row], gaps: list[set[int]]) -> list[Row]:
    """Each row lacks the columns at some places."""
    return [
        {name: cell for place, (name, cell) in enumerate(row.items()) if place not in gap}
        for row, gap in zip(rows, gaps, strict=False)
    ]


def _with_another(rows: list[Row], cell: Any) -> list[Row]:
    return [*rows[:-1], {**rows[-1], "other": cell}]
