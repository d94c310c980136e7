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


def test_an_error_without_details_has_a_code(run: Any) -> None:
    run.fail()
    assert run.get_details()["error"]["error"]["code"] == "UserError"


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
    assert (found.id, found.experiment.name) == (run.id, run.experiment.name)


def test_a_run_that_is_not_there(sdk: Any) -> None:
    from azureml.core import Run
    from azureml.exceptions import ServiceException

    with pytest.raises(ServiceException, match="Run runId=nobody was not found"):
        Run.get(sdk, "nobody")


def test_a_second_start_keeps_the_time_of_the_first(run: Any) -> None:
    first = run.get_details()["startTimeUtc"]
    run.start()
    assert run.get_details()["startTimeUtc"] == first
    assert run.get_status() == "Running"


def test_details(run: Any) -> None:
    run.add_properties({"a": "1"})
    details = run.get_details()
    assert (details["runId"], details["status"], details["target"]) == (run.id, "Running", "local")
    assert details["properties"]["a"] == "1"
    assert details["submittedBy"]
    assert details["logFiles"] == {}
    assert "error" not in details
    assert run.get_details_with_logs()["logFiles"] == {}
    assert run.get_detailed_status() == {"status": "Running", "details": None}


def test_a_name_to_show_and_a_description_can_be_changed(sdk: Any, run: Any) -> None:
    from azureml.core import Run

    run.display_name = "a name"
    run.description = "first\nsecond \x00 \u00e9"
    assert (run.display_name, run.description) == ("a name", "first\nsecond \x00 \u00e9")
    found = Run.get(sdk, run.id)
    assert (found.display_name, found.description) == ("a name", "first\nsecond \x00 \u00e9")
    assert (found.name, found.number, found.type) == (run.name, run.number, run.type)
    run.description = ""
    assert Run.get(sdk, run.id).description == ""


def test_a_run_that_failed_is_raised_by_who_waits_for_it(run: Any) -> None:
    from azureml.exceptions import ActivityFailedException

    run.fail(error_details="no luck")
    with pytest.raises(ActivityFailedException, match="no luck"):
        run.wait_for_completion()


def test_a_run_completes_with_its_block(run: Any) -> None:
    with run:
        run.log("m", 1)
    assert run.get_status() == "Completed"
    assert run.get_metrics() == {"m": 1}


def test_a_run_fails_with_its_block(run: Any) -> None:
    with pytest.raises(KeyError), run:
        raise KeyError("lost")
    assert run.get_status() == "Failed"
    assert "KeyError" in run.get_details()["error"]["error"]["message"]


def test_nobody_s_status_changes_with_another_s(experiment: Any) -> None:
    first, second = (experiment.start_logging(snapshot_directory=None) for _ in range(2))
    first.complete()
    assert (first.get_status(), second.get_status()) == ("Completed", "Running")
