"""How much a run and an experiment may hold besides metrics and files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pools import ONE_POOL

# No metric is logged here, and no file uploaded: the pool is not used.
pytestmark = ONE_POOL


def refused(change: Callable[[], object], limit: int, size: int) -> None:
    from azureml.exceptions import ServiceException

    with pytest.raises(ServiceException, match=rf"over the size limit.*Limit={limit}, Size={size}"):
        change()


def test_an_id_over_the_limit_is_refused(experiment: Any) -> None:
    def start(length: int) -> Any:
        return experiment.start_logging(run_id="x" * length, outputs=False, snapshot_directory=None)

    assert start(256).get_status() == "Running"
    refused(lambda: start(257), 256, 257)
    assert [run.id for run in experiment.get_runs()] == ["x" * 256]


def test_a_display_name_over_the_limit_is_refused(run: Any) -> None:
    run.display_name = "x" * 256

    def change() -> None:
        run.display_name = "y" * 257

    refused(change, 256, 257)
    assert run.get_details()["runId"] == run.id


def test_a_description_over_the_limit_is_refused(run: Any) -> None:
    run.description = "x" * 5000

    def change() -> None:
        run.description = "y" * 5001

    refused(change, 5000, 5001)


def test_tags_over_the_limit_are_refused(run: Any) -> None:
    tags = {f"t{number}": "x" for number in range(50 - len(run.get_tags()))}
    run.set_tags(tags)
    refused(lambda: run.tag("one more"), 50, 51)
    refused(lambda: run.set_tags({"t0": "changed", "one more": "x"}), 50, 51)
    assert run.get_tags()["t0"] == "x"
    run.tag("t0", "changed")
    assert run.get_tags()["t0"] == "changed"


def test_properties_over_the_limit_are_refused(run: Any) -> None:
    run.add_properties({f"p{number}": "x" for number in range(50 - len(run.get_properties()))})
    refused(lambda: run.add_properties({"one more": "x"}), 50, 51)
    assert len(run.get_properties()) == 50


def test_a_tag_over_a_limit_is_refused(run: Any) -> None:
    before = run.get_tags()
    for key, value in (("x" * 101, "x"), ("x", "x" * 1001)):
        refused(lambda key=key, value=value: run.tag(key, value), *sizes(key, value))
    assert run.get_tags() == before
    run.tag("x" * 100, "y" * 1000)
    assert run.get_tags() == {**before, "x" * 100: "y" * 1000}


def sizes(key: str, value: str, longest: int = 1000) -> tuple[int, int]:
    return (100, len(key)) if len(key) > 100 else (longest, len(value))


def test_a_property_over_a_limit_is_refused(run: Any) -> None:
    for key, value in (("x" * 101, "x"), ("x", "x" * 550_001)):
        refused(
            lambda key=key, value=value: run.add_properties({key: value}), *sizes(key, value, longest=550_000)
        )
    run.add_properties({"x" * 100: "x" * 1001})
    assert run.get_properties()["x" * 100] == "x" * 1001


def test_an_error_message_over_the_limit_is_cut(run: Any) -> None:
    run.fail("\U0001f600" + "x" * 3001)
    assert run.get_status() == "Failed"
    assert run.get_details()["error"]["error"]["message"] == "\U0001f600" + "x" * 2998


def test_the_error_of_a_long_traceback_is_the_user_s(experiment: Any) -> None:
    with pytest.raises(RuntimeError, match="xxx"), experiment.start_logging(snapshot_directory=None) as run:
        raise RuntimeError("x" * 9000)
    assert run.get_status() == "Failed"


def test_tags_of_an_experiment_over_the_limit_are_refused(experiment: Any) -> None:
    experiment.set_tags({f"t{number}": "x" for number in range(50)})
    refused(lambda: experiment.set_tags({"one more": "x"}), 50, 51)
    experiment.refresh()
    assert len(experiment.tags) == 50


def test_a_tag_of_an_experiment_over_a_limit_is_refused(experiment: Any) -> None:
    refused(lambda: experiment.set_tags({"k" * 251: "x"}), 250, 251)
    refused(lambda: experiment.set_tags({"k": "x" * 1001}), 1000, 1001)
    experiment.set_tags({"k" * 250: "x" * 1000})
    experiment.refresh()
    assert experiment.tags == {"k" * 250: "x" * 1000}
