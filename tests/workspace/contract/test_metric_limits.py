"""How much a metric may hold, and long ones that come back in pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pools import ONE_POOL


def refused(run: Any, log: Callable[[], object], field: str) -> None:
    """What is logged never arrives, and whoever flushes is told why."""
    from azureml.exceptions import ServiceException

    with pytest.raises(ServiceException, match="is over the size limit") as raised:
        log()
        run.flush()
    assert field in str(raised.value)


def test_a_list_of_250_values_is_taken(run: Any) -> None:
    run.log_list("m", [0.5] * 250)
    run.flush()
    assert run.get_metrics() == {"m": [0.5] * 250}


@ONE_POOL
def test_a_list_of_251_values_is_refused(run: Any) -> None:
    refused(
        run, lambda: run.log_list("m", [1] * 251), "FieldName=MetricV2Dto.Value/Count, Limit=250, Size=251"
    )
    assert run.get_metrics() == {}


@ONE_POOL
def test_a_table_of_251_rows_is_refused(run: Any) -> None:
    refused(run, lambda: run.log_table("t", {"x": list(range(251))}), "Limit=250, Size=251")
    assert run.get_metrics() == {}


@ONE_POOL
def test_a_row_of_16_columns_is_refused(run: Any) -> None:
    run.log_row("fits", **{f"c{number}": number for number in range(15)})
    run.flush()
    refused(
        run, lambda: run.log_row("r", **{f"c{number}": number for number in range(16)}), "Limit=15, Size=16"
    )
    assert list(run.get_metrics()) == ["fits"]


@ONE_POOL
def test_a_name_of_256_characters_is_refused(run: Any) -> None:
    run.log("x" * 255, 1)
    run.flush()
    refused(run, lambda: run.log("x" * 256, 1), "Limit=255, Size=256")
    assert run.get_metrics() == {"x" * 255: 1}


@ONE_POOL
def test_a_text_of_256_characters_is_refused(run: Any) -> None:
    run.log("m", "é" * 255)
    run.flush()
    refused(run, lambda: run.log("m", "é" * 256), "Limit=255, Size=256")
    assert run.get_metrics() == {"m": "é" * 255}


@ONE_POOL
def test_characters_beyond_the_first_plane_count_twice(run: Any) -> None:
    run.log("m", "a" + "\U0001f600" * 127)
    run.flush()
    refused(run, lambda: run.log("m", "\U0001f600" * 128), "Limit=255, Size=256")
    assert run.get_metrics() == {"m": "a" + "\U0001f600" * 127}


@ONE_POOL
def test_what_is_refused_takes_the_other_metrics_of_its_message_along(run: Any) -> None:
    def log() -> None:
        run.log("a", 1)
        run.log("b", "x" * 256)

    refused(run, log, "Limit=255, Size=256")
    run.log("c", 2)
    run.flush()
    assert run.get_metrics()["c"] == 2


def test_the_51st_name_is_refused(run: Any, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(51):
        run.log(f"m{number}", number)
    run.log("m7", 8)
    run.flush()
    metrics = run.get_metrics()
    assert len(metrics) == 50
    assert metrics["m7"] == [7, 8]
    assert caplog.text.count("Limit=50, Size=51") == 1


def test_fifty_names_are_listed(run: Any) -> None:
    for number in range(50):
        run.log(f"m{number}", number)
    run.flush()
    assert run.get_metrics() == {f"m{number}": number for number in range(50)}


def log_in_parts(run: Any, values: int) -> None:
    for first in range(0, values, 250):
        run.log_list("m", list(range(first, min(first + 250, values))))
    run.flush()


def test_a_metric_of_a_thousand_values_comes_back_in_order(run: Any) -> None:
    log_in_parts(run, 1000)
    assert run.get_metrics()["m"] == list(range(1000))


@pytest.mark.parametrize("values", [1001, 2500])
def test_a_metric_of_two_pages_comes_back_in_order(run: Any, values: int) -> None:
    log_in_parts(run, values)
    assert run.get_metrics()["m"] == list(range(values))
