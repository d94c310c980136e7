"""Files that go through the plugin, and what SDK v1 sees of them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest


def test_a_file_is_logged_and_loaded(mlflow_client: Any, mlflow_run: str, tmp_path: Path) -> None:
    import mlflow

    for name, text in {"a b/\u00fc %+&.txt": "text \u00fc", "empty": "", "x": "1"}.items():
        mlflow_client.log_text(mlflow_run, text, name)
        assert Path(mlflow_client.download_artifacts(mlflow_run, name, str(tmp_path))).read_text() == text
    uri = mlflow_client.get_run(mlflow_run).info.artifact_uri
    assert mlflow.artifacts.load_text(f"{uri}/x") == "1"
    assert [info.path for info in mlflow_client.list_artifacts(mlflow_run)] == ["a b", "empty", "x"]


def test_a_folder_is_logged_and_listed(mlflow_client: Any, mlflow_run: str, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    for number in range(110):
        (folder / "sub" / f"{number:03}").write_text(str(number))
    (folder / "top").write_text("top")
    mlflow_client.log_artifacts(mlflow_run, str(folder), "logged")
    listed = mlflow_client.list_artifacts(mlflow_run, "logged/sub")
    assert [info.path for info in listed] == [f"logged/sub/{number:03}" for number in range(110)]
    path = Path(mlflow_client.download_artifacts(mlflow_run, "logged", str(tmp_path)))
    assert {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()} == {
        "top",
        *(f"sub/{number:03}" for number in range(110)),
    }


def test_a_name_is_used_once_by_the_plugin_too(mlflow_client: Any, mlflow_run: str) -> None:
    mlflow_client.log_text(mlflow_run, "first", "a")
    with pytest.raises(Exception, match=r"Resource Conflict: ArtifactId ExperimentRun/dcid.* already exists"):
        mlflow_client.log_text(mlflow_run, "second", "a")


def test_a_file_that_is_not_there_is_not_downloaded(
    mlflow_client: Any, mlflow_run: str, tmp_path: Path
) -> None:
    mlflow_client.log_text(mlflow_run, "first", "a")
    with pytest.raises(Exception, match="Failed to download artifacts from path 'b'"):
        mlflow_client.download_artifacts(mlflow_run, "b", str(tmp_path))


@pytest.mark.once
def test_a_large_file_through_the_plugin(mlflow_client: Any, mlflow_run: str, tmp_path: Path) -> None:
    piece = bytes(range(256)) * 4096
    with (tmp_path / "large").open("wb") as file:
        for number in range(65):
            file.write(piece[number:] + piece[:number])
    mlflow_client.log_artifact(mlflow_run, str(tmp_path / "large"))
    (tmp_path / "out").mkdir()
    path = Path(mlflow_client.download_artifacts(mlflow_run, "large", str(tmp_path / "out")))
    assert path.read_bytes() == (tmp_path / "large").read_bytes()


def test_either_client_reads_what_the_other_wrote(
    mlflow_client: Any, mlflow_run: str, mlflow_sdk: Any, tmp_path: Path
) -> None:
    from azureml.core import Run

    run = Run.get(mlflow_sdk, mlflow_run)
    mlflow_client.log_text(mlflow_run, "by the plugin", "a b/c.txt")
    run.upload_file("a b/d.txt", io.BytesIO(b"by the SDK"))
    assert run.get_file_names() == ["a b/c.txt", "a b/d.txt"]
    run.download_file("a b/c.txt", str(tmp_path / "c"))
    assert (tmp_path / "c").read_text() == "by the plugin"
    path = mlflow_client.download_artifacts(mlflow_run, "a b/d.txt", str(tmp_path))
    assert Path(path).read_bytes() == b"by the SDK"
