from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.utils import time as mlflow_time

from harness.clock import CLOCKS, START_MS, ClockName, LogicalClock, installed
from harness.paths import mlflow_scope
from harness.testbed import TestBed, isolated

START_S = START_MS / 1000


def passed_ms(clock: LogicalClock) -> float:
    return clock.time_ns() / 1_000_000 - START_MS


@pytest.fixture
def given(bed: TestBed) -> Iterator[TestBed]:
    """A test bed with an active run, under the ticking clock."""
    with isolated(bed):
        mlflow_scope(bed, bed.stores["sqlite"], "ticking")
        yield bed


def test_a_clock_begins_where_every_example_does() -> None:
    clock = LogicalClock()
    assert (clock.time_ns(), int(clock.time() * 1000)) == (START_MS * 1_000_000, START_MS)


def test_reading_does_not_move_it() -> None:
    clock = LogicalClock()
    assert [clock.time() for _ in range(3)] == [clock.time()] * 3


def test_a_tick_is_a_millisecond_and_none_when_stopped() -> None:
    ticked = {}
    for name in CLOCKS:
        clock = LogicalClock(name)
        clock.tick()
        clock.tick()
        ticked[name] = passed_ms(clock)
    assert ticked == {"ticking": 2, "stopped": 0}


@pytest.mark.parametrize("name", CLOCKS)
def test_sleeping_moves_either_clock_and_takes_no_time(name: ClockName) -> None:
    clock = LogicalClock(name)
    clock.sleep(3600)
    assert passed_ms(clock) == 3_600_000


def test_every_millisecond_comes_out_of_seconds_as_it_is() -> None:
    clock = LogicalClock()
    for passed in range(2000):
        assert int(clock.time() * 1000) == START_MS + passed
        clock.tick()


def test_restarting_begins_anew_under_the_other_clock() -> None:
    clock = LogicalClock()
    clock.sleep(5)
    clock.restart("stopped")
    clock.tick()
    assert passed_ms(clock) == 0


def test_what_it_does_not_define_is_the_standard_librarys() -> None:
    clock = LogicalClock()
    assert clock.perf_counter is time.perf_counter
    assert clock.gmtime(0).tm_year == 1970


def test_one_call_of_the_client_is_one_tick(given: TestBed) -> None:
    client = given.stores["sqlite"].client
    (run,) = client.search_runs([given.stores["sqlite"].experiment_id], max_results=1)
    given.clock.restart("ticking")
    client.get_run(run.info.run_id)
    assert passed_ms(given.clock) == 1


@pytest.mark.usefixtures("given")
def test_one_fluent_call_is_one_tick(given: TestBed) -> None:
    before = passed_ms(given.clock)
    mlflow.log_metric("loss", 1)
    assert passed_ms(given.clock) - before == 1
    mlflow.log_metrics({"loss": 2, "accuracy": 3})
    assert passed_ms(given.clock) - before == 2


def test_a_call_within_a_call_is_none_of_its_own(given: TestBed) -> None:
    class Nested(MlflowClient):
        """Its own method is not the real client's, so it does not tick; each that it calls does, once."""

        def log_twice(self, run_id: str) -> None:
            self.log_metric(run_id, "loss", 1)
            self.log_metric(run_id, "loss", 2)

    store = given.stores["sqlite"]
    active = mlflow.active_run()
    assert active is not None
    run_id = active.info.run_id
    client = Nested(tracking_uri=store.tracking_uri)
    given.clock.restart("ticking")
    client.log_twice(run_id)
    assert passed_ms(given.clock) == 2
    # `log_dict` calls `log_text` or the like within itself.
    client.log_dict(run_id, {"a": 1}, "kept.json")
    assert passed_ms(given.clock) == 3


def test_a_call_that_raises_is_a_tick_too(given: TestBed) -> None:
    before = passed_ms(given.clock)
    with pytest.raises(mlflow.exceptions.MlflowException):
        mlflow.log_metric("not?allowed", 1)
    mlflow.log_metric("loss", 1)
    assert passed_ms(given.clock) - before == 2


@pytest.mark.parametrize(("name", "step_ms"), [("ticking", 1), ("stopped", 0)])
def test_the_store_has_the_clocks_timestamps(bed: TestBed, name: ClockName, step_ms: int) -> None:
    with isolated(bed):
        scope = mlflow_scope(bed, bed.stores["sqlite"], name)
        for value in (1, 2, 3):
            mlflow.log_metric("loss", value)
        history = bed.stores["sqlite"].client.get_metric_history(str(scope["run_id"]), "loss")
    assert [point.timestamp for point in history] == [START_MS + place * step_ms for place in range(3)]


def test_everything_is_put_back() -> None:
    def state() -> tuple[object, ...]:
        return (vars(mlflow_time)["time"], *vars(MlflowClient).values())

    before = state()
    with installed(LogicalClock()):
        assert state() != before
    assert state() == before
    with suppress(ZeroDivisionError), installed(LogicalClock()):
        raise ZeroDivisionError
    assert state() == before


def test_a_wrapped_method_is_still_known_by_its_name(bed: TestBed) -> None:
    method = type(bed.stores["sqlite"].client).log_metric
    assert (method.__name__, bool(method.__doc__)) == ("log_metric", True)
