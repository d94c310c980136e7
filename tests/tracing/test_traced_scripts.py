"""Three scripts as teams have them, traced: what is kept of each call, and that the scripts do not notice."""

from __future__ import annotations

import ast
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from traced import SCRIPTS, outcomes, run_script, text_of

from harness.tracing.model import Trace
from harness.tracing.page import render
from harness.tracing.schema import SCHEMA_FILE, trace_schema
from harness.tracing.sites import other_runs, places_of

jsonschema = pytest.importorskip("jsonschema")

TraceOf = Callable[[str], Trace]


def test_a_classifier(trace_of: TraceOf) -> None:
    assert outcomes(trace_of("classifier")) == {
        "Run.get_context": {"no-mapping"},
        "Run.tag model": {"kept"},
        "Run.log seed": {"kept"},
        "Run.log accuracy": {"kept"},
        "Run.log converged": {"lost"},
        "Run.log_list recall per class": {"lost"},
        "Run.log_confusion_matrix confusion matrix": {"lost"},
        "Run.log_image flowers": {"kept"},
        "Run.log_image confusion": {"lost"},
        "Run.upload_file model/centres.csv": {"kept"},
    }


def test_a_sweep_with_child_runs(trace_of: TraceOf) -> None:
    trace = trace_of("sweep")
    found = outcomes(trace)
    assert found.pop("Run.log learning rate") <= {
        "lost",
        "kept",
    }  # it is a matter of the time between two epochs
    assert found == {
        "Run.get_context": {"no-mapping"},
        "Run.child_run rate-0.05": {"no-mapping"},
        "Run.child_run rate-50.0": {"no-mapping"},
        "Run.log loss": {"kept"},
        "Run.complete": {"kept"},
        "Run.fail": {"lost"},
        "Run.log best loss": {"kept"},
        "Run.log samples seen": {"lost"},
    }
    runs = {call.run for call in trace.calls if call.call == "Run.log"}
    assert len(runs) == 3


def test_an_old_script_with_rows_and_tables(trace_of: TraceOf) -> None:
    found = outcomes(trace_of("monthly"))
    assert found.pop("Run.log_row errors") <= {"lost", "kept"}  # it is a matter of the time between two rows
    assert found == {
        "Run.get_context": {"no-mapping"},
        "Run.set_tags": {"kept"},
        "Run.log stage": {"lost"},
        "Run.log_row regions": {"refused"},
        "Run.log_table quantiles": {"kept"},
        "Run.log_list daily": {"lost"},
        "Run.log mape (%)": {"refused"},
        "Run.log_residuals residuals": {"lost"},
        "Run.log_list empty": {"v1-refuses"},
        "Run.get_tags": {"kept"},
    }


def test_a_loop_over_epochs_with_child_runs_and_files(trace_of: TraceOf) -> None:
    trace = trace_of("deep")
    found = outcomes(trace)
    assert found == {
        "Run.get_context": {"no-mapping"},
        "Run.add_properties": {"no-mapping"},
        "Run.tag framework": {"kept"},
        "Run.tag baseline": {"lost"},
        "Run.child_run fold-0": {"no-mapping"},
        "Run.child_run fold-1": {"no-mapping"},
        "Run.set_tags": {"kept"},
        "Run.log loss": {"kept"},
        "Run.log accuracy": {"kept"},
        "Run.upload_file weights/0.csv": {"kept"},
        "Run.upload_file weights/1.csv": {"kept"},
        "Run.create_children": {"no-mapping"},
        "Run.log retrained": {"kept"},
        "Run.complete": {"kept"},
        "Run.get_children": {"no-mapping"},
        "Run.upload_files": {"no-mapping"},
        "Run.upload_folder checkpoints": {"no-mapping"},
        "Run.download_file scores.json": {"no-mapping"},
        "Run.download_files": {"no-mapping"},
        "Run.get_file_names": {"no-mapping"},
        "Run.log_list scores": {"lost"},
        "Run.log folds": {"kept"},
    }
    places = {place.line: place for place in places_of(trace)}
    epochs = places[21]
    assert (len(epochs.calls), epochs.others, epochs.source) == (16, 2, "child.log(name, value, step=step)")
    assert [like.case.write and like.case.write.short for like in epochs.cases if not like.is_brief] == [
        "mlflow.log_metric(name, value, step=step)"
    ]
    told = other_runs(trace, list(places.values()))
    assert [line for line in places if f"deep.py:{line}" in told] == [21, 40, 47, 50, 51]
    # Nothing that is to be written in place of a tag ends the run, and at its end none begins.
    assert [like.case.write and like.case.write.short for like in places[14].cases] == [
        "mlflow.set_tags({'framework': 'numpy'})"
    ]
    assert [like.case.write and like.case.write.short for like in places[51].cases] == [
        'mlflow.end_run("FINISHED")'
    ]


