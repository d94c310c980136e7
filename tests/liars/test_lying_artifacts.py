"""Recipes, readings and stores that lose files or their contents: the entries must notice, by a named check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository

from harness.spec import LoadedEntry
from harness.testbed import TestBed

pytestmark = pytest.mark.once

FOLDER = Path(__file__).parents[2] / "specs" / "artifacts"
LISTED, DOWNLOADED = (
    (FOLDER / f"{name}.yaml").read_text(encoding="utf-8") for name in ("list-artifacts", "download-artifact")
)

IN_FOLDERS = 3
"""The example of the list with files in folders, counted from 1."""
LINE_ENDS = 3
"""The example of the download with line ends of two characters."""
NOTHING = 4
"""The example of the download with an empty file."""


def example(number: int, recipe: str = "recommended") -> str:
    return f"example.{number}-ticking[{recipe}-sqlite]"


SENSITIVITY = "sensitivity[recommended-sqlite]"


def few(text: str, *kept: int) -> dict[str, Any]:
    """Nothing but these examples and what they need, which is enough where a reading is at fault, and quicker."""
    count = text.partition("\nv1:")[0].count("\n  - {")
    dropped = [number for number in range(count, 0, -1) if number not in kept]
    return {
        "-mlflow/guide": None,
        "-divergences": None,
        "-v1/refuses": None,
        "-claims": None,
        **{f"-examples/{number - 1}": None for number in dropped},
    }


WALK = LISTED.partition("      def below")[2].partition("      sorted(below())")[0]
BELOW = "def below" + WALK.replace("\n      ", "\n")
CONTENT = """
local = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="files/0/content")
with open(local, "rb") as file:
    content = file.read()
