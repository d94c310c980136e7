from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow import MlflowClient

from harness.clock import START_MS, ClockName
from harness.compare import ABSENT
from harness.paths import Outcome, Raised, Side, fresh_inputs, run_mlflow, run_v1
from harness.spec import Location, Snippet, compile_block, resolve
from harness.testbed import TestBed

HISTORY = '[point.value for point in client.get_metric_history(run_id, "loss")]'


def side(scope: str, log: str, read: str, *, starts_runs: bool = False) -> Side:
    place = Location(Path("x.yaml"), 1, 1)
    return Side(
        starts_runs=starts_runs,
        log=compile_block(Snippet(log, place), value=False),
        read=compile_block(Snippet(read, place), value=True),
        names=resolve(scope),
    )


def v1(bed: TestBed, log: str, read: str, clock: ClockName = "ticking", **inputs: Any) -> Outcome:
    return run_v1(bed, side("v1", log, read), inputs, clock)


def on_mlflow(bed: TestBed, log: str, read: str, clock: ClockName = "ticking", **inputs: Any) -> Outcome:
    return run_mlflow(bed, bed.stores["sqlite"], side("mlflow", log, read), inputs, clock)


def test_what_was_logged_is_read_back(bed: TestBed) -> None:
    given: dict[str, Any] = {"values": [1, 2.5]}
    assert v1(bed, "run.log_list('loss', values)", "run.get_metrics()", **given).value == {"loss": [1, 2.5]}
    log = "for value in values: mlflow.log_metric('loss', value)"
    assert on_mlflow(bed, log, HISTORY, **given).value == [1.0, 2.5]


def test_each_example_has_a_run_of_its_own(bed: TestBed) -> None:
    for _ in range(2):
        assert v1(bed, "run.log('loss', 1)", "run.get_metrics()").value == {"loss": 1}
        assert on_mlflow(bed, "client.log_metric(run_id, 'loss', 1)", HISTORY).value == [1.0]


def test_values_that_v1_sends_in_the_background_have_arrived(bed: TestBed) -> None:
    read = "run.get_metrics()['loss']"
    assert v1(bed, "for value in range(300): run.log('loss', value)", read).value == list(range(300))


def test_a_recipe_that_changes_its_inputs_changes_its_own(bed: TestBed) -> None:
    inputs: dict[str, Any] = {"values": [[3], [1]]}
    log = "values.reverse(); values[0].clear()"
    v1(bed, log, "0", **inputs)
    on_mlflow(bed, log, "0", **inputs)
    assert inputs == {"values": [[3], [1]]}


def test_fresh_inputs_share_nothing(bed: TestBed) -> None:
    nan = float("nan")
    inputs = {"values": [nan, {"key": [1]}]}
    one, other = fresh_inputs(inputs), fresh_inputs(inputs)
    assert one["values"][0] is not other["values"][0]
    assert one["values"][0] is not nan
    assert one["values"][1]["key"] is not other["values"][1]["key"]


@pytest.mark.parametrize("run", [v1, on_mlflow])
@pytest.mark.parametrize(
    ("log", "read", "phase"), [("{}['log']", "0", "log"), ("pass", "{}['read']", "read")]
)
def test_an_exception_is_an_outcome_with_its_phase(
    bed: TestBed, run: Any, log: str, read: str, phase: str
) -> None:
    raised = run(bed, log, read).raised
    assert isinstance(raised, Raised)
    assert (raised.phase, repr(raised.error)) == (phase, f"KeyError('{phase}')")
    assert str(raised) == f"KeyError in `{phase}`: '{phase}'"


def test_what_an_exception_left_behind_is_read(bed: TestBed) -> None:
    left = on_mlflow(bed, "mlflow.log_metric('loss', 1)\nmlflow.log_metric('?', 2)", HISTORY)
    assert (left.value, type(left.raised.error).__name__ if left.raised else None) == (
        [1.0],
        "MlflowException",
    )


def test_nothing_to_read_is_told_from_a_reading_that_failed(bed: TestBed) -> None:
    last = "client.get_run(run_id).data.metrics['loss']"
    assert on_mlflow(bed, "raise ValueError", last).value is ABSENT
    left = on_mlflow(bed, "mlflow.log_metric('other', 1)\nraise ValueError", last)
    assert isinstance(left.value, Raised)
    assert left.value.phase == "read"