def test_what_is_to_be_written_is_in_the_scripts_own_words(trace_of: TraceOf) -> None:
    trace = trace_of("classifier")
    short = {
        call.arguments.partition(",")[0]: trace.cases[call.cases[0]].write
        for call in trace.calls
        if call.cases
    }
    written = {name: write.short for name, write in short.items() if write is not None}
    assert written["name='accuracy'"] == "mlflow.log_metric('accuracy', np.mean(guesses == truth))"
    assert written["name='flowers'"] == "mlflow.log_figure(plt.gcf(), 'flowers.png')"
    assert "enumerate(recall)" in written["name='recall per class'"]
    assert "CLASSES, 'matrix': matrix.tolist()" in written["name='confusion matrix'"]
    assert "write_image" not in written["name='confusion'"]
    assert "name='accuracy'" in str(trace.calls[3].arguments)
    assert trace.calls[3].source == 'run.log("accuracy", np.mean(guesses == truth))'


@pytest.mark.parametrize("name", ["classifier", "sweep", "monthly", "deep"])
def test_every_call_is_told_with_what_to_write(trace_of: TraceOf, name: str) -> None:
    trace = trace_of(name)
    assert trace.missing == 0
    assert sum(trace.counts.values()) == len(trace.calls)
    assert not trace.is_safe
    source = (SCRIPTS / f"{name}.py").read_text(encoding="utf-8").splitlines()
    for call in trace.calls:
        # The line is where the call stands.
        assert call.call.rpartition(".")[2] in source[call.line - 1]
        assert bool(call.cases) != bool(call.reason)
    for case in trace.cases:
        assert case.write is not None
        ast.parse(case.write.code)
        ast.parse(case.write.short)
        if case.outcome == "kept":
            assert case.write.keeps
    lost = next(case for case in trace.cases if case.outcome == "lost")
    decisive = next(given for given in lost.given if given.outcome == "lost")
    assert decisive.steps
    assert decisive.v1 != decisive.mlflow


def test_the_views_tell_every_place(trace_of: TraceOf) -> None:
    trace = trace_of("monthly")
    text, page = text_of(trace), render(trace)
    for call in trace.calls:
        assert f"{Path(call.file).name}:{call.line}" in text
        assert f"{Path(call.file).name}:{call.line}" in page
    for said in ("A metric is a number; MLflow refuses a text", "Summary", "refused: 4 calls"):
        assert said in text
    assert "<script" not in page
    assert "http:" not in page
    assert "https:" not in page


def test_the_json_is_of_the_published_schema(trace_of: TraceOf) -> None:
    published = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert published == json.loads(json.dumps(trace_schema())), (
        "write it anew: python -m harness.tracing.schema"
    )
    for name in ("classifier", "sweep", "monthly", "deep"):
        trace = trace_of(name)
        data = json.loads(trace.model_dump_json())
        jsonschema.Draft202012Validator(published).validate(data)
        assert Trace.model_validate(data) == trace


def test_a_page_shows_what_a_script_has_and_does_nothing_with_it(tmp_path: Path, trace_of: TraceOf) -> None:
    trace = trace_of("monthly")
    call = trace.calls[0].model_copy(update={"arguments": "name='<script>alert(1)</script>'"})
    page = render(trace.model_copy(update={"calls": (call, *trace.calls[1:])}))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


FAITHFUL = """
import sys, os, inspect, traceback
from azureml.core import Run
import helper
run = Run.get_context()
print(sys.argv, __name__, os.path.basename(__file__), sys.stdin.read())
print(str(inspect.signature(run.log)), run.log.__name__, Run.log.__qualname__)
print(run.log("m", 1), run.get_metrics("none"))
try:
    run.log_list("empty", [])
except AttributeError as error:
    print(type(error), error, error.__context__, traceback.extract_tb(error.__traceback__)[0].line)
values = [1, 2]
run.log_list("l", values)
values.append(3)
helper.log(run)
print("err", file=sys.stderr)
sys.exit(5)
"""


def test_a_script_behaves_as_without(tmp_path: Path) -> None:
    import os
    import sys

    from harness.tracing.running import trace
    from harness.workspace.serving.launching import Launch, launch

    script = tmp_path / "script.py"
    script.write_text(FAITHFUL, encoding="utf-8")
    (tmp_path / "helper.py").write_text("def log(run):\n    run.log('from a helper', 2)\n", encoding="utf-8")
    printed = {}
    for name in ("plain", "traced"):
        output = os.open(tmp_path / name, os.O_WRONLY | os.O_CREAT)
        command = [sys.executable, str(script), "--epochs", "3"]
        what = Launch(tmp_path / "workspace", "e", "script.py", command, output=output)
        if name == "plain":
            done = launch(what, lambda _: None)
        else:
            found = trace(what, lambda _: None)
            done = found.launched
        os.close(output)
        printed[name] = ((tmp_path / name).read_text(), done.code, done.status, done.unserved)
    assert printed["plain"] == printed["traced"]
    assert printed["plain"][1:3] == (5, "Failed")
    calls = {call.call: call for call in found.recorded.calls}
    assert calls["Run.log_list"].arguments == {"name": "l", "value": [1, 2], "description": ""}
    assert (Path(calls["Run.log"].site.file).name, calls["Run.log"].site.line) == ("helper.py", 2)


def test_a_script_that_calls_nothing_has_a_trace(tmp_path: Path) -> None:
    script = tmp_path / "nothing.py"
    script.write_text("import sys\nsys.exit(0)\n", encoding="utf-8")
    traced = run_script(tmp_path, script)
    assert (list(traced.recorded.calls), traced.recorded.missing, traced.launched.code) == ([], 0, 0)
    assert Console(file=io.StringIO())
