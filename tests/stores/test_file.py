from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.stores import Place
from harness.stores.file import PERMISSION, open_store


@pytest.mark.parametrize("before", [None, "false"])
def test_the_permission_stands_only_while_the_store_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    monkeypatch.delenv(PERMISSION, raising=False)
    if before is not None:
        monkeypatch.setenv(PERMISSION, before)
    with pytest.raises(ZeroDivisionError), open_store(Place(tmp_path, tmp_path)):
        assert os.environ[PERMISSION] == "true"
        raise ZeroDivisionError
    assert os.environ.get(PERMISSION) == before


def test_what_is_logged_is_a_file_below_the_folder(tmp_path: Path) -> None:
    with open_store(Place(tmp_path, tmp_path)) as store:
        run_id = store.client.create_run(store.experiment_id).info.run_id
        store.client.log_metric(run_id, "val/loss", 0.5)
        (file,) = tmp_path.rglob(f"{run_id}/metrics/val/loss")
        assert file.read_text(encoding="utf-8").split()[1] == "0.5"


def test_clearing_takes_out_runs_and_experiments_of_an_example(tmp_path: Path) -> None:
    with open_store(Place(tmp_path, tmp_path)) as store:
        before = set(tmp_path.rglob("*"))
        store.client.create_run(store.experiment_id)
        store.client.create_run(store.client.create_experiment("of the example"))
        store.clear()
        assert set(tmp_path.rglob("*")) == before
        run_id = store.client.create_run(store.experiment_id).info.run_id
        assert store.client.get_run(run_id).info.status == "RUNNING"
