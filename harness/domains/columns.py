"""What rows and tables have in common: the names of columns, and the cells of a column."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.domains.naming import metric_names
from harness.domains.numeric import NUMPY_NUMBERS_MADE_PLAIN, numpy_numbers, usual_numbers

Names = SearchStrategy[list[str]]

MOST_ROWS = 4
MOST_COLUMNS = 3

_WORDS = ("epoch", "loss", "col1", "val_loss", "class", "f1")

EASILY_MIXED_UP: Names = st.sampled_from(
    [["a", "a/b"], ["a/b", "a"], ["a/b", "c", "a/b/c"], ["a", "a.b"], ["."], ["A", "a"], [""], ["", "a"]]
)
"""Names of columns of which one is a folder of the other, or which are hardly there beside that of the metric."""


def plain_columns() -> Names:
    """Names as most columns have them."""
    return st.lists(st.sampled_from(_WORDS), min_size=1, max_size=MOST_COLUMNS, unique=True)


def odd_columns() -> Names:
    """Names as metrics have them, the empty one too, alone or beside others."""
    names = metric_names(empty=True)
    return st.tuples(names).map(list) | st.lists(
        names | st.sampled_from(_WORDS), min_size=2, max_size=MOST_COLUMNS, unique=True
    )


def word_cells() -> SearchStrategy[str]:
    """Texts of which many are equal."""
    return st.sampled_from(["cat", "dog", "warm-up", "a b"])


def few_cells() -> SearchStrategy[float]:
    """Numbers of which many are equal, and such as a store does not keep or sorts elsewhere."""
    return st.sampled_from([0, 1, 2.5, math.nan, math.nan, math.inf, 1.7976931348623157e308, -0.0])


def numpy_cells() -> SearchStrategy[Any]:
    """Numbers and booleans of NumPy."""
    return st.one_of(
        numpy_numbers(*NUMPY_NUMBERS_MADE_PLAIN),
        numpy_numbers(),
        st.booleans().map(np.bool_),
        usual_numbers().map(float).map(np.float64),
    )
