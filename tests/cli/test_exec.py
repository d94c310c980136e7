"""`harness exec`: unmodified scripts in processes of their own, and what is left of them in the workspace."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.cli import main
from harness.workspace import EmbeddedWorkspace, open_workspace

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "tests" / "workspace" / "scripts"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """What the scripts have for a home, with a folder for temporary files beside it."""
    (tmp_path / "temporary").mkdir()
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


def start(home: Path, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Starts the command, as a user with that home would."""
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from harness.cli import main; main()",
            "exec",
            "--workspace",
            str(folder),
            *arguments,
        ],
        cwd=home.parent,
        env={
            **os.environ,
            "HOME": str(home),
            "USERPROFILE": str(home),
            "TMPDIR": str(home.parent / "temporary"),
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "PYTHONWARNINGS": "ignore",
        },
        # Whoever runs the tests in the background may ignore what a keyboard sends, which processes inherit.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def write(home: Path, text: str) -> str:
    script = home.parent / "script.py"
    script.write_text(text, encoding="utf-8")
    return str(script)


def finished(process: subprocess.Popen[str], code: int = 0) -> tuple[str, str, list[str]]:
    """What a command printed that ends with the code: the run's id, its output, the other lines of its errors."""
    output, errors = process.communicate(timeout=180)
    assert process.returncode == code, errors
    lines = errors.splitlines()
    [first] = [line for line in lines if line.startswith("run ID: ")]
    return first.removeprefix("run ID: "), output, [line for line in lines if line != first]


@contextmanager
def opened(folder: Path) -> Iterator[tuple[EmbeddedWorkspace, Any]]:
    """The workspace, and how to get a run of it through SDK v1."""
    with open_workspace(folder) as workspace:
        from azureml.core import Run

        yield workspace, lambda run_id: Run.get(workspace.sdk, run_id)


@pytest.mark.once
def test_scripts_of_both_clients_run_at_once_and_each_is_read_by_the_other(
    home: Path, folder: Path, tmp_path: Path
) -> None:
    v1 = start(
        home, folder, "--experiment", "both", str(SCRIPTS / "train_with_v1.py"), str(tmp_path / "made")
    )
    other = start(home, folder, "--experiment", "both", str(SCRIPTS / "train_with_mlflow.py"))
    (by_v1, _, v1_errors), (by_mlflow, _, mlflow_errors) = finished(v1), finished(other)
    assert [line for line in v1_errors + mlflow_errors if "not served" in line] == []
    assert list(home.rglob("*")) == []
    assert list((tmp_path / "temporary").iterdir()) == []

    with opened(folder) as (workspace, get):
        import mlflow
        from mlflow import MlflowClient

        before = mlflow.get_tracking_uri() if mlflow.is_tracking_uri_set() else None
        mlflow.set_tracking_uri(workspace.tracking_uri)
        try:
            client = MlflowClient()
            found = client.get_run(by_v1)
            assert found.info.status == "FINISHED"
            assert {"model": "ridge", "stage": "test"}.items() <= found.data.tags.items()
            assert found.data.metrics["alpha"] == 0.5
            assert [metric.value for metric in client.get_metric_history(by_v1, "loss")] == [4, 3, 2, 1]
            assert [metric.value for metric in client.get_metric_history(by_v1, "folds")] == [0.25, 0.5, 0.75]
            assert mlflow.artifacts.load_text(f"runs:/{by_v1}/notes/notes.txt") == "größer als β"
            experiment = client.get_experiment_by_name("both")
            assert experiment is not None
            children = client.search_runs([experiment.experiment_id], f"tags.mlflow.parentRunId = '{by_v1}'")
            assert sorted((run.data.metrics["score"], run.data.tags["fold"]) for run in children) == [
                (0.5, "0"),
                (1.5, "1"),
            ]
        finally:
            mlflow.set_tracking_uri(before)

        run = get(by_mlflow)
        assert run.get_status() == "Completed"
        assert run.experiment.name == "both"
        assert {"model": "ridge", "stage": "test"}.items() <= run.get_tags().items()
        assert run.get_metrics("loss") == {"loss": [4, 3, 2, 1]}
        run.download_file("notes/notes.txt", str(tmp_path / "notes.txt"))
        assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "größer als β"
        scores = sorted(
            (child.get_metrics()["score"], child.get_tags()["fold"]) for child in run.get_children()
        )
        assert scores == [(0.5, "0"), (1.5, "1")]
        assert {child.get_status() for child in run.get_children()} == {"Completed"}


@pytest.mark.once
def test_processes_of_the_script_attach_to_its_run_and_its_failure_fails_the_run(
    home: Path, folder: Path
) -> None:
    script = write(
        home,
        """
import subprocess, sys
if len(sys.argv) == 1:
    for name in ("a", "b"):
        subprocess.run([sys.executable, __file__, name], check=True)
    print("out:", sys.stdin.read() == "")
    sys.exit(3)
from azureml.core import Run
run = Run.get_context(allow_offline=False)
run.log("from " + sys.argv[1], 1)
run.flush()
""",
    )
    run_id, output, _ = finished(start(home, folder, script), code=3)
    assert output == "out: True\n"
    with opened(folder) as (_, get):
        run = get(run_id)
        assert run.experiment.name == "script"
        assert run.get_metrics() == {"from a": 1, "from b": 1}
        assert run.get_status() == "Failed"
        details = run.get_details()
        assert details["error"]["error"]["message"] == "The script ended with exit code 3."
        assert details["startTimeUtc"] <= details["endTimeUtc"]
    assert list(home.rglob("*")) == []


