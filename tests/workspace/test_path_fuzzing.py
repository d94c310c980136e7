"""No name of an artifact leads out of the workspace's folder, or is answered for another.

Many names go through each client (2,000 with `HARNESS_TESTS=long`, see `lengths`). Either turns some names into others
before it sends them or asks for them: SDK v1 puts a name into a URL unquoted, MLflow resolves ".." and takes
a backslash for a slash. What it then asks for may be absent, but is never the content of another artifact.
"""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from lengths import size

from harness.workspace import EmbeddedWorkspace

NAMES_EACH = size(150, 2000)

ODD = [
    *(
        ".",
        "",
        "...",
        "a",
        "b",
        "A",
        " ",
        "~",
        "C:",
        "con",
        "nul",
        "outputs",
        "logs",
        "artifacts",
        "$HOME",
        "-",
        "--",
    ),
    *(
        "%2e%2e",
        "%2F",
        "%5c",
        "%00",
        "%",
        "%%",
        "?",
        "#",
        "?a=b",
        "#a",
        "&",
        "+",
        ";",
        ":",
        "*",
        "{}",
        "{0}",
        "\\",
    ),
    *("\u00e9", "e\u0301", "\u202e", "\u2215", "\uff0e\uff0e", "\ufeff", "\u2028", "\U0001f600", "\uffff"),
    *("workspace.sqlite", "blobs", "x" * 255, "x" * 256, "\u00fc" * 200, "'", '"', "`", "|", "<", ">"),
]
EVIL = [
    "..",
    "..\\",
    "\\..\\",
    "\x00",
    "\n",
    "\r\n",
    "\t",
    "\x1b",
    "\x7f",
    "\x85",
    "\ud800",
    "\udcff",
    "..\x00",
    "C:\\",
]
STARTS = [
    "/",
    "//",
    "\\",
    "\\\\host\\",
    "C:\\",
    "c:/",
    "~/",
    "./",
    "../",
    "file:///",
    "https://h/",
    "aml://",
    "runs:/",
]


