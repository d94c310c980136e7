"""Files that are uploaded to a run, as SDK v1 reads them back."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

SIZES = [0, 1, 2**10, 5 * 2**20 + 1]


def content_of(run: Any, name: str, folder: Path) -> bytes:
    run.download_file(name, str(folder / "downloaded"))
    return (folder / "downloaded").read_bytes()


def errors_of(error: Exception) -> str:
    from azureml.exceptions import AzureMLAggregatedException

    assert isinstance(error, AzureMLAggregatedException)
    return str(error)


@pytest.mark.parametrize("size", SIZES)
def test_a_file_is_uploaded_and_read_back(run: Any, tmp_path: Path, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + bytes(size % 256)
    (tmp_path / "file").write_bytes(content)
    run.upload_file("outputs/from a path", str(tmp_path / "file"))
    run.upload_file("outputs/from a stream", io.BytesIO(content))
    assert sorted(run.get_file_names()) == ["outputs/from a path", "outputs/from a stream"]
    assert content_of(run, "outputs/from a path", tmp_path) == content
    assert content_of(run, "outputs/from a stream", tmp_path) == content


@pytest.mark.once
def test_a_file_over_the_threshold_of_the_client_is_uploaded_in_blocks(run: Any, tmp_path: Path) -> None:
    piece = bytes(range(256)) * 4096
    with (tmp_path / "file").open("wb") as file:
        for number in range(65):
            file.write(piece[number:] + piece[:number])
    run.upload_file("large", str(tmp_path / "file"))
    run.download_file("large", str(tmp_path / "downloaded"))
    assert (tmp_path / "downloaded").read_bytes() == (tmp_path / "file").read_bytes()


def test_files_are_uploaded_together(run: Any, tmp_path: Path) -> None:
    names, paths = [], []
    for number in range(60):
        path = tmp_path / f"{number}.txt"
        path.write_text(str(number))
        names.append(f"together/{number}")
        paths.append(str(path))
    list(run.upload_files(names, paths))
    assert sorted(run.get_file_names()) == sorted(names)
    assert content_of(run, "together/59", tmp_path) == b"59"


def test_uploaded_artifacts_are_given_back(run: Any, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    artifacts, results = run.upload_files(["b/a"], [str(tmp_path / "a")], return_artifacts=True)
    list(results)
    assert artifacts["b/a"].artifact_id == f"ExperimentRun/dcid.{run.id}/b/a"
    assert (artifacts["b/a"].origin, artifacts["b/a"].path) == ("ExperimentRun", "b/a")


def test_a_folder_is_uploaded(run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "sub" / "empty").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "sub" / "b.txt").write_text("b")
    list(run.upload_folder("outputs/model", str(folder)))
    assert sorted(run.get_file_names()) == ["outputs/model/a.txt", "outputs/model/sub/b.txt"]
    assert content_of(run, "outputs/model/sub/b.txt", tmp_path) == b"b"


def test_a_name_is_used_once(run: Any, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(f"new {name}")
    run.upload_file("b", io.BytesIO(b"old b"))
    with pytest.raises(Exception, match="already exists") as caught:
        run.upload_file("b", io.BytesIO(b"new b"))
    assert f"Resource Conflict: ArtifactId ExperimentRun/dcid.{run.id}/b already exists" in errors_of(
        caught.value
    )
    with pytest.raises(Exception, match="already exists") as caught:
        run.upload_files(["a", "b"], [str(tmp_path / "a"), str(tmp_path / "b")])
    assert errors_of(caught.value).count("Resource Conflict: ArtifactId") >= 1
    assert run.get_file_names() == ["b"]
    assert content_of(run, "b", tmp_path) == b"old b"


def test_a_name_that_a_failed_upload_has_taken(run: Any, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    with pytest.raises(FileNotFoundError):
        list(run.upload_files(["a", "lost"], [str(tmp_path / "a"), str(tmp_path / "nothing")]))
    assert "lost" not in run.get_file_names()
    with pytest.raises(Exception, match="already exists"):
        run.upload_file("lost", io.BytesIO(b"again"))


def test_the_same_name_in_another_run(experiment: Any, tmp_path: Path) -> None:
    runs = [experiment.start_logging(snapshot_directory=None) for _ in range(2)]
    for run in runs:
        run.upload_file("same", io.BytesIO(run.id.encode()))
    assert [content_of(run, "same", tmp_path) for run in runs] == [run.id.encode() for run in runs]


def test_a_run_that_has_ended_still_takes_files(run: Any, tmp_path: Path) -> None:
    run.complete()
    run.upload_file("late", io.BytesIO(b"late"))
    assert content_of(run, "late", tmp_path) == b"late"


# Those that `download_file` cannot ask for are in test_downloads.
KEPT = [
    "with a space",
    "ünïcode/\u65e5\u672c/\U0001f600.txt",
    "e\u0301 is not \u00e9",
    "a\\b",
    "back\\..slash",
    "CON.txt",
    "trailing.",
    "~/home",
    "$HOME/*;|&\"'<>`[]()!,=@^",
    "...",
    "a/.hidden/b",
    "x" * 1000,
]


def test_a_name_is_kept_as_it_is(run: Any, tmp_path: Path) -> None:
    for name in KEPT:
        run.upload_file(name, io.BytesIO(name.encode()))
    assert sorted(run.get_file_names()) == sorted(KEPT)
    for name in KEPT:
        assert content_of(run, name, tmp_path) == name.encode()


TIDIED = {"./a": "a", "a//b": "a/b", "a/./c": "a/c", "/tmp/d.png": "tmp/d.png", "///e": "e", "././/f": "f"}


def test_a_name_is_tidied(run: Any, tmp_path: Path) -> None:
    for name in TIDIED:
        run.upload_file(name, io.BytesIO(name.encode()))
    assert sorted(run.get_file_names()) == sorted(TIDIED.values())
    for name, tidy in TIDIED.items():
        assert content_of(run, name, tmp_path) == content_of(run, tidy, tmp_path) == name.encode()
        with pytest.raises(Exception, match="already exists"):
            run.upload_file(tidy, io.BytesIO(b"other"))


REFUSED = [
    "",
    ".",
    "/",
    "./",
    "..",
    "../a",
    "a/..",
    "a/../b",
    "/../a",
    "a\\..\\b",
    "\\a",
    "C:\\a",
    "c:/a",
    "a/",
    "a/.",
    "a\nb",
    "a\x00b",
    "a\x7f",
    "x" * 5001,
]


def test_a_name_that_is_refused(run: Any) -> None:
    for name in REFUSED:
        with pytest.raises(
            Exception, match=r"UserError: (The path of an artifact|A field of the entity)"
        ) as caught:
            run.upload_file(name, io.BytesIO(b"content"))
        errors_of(caught.value)
    assert run.get_file_names() == []


def test_the_longest_name(run: Any, tmp_path: Path) -> None:
    name = "/".join(["x" * 99] * 50)
    assert len(name) == 4999
    run.upload_file(name + "y", io.BytesIO(b"content"))
    assert content_of(run, name + "y", tmp_path) == b"content"
