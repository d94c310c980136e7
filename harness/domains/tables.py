"""Tables as `log_table` takes them: columns by their names, each a list of cells, or one cell."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.domains.columns import (
    EASILY_MIXED_UP,
    MOST_COLUMNS,
    MOST_ROWS,
    few_cells,
    numpy_cells,
    odd_columns,
    plain_columns,
    word_cells,
)
from harness.domains.lists import metric_lists
from harness.domains.numeric import numbers, usual_numbers
from harness.domains.text import scalars, texts

Table = dict[Any, Any]

_NO_TEXTS: SearchStrategy[list[Any]] = st.sampled_from(
    [[0, 1], [-1, "a"], [0.5], [None], [None, "a"], [True], [False, "a"], [1, "1"]]
)
"""Names of columns of which SDK v1 makes texts."""


def tables() -> SearchStrategy[Table]:
    """Columns by name; all are lists of one length, or single cells, which SDK v1 takes for lists of one.

    By default columns are of one sort each: usual numbers, any numbers, texts, booleans. Arms of their own:

    * one row, as lists and as single cells;
    * columns of several sorts, of which the service keeps none, and None among others;
    * numbers of NumPy; equal rows, and rows that rise, fall or neither, which a store that sorts does not keep;
    * odd names of columns: as of metrics, with dots, folders of each other, empty, and such as are no texts;
    * what SDK v1 refuses: no columns, no rows, too many of either, columns of unequal lengths, NumPy's wide
      integers.
    """
    plain, few, words = plain_columns(), few_cells(), word_cells()
    usual, any_cell = usual_numbers(), scalars()
    return st.one_of(
        _columns(plain, usual),
        _columns(plain, usual, words),
        _columns(plain, numbers(), texts(), st.booleans()),
        _columns(plain, st.sampled_from([0.5, 3, None]), st.sampled_from(["a", "1", None])),
        _columns(plain, few),
        _table(plain, usual.map(lambda cell: [cell])),
        _table(plain, usual | any_cell),
        _columns(plain, any_cell),
        _columns(plain, numpy_cells()),
        _columns(odd_columns(), usual),
        _columns(EASILY_MIXED_UP, usual),
        _columns(_NO_TEXTS, usual),
        _table(plain, metric_lists(usual, max_size=MOST_ROWS)),
        st.just({}),
        # Of many draws, so that no counterexample shrinks to these.
        st.builds(
            lambda names, cells: {name: [*cells] for name in names}, plain, st.sampled_from([[0] * 251, []])
        ),
        st.lists(usual, min_size=14, max_size=17).map(
            lambda cells: {f"c{index}": cell for index, cell in enumerate(cells)}
        ),
    )


def tables_in_turn() -> SearchStrategy[list[Table]]:
    """One table, or two that are logged under the same name: mostly of the same columns, else of others."""
    # A tuple of one, since `one_of` would take each of the arms of `tables()` for one of its own.
    one = st.tuples(tables())
    return st.one_of(
        one.map(list),
        one.map(list),
        one.map(lambda drawn: [*drawn, *map(dict, drawn)]),
        one.map(lambda drawn: _halves(*drawn)),
        st.tuples(tables(), tables()).map(list),
    )


def _table(names: SearchStrategy[list[Any]], column: SearchStrategy[Any]) -> SearchStrategy[Table]:
    """A column of its own for each of the names."""
    # No `flatmap`, which would make new strategies, and check them, for each table.
    return st.builds(
        lambda drawn, columns: dict(zip(drawn, columns, strict=False)),
        names,
        st.lists(column, min_size=MOST_COLUMNS, max_size=MOST_COLUMNS),
    )


def _columns(names: SearchStrategy[list[Any]], *cells: SearchStrategy[Any]) -> SearchStrategy[Table]:
    """Columns of one length, the cells of each from one of the strategies."""
    column = st.one_of([st.lists(each, min_size=MOST_ROWS, max_size=MOST_ROWS) for each in cells])
    return st.builds(
        lambda size, table: {name: drawn[:size] for name, drawn in table.items()},
        st.integers(1, MOST_ROWS),
        _table(names, column),
    )


def _halves(table: Table) -> list[Table]:
    """The rows of a table as two tables, where it has several."""
    if not all(isinstance(column, list) for column in table.values()):
        return [table]
    middle = min(map(len, table.values()), default=0) // 2
    if not middle:
        return [table]
    return [
        {name: column[:middle] for name, column in table.items()},
        {name: column[middle:] for name, column in table.items()},
    ]