def test_what_v1_refuses_in_the_background_is_raised_in_log(bed: TestBed) -> None:
    raised = v1(bed, "run.log('loss', 1, step=2**70)", "run.get_metrics()").raised
    assert raised is not None
    assert raised.phase == "log"


@pytest.mark.parametrize(
    "log",
    [
        "mlflow.end_run()\nmlflow.start_run()",
        "mlflow.start_run(nested=True)",
        "mlflow.start_run(nested=True)\nmlflow.start_run(nested=True)",
        "mlflow.start_run(nested=True)\nraise ValueError",
        "mlflow.end_run()",
    ],
)
def test_no_run_stays_active(bed: TestBed, log: str) -> None:
    on_mlflow(bed, log, "mlflow.active_run()")
    assert mlflow.active_run() is None
    assert on_mlflow(bed, "mlflow.log_metric('loss', 1)", HISTORY).value == [1.0]


def test_the_run_is_active_while_logging_and_ended_before_reading(bed: TestBed) -> None:
    log = "assert mlflow.active_run().info.run_id == run_id == mlflow_run.info.run_id"
    read = "(mlflow.active_run(), client.get_run(run_id).info.status)"
    assert on_mlflow(bed, log, read).value == (None, "FINISHED")


def test_runs_that_a_v1_recipe_started_are_let_go(bed: TestBed) -> None:
    log = "other = experiment.start_logging(snapshot_directory=None)\nother.log('loss', 1)\nother.complete()"
    assert v1(bed, log, "run.get_metrics()").value == {}
    assert v1(bed, "run.log('loss', 3)", "run.get_metrics()").value == {"loss": 3}


def test_a_v1_run_that_the_recipe_completed_itself(bed: TestBed) -> None:
    assert v1(bed, "run.log('loss', 1)\nrun.complete()", "run.get_metrics()").value == {"loss": 1}


def test_both_sides_see_the_same_clock(bed: TestBed) -> None:
    for run in (v1, on_mlflow):
        assert run(bed, "pass", "int(time.time() * 1000)", "stopped").value == START_MS
        assert run(bed, "time.sleep(60)", "int(time.time() * 1000)", "stopped").value == START_MS + 60_000


def test_the_working_directory_is_empty_and_is_deleted(bed: TestBed) -> None:
    before = Path.cwd()
    for run in (v1, on_mlflow):
        outcome = run(
            bed,
            "import os\nassert os.listdir() in ([], ['outputs'])\nopen('left.txt', 'w').close()",
            "__import__('os').getcwd()",
        )
        assert outcome.raised is None
        assert Path(str(outcome.value)).parents[1] == bed.scratch.resolve()
        assert not Path(str(outcome.value)).exists()
    assert Path.cwd() == before
    assert list(bed.scratch.iterdir()) == []


def test_a_recipe_that_sets_the_environment_or_the_folder_sets_its_own(bed: TestBed) -> None:
    before, folder = dict(os.environ), Path.cwd()
    log = "import os\nos.environ['MLFLOW_RUN_ID'] = 'left'\nos.chdir(os.sep)"
    for run in (v1, on_mlflow):
        assert run(bed, log, "0").raised is None
        assert (dict(os.environ), Path.cwd()) == (before, folder)


def test_a_recipe_that_sets_experiment_or_store_sets_its_own(bed: TestBed) -> None:
    on_mlflow(bed, "mlflow.end_run()\nmlflow.set_experiment('another')\nmlflow.start_run()", "0")
    read = "client.get_run(run_id).info.experiment_id == experiment_id"
    assert on_mlflow(bed, "mlflow.log_metric('loss', 1)", read).value is True
    on_mlflow(bed, "mlflow.set_tracking_uri('sqlite:///elsewhere.db')", "0")
    assert on_mlflow(bed, "mlflow.log_metric('loss', 1)", HISTORY).value == [1.0]


def test_the_assumptions_of_a_v1_run_are_those_that_have_no_evidence(bed: TestBed) -> None:
    outcome = v1(bed, "run.log('loss', 1)", "run.get_metrics()")
    assert outcome.assumptions <= bed.assumed
    assert on_mlflow(bed, "pass", "0").assumptions == frozenset()


def test_the_client_of_a_recipe_is_the_stores(bed: TestBed) -> None:
    outcome = on_mlflow(bed, "pass", "client")
    assert outcome.value is bed.stores["sqlite"].client
    assert isinstance(outcome.value, MlflowClient)


