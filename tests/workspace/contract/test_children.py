"""Runs within runs."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def root(experiment: Any) -> Any:
    return experiment.start_logging(snapshot_directory=None)


def ids(runs: Any) -> list[str]:
    return [run.id for run in runs]


def test_a_child_knows_its_parent(root: Any) -> None:
    child = root.child_run("part")
    assert child.parent.id == root.id
    assert child.get_status() == "Running"
    assert child.number > root.number
    assert child.name == f"{root.name}>part"
    assert root.parent is None


def test_children_are_listed_from_the_latest_start(root: Any) -> None:
    children = [root.child_run() for _ in range(3)]
    children[0].child_run()
    assert ids(root.get_children()) == ids(reversed(children))
    assert ids(children[2].get_children()) == []


def test_children_of_children(root: Any) -> None:
    first, second = root.child_run(), root.child_run()
    third = first.child_run()
    fourth = third.child_run()
    assert ids(root.get_children(recursive=True)) == ids([fourth, third, second, first])
    assert ids(first.get_children(recursive=True)) == ids([third, fourth])
    assert ids(fourth.get_children(recursive=True)) == []


def test_many_children_at_once(root: Any) -> None:
    children = root.create_children(tag_key="size", tag_values=["s", "m", "l"])
    assert [child.get_tags() for child in children] == [{"size": size} for size in "sml"]
    assert [child.get_status() for child in children] == ["Running"] * 3
    assert [child.parent.id for child in children] == [root.id] * 3
    assert ids(root.get_children()) == ids(reversed(children))


def test_a_number_of_children(root: Any) -> None:
    children = root.create_children(count=3)
    assert [child.get_tags() for child in children] == [
        {"azureml.batch_child_number": str(number)} for number in range(3)
    ]
    assert root.create_children(count=0) == []


@pytest.mark.parametrize("recursive", [False, True])
def test_children_are_chosen(root: Any, recursive: bool) -> None:
    first, second, third = root.create_children(tag_key="size", tag_values=["s", "m", "l"])
    second.add_properties({"colour": "red"})
    third.tag("new")
    third.complete()

    def chosen(**by: Any) -> list[str]:
        return ids(root.get_children(recursive=recursive, **by))

    assert chosen(tags="size") == ids([third, second, first])
    assert chosen(tags="new") == ids([third])
    assert chosen(tags={"size": "m"}) == ids([second])
    assert chosen(tags={"size": "s", "new": None}) == []
    assert chosen(properties="colour") == ids([second])
    assert chosen(properties={"colour": "red"}) == ids([second])
    assert chosen(properties={"colour": "blue"}) == []
    assert chosen(status="Completed") == ids([third])
    assert chosen(status="Running", tags={"size": "s"}) == ids([first])
    assert chosen(type="nothing of this") == []
    assert chosen(tags="size", _rehydrate_runs=False) == ids([third, second, first])


def test_metrics_of_all_descendants(root: Any) -> None:
    child = root.child_run()
    grandchild = child.child_run()
    other = root.child_run()
    for number, run in enumerate([root, child, grandchild]):
        run.log("m", number)
        run.log(f"only {number}", number)
        run.flush()
    metrics = root.get_metrics(recursive=True)
    assert {run: values for run, values in metrics.items() if values} == {
        root.id: {"m": 0, "only 0": 0},
        child.id: {"m": 1, "only 1": 1},
        grandchild.id: {"m": 2, "only 2": 2},
    }
    assert root.get_metrics("m", recursive=True)[grandchild.id] == {"m": 2}
    assert set(child.get_metrics(recursive=True)) - {other.id} == {child.id, grandchild.id}
    assert not root.get_metrics(recursive=True, run_type="nothing of this").get(child.id)


@pytest.mark.parametrize("run_id", ["my run", "a/b #2? (c)", "10%", "\u00e9"], ids=ascii)
def test_ids_of_all_kinds(experiment: Any, run_id: str) -> None:
    root = experiment.start_logging(run_id=run_id, snapshot_directory=None)
    child = root.child_run(run_id=f"{run_id}_1")
    child.log("m", 1)
    child.flush()
    assert child.parent.id == root.id == run_id
    assert ids(root.get_children()) == ids(root.get_children(recursive=True)) == [f"{run_id}_1"]
    assert root.get_metrics(recursive=True)[child.id] == {"m": 1}


def test_a_child_outlives_its_parent(root: Any) -> None:
    child = root.child_run()
    root.complete()
    assert child.get_status() == "Running"
    child.complete()
    assert child.get_status() == "Completed"
