"""Opening, closing, opening again; and that nothing is left behind anywhere."""

from __future__ import annotations

import gc
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import warnings
import weakref
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from harness.workspace import EmbeddedWorkspace, WorkspaceClosed, WorkspaceInUse, open_workspace

ROOT = Path(__file__).parents[2]


def start(workspace: EmbeddedWorkspace, **kwargs: Any) -> Any:
    from azureml.core import Experiment

    return Experiment(workspace.sdk, "contract").start_logging(**kwargs)


def python(code: str, cwd: Path, **environment: str) -> str:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_was_written_is_there_when_the_folder_opens_again(folder: Path) -> None:
    from azureml.core import Run

    with open_workspace(folder) as workspace:
        run = start(workspace)
        run.log_list("m", [1, 2.5])
        run.complete()
        names = (
            workspace.sdk.name,
            workspace.sdk.subscription_id,
            workspace.sdk.service_context.workspace_id,
        )
    with open_workspace(folder) as workspace:
        again = Run.get(workspace.sdk, run.id)
        assert again.get_metrics() == {"m": [1.0, 2.5]}
        assert again.get_status() == "Completed"
        assert names == (
            workspace.sdk.name,
            workspace.sdk.subscription_id,
            workspace.sdk.service_context.workspace_id,
        )


def test_closing_stores_what_was_not_flushed(folder: Path) -> None:
    from azureml.core import Run

    with open_workspace(folder) as workspace:
        run = start(workspace)
        run.log("m", 1)
        workspace.release_runs()
        run.log("m", 2)
    with open_workspace(folder) as workspace:
        assert Run.get(workspace.sdk, run.id).get_metrics() == {"m": [1, 2]}


@pytest.mark.parametrize("first_to_close", [0, 1])
def test_two_workspaces_are_apart_and_close_in_any_order(tmp_path: Path, first_to_close: int) -> None:
    stacks = [ExitStack(), ExitStack()]
    opened = [stack.enter_context(open_workspace(tmp_path / str(n))) for n, stack in enumerate(stacks)]
    runs = [start(workspace) for workspace in opened]
    for number, run in enumerate(runs):
        run.log("m", number)
        run.flush()
    stacks[first_to_close].close()
    with pytest.raises(WorkspaceClosed):
        runs[first_to_close].get_metrics()
    left = 1 - first_to_close
    assert runs[left].get_metrics() == {"m": left}
    assert os.environ["AZUREML_CURRENT_CLOUD"] == "AzureCloud"
    stacks[left].close()
    with pytest.raises(WorkspaceClosed):
        runs[left].get_metrics()


def test_a_folder_that_is_open_is_not_opened_twice(folder: Path) -> None:
    with open_workspace(folder) as workspace:
        with pytest.raises(WorkspaceInUse), open_workspace(folder):
            pass
        assert start(workspace).get_status() == "Running"


def test_a_copy_of_a_folder_is_not_opened_beside_it(folder: Path, tmp_path: Path) -> None:
    with open_workspace(folder):
        pass
    shutil.copytree(folder, tmp_path / "copy")
    with open_workspace(folder), pytest.raises(WorkspaceInUse), open_workspace(tmp_path / "copy"):
        pass


def test_hosts_end_in_invalid(workspace: EmbeddedWorkspace) -> None:
    assert workspace.sdk.service_context._get_run_history_url().endswith(".invalid")


def test_a_late_thread_is_refused(folder: Path, no_network: list[str]) -> None:
    seen: list[BaseException] = []
    go = threading.Event()

    def late(run: Any) -> None:
        go.wait(20)
        try:
            run.get_metrics()
        except BaseException as error:
            seen.append(error)

    with open_workspace(folder) as workspace:
        run = start(workspace)
        thread = threading.Thread(target=late, args=(run,))
        thread.start()
    go.set()
    thread.join(20)
    assert [type(error) for error in seen] == [WorkspaceClosed]
    assert no_network == []


def test_the_client_s_own_timers_stop_too(folder: Path) -> None:
    from azureml._async import WorkerPool

    with open_workspace(folder) as workspace:
        before = threading.active_count()
        with WorkerPool(max_workers=2) as pool:
            workspace.sdk.service_context.worker_pool = pool
            run = start(workspace)
            run.log("m", 1)
            run.flush()
            workspace.release_runs()
        wait_for(lambda: threading.active_count() <= before)


def test_the_environment_is_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZUREML_CURRENT_CLOUD", "AzureChinaCloud")
    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY", raising=False)
    before = dict(os.environ)
    with open_workspace(folder) as workspace:
        start(workspace).complete()
        assert os.environ["AZUREML_CURRENT_CLOUD"] == "AzureCloud"
        assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert dict(os.environ) == before


def test_a_variable_that_somebody_changed_is_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZUREML_CURRENT_CLOUD", "before")
    with open_workspace(folder):
        os.environ["AZUREML_CURRENT_CLOUD"] = "meanwhile"
    assert os.environ["AZUREML_CURRENT_CLOUD"] == "meanwhile"


def test_home_and_working_directory_are_untouched(tmp_path: Path) -> None:
    home, cwd = tmp_path / "home", tmp_path / "empty"
    home.mkdir()
    cwd.mkdir()
    code = f"""
from harness.workspace import open_workspace
with open_workspace({str(tmp_path / "w")!r}) as workspace:
    from azureml.core import Experiment
    for _ in range(2):
        run = Experiment(workspace.sdk, "contract").start_logging()
        run.log("m", 1)
        run.complete()
        run.get_details()
    print(run.get_metrics())
"""
    assert python(code, cwd, HOME=str(home), USERPROFILE=str(home)) == "{'m': 1}"
    assert list(home.iterdir()) == []
    assert list(cwd.iterdir()) == []


