"""Runs of an experiment: which are found, and in which order."""

from __future__ import annotations

from typing import Any

import pytest
from pools import ONE_POOL

# No metric is logged here, and no file uploaded: the pool is not used.
pytestmark = ONE_POOL


def start(experiment: Any, **kwargs: Any) -> Any:
    return experiment.start_logging(outputs=False, snapshot_directory=None, **kwargs)


def ids(runs: Any) -> list[str]:
    return [run.id for run in runs]


def test_runs_come_from_the_latest_start(experiment: Any) -> None:
    runs = [start(experiment) for _ in range(4)]
    assert ids(experiment.get_runs()) == ids(reversed(runs))
    assert [run.number for run in experiment.get_runs()] == sorted((run.number for run in runs), reverse=True)


def test_an_experiment_without_runs(experiment: Any) -> None:
    assert ids(experiment.get_runs()) == []


def test_children_are_among_the_runs_if_asked_for(experiment: Any) -> None:
    run = start(experiment)
    child = run.child_run()
    assert ids(experiment.get_runs()) == [run.id]
    assert ids(experiment.get_runs(include_children=True)) == [child.id, run.id]


def test_runs_of_other_experiments_are_not_found(sdk: Any, experiment: Any) -> None:
    from azureml.core import Experiment

    other = Experiment(sdk, f"{experiment.name}-other")
    run, _ = start(experiment), start(other)
    assert ids(experiment.get_runs()) == [run.id]


def test_runs_that_have_a_tag(experiment: Any) -> None:
    runs = [start(experiment) for _ in range(4)]
    runs[0].tag("a", "1")
    runs[1].tag("a")
    runs[2].tag("b", "a")
    assert ids(experiment.get_runs(tags="a")) == ids([runs[1], runs[0]])
    assert ids(experiment.get_runs(tags="c")) == []
    assert ids(experiment.get_runs(tags={"a": None})) == [runs[1].id]


def test_runs_by_tag_and_value(experiment: Any) -> None:
    first, second, third = (start(experiment) for _ in range(3))
    first.set_tags({"a": "1", "b": "2"})
    second.set_tags({"a": "1"})
    third.set_tags({"a": "11", "A": "1"})
    assert ids(experiment.get_runs(tags={"a": "1"})) == ids([second, first])
    assert ids(experiment.get_runs(tags={"a": "1", "b": "2"})) == [first.id]
    assert ids(experiment.get_runs(tags={"a": "1", "b": "1"})) == []


def test_runs_by_property(experiment: Any) -> None:
    first, second, _ = (start(experiment) for _ in range(3))
    first.add_properties({"a": "1", "b.c": "2"})
    second.add_properties({"a": "2"})
    assert ids(experiment.get_runs(properties="a")) == ids([second, first])
    assert ids(experiment.get_runs(properties={"a": "2"})) == [second.id]
    assert ids(experiment.get_runs(properties={"b.c": "2"}, tags="a")) == []


def test_runs_by_status_and_type(experiment: Any) -> None:
    from azureml.core import Run

    first, second = start(experiment), start(experiment)
    first.complete()
    second.add_properties({"azureml.runsource": "a.source"})
    assert ids(Run.list(experiment, status="Completed")) == [first.id]
    assert ids(Run.list(experiment, status="Running")) == [second.id]
    assert ids(Run.list(experiment, status="completed")) == []
    assert ids(Run.list(experiment, type="a.source", _rehydrate_runs=False)) == [second.id]
    assert ids(Run.list(experiment, type="another", include_children=True)) == []


@pytest.mark.parametrize(
    "text",
    [
        "a b",
        " a ",
        "a and b",
        "it's",
        "(a)",
        "a) b",
        'say "a"',
        "é",
        "\n",
        "\x00",
        "\ud800",
        "%41+&#?",
    ],
    ids=ascii,
)
def test_names_and_values_of_all_kinds(experiment: Any, text: str) -> None:
    check_name_and_value(experiment, text)


@pytest.mark.parametrize("text", ["null", "Tags/a", "eq", "Status"])
def test_names_and_values_that_mean_something_in_filters(experiment: Any, text: str) -> None:
    check_name_and_value(experiment, text)


def check_name_and_value(experiment: Any, text: str) -> None:
    run, other = start(experiment), start(experiment)
    run.tag("key", text)
    other.tag("key", "else")
    assert ids(experiment.get_runs(tags={"key": text})) == [run.id]
    run.tag(text, "value")
    other.tag(text, "else")
    assert ids(experiment.get_runs(tags={text: "value"})) == [run.id]
    assert ids(experiment.get_runs(tags=text)) == ids([other, run])


def test_a_run_that_is_found_is_a_whole_run(experiment: Any) -> None:
    run = start(experiment, display_name="One")
    run.log("m", 1)
    run.flush()
    (found,) = experiment.get_runs()
    assert (found.id, found.display_name, found.name) == (run.id, "One", run.name)
    assert found.get_metrics() == {"m": 1}
    found.complete()
    assert run.get_status() == "Completed"