def names(folder: Path) -> st.SearchStrategy[str]:
    """Anything, and more often what is special somewhere; also absolute paths of what is around the workspace."""
    part = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=5)
    odd = st.lists(part, min_size=1, max_size=4).map("/".join)
    evil = st.lists(part | st.sampled_from(EVIL), min_size=1, max_size=6)
    around = [str(path) for path in (folder, folder / "sentinel", folder / "workspace" / "workspace.sqlite")]
    up = ["/".join([".."] * count) + "/sentinel" for count in range(1, 6)]
    return st.one_of(
        odd,
        st.builds(str.__add__, st.sampled_from(STARTS), odd),
        st.builds(str.join, st.sampled_from(["/", "\\", ""]), evil),
        st.text(max_size=40),
        st.text(st.characters(categories=["Cc", "Cs", "Cf", "Zs", "Zl", "Po"]), max_size=10),
        st.builds(str.__add__, st.sampled_from([*around, *up]), st.just("") | odd.map("/".__add__)),
        st.text("ab/.\u00fc", min_size=900, max_size=1100),
        st.integers(4_998, 5_002).map(
            lambda length: ("x" * 99 + "/") * (length // 100) + "y" * (length % 100)
        ),
    )


def tidy(name: str) -> str:
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def tree(folder: Path) -> dict[str, bytes | None]:
    """All that is below a folder, but for what is in a workspace or meant for downloads."""
    found: dict[str, bytes | None] = {}
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        if relative.parts[0] not in ("workspace", "downloads"):
            found[str(relative)] = path.read_bytes() if path.is_file() else None
    return found


@pytest.fixture
def statuses(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The status of each answer."""
    seen: list[int] = []
    send = requests.Session.send

    def record(*args: Any, **kwargs: Any) -> requests.Response:
        answer = send(*args, **kwargs)
        seen.append(answer.status_code)
        return answer

    monkeypatch.setattr(requests.Session, "send", record)
    return seen


@pytest.fixture
def downloads(tmp_path: Path, workspace: EmbeddedWorkspace, statuses: list[int]) -> Iterator[Path]:
    """A folder to download to. Around it, and around the workspace's, nothing may change."""
    (tmp_path / "sentinel").write_text("untouched")
    (tmp_path / "downloads").mkdir()
    own = {path.name for path in workspace.folder.iterdir()}
    before = tree(tmp_path)
    yield tmp_path / "downloads"
    workspace.release_runs()
    assert tree(tmp_path) == before
    assert {path.name for path in workspace.folder.iterdir()} == own
    assert all(len(path.name) == 32 and path.is_file() for path in (workspace.folder / "blobs").iterdir())
    assert max(statuses) < 500


FUZZ = settings(
    max_examples=NAMES_EACH,
    database=None,
    deadline=None,
    derandomize=False,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    print_blob=False,
    report_multiple_bugs=False,
    stateful_step_count=50,
)


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.once
def test_names_through_the_sdk(
    workspace: EmbeddedWorkspace, experiment: Any, tmp_path: Path, downloads: Path
) -> None:
    from azureml.exceptions import AzureMLAggregatedException

    counts = {"stored": 0, "refused": 0, "asked for by name": 0}
    folders = iter(range(10**9))

    @FUZZ
    @seed(4)
    @given(name=names(tmp_path))
    def check(name: str) -> None:
        run = experiment.start_logging(snapshot_directory=None, outputs=None)
        content = repr(name).encode()
        out = downloads / str(next(folders))
        try:
            run.upload_file(name, io.BytesIO(content))
        except AzureMLAggregatedException:
            assert run.get_file_names() == []
            counts["refused"] += 1
            return
        counts["stored"] += 1
        assert run.get_file_names() == [tidy(name)]
        run.download_files(output_paths=[str(out / "by list")])
        assert (out / "by list").read_bytes() == content
        try:
            run.download_file(name, str(out / "by name"))
        except Exception:  # whatever the client makes of a name that it cannot ask for
            assert not (out / "by name").is_file()
        else:
            assert (out / "by name").read_bytes() == content
            counts["asked for by name"] += 1
        if all(len(part.encode()) < 256 for part in name.split("/")) and len(name.encode()) < 3000:
            run.download_files(output_directory=str(out / "below"))
            assert files_below(out / "below") == {tidy(name): content}
        workspace.release_runs()

    experiment.start_logging(snapshot_directory=None, outputs=None)
    workspace.release_runs()
    check()
    assert sum(list(counts.values())[:2]) >= NAMES_EACH
    assert min(counts.values()) >= NAMES_EACH / 10


@pytest.mark.once
def test_names_through_the_plugin(
    workspace: EmbeddedWorkspace, mlflow_client: Any, mlflow_experiment: str, tmp_path: Path, downloads: Path
) -> None:
    counts = {"stored": 0, "refused": 0, "asked for by name": 0}
    folders = iter(range(10**9))

    @FUZZ
    @seed(5)
    @given(name=names(tmp_path))
    def check(name: str) -> None:
        run_id = mlflow_client.create_run(mlflow_experiment).info.run_id
        out = downloads / str(next(folders))
        out.mkdir()
        content = repr(name)
        try:
            mlflow_client.log_text(run_id, content, name)
        except Exception:  # of MLflow, of the plugin, or of the file system for MLflow's own copy
            assert mlflow_client.list_artifacts(run_id) == []
            counts["refused"] += 1
            return
        counts["stored"] += 1
        stored = tidy(posixpath.normpath(name).replace("\\", "/"))
        assert [info.path for info in mlflow_client.list_artifacts(run_id)] == [stored.partition("/")[0]]
        try:
            path = mlflow_client.download_artifacts(run_id, name, str(out))
        except Exception:  # whatever MLflow makes of a name that it cannot ask for
            pass
        else:
            assert Path(path).is_relative_to(out)
            if Path(path).is_file():
                assert Path(path).read_text() == content
                counts["asked for by name"] += 1
        assert set(files_below(out).values()) <= {content.encode()}

    check()
    assert sum(list(counts.values())[:2]) >= NAMES_EACH
    assert min(counts.values()) >= NAMES_EACH / 10
