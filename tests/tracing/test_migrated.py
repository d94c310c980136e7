"""A script in which what is to be written stands in the place of each call: it runs, and MLflow has what v1 had."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from traced import verified

from harness.tracing.model import Trace
from harness.tracing.sites import needed, places_of

SCRIPT = """\
import numpy as np
from azureml.core import Run

run = Run.get_context()
losses = [np.float32(0.5), np.float32(0.25), np.float32(0.25)]
name = "val"
for epoch, loss in enumerate(losses):
    run.log(f"{name} loss", loss, step=epoch)
run.log("samples", 2**53 + epoch)
run.log("best", min(losses))
run.log("done", True)
run.log_list(f"{name} list", [float(loss) for loss in losses])
run.log_row("row", a=epoch, b=name)
run.tag("owner", name)
with open("notes.txt", "w") as file:
    file.write("text")
run.upload_file("texts/notes.txt", "notes.txt")
"""

READ = """
import json
client, id_ = mlflow.MlflowClient(), mlflow.active_run().info.run_id
data = client.get_run(id_).data
print(json.dumps({
    "metrics": {key: [each.value for each in client.get_metric_history(id_, key)] for key in data.metrics},
    "params": data.params,
    "tags": {key: tag for key, tag in data.tags.items() if not key.startswith("mlflow.")},
    "row": mlflow.artifacts.load_dict(f"runs:/{id_}/" + client.list_artifacts(id_, "rows")[0].path)["row"],
    "text": mlflow.artifacts.load_text(f"runs:/{id_}/texts/notes.txt"),
}))
"""


def migrated(trace: Trace) -> str:
    """The script with what is to be written in the place of each call, which is a line of its own."""
    lines = SCRIPT.splitlines()
    for place in places_of(trace):
        old = lines[place.line - 1]
        indent = old[: len(old) - len(old.lstrip())]
        if place.name == "Run.get_context":
            lines[place.line - 1] = "mlflow.start_run()\n" + "\n".join(needed(trace)[0])
            continue
        write = place.cases[0].case.write
        assert write is not None
        assert write.keeps
        lines[place.line - 1] = "\n".join(f"{indent}{line}" for line in write.short.split("\n"))
    return "\n".join(["import mlflow", *(line for line in lines if "azureml" not in line), READ])


def test_a_script_with_what_is_to_be_written_keeps_everything(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    code = migrated(verified(tmp_path, script))
    (tmp_path / "moved").mkdir()
    (tmp_path / "moved" / "moved.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "moved.py"], cwd=tmp_path / "moved", capture_output=True, text=True, check=False,
        env={**environment(), "MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/moved.db"},
    )  # fmt: skip
    assert done.returncode == 0, f"{code}\n{done.stderr}"
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "metrics": {"val loss": [0.5, 0.25, 0.25], "val list": [0.5, 0.25, 0.25], "best": [0.25], "done": [1.0],
                    "samples": [2.0**53 + 2]},
        "params": {},
        "tags": {"done": "boolean", "owner": "val"},
        "row": {"a": 2, "b": "val"},
        "text": "text",
    }  # fmt: skip


def environment() -> dict[str, str]:
    import os

    return {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