def test_an_outputs_folder_of_the_user_s_stays(folder: Path, working_directory: Path) -> None:
    (working_directory / "outputs").mkdir()
    with open_workspace(folder) as workspace:
        start(workspace).complete()
    assert (working_directory / "outputs").is_dir()


def test_an_outputs_folder_with_something_in_it_stays(folder: Path, working_directory: Path) -> None:
    with open_workspace(folder) as workspace:
        start(workspace)
        (working_directory / "outputs" / "model").write_text("mine")
    assert (working_directory / "outputs" / "model").read_text() == "mine"


def test_an_outputs_folder_of_the_sdk_s_is_there_while_the_run_is(
    folder: Path, working_directory: Path
) -> None:
    with open_workspace(folder) as workspace:
        run = start(workspace)
        assert (working_directory / "outputs").is_dir()
        run.complete()
        workspace.release_runs()
        assert not (working_directory / "outputs").exists()


def test_an_empty_outputs_folder_that_the_user_made_later_stays(
    folder: Path, working_directory: Path
) -> None:
    with open_workspace(folder) as workspace:
        start(workspace, outputs=False).complete()
        (working_directory / "outputs").mkdir()
        start(workspace).complete()
    assert (working_directory / "outputs").is_dir()


def wait_for(condition: Any) -> None:
    import time

    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


def leftovers() -> tuple[int, int, set[str]]:
    gc.collect()
    descriptors = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    return threading.active_count(), descriptors, set(os.listdir(tempfile.gettempdir()))


@pytest.mark.parametrize("kwargs", [{}, {"_batch_upload_metrics": False}], ids=["batch", "single"])
def test_many_runs_leave_nothing_behind(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kwargs: dict[str, Any]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with open_workspace(folder) as workspace:
        start(workspace, **kwargs).complete()
    before = leftovers()
    refs = []
    with open_workspace(folder) as workspace:
        start(workspace, **kwargs).complete()
        workspace.release_runs()
        inside = leftovers()
        for number in range(100):
            run = start(workspace, **kwargs)
            run.log("m", number)
            run.flush()
            refs.append(weakref.ref(run))
            del run
            workspace.release_runs()
        assert leftovers()[:2] == inside[:2]
        assert sum(ref() is not None for ref in refs) == 0
    threads, descriptors, files = leftovers()
    assert (threads, descriptors) == before[:2]
    assert files == before[2]
    assert {entry.name for entry in folder.iterdir()} == {"workspace.sqlite", "blobs"}


def test_opening_again_and_again_piles_nothing_up(folder: Path) -> None:
    with open_workspace(folder):
        pass
    before = leftovers()
    for _ in range(20):
        with open_workspace(folder) as workspace:
            start(workspace).log("m", 1)
    assert leftovers()[:2] == before[:2]


def test_values_that_could_not_be_stored_are_warned_of(folder: Path) -> None:
    def log_too_long_a_step() -> None:
        with open_workspace(folder) as workspace:
            start(workspace, _batch_upload_metrics=False).log("m", 1, step=2**63)

    with pytest.warns(RuntimeWarning, match="were not stored"):
        log_too_long_a_step()


def test_a_clean_close_is_silent(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        with open_workspace(folder) as workspace:
            run = start(workspace)
            run.log("m", 1)
            warnings.simplefilter("error")


def test_importing_is_cheap(tmp_path: Path) -> None:
    code = """
import sys
import harness.workspace, harness.workspace.evidence
harness.workspace.load_evidence()
print([name for name in ("azureml", "mlflow", "requests", "werkzeug") if name in sys.modules])
"""
    assert python(code, tmp_path) == "[]"


def test_nothing_is_patched_by_importing(tmp_path: Path) -> None:
    code = """
import requests
before = requests.adapters.HTTPAdapter.send
import harness.workspace
print(requests.adapters.HTTPAdapter.send is before)
"""
    assert python(code, tmp_path) == "True"


def test_the_ids_of_all_runs_are_known_in_their_order(tmp_path: Path) -> None:
    from azureml.core import Experiment

    with open_workspace(tmp_path) as workspace:
        assert (workspace.run_ids(), workspace.last_run_id()) == ([], None)
        started = [
            Experiment(workspace.sdk, name).start_logging(snapshot_directory=None) for name in ("b", "a", "b")
        ]
        for run in reversed(started):
            run.complete()
        assert workspace.run_ids() == [run.id for run in started]
        assert workspace.last_run_id() == started[2].id
        assert workspace.run_ids(after=started[0].id) == [started[1].id, started[2].id]
        assert workspace.run_ids(after=started[2].id) == []


def test_what_is_recorded_is_what_answered(workspace: EmbeddedWorkspace, run: Any) -> None:
    with workspace.recording() as outer:
        run.log("m", math.nan)
        run.flush()
        with workspace.recording() as inner:
            run.get_metrics()
    run.log("m", 1)
    run.flush()
    assert "metric-non-finite-as-text" in inner
    assert "metric-first-schema" not in inner
    assert inner < outer
    assert "metric-int-widens-to-double" not in outer