@pytest.mark.parametrize("clock", ["ticking", "stopped"])
@pytest.mark.parametrize("store", ["sqlite", "file", "azureml"])
def test_read_finds_the_runs_that_log_started(bed_of_all: TestBed, store: str, clock: ClockName) -> None:
    """And no others: those of earlier examples in experiments of the same name are not among them."""
    for count in (2, 1):
        log = f"for _ in range({count}): Experiment(workspace, 'sweep').start_logging().log('loss', 1)"
        read = "[Run.get(workspace, run_id).get_metrics() for run_id in started]"
        given = run_v1(bed_of_all, side("v1", log, read, starts_runs=True), {}, clock)
        assert given.value == [{"loss": 1}] * count, given
        log = f"mlflow.set_experiment('sweep')\nfor _ in range({count}): mlflow.start_run(); mlflow.end_run()"
        read = "[client.get_run(run_id).info.status for run_id in started]"
        recipe = side("mlflow", log, read, starts_runs=True)
        given = run_mlflow(bed_of_all, bed_of_all.stores[store], recipe, {}, clock)
        assert given.value == ["FINISHED"] * count, given


@pytest.mark.parametrize("clock", ["ticking", "stopped"])
@pytest.mark.parametrize("store", ["sqlite", "file", "azureml"])
def test_the_runs_are_in_the_order_of_their_starts(bed_of_all: TestBed, store: str, clock: ClockName) -> None:
    log = """
for number in range(4):
    with mlflow.start_run():
        mlflow.set_tag("number", number)
"""
    recipe = side(
        "mlflow", log, "[client.get_run(run_id).data.tags['number'] for run_id in started]", starts_runs=True
    )
    given = run_mlflow(bed_of_all, bed_of_all.stores[store], recipe, {}, clock)
    assert given.value == ["0", "1", "2", "3"], given


def test_where_log_starts_no_run_read_finds_none(bed: TestBed) -> None:
    recipe = side("mlflow", "mlflow.active_run().info", "started", starts_runs=True)
    given = run_mlflow(bed, bed.stores["sqlite"], recipe, {}, "ticking")
    assert given.value == []
    assert isinstance(given.raised and given.raised.error, AttributeError)
    assert run_v1(bed, side("v1", "pass", "started", starts_runs=True), {}, "ticking").value == []


def test_a_run_that_log_started_before_it_raised_is_not_nothing(bed: TestBed) -> None:
    recipe = side("mlflow", "mlflow.start_run()\nmlflow.log_metric('a*', 1)", "started[1]", starts_runs=True)
    given = run_mlflow(bed, bed.stores["sqlite"], recipe, {}, "ticking")
    assert isinstance(given.value, Raised)
    recipe = side("mlflow", "mlflow.log_metric('a*', 1, run_id='none')", "started[0]", starts_runs=True)
    given = run_mlflow(bed, bed.stores["sqlite"], recipe, {}, "ticking")
    assert given.raised is not None
    assert given.value is ABSENT


def test_the_mark_of_an_examples_runs_stays_with_it(bed: TestBed) -> None:
    recipe = side("mlflow", "mlflow.start_run()", "started", starts_runs=True)
    run_mlflow(bed, bed.stores["sqlite"], recipe, {}, "ticking")
    tags = "{key for key in client.get_run(run_id).data.tags if not key.startswith('mlflow.')}"
    assert on_mlflow(bed, "pass", tags).value == set()


def test_only_on_the_embedded_workspace_does_mlflow_rest_on_assumptions(bed_of_all: TestBed) -> None:
    recipe = side("mlflow", "mlflow.log_metric('loss', 1)", "client.get_run(run_id).data.metrics")
    given = {
        name: run_mlflow(bed_of_all, store, recipe, {}, "ticking")
        for name, store in bed_of_all.stores.items()
    }
    assert all(outcome.value == {"loss": 1.0} for outcome in given.values()), given
    assert "mlflow-metric-latest" in given["azureml"].assumptions
    assert {name for name, outcome in given.items() if outcome.assumptions} == {"azureml"}


V1_ON_COMPUTE = "with on_compute(run):\n    Run.get_context().log('loss', 1)"
ON_COMPUTE = "with on_compute(run_id):\n    mlflow.log_metric('loss', 1)"
METRICS = "client.get_run(run_id).data.metrics"


