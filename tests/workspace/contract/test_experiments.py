"""Experiments: names, tags, archiving, lists."""

from __future__ import annotations

from typing import Any

import pytest
from pools import ONE_POOL

# No metric is logged here, and no file uploaded: the pool is not used.
pytestmark = ONE_POOL


def start(experiment: Any) -> Any:
    return experiment.start_logging(outputs=False, snapshot_directory=None)


def again(experiment: Any) -> Any:
    """The experiment of the same name, as anybody gets it."""
    from azureml.core import Experiment

    return Experiment(experiment.workspace, experiment.name)


def listed(experiment: Any, **by: Any) -> list[str]:
    """Those whose names begin with that of the experiment; a real workspace has others."""
    from azureml.core import Experiment

    found = Experiment.list(experiment.workspace, **by)
    return [one.name for one in found if one.name.startswith(experiment.name)]


def test_an_experiment_is_the_same_by_name(experiment: Any) -> None:
    from azureml.core import Experiment

    assert again(experiment).id == experiment.id
    assert Experiment(experiment.workspace, f"{experiment.name}-other").id != experiment.id


def test_a_name_beyond_ascii(experiment: Any) -> None:
    from azureml.core import Experiment

    name = f"{experiment.name}-\u00e9\u4e2d"
    made = Experiment(experiment.workspace, name)
    assert made.name == name
    assert Experiment(experiment.workspace, name).id == made.id
    run = start(made)
    assert [found.id for found in made.get_runs()] == [run.id]


def test_tags_are_added_and_replaced(experiment: Any) -> None:
    experiment.tag("a", "1")
    experiment.tag("b")
    experiment.set_tags({"a": "2", "c": 5, "": "", "\ud800 \x00": "\ud800"})
    experiment.refresh()
    assert experiment.tags == {"a": "2", "b": None, "c": "5", "": "", "\ud800 \x00": "\ud800"}
    assert again(experiment).tags == experiment.tags


def test_tags_are_removed(experiment: Any) -> None:
    experiment.set_tags({"a": "1", "b": "2"})
    experiment.remove_tags(["a", "never there"])
    experiment.remove_tags([])
    experiment.refresh()
    assert experiment.tags == {"b": "2"}


def test_an_archived_experiment_leaves_its_name_to_a_new_one(experiment: Any) -> None:
    run = start(experiment)
    assert experiment.archived_time is None
    experiment.archive()
    assert experiment.archived_time is not None
    other = again(experiment)
    assert other.id != experiment.id
    assert other.archived_time is None
    assert list(other.get_runs()) == []
    run.complete()
    assert run.get_status() == "Completed"


def test_an_archived_experiment_becomes_active_again(experiment: Any) -> None:
    run = start(experiment)
    experiment.tag("a", "1")
    experiment.archive()
    experiment.reactivate()
    assert experiment.archived_time is None
    found = again(experiment)
    assert (found.id, found.tags) == (experiment.id, {"a": "1"})
    assert [one.id for one in found.get_runs()] == [run.id]


def test_two_active_experiments_never_share_a_name(experiment: Any) -> None:
    from azureml.exceptions import ServiceException

    experiment.archive()
    again(experiment)
    with pytest.raises(ServiceException):
        experiment.reactivate()
    experiment.refresh()
    assert experiment.archived_time is not None


def test_a_run_of_an_archived_experiment_is_in_a_new_one(experiment: Any) -> None:
    old = start(experiment)
    experiment.archive()
    assert [run.id for run in experiment.get_runs()] == [old.id]
    new = start(experiment)
    assert [run.id for run in again(experiment).get_runs()] == [new.id]


def test_a_run_of_an_archived_experiment_keeps_its_children_with_it(experiment: Any) -> None:
    run = start(experiment)
    experiment.archive()
    children = [run.child_run(), *run.create_children(count=2)]
    assert {child.id for child in run.get_children()} == {child.id for child in children}
    assert len(list(experiment.get_runs(include_children=True))) == 4
    run.log("m", 1)
    run.complete()
    assert run.get_metrics() == {"m": 1}


def test_an_empty_experiment_is_deleted(experiment: Any) -> None:
    from azureml.core import Experiment
    from azureml.exceptions import ServiceException

    Experiment.delete(experiment.workspace, experiment.id)
    with pytest.raises(ServiceException):
        experiment.refresh()
    assert listed(experiment, view_type="All") == []


def test_an_experiment_with_runs_is_not_deleted(experiment: Any) -> None:
    from azureml.core import Experiment
    from azureml.exceptions import ServiceException

    run = start(experiment)
    with pytest.raises(ServiceException):
        Experiment.delete(experiment.workspace, experiment.id)
    assert [found.id for found in again(experiment).get_runs()] == [run.id]


def test_experiments_are_listed_by_view(experiment: Any) -> None:
    from azureml.core import Experiment

    first, second = (Experiment(experiment.workspace, experiment.name + end) for end in ("-1", "-2"))
    first.archive()
    assert listed(experiment) == [second.name, experiment.name]
    assert listed(experiment, view_type="ActiveOnly") == [second.name, experiment.name]
    assert listed(experiment, view_type="ArchivedOnly") == [first.name]
    assert listed(experiment, view_type="All") == [second.name, first.name, experiment.name]


def test_experiments_are_listed_by_name_and_tag(experiment: Any) -> None:
    from azureml.core import Experiment

    first, second = (Experiment(experiment.workspace, experiment.name + end) for end in ("-1", "-2"))
    first.set_tags({"a": "1", "b": "some words"})
    second.set_tags({"a": "2"})
    assert listed(experiment, experiment_name=first.name) == [first.name]
    assert listed(experiment, experiment_name=f"{experiment.name}-none") == []
    assert listed(experiment, tags="a") == [second.name, first.name]
    assert listed(experiment, tags="never there") == []
    assert listed(experiment, tags={"a": "2"}) == [second.name]
    assert listed(experiment, tags={"a": "1", "b": "some words"}) == [first.name]
    assert listed(experiment, experiment_name=second.name, tags={"a": "1"}) == []
