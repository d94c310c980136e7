"""Tags of a run as `set_tags` takes them: values by their names."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.domains.naming import metric_names
from harness.domains.numeric import numbers, numpy_numbers, usual_numbers
from harness.domains.text import long_texts, texts

Tags = dict[str, Any]

_WORDS = ("stage", "owner", "candidate", "git branch", "model/kind", "v1.2")
_MOST = 50
"""The most that a run of the service has."""


def run_tags() -> SearchStrategy[Tags]:
    """Tags by name, none of them or several.

    By default they have plain names, and texts for values. Arms of their own:

    * no value at all, and values that are no texts, of which SDK v1 makes one: numbers, booleans, lists;
    * names as odd as those of metrics, empty, folders of each other, or kept by MLflow for itself;
    * names and values about as long as the service takes, in characters and in units of UTF-16;
    * empty values, such as look like JSON, and with line ends;
    * about as many tags as a run can have. MLflow sets five of its own on the service, and three more where the program
      is in a git repository, so 43 to 45, for which there is room or not, are left out.
    """
    names = st.sampled_from(_WORDS)
    plain = st.sampled_from(["training", "done", "2024-01-01", "Jane Doe"])
    a_number = st.tuples(usual_numbers() | numbers() | numpy_numbers()).map(lambda drawn: drawn[0])
    # Numbers are many strategies, of which `one_of` would make as many arms.
    converted = a_number | st.booleans() | st.sampled_from([[1, "a"], {}, (), b"x"])
    marks = st.sampled_from(["", '"', '""', '"a"', "None", "null", "a\r\nb", "a\n", "\n", " a "])
    return st.one_of(
        _tags(names, plain),
        _tags(names, plain | st.sampled_from([None, "None", ""])),
        _tags(names, texts()),
        _tags(names, converted),
        _tags(names, marks),
        _tags(
            names, long_texts(1000, 1001, 999) | st.sampled_from(['"' * 1000, '"' * 500, "\\" + "x" * 999])
        ),
        _tags(metric_names(empty=True), plain),
        _tags(long_texts(100, 101), plain),
        _tags(st.sampled_from(["", "a", "a/b", "a/b/c", "A", "mlflow.note", "mlflow.runName"]), plain),
        # Of many draws, so that no counterexample shrinks to these.
        st.builds(
            lambda before, size: before | {f"t{number}": "1" for number in range(size - len(before))},
            _tags(names, plain),
            st.sampled_from([*range(_MOST - 4, _MOST + 2), _MOST - 11]),
        ),
    )


def tags_in_turn() -> SearchStrategy[list[Tags]]:
    """Tags that are set by one call, by none or by two; of two the second mostly has some of the first again."""
    # A tuple of one, since `one_of` would take each of the arms of `run_tags()` for one of its own.
    one = st.tuples(run_tags())
    return st.one_of(
        one.map(list),
        one.map(list),
        one.map(lambda drawn: [*drawn, dict.fromkeys(drawn[0])]),
        st.builds(lambda drawn, value: [*drawn, dict.fromkeys(drawn[0], value)], one, texts()),
        st.tuples(run_tags(), run_tags()).map(list),
        st.just([]),
    )


def _tags(names: SearchStrategy[str], values: SearchStrategy[Any]) -> SearchStrategy[Tags]:
    return st.dictionaries(names, values, max_size=3)