def test_on_compute_both_clients_find_the_run(bed_of_all: TestBed) -> None:
    store = bed_of_all.stores["azureml"]
    assert v1(bed_of_all, V1_ON_COMPUTE, "run.get_metrics()").value == {"loss": 1}
    for _ in range(2):
        outcome = run_mlflow(bed_of_all, store, side("mlflow", ON_COMPUTE, METRICS), {}, "ticking")
        assert outcome.value == {"loss": 1.0}


def test_on_compute_the_run_is_not_ended(bed_of_all: TestBed) -> None:
    status = "client.get_run(run_id).info.status"
    for log in (ON_COMPUTE, "with on_compute(run_id):\n    with mlflow.start_run(): pass"):
        outcome = run_mlflow(
            bed_of_all, bed_of_all.stores["azureml"], side("mlflow", log, status), {}, "ticking"
        )
        assert outcome.value == "RUNNING"
    assert v1(bed_of_all, V1_ON_COMPUTE, "run.get_status()").value == "Running"


def test_no_other_store_has_a_run_on_compute(bed: TestBed) -> None:
    raised = on_mlflow(bed, ON_COMPUTE, METRICS).raised
    assert isinstance(raised and raised.error, LookupError)


def test_remotely_mlflow_knows_of_no_store_and_no_run(bed: TestBed) -> None:
    log = """
found = []
with remotely():
    found.append((mlflow.is_tracking_uri_set(), mlflow.active_run()))
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.set_experiment("remote")
with remotely():
    found.append((mlflow.is_tracking_uri_set(), mlflow.active_run()))
assert found == [(False, None)] * 2, found
"""
    assert on_mlflow(bed, log, "mlflow.get_tracking_uri() == tracking_uri").raised is None


@pytest.mark.parametrize(
    "inside",
    [
        "mlflow.start_run()",
        "mlflow.set_experiment('own'); mlflow.start_run(); mlflow.log_metric('loss', 1)",
        "mlflow.set_tracking_uri(tracking_uri); mlflow.set_experiment('own'); mlflow.start_run()",
        "raise ValueError",
    ],
)
@pytest.mark.parametrize("place", ["remotely()", "on_compute(run_id)"])
def test_where_a_recipe_ran_does_not_stay(bed_of_all: TestBed, place: str, inside: str) -> None:
    before, folder, store = dict(os.environ), Path.cwd(), bed_of_all.stores["azureml"]
    # Another one first: MLflow sets no variable where it has the address already, maybe since a test before.
    mlflow.set_tracking_uri("file:elsewhere")
    mlflow.set_tracking_uri(store.tracking_uri)
    environment = {**before, "MLFLOW_TRACKING_URI": store.tracking_uri}
    # The file store needs no database, which would cost a second each.
    log = "import os\nos.environ['MLFLOW_ALLOW_FILE_STORE'] = 'true'\nos.makedirs('mlruns/0')\n"
    log += f"open('mlruns/0/meta.yaml', 'w').close()\nwith {place}:\n    {inside}"
    run_mlflow(bed_of_all, store, side("mlflow", log, "0"), {}, "ticking")
    assert (mlflow.active_run(), mlflow.get_tracking_uri()) == (None, store.tracking_uri)
    changed = {key for key in {*environment, *os.environ} if environment.get(key) != os.environ.get(key)}
    assert (changed, Path.cwd()) == (set(), folder)
    plain = side(
        "mlflow", "mlflow.log_metric('loss', 1)", f"[{METRICS}, client.get_run(run_id).info.experiment_id]"
    )
    assert run_mlflow(bed_of_all, store, plain, {}, "ticking").value == [{"loss": 1.0}, store.experiment_id]


def test_runs_that_log_started_on_another_store_are_none(bed_of_all: TestBed) -> None:
    log = """
import os
from pathlib import Path
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
with remotely():
    mlflow.set_tracking_uri(Path("mlruns").absolute())
    mlflow.set_experiment("elsewhere")
    with mlflow.start_run():
        mlflow.log_metric("loss", 1)
"""
    for name, store in bed_of_all.stores.items():
        recipe = side("mlflow", log, "started", starts_runs=True)
        given = run_mlflow(bed_of_all, store, recipe, {}, "ticking")
        assert (given.value, given.raised) == ([], None), name
