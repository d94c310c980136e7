from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from harness.paths import mlflow_scope
from harness.stores import STORES, OpenStore, Place, load_store
from harness.stores.base import settings
from harness.testbed import TestBed, isolated, open_testbed


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home and working directory of a user."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    monkeypatch.chdir(folder)
    return folder


def use(bed: TestBed) -> None:
    """Logs something on both sides, as a check does."""
    with isolated(bed):
        run = bed.experiment.start_logging(snapshot_directory=None)
        run.log("loss", 1)
        run.complete()
        bed.workspace.release_runs()
        mlflow_scope(bed, bed.stores["sqlite"], "ticking")
        mlflow.log_metric("loss", 1)


def test_the_users_folders_and_environment_are_as_they_were(
    template: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://example.invalid")
    before = dict(os.environ)
    with open_testbed(tmp_path / "bed", ["sqlite"], template=template) as bed:
        use(bed)
        assert Path.cwd() == home
    assert dict(os.environ) == before
    assert list(home.iterdir()) == []
    assert Path.cwd() == home


def test_nothing_is_left_in_the_scratch_folder(bed: TestBed) -> None:
    use(bed)
    assert list(bed.scratch.iterdir()) == []


def test_the_users_settings_are_not_let_through(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = {
        "MLFLOW_TRACKING_URI": "http://example.invalid",
        "MLFLOW_TRACKING_TOKEN": "token",
        "MLFLOW_RUN_ID": "a-run",
        "MLFLOW_EXPERIMENT_NAME": "another",
        "AZUREML_RUN_ID": "a-run",
        "AZUREML_ARM_SUBSCRIPTION": "a-subscription",
        "DATABRICKS_HOST": "http://example.invalid",
        "MLFLOW_DISABLE_TELEMETRY": "false",
    }
    for name, value in foreign.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SOMETHING_ELSE", "kept")
    with open_testbed(tmp_path / "bed", ["sqlite"], template=template) as bed:
        let_through = {name: os.environ.get(name) for name in foreign if name in os.environ}
        assert let_through == {"MLFLOW_DISABLE_TELEMETRY": "true"}
        assert os.environ["SOMETHING_ELSE"] == "kept"
        use(bed)
    assert {name: os.environ.get(name) for name in foreign} == foreign


def test_settings_are_put_back_after_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://example.invalid")
    before = dict(os.environ)
    with suppress(ZeroDivisionError), settings({"MLFLOW_DISABLE_TELEMETRY": "true"}):
        assert "MLFLOW_TRACKING_URI" not in os.environ
        os.environ["SOMETHING_NEW"] = "1"
        raise ZeroDivisionError
    assert dict(os.environ) == before


def test_mlflow_is_given_back_as_it_was(template: Path, tmp_path: Path) -> None:
    """Whoever runs the harness within a process of their own goes on with their own store, not a deleted one."""
    own = (tmp_path / "own").as_uri()
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(own)
    try:
        with open_testbed(tmp_path / "bed", ["sqlite"], template=template) as bed:
            use(bed)
        assert mlflow.get_tracking_uri() == own
        assert mlflow.active_run() is None
    finally:
        mlflow.set_tracking_uri(before)


def test_the_test_bed_keeps_to_its_folder(template: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bed"
    with open_testbed(folder, ["sqlite"], template=template) as bed:
        assert {bed.scratch.parent, bed.workspace.folder.parent} == {folder}
        use(bed)
    assert {path.name for path in folder.iterdir()} == {"scratch", "sqlite", "workspace"}
    assert [path.name for path in tmp_path.iterdir()] == ["bed"]


def test_without_a_template_of_the_run_it_has_its_own(tmp_path: Path) -> None:
    @contextmanager
    def open_store(place: Place) -> Iterator[OpenStore]:
        assert (list(place.folder.iterdir()), place.template) == ([], tmp_path / "bed" / "template")
        uri = (place.folder / "runs").as_uri()
        yield OpenStore("sqlite", uri, MlflowClient(tracking_uri="sqlite://"), "0")

    with open_testbed(tmp_path / "bed", ["sqlite"], find_store=lambda name: open_store) as bed:
        assert list(bed.stores) == ["sqlite"]


def test_two_test_beds_have_nothing_in_common(bed: TestBed, template: Path, tmp_path: Path) -> None:
    def runs_of(each: TestBed) -> int:
        store = each.stores["sqlite"]
        return len(store.client.search_runs([store.experiment_id], max_results=50_000))

    before = runs_of(bed)
    with open_testbed(tmp_path / "other", ["sqlite"], template=template) as other:
        assert other.stores["sqlite"].tracking_uri != bed.stores["sqlite"].tracking_uri
        use(other)
        assert (runs_of(other), runs_of(bed)) == (1, before)
    use(bed)
    assert runs_of(bed) == before + 1


@pytest.mark.usefixtures("home")
def test_what_a_recipe_does_to_the_process_is_undone(bed: TestBed) -> None:
    before, folder = dict(os.environ), Path.cwd()
    with suppress(ZeroDivisionError), isolated(bed):
        Path("left.txt").write_text("something", encoding="utf-8")
        mlflow_scope(bed, bed.stores["sqlite"], "ticking")
        mlflow.start_run(nested=True)
        os.environ["MLFLOW_RUN_ID"] = "left"
        raise ZeroDivisionError
    assert (dict(os.environ), Path.cwd(), mlflow.active_run()) == (before, folder, None)
    assert list(folder.iterdir()) == []


def test_a_store_is_found_by_its_name() -> None:
    assert load_store(STORES["sqlite"]).__module__ == "harness.stores.sqlite"
