"""Artifacts through MLflow, and through both clients of one run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
import pytest
from azureml.core import Run


def paths(client: Any, run_id: str, path: str | None = None) -> list[tuple[str, bool]]:
    return sorted((one.path, one.is_dir) for one in client.list_artifacts(run_id, path))


def test_texts_and_objects_are_read_back(mlflow_client: Any, mlflow_experiment: str) -> None:
    mlflow.set_experiment(experiment_id=mlflow_experiment)
    with mlflow.start_run() as run:
        mlflow.log_text("a\N{SNOWMAN}\n", "notes.txt")
        mlflow.log_dict({"a": [1, None]}, "deep/er/data.json")
        mlflow.log_table({"x": [1, 2]}, "table.json")
    uri = run.info.artifact_uri
    assert mlflow.artifacts.load_text(f"{uri}/notes.txt") == "a\N{SNOWMAN}\n"
    assert mlflow.artifacts.load_dict(f"{uri}/deep/er/data.json") == {"a": [1, None]}
    assert list(mlflow.load_table("table.json", run_ids=[run.info.run_id])["x"]) == [1, 2]


def test_a_folder_is_stored_listed_and_fetched(mlflow_client: Any, mlflow_run: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "inner").mkdir(parents=True)
    (source / "a b.bin").write_bytes(bytes(range(256)))
    (source / "inner" / "c.txt").write_text("c", encoding="utf-8")
    mlflow_client.log_artifacts(mlflow_run, str(source), "top")
    assert paths(mlflow_client, mlflow_run) == [("top", True)]
    assert paths(mlflow_client, mlflow_run, "top") == [("top/a b.bin", False), ("top/inner", True)]
    assert paths(mlflow_client, mlflow_run, "top/inner") == [("top/inner/c.txt", False)]
    fetched = Path(mlflow_client.download_artifacts(mlflow_run, "top", str(tmp_path)))
    assert (fetched / "a b.bin").read_bytes() == bytes(range(256))
    assert (fetched / "inner" / "c.txt").read_text(encoding="utf-8") == "c"


def test_a_name_is_used_once_through_mlflow(mlflow_client: Any, mlflow_run: str) -> None:
    mlflow_client.log_text(mlflow_run, "first", "a.txt")
    with pytest.raises(Exception, match="already exists"):
        mlflow_client.log_text(mlflow_run, "second", "a.txt")
    assert mlflow.artifacts.load_text(f"runs:/{mlflow_run}/a.txt") == "first"


def test_artifacts_of_a_run_of_the_default_experiment(mlflow_client: Any) -> None:
    run = mlflow_client.create_run("0")
    mlflow_client.log_text(run.info.run_id, "text", "a.txt")
    assert paths(mlflow_client, run.info.run_id) == [("a.txt", False)]
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/a.txt") == "text"


def test_a_file_of_sdk_v1_is_an_artifact_of_mlflow(run: Any, mlflow_client: Any, tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    file.write_text("from v1", encoding="utf-8")
    run.upload_file("outputs/file.txt", str(file))
    assert paths(mlflow_client, run.id, "outputs") == [("outputs/file.txt", False)]
    assert mlflow.artifacts.load_text(f"runs:/{run.id}/outputs/file.txt") == "from v1"


def test_an_artifact_of_mlflow_is_a_file_of_sdk_v1(
    sdk: Any, experiment: Any, mlflow_client: Any, tmp_path: Path
) -> None:
    made = mlflow_client.create_run(experiment.id).info.run_id
    mlflow_client.log_text(made, "from mlflow", "deep/file.txt")
    run = Run.get(sdk, made)
    assert run.get_file_names() == ["deep/file.txt"]
    run.download_file("deep/file.txt", str(tmp_path / "back.txt"))
    assert (tmp_path / "back.txt").read_text(encoding="utf-8") == "from mlflow"