"""


def reading(of_v1: str, of_mlflow: str) -> dict[str, Any]:
    return {"v1/read": of_v1, "mlflow/recommended/read": of_mlflow}


RECIPES: dict[str, tuple[str, Mapping[str, Any], str, str]] = {
    "the first file alone": (
        LISTED,
        {"mlflow/recommended/log": "mlflow.log_text(content, paths[0])"},
        example(IN_FOLDERS),
        "missing",
    ),
    "no folders": (
        LISTED,
        {
            "mlflow/recommended/log": 'for path in paths:\n    mlflow.log_text(content, path.rpartition("/")[2])\n'
        },
        example(IN_FOLDERS),
        "MLmodel",
    ),
    "what is on top": (
        LISTED,
        {"mlflow/recommended/read": "sorted(file.path for file in client.list_artifacts(run_id))"},
        example(IN_FOLDERS),
        "model",
    ),
    "what is on top, without the folders": (
        LISTED,
        {
            "mlflow/recommended/read": (
                "sorted(file.path for file in client.list_artifacts(run_id) if not file.is_dir)"
            )
        },
        example(IN_FOLDERS),
        "model",
    ),
    "what was logged is not listed": (
        LISTED,
        {**few(LISTED, 1, 2), "mlflow/recommended/read": "sorted(paths)"},
        SENSITIVITY,
        "nothing is logged",
    ),
    "how many files there are": (
        LISTED,
        {
            **few(LISTED, 1, 2),
            **reading("len(run.get_file_names())", f"{BELOW}\nlen(list(below()))\n"),
        },
        SENSITIVITY,
        "v1 reads the same when",
    ),
    "names without what is behind the dot": (
        LISTED,
        {
            **few(LISTED, 1, 2),
            **reading(
                'sorted(path.partition(".")[0] for path in run.get_file_names())',
                f'{BELOW}\nsorted(path.partition(".")[0] for path in below())\n',
            ),
        },
        SENSITIVITY,
        "v1 reads the same when",
    ),
    "lines with other ends": (
        DOWNLOADED,
        {
            "mlflow/recommended/log": (
                "for place, (path, content) in enumerate(files.items()):\n"
                '    mlflow.log_text(content.decode().replace("\\r\\n", "\\n"), f"files/{place}/content")\n'
                '    mlflow.log_dict({"path": path}, f"files/{place}/path.json")\n'
            )
        },
        example(LINE_ENDS),
        "got",
    ),
    "another file": (
        DOWNLOADED,
        {
            "mlflow/recommended/log": (
                "for place, (path, content) in enumerate(files.items()):\n"
                '    mlflow.log_text(list(files.values())[-1].decode(), f"files/{place}/content")\n'
                '    mlflow.log_dict({"path": path}, f"files/{place}/path.json")\n'
            )
        },
        example(LINE_ENDS),
        "got",
    ),
    "what was uploaded is not downloaded": (
        DOWNLOADED,
        {**few(DOWNLOADED, 1, 3), "mlflow/recommended/read": "dict([next(iter(files.items()))])"},
        SENSITIVITY,
        "nothing is logged",
    ),
    "how many bytes there are": (
        DOWNLOADED,
        {
            **few(DOWNLOADED, 1, 3),
            **reading(
                'path = next(iter(files))\nrun.download_file(path, "local")\n'
                '{path: len(open("local", "rb").read()) // 100}\n',
                f"{CONTENT}\n{{next(iter(files)): len(content) // 100}}\n",
            ),
        },
        SENSITIVITY,
        "v1 reads the same when",
    ),
}


def check(verify: Callable[..., Any], bed: TestBed, loaded: LoadedEntry, name: str) -> Any:
    return verify(bed, loaded, only=name.__eq__).results[name]


@pytest.mark.parametrize(("text", "changes", "noticed_by", "says"), RECIPES.values(), ids=RECIPES)
def test_files_that_are_told_wrong_are_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    text: str,
    changes: Mapping[str, Any],
    noticed_by: str,
    says: str,
) -> None:
    result = check(verify, bed, entry_from(text, changes), noticed_by)
    assert result.outcome == "failed", result.message
    assert says in result.message


Fault = Callable[[pytest.MonkeyPatch], None]


def contents(spoiled: Callable[[bytes], bytes]) -> Fault:
    """The store keeps another content than it got."""
    honest = LocalArtifactRepository.log_artifact

    def log_artifact(self: LocalArtifactRepository, local_file: Any, artifact_path: Any = None) -> Any:
        path = Path(local_file)
        if path.suffix != ".json":
            path.write_bytes(spoiled(path.read_bytes()))
        return honest(self, local_file, artifact_path)

    return lambda patch: patch.setattr(LocalArtifactRepository, "log_artifact", log_artifact)


def lists(spoiled: Callable[[list[Any]], list[Any]]) -> Fault:
    """The client lists other files than there are."""
    honest = MlflowClient.list_artifacts

    def list_artifacts(self: MlflowClient, run_id: str, path: Any = None) -> list[Any]:
        return spoiled(honest(self, run_id, path))

    return lambda patch: patch.setattr(MlflowClient, "list_artifacts", list_artifacts)


STORES: dict[str, tuple[str, Fault, str]] = {
    "the last file is not listed": (LISTED, lists(lambda files: files[:-1]), example(1)),
    "files are listed twice": (LISTED, lists(lambda files: files + files), example(1)),
    "folders are not listed": (
        LISTED,
        lists(lambda files: [file for file in files if not file.is_dir]),
        example(IN_FOLDERS),
    ),
    "no more than three are listed": (LISTED, lists(lambda files: files[:2]), example(2)),
    "the last byte is lost": (DOWNLOADED, contents(lambda content: content[:-1]), example(1)),
    "a line end is added": (DOWNLOADED, contents(lambda content: content + b"\n"), example(NOTHING)),
    "line ends are made one character": (
        DOWNLOADED,
        contents(lambda content: content.replace(b"\r\n", b"\n")),
        example(LINE_ENDS),
    ),
    "bytes that are no text are replaced": (
        DOWNLOADED,
        contents(lambda content: content.decode(errors="replace").encode()),
        example(1),
    ),
    "the image of the guide is compressed": (
        DOWNLOADED,
        contents(lambda content: content[1:] + content[:1]),
        example(1, "guide"),
    ),
}


@pytest.mark.parametrize(("text", "fault", "name"), STORES.values(), ids=STORES)
def test_a_store_that_spoils_files_is_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    fault: Fault,
    name: str,
) -> None:
    loaded = entry_from(text)
    assert check(verify, bed, loaded, name).outcome == "passed"
    fault(monkeypatch)
    assert check(verify, bed, loaded, name).outcome == "failed"
