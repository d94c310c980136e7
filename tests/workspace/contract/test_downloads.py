"""What SDK v1 downloads of a run's files, and to where."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

FILES = ["logs/a.txt", "logs/sub/b.txt", "logs", "logs2/c.txt", "log", "other/logs/d.txt"]


@pytest.fixture
def run(run: Any) -> Any:
    for name in FILES:
        run.upload_file(name, io.BytesIO(name.encode()))
    return run


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_file_is_downloaded_under_its_last_name(run: Any, working_directory: Path) -> None:
    run.download_file("logs/sub/b.txt")
    assert (working_directory / "b.txt").read_bytes() == b"logs/sub/b.txt"


def test_a_file_is_downloaded_into_a_folder(run: Any, tmp_path: Path) -> None:
    run.download_file("logs/sub/b.txt", str(tmp_path))
    assert (tmp_path / "b.txt").read_bytes() == b"logs/sub/b.txt"
    run.download_file("logs/a.txt", str(tmp_path / "new" / "c.txt"))
    assert (tmp_path / "new" / "c.txt").read_bytes() == b"logs/a.txt"


def test_a_checksum_is_asked_for(run: Any, tmp_path: Path) -> None:
    run.download_file("logs/a.txt", str(tmp_path / "a"), _validate_checksum=True)
    assert (tmp_path / "a").read_bytes() == b"logs/a.txt"


def test_a_file_that_is_not_there(run: Any, tmp_path: Path) -> None:
    from azureml.exceptions import UserErrorException

    with pytest.raises(UserErrorException, match=r"(?s)no/such was not found.*logs2/c\.txt"):
        run.download_file("no/such", str(tmp_path / "a"))
    with pytest.raises(UserErrorException, match="LOG was not found"):
        run.download_file("LOG", str(tmp_path / "a"))
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("prefix", ["logs2", "logs2/", "logs2//", "logs2\\"])
def test_a_folder_is_downloaded(run: Any, tmp_path: Path, prefix: str) -> None:
    run.download_files(prefix, str(tmp_path / "out"))
    assert files_below(tmp_path / "out") == {"logs2/c.txt": b"logs2/c.txt"}


def test_a_prefix_is_no_beginning_of_a_name(run: Any, tmp_path: Path) -> None:
    run.download_files("log", str(tmp_path / "out"))
    assert files_below(tmp_path / "out") == {"log": b"log"}


def test_a_prefix_is_left_out(run: Any, tmp_path: Path) -> None:
    run.download_files("logs/sub", str(tmp_path / "out"), append_prefix=False)
    assert files_below(tmp_path / "out") == {"b.txt": b"logs/sub/b.txt"}


def test_a_prefix_with_nothing_below(run: Any, tmp_path: Path) -> None:
    run.download_files("nothing", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_downloads_get_names_of_their_own(run: Any, tmp_path: Path) -> None:
    paths = [str(tmp_path / "one" / "1"), str(tmp_path / "two")]
    run.download_files("other", output_paths=paths[:1])
    run.download_files("logs2", output_paths=paths[1:])
    assert files_below(tmp_path / "one") == {"1": b"other/logs/d.txt"}
    assert (tmp_path / "two").read_bytes() == b"logs2/c.txt"


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_all_files_are_downloaded(experiment: Any, tmp_path: Path, batch: int) -> None:
    run = experiment.start_logging(snapshot_directory=None)
    names = ["a", "b c/d", "b c/e#?%41/f", "empty"]
    for name in names:
        run.upload_file(name, io.BytesIO(b"" if name == "empty" else name.encode()))
    run.download_files(output_directory=str(tmp_path / "out"), batch_size=batch)
    assert files_below(tmp_path / "out") == {
        name: b"" if name == "empty" else name.encode() for name in names
    }


# The client puts the name into a URL as it is, so it asks for something else.
NOT_ASKED_FOR = {"a?b": "a", "a#b": "a", "%41": "A"}


@pytest.mark.parametrize("name", NOT_ASKED_FOR)
def test_the_client_asks_for_another_name(experiment: Any, tmp_path: Path, name: str) -> None:
    from azureml.exceptions import UserErrorException

    run = experiment.start_logging(snapshot_directory=None)
    run.upload_file(name, io.BytesIO(b"content"))
    assert run.get_file_names() == [name]
    with pytest.raises(UserErrorException, match="was not found"):
        run.download_file(name, str(tmp_path / "a"))
    run.upload_file(NOT_ASKED_FOR[name], io.BytesIO(b"other"))
    run.download_file(name, str(tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == b"other"


def test_the_client_cannot_ask_for_a_name_with_braces(experiment: Any, tmp_path: Path) -> None:
    run = experiment.start_logging(snapshot_directory=None)
    run.upload_file("a{}b", io.BytesIO(b"content"))
    with pytest.raises(IndexError):
        run.download_file("a{}b", str(tmp_path / "a"))
    run.download_files(output_directory=str(tmp_path))
    assert (tmp_path / "a{}b").read_bytes() == b"content"
