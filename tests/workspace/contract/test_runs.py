"""The life of a run, as SDK v1 shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest


def test_a_run_is_running_until_it_completes(run: Any) -> None:
    assert run.get_status() == "Running"
    assert "endTimeUtc" not in run.get_details()
    run.complete()
    assert run.get_status() == "Completed"
    details = run.get_details()
    assert details["status"] == "Completed"
    assert details["runId"] == run.id
    started, ended = (datetime.fromisoformat(details[key][:19]) for key in ("startTimeUtc", "endTimeUtc"))
    assert started <= ended


def test_a_failed_run_says_why(run: Any) -> None:
    run.fail(error_details="no luck", error_code="Luck")
    assert run.get_status() == "Failed"
    error = run.get_details()["error"]["error"]
    assert (error["code"], error["message"]) == ("Luck", "no luck")


def test_a_run_fails_with_an_exception(run: Any) -> None:
    run.fail(error_details=ValueError("no luck"))
    assert "ValueError: no luck" in run.get_details()["error"]["error"]["message"]


@pytest.mark.parametrize("again", ["complete", "fail", "start", "cancel"])
def test_a_run_ends_once(run: Any, again: str) -> None:
    from azureml.exceptions import ServiceException

    run.complete()
    with pytest.raises(ServiceException, match="Cannot set multiple terminal states"):
        getattr(run, again)()
    assert run.get_status() == "Completed"


def test_a_cancelled_run(run: Any) -> None:
    run.cancel()
    assert run.get_status() == "Canceled"


def test_tags_are_added_and_may_lack_a_value(run: Any) -> None:
    run.tag("a", "1")
    run.tag("b")
    run.set_tags({"a": "2", "c": "x"})
    assert run.get_tags() == {"a": "2", "b": None, "c": "x"}


def test_properties_are_added_and_never_changed(run: Any) -> None:
    from azureml.exceptions import ServiceException

    run.add_properties({"a": "1"})
    run.add_properties({"a": "1", "b": "2"})
    with pytest.raises(ServiceException, match="cannot be changed"):
        run.add_properties({"b": "3", "c": "4"})
    properties = run.get_properties()
    assert {key: properties.get(key) for key in "abc"} == {"a": "1", "b": "2", "c": None}


def test_names_and_numbers(experiment: Any) -> None:
    first = experiment.start_logging(name="first", display_name="One", snapshot_directory=None)
    second = experiment.start_logging(run_id="my/run #2?", outputs=False, snapshot_directory=None)
    assert (first.name, first.display_name) == ("first", "One")
    assert second.id == "my/run #2?"
    assert second.get_status() == "Running"
    assert second.number == first.number + 1


def test_a_run_is_found_by_its_id(sdk: Any, run: Any) -> None:
    from azureml.core import Run

    run.log("m", 1)
    run.flush()
    found = Run.get(sdk, run.id)
    assert found.get_metrics() == {"m": 1}
    assert found.experiment.name == "contract"


def test_a_run_that_is_not_there(sdk: Any) -> None:
    from azureml.core import Run
    from azureml.exceptions import ServiceException

    with pytest.raises(ServiceException, match="Run runId=nobody was not found"):
        Run.get(sdk, "nobody")


def test_an_experiment_is_the_same_by_name(sdk: Any, experiment: Any) -> None:
    from azureml.core import Experiment

    assert Experiment(sdk, "contract").id == experiment.id
    assert Experiment(sdk, "other").id != experiment.id
