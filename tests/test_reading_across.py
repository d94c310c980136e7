"""What SDK v1 has logged, read with MLflow: the recipe `reads-across`, from the clients to the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.asking.trying import advice, ask, subjects_of
from harness.cli.trying import chosen
from harness.compare import ABSENT
from harness.errors import BadInput
from harness.paths import Outcome, Raised, Side, run_mlflow
from harness.report.guide import READS_ACROSS as IN_REPORTS
from harness.report.verdicts import derive_verdicts
from harness.spec import READS_ACROSS, LoadedEntry, Location, Snippet, compile_block, resolve
from harness.stores import STORES
from harness.testbed import TestBed
from harness.verify import make_ready, mapping_info, plan
from harness.verify.plan import recipes_of
from harness.verify.reproduce import script

ENTRY = """
harness: 1
id: flags
title: Truth values
sources: [a test]
inputs: {value: st.booleans()}
usual: "True"
examples:
  - {value: true}
  - {value: false}
v1:
  log: run.log("flag", value)
  read: run.get_metrics()
mlflow:
  recommended:
    log: mlflow.set_tag("flag", str(value))
    read: '{"flag": client.get_run(run_id).data.tags["flag"] == "True"}'
reads_across:
  read: client.get_run(run_id).data.metrics
compare: json
divergences:
  - id: is-a-number
    recipes: [reads-across]
    when: "True"
    becomes: '{"flag": int(value)}'
    witness: {value: true}
    because: A metric is a number.
