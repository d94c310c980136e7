"""What is logged through SDK v1 is what is read back through it, up to what the services change."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest


def logged(run: Any, log: Callable[[Any], object]) -> dict[str, Any]:
    log(run)
    run.flush()
    return dict(run.get_metrics())


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        2**53 + 1,
        0.1,
        -0.0,
        5e-324,
        1.7976931348623157e308,
        True,
        False,
        "",
        "text",
    ],
    ids=repr,
)
def test_a_scalar_comes_back_as_it_was_logged(run: Any, value: Any) -> None:
    back = logged(run, lambda run: run.log("m", value))["m"]
    assert type(back) is type(value)
    assert repr(back) == repr(value)


@pytest.mark.parametrize("value", [2**63, 2**70, -(2**400)], ids=repr)
def test_a_whole_number_of_any_size_comes_back(run: Any, value: int) -> None:
    assert logged(run, lambda run: run.log("m", value)) == {"m": value}


@pytest.mark.parametrize("value", ["nul \x00 within", "\N{SNOWMAN} \U0001f600", "line\nbreak"], ids=ascii)
def test_a_text_of_any_characters_comes_back(run: Any, value: str) -> None:
    assert logged(run, lambda run: run.log(value, value)) == {value: value}


def test_half_of_a_surrogate_pair_comes_back(run: Any) -> None:
    assert logged(run, lambda run: run.log("\ud800 alone", "\udfff")) == {"\ud800 alone": "\udfff"}


def test_infinities_and_nan_come_back(run: Any) -> None:
    values = [math.inf, -math.inf, math.nan, 1.0]
    assert repr(logged(run, lambda run: run.log_list("m", values))["m"]) == repr(values)


def test_nothing_can_be_logged_but_not_read_back(run: Any) -> None:
    assert logged(run, lambda run: run.log("m", None)) == {}


def test_a_name_has_one_value_or_a_list_of_them(run: Any) -> None:
    def log(run: Any) -> None:
        run.log("once", 1)
        for value in (3, 1, 2):
            run.log("often", value)
        run.log_list("list", [7, 7, 7])
        run.log_list("list", [7])
        run.log_list("short", [5])

    assert logged(run, log) == {"once": 1, "often": [3, 1, 2], "list": [7, 7, 7, 7], "short": 5}


def test_a_list_may_follow_a_number_of_the_same_name(run: Any) -> None:
    def log(run: Any) -> None:
        run.log("m", 1)
        run.log_list("m", [2, 3])

    assert logged(run, log) == {"m": [1, 2, 3]}


def test_names_are_apart_by_every_letter(run: Any) -> None:
    names = ["a", "A", "a ", "a/b", "a%2Fb", "..", ".", "é", "e\u0301", "x" * 255]
    values = logged(run, lambda run: [run.log(name, number) for number, name in enumerate(names)])
    assert values == {name: number for number, name in enumerate(names)}


def test_a_column_of_whole_and_other_numbers_is_one_of_floating_point_numbers(run: Any) -> None:
    def log(run: Any) -> None:
        run.log("m", 1)
        run.log("m", 2.5)
        run.log("m", 2**53 + 1)
        run.log("m", 10**400)

    assert repr(logged(run, log)["m"]) == repr([1.0, 2.5, 2.0**53, math.inf])


def test_a_value_of_another_type_is_refused_with_a_warning(
    run: Any, caplog: pytest.LogCaptureFixture
) -> None:
    run.log("m", 1)
    with caplog.at_level(logging.WARNING, logger="azureml"):
        run.log("m", "text")
        run.log("m", True)
        run.log("other", 2)
        run.flush()
    assert run.get_metrics() == {"m": 1, "other": 2}
    refusals = [
        record.message for record in caplog.records if "Failed to post metric with name m" in record.message
    ]
    assert len(refusals) == 2


@pytest.mark.parametrize(
    "values", [[1, "a"], [1, True], [1.5, True], ["a", 1], [True, 1], [None, 1]], ids=repr
)
def test_a_list_whose_values_are_not_of_its_first_one_s_type_is_refused(run: Any, values: list[Any]) -> None:
    assert logged(run, lambda run: run.log_list("m", values)) == {}


def test_none_within_a_list(run: Any) -> None:
    def log(run: Any) -> None:
        run.log_list("whole", [1, None])
        run.log_list("floating", [1.5, None])
        run.log_list("text", ["a", None])

    assert repr(logged(run, log)) == repr(
        {"whole": [1, None], "floating": [1.5, math.nan], "text": ["a", None]}
    )


def test_a_column_of_none_takes_the_type_of_what_follows(run: Any) -> None:
    def log(run: Any) -> None:
        run.log("m", None)
        run.log("m", 1)
        run.log("m", None)

    assert logged(run, log) == {"m": [None, 1, None]}


def test_rows_are_lists_by_column_and_a_single_row_is_not(run: Any) -> None:
    def log(run: Any) -> None:
        run.log_row("one", x=1, y="a")
        run.log_row("two", x=1, y=0.5)
        run.log_row("two", x=2, y=1)

    assert logged(run, log) == {"one": {"x": 1, "y": "a"}, "two": {"x": [1, 2], "y": [0.5, 1.0]}}


def test_a_column_of_a_table_widens_too(run: Any) -> None:
    back = logged(run, lambda run: run.log_table("t", {"x": [1, 2.5, 3], "y": [1, math.nan, None]}))
    assert repr(back) == repr({"t": {"x": [1.0, 2.5, 3.0], "y": [1.0, math.nan, math.nan]}})


def test_a_table_is_rows(run: Any) -> None:
    def log(run: Any) -> None:
        run.log_table("t", {"x": [1, 2], "y": ["a", "b"]})
        run.log_table("one", {"x": [1], "y": 2})

    assert logged(run, log) == {"t": {"x": [1, 2], "y": ["a", "b"]}, "one": {"x": 1, "y": 2}}


def test_a_ragged_row_is_refused_and_leaves_the_rest_readable(
    run: Any, caplog: pytest.LogCaptureFixture
) -> None:
    run.log_row("r", x=1, y=2)
    run.log_row("r", x=3)
    run.log_row("r", x=4, y=5, z=6)
    run.flush()
    assert run.get_metrics() == {"r": {"x": 1, "y": 2}}
    assert caplog.text.count("Failed to post metric with name r") == 2


def test_steps_neither_order_nor_replace(run: Any) -> None:
    def log(run: Any) -> None:
        for step, value in [(5, "a"), (1, "b"), (1, "c"), (-1, "d"), (2**63 - 1, "e")]:
            run.log("m", value, step=step)

    assert logged(run, log) == {"m": ["a", "b", "c", "d", "e"]}


def test_numpy_numbers_are_numbers(run: Any) -> None:
    def log(run: Any) -> None:
        run.log_list("ints", [np.int32(1), np.int8(2)])
        run.log_list("floats", [np.float32(0.5), np.float64(0.25)])

    assert logged(run, log) == {"ints": [1, 2], "floats": [0.5, 0.25]}


def test_one_metric_is_read_by_its_name(run: Any) -> None:
    run.log("a", 1)
    run.log("b", 2)
    run.flush()
    assert run.get_metrics("b") == {"b": 2}
    assert run.get_metrics("c") == {}


def test_what_is_not_flushed_arrives_by_itself(run: Any) -> None:
    import time

    run.log("m", 1)
    end = time.monotonic() + 20
    while not run.get_metrics() and time.monotonic() < end:
        time.sleep(0.05)
    assert run.get_metrics() == {"m": 1}


def test_a_run_that_has_ended_still_takes_metrics(run: Any) -> None:
    run.complete()
    assert logged(run, lambda run: run.log("m", 1)) == {"m": 1}