@pytest.mark.once
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_launcher_that_is_told_to_stop_stops_the_script_and_cancels_the_run(
    home: Path, folder: Path, number: signal.Signals, code: int
) -> None:
    script = write(home, "import time\nprint('ready', flush=True)\ntime.sleep(100)\n")
    process = start(home, folder, script)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    run_id, _, errors = finished(process, code)
    assert errors[-1] == f"stopped by {number.name}; the run is Canceled"
    assert list((home.parent / "temporary").iterdir()) == []
    with opened(folder) as (_, get):
        assert get(run_id).get_status() == "Canceled"


@pytest.mark.once
def test_a_script_that_does_not_listen_is_killed_by_the_second_signal(home: Path, folder: Path) -> None:
    script = write(
        home,
        """
import os, signal, time
# Not by print: the signal may come while the other print is not done, and Python takes no second one then.
signal.signal(signal.SIGTERM, lambda *_: os.write(1, b"no\\n"))
print("ready", flush=True)
while True:
    time.sleep(1)
""",
    )
    process = start(home, folder, script)
    assert process.stdout is not None
    for line in ("ready\n", "no\n"):
        assert process.stdout.readline() == line
        process.send_signal(signal.SIGTERM)
    run_id, _, _ = finished(process, 143)
    with opened(folder) as (_, get):
        assert get(run_id).get_status() == "Canceled"


@pytest.mark.once
def test_a_script_that_a_signal_ends_has_failed(home: Path, folder: Path) -> None:
    script = write(home, "import os\nos.kill(os.getpid(), 9)\n")
    run_id, _, _ = finished(start(home, folder, script), code=137)
    with opened(folder) as (_, get):
        assert (
            get(run_id).get_details()["error"]["error"]["message"]
            == "The script ended by signal 9 (SIGKILL)."
        )


@pytest.mark.once
def test_what_is_not_served_is_loud_even_if_the_script_takes_no_notice(home: Path, folder: Path) -> None:
    script = write(
        home,
        """
import os
from contextlib import suppress
import requests
with suppress(OSError):
    requests.get("https://example.com/data")
api = os.environ["AZUREML_SERVICE_ENDPOINT"]
for _ in range(3):
    print(requests.post(api + "/nowhere/v1.0").json()["error"]["message"])
""",
    )
    _, output, errors = finished(start(home, folder, script), code=4)
    assert output.count("/nowhere/v1.0: the embedded workspace has no such route") == 3
    assert errors[0] == "4 request(s) of the script were not served:"
    assert errors[1].startswith("  CONNECT example.com:443: no host outside ")
    assert errors[2].endswith("/nowhere/v1.0: the embedded workspace has no such route (3 times)")
    assert errors[3] == "the script ended with 0; `harness exec` ends with 4 for that"


@pytest.mark.once
def test_a_script_may_talk_to_its_own_machine(home: Path, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
            connection.close()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        script = write(home, f"import requests\nprint(requests.get({url!r}).text)\n")
        _, output, errors = finished(start(home, folder, script))
        assert (output, errors) == ("hello\n", [])


@pytest.mark.once
def test_the_users_own_start_of_python_still_runs(
    home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = home.parent / "own"
    own.mkdir()
    (own / "sitecustomize.py").write_text("import builtins\nbuiltins.mine = 'ran'\n", encoding="utf-8")
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(own), *filter(None, [os.environ.get("PYTHONPATH")])])
    )
    script = write(home, "import sitecustomize, sys\nprint(mine, 'embedded' in str(sys.path))\n")
    assert finished(start(home, folder, script))[1] == "ran False\n"


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["exec", *arguments])
    code = ended.value.code
    assert isinstance(code, int)
    return code, capsys.readouterr().err


def test_wrong_input_is_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script, folder = tmp_path / "s.py", str(tmp_path / "workspace")
    script.touch()
    there = str(script)
    assert refused(capsys, "--workspace", folder, there + "x") == (2, f"there is no script {there}x\n")
    assert refused(capsys, "--workspace", folder, str(tmp_path)) == (
        2,
        f"there is no script {tmp_path}: it is a folder\n",
    )
    assert refused(capsys, "--workspace", there, there) == (2, f"{there} is not a folder\n")
    code, message = refused(capsys, "--workspace", folder, "--experiment", "a b", there)
    assert code == 2
    assert message.startswith("'a b' is no name of an experiment: ")
    assert refused(capsys, there)[0] == 2
    code, message = refused(capsys, "--workspace", "", there)
    assert (code, message.startswith("`--workspace` is empty")) == (2, True)
    assert not Path(folder).exists()


def test_a_folder_with_something_else_in_it_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import sqlite3

    script, folder = tmp_path / "s.py", tmp_path / "workspace"
    script.touch()
    folder.mkdir()
    (folder / "workspace.sqlite").write_text("not a database, but long enough to be looked at\n" * 50)
    code, message = refused(capsys, "--workspace", str(folder), str(script))
    assert (code, message) == (3, f"{folder}: file is not a database\n")
    (folder / "workspace.sqlite").unlink()
    with sqlite3.connect(folder / "workspace.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    code, message = refused(capsys, "--workspace", str(folder), str(script))
    assert code == 2
    assert "a workspace of layout 99" in message