"""


def across(bed: TestBed, log: str, read: str, *, starts_runs: bool = False, **inputs: Any) -> Outcome:
    place = Location(Path("x.yaml"), 1, 1)
    side = Side(
        log=compile_block(Snippet(log, place), value=False),
        read=compile_block(Snippet(read, place), value=True),
        names=resolve("mlflow"),
        starts_runs=starts_runs,
        names_of_v1=resolve("v1"),
    )
    return run_mlflow(bed, bed.stores["azureml"], side, inputs, "ticking")


def test_a_run_of_v1_is_read_with_mlflow(bed_of_all: TestBed) -> None:
    history = "[point.value for point in mlflow.MlflowClient().get_metric_history(run_id, name)]"
    found = across(bed_of_all, "run.log_list(name, [3, 1, 3])", history, name="loss")
    assert (found.value, found.raised) == ([3.0, 1.0, 3.0], None)


def test_a_run_of_v1_is_over_when_mlflow_reads_it(bed_of_all: TestBed) -> None:
    read = (
        "(mlflow.active_run(), client.get_run(run_id).info.status, client.get_experiment(experiment_id).name)"
    )
    assert across(bed_of_all, "run.log('loss', 1)", read).value == (None, "FINISHED", "conformance")


def test_log_and_read_see_the_names_of_their_own_client(bed_of_all: TestBed) -> None:
    logging = across(bed_of_all, "client.log_metric(run_id, 'loss', 1)", "0").raised
    reading = across(bed_of_all, "run.log('loss', 1)", "run.get_metrics()").raised
    assert isinstance(logging, Raised)
    assert isinstance(reading, Raised)
    assert [(each.phase, type(each.error).__name__) for each in (logging, reading)] == [
        ("log", "NameError"),
        ("read", "NameError"),
    ]


def test_runs_that_v1_started_itself_are_read_with_mlflow(bed_of_all: TestBed) -> None:
    log = "for value in (1, 2): experiment.start_logging(snapshot_directory=None).log('loss', value)"
    read = "[client.get_run(each).data.metrics for each in started]"
    assert across(bed_of_all, log, read, starts_runs=True).value == [{"loss": 1.0}, {"loss": 2.0}]


def test_what_v1_refuses_leaves_nothing_to_read(bed_of_all: TestBed) -> None:
    found = across(bed_of_all, "run.log('loss', 1, step=2**70)", "client.get_run(run_id).data.metrics")
    assert found.value is ABSENT
    assert found.raised is not None
    assert found.raised.phase == "log"


def test_the_assumptions_of_both_clients_stand_behind_it(bed_of_all: TestBed) -> None:
    found = across(bed_of_all, "run.log('loss', None)", "client.get_run(run_id).data.metrics").assumptions
    assert {"mlflow-metric-latest", "mlflow-metric-not-of-numbers"} <= found
    assert [each for each in found if not each.startswith("mlflow")]


def test_reports_and_entries_call_it_the_same() -> None:
    assert IN_REPORTS == READS_ACROSS


def test_it_is_checked_on_its_store_alone(
    bed_of_all: TestBed, entry_from: Callable[..., LoadedEntry]
) -> None:
    loaded = entry_from(ENTRY)
    assert recipes_of(loaded, None, "sqlite") == ["recommended"]
    assert recipes_of(loaded, None, "azureml") == ["recommended", READS_ACROSS]
    info = mapping_info(loaded, list(STORES), None, planned=0)
    places = {(verdict.recipe, verdict.store) for verdict in derive_verdicts([], [info])}
    assert places == {*(("recommended", store) for store in STORES), (READS_ACROSS, "azureml")}


def test_a_divergence_concerns_it_only_where_it_is_named(
    bed_of_all: TestBed, entry_from: Callable[..., LoadedEntry]
) -> None:
    unnamed = entry_from(ENTRY, {"-divergences/is-a-number/recipes": None})
    named = entry_from(ENTRY)
    assert [unnamed.entry.divergences[0].concerns(name) for name in unnamed.entry.recipes] == [True, False]
    assert [named.entry.divergences[0].concerns(name) for name in named.entry.recipes] == [False, True]
    assert [named.entry.divergences[0].where, unnamed.entry.divergences[0].where] == [("azureml",), None]


def test_its_verdict_comes_from_what_ran(
    bed_of_all: TestBed, entry_from: Callable[..., LoadedEntry], verify: Callable[..., Any]
) -> None:
    loaded = entry_from(ENTRY)
    verified = verify(bed_of_all, loaded, stores=["azureml"])
    assert verified.not_passed == {}
    info = mapping_info(loaded, ["azureml"], None, planned=len(verified.results))
    verdicts = derive_verdicts(list(verified.results.values()), [info])
    assert [(each.recipe, each.verdict) for each in verdicts] == [
        (READS_ACROSS, "lossy"),
        ("recommended", "equivalent"),
    ]
    assert "mlflow-metric-of-truth-values" in verdicts[0].assumptions


def test_it_has_a_relation_of_its_own(entry_from: Callable[..., LoadedEntry]) -> None:
    ready = make_ready(entry_from(ENTRY, {"reads_across/compare": "numbers"}))
    assert [ready.relation_of(name).name for name in ready.loaded.entry.recipes] == ["json", "numbers"]
    assert make_ready(entry_from(ENTRY)).relation_of(READS_ACROSS).name == "json"


def test_it_is_asked_about_on_its_store_and_is_nothing_to_write_instead(
    bed_of_all: TestBed, entry_from: Callable[..., LoadedEntry]
) -> None:
    ready = make_ready(entry_from(ENTRY))
    answers = ask(subjects_of(bed_of_all, ready, [READS_ACROSS], list(STORES)), {"value": True}, ["ticking"])
    assert [(each.store, each.ending) for each in answers] == [("azureml", "altered")]
    kept = [replace(each, ending="kept") for each in answers]
    assert (
        advice([replace(answers[0], recipe="recommended")], kept)
        == "No recipe of the entry keeps this value."
    )


def test_it_is_tried_on_its_store_alone(tmp_path: Path) -> None:
    (tmp_path / "flags.yaml").write_text(ENTRY, encoding="utf-8")
    assert chosen("flags", [tmp_path], [READS_ACROSS], [])[1:] == ([READS_ACROSS], ["azureml"])
    assert chosen("flags", [tmp_path], [], ["sqlite"])[1:] == (["recommended"], ["sqlite"])
    with pytest.raises(BadInput, match="the recipe reads-across of flags makes sense on azureml only"):
        chosen("flags", [tmp_path], [READS_ACROSS], ["sqlite"])


@pytest.mark.parametrize("starts_runs", [False, True])
def test_the_script_reads_one_run_with_both_clients(
    entry_from: Callable[..., LoadedEntry], capsys: pytest.CaptureFixture[str], starts_runs: bool
) -> None:
    own_runs = {
        "starts_runs": True,
        "v1/log": 'experiment.start_logging(snapshot_directory=None).log("flag", value)',
        "v1/read": "[Run.get(workspace, each).get_metrics() for each in started]",
        "mlflow/recommended/log": "mlflow.start_run()",
        "mlflow/recommended/read": "started",
        "reads_across/read": "[client.get_run(each).data.metrics for each in started]",
    }
    ready = make_ready(entry_from(ENTRY, own_runs if starts_runs else {}))
    text = script(ready, READS_ACROSS, "azureml", next(iter(ready.examples.values())))
    exec(compile(text, "script", "exec"), {"__name__": "script"})
    told = capsys.readouterr().out.splitlines()
    one, other = "{'flag': True}", "{'flag': 1.0}"
    wanted = (f"[{one}]", f"[{other}]") if starts_runs else (one, other)
    assert [line for line in told if "gave" in line] == [f"v1 gave: {wanted[0]}", f"MLflow gave: {wanted[1]}"]


def test_nothing_is_planned_twice(entry_from: Callable[..., LoadedEntry]) -> None:
    from harness.profiles import PROFILES

    checks = plan(make_ready(entry_from(ENTRY)), list(STORES), [READS_ACROSS], PROFILES["dev"], 0, {})
    assert {(check.item.recipe, check.item.store) for check in checks} == {(READS_ACROSS, "azureml")}
