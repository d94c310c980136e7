"""A store of other people: what a run writes there stands in one experiment, which is deleted in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import EnvironmentProblem
from harness.stores import with_uris
from harness.testbed import open_testbed


@pytest.fixture
def theirs(template: Path, tmp_path: Path) -> str:
    """The URI of a store in which there is an experiment already."""
    from mlflow import MlflowClient

    uri = f"sqlite:///{(tmp_path / 'theirs.db').as_posix()}"
    MlflowClient(tracking_uri=uri).create_experiment("theirs", artifact_location=(tmp_path / "a").as_uri())
    return uri


def experiments(uri: str) -> set[str]:
    from mlflow import MlflowClient

    return {each.name for each in MlflowClient(tracking_uri=uri).search_experiments()} - {"Default"}


@pytest.mark.parametrize("keep", [False, True])
def test_what_was_written_is_deleted_unless_it_is_to_be_kept(theirs: str, tmp_path: Path, keep: bool) -> None:
    info = with_uris([f"staging={theirs}"])["staging"]
    with open_testbed(tmp_path / "bed", [info], keep=keep) as bed:
        store = bed.stores["staging"]
        assert (store.name, store.tracking_uri) == ("staging", theirs)
        store.client.create_run(store.experiment_id)
        (ours,) = experiments(theirs) - {"theirs"}
        assert ours.startswith("harness: conformance ")
    assert experiments(theirs) == ({"theirs", ours} if keep else {"theirs"})


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    info = with_uris(["staging=http://127.0.0.1:1"])["staging"]
    with (
        pytest.raises(EnvironmentProblem, match="Store staging cannot be reached"),
        open_testbed(tmp_path / "bed", [info]),
    ):
        pass


def test_one_that_cannot_be_had_does_not_keep_others_from_being_opened(tmp_path: Path) -> None:
    lacking: dict[str, str] = {}
    info = with_uris(["staging=http://127.0.0.1:1"])["staging"]
    with open_testbed(tmp_path / "bed", [info, "file"], lacking=lacking.__setitem__) as bed:
        assert list(bed.stores) == ["file"]
    assert list(lacking) == ["staging"]
