"""The models of what becomes of a path on a tracking server, held against a server and its client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import mlflow
import pytest
from mlflow.exceptions import MlflowException
from requests import HTTPError

from harness.files import files_below
from harness.served import downloaded_from_server, listed_by_server, served_files, served_path
from harness.testbed import TestBed, isolated, open_testbed

pytestmark = pytest.mark.once

PATHS = [
    *(["a"], ["a?"], ["a#b"], ["d/?a"], ["?"], ["%23"], ["%3B"], ["a;"], ["x;/b", "c"], ["b/x;y"]),
    *(["a%20b", "a b"], ["a%2520b"], ["a%2Fb"], ["%2Fa"], ["a%2F%2Fb/c"], ["%2e/a"], ["%2e%2e/a"], ["a%23b"]),
    *(["a%3Fb"], ["a%3Fb", "a"], ["a%zz"], ["100%"], ["%41"], ["%00"], ["a%0Ab"], ["C:%5Ca"], ["d/C:\\a"]),
    *([" "], [" a"], ["a "], ["a/ b"], [" /a"], ["A:b"], ["A:/b"], ["http:/x/a"], ["http:a"], ["mailto:a"]),
    *(["é/損失"], ["e\u0301"], ["\U0001f600"], ["a\\b"], ["a\tb"], ["{a}"], ["'"], ["a+b&c=d"], ["..."]),
    *(["n/n"], ["n/n", "n/m"], ["n/k/k"], ["n/n/n"], ["n%2Fn"], ["a", "a/b"], ["a/b", "a"], ["a?b", "a/c"]),
    *(["/a"], ["x" * 256], ["é" * 128 + "/a"], ["d//a", "./b", "d/./c"]),
]
"""Paths that are logged one after the other."""


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBed]:
    with open_testbed(tmp_path_factory.mktemp("bed"), ["server"]) as opened:
        yield opened


@pytest.mark.parametrize("paths", PATHS, ids=ascii)
def test_files_come_back_as_the_models_say(paths: Sequence[str], bed: TestBed, tmp_path: Path) -> None:
    store = bed.stores["server"]
    with isolated(bed):
        mlflow.set_tracking_uri(store.tracking_uri)
        with mlflow.start_run(experiment_id=store.experiment_id) as active:
            run_id = active.info.run_id
            taken = 0
            for path in paths:
                try:
                    mlflow.log_text(path, path)
                except (MlflowException, HTTPError, OSError):
                    break
                taken += 1
        assert taken == served_files(paths)[0]
        try:
            listed = sorted(file.path for file in store.client.list_artifacts(run_id))
        except MlflowException:
            listed = None
        assert listed == listed_by_server([served_path(path) or "" for path in paths[:taken]], below=False)
        comes, why = downloaded_from_server(paths[:taken])
        try:
            content = files_below(mlflow.artifacts.download_artifacts(run_id=run_id, dst_path=str(tmp_path)))
        except MlflowException:
            assert why
        else:
            assert not why
            assert content == {path: logged.encode() for path, logged in comes.items()}
