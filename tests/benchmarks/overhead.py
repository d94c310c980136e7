"""One property example on sqlite through the harness, beside a hand-written loop with the same client calls.

Both loops run in one process on one test bed and take turns. What Hypothesis needs to draw an input is in neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from measuring import SPECS, Figure, measured, own_folder, show

from harness.spec import load_entries
from harness.testbed import TestBed, open_testbed
from harness.verify import make_ready
from harness.verify.pipeline import Subject, judge, observe, walk
from harness.verify.ready import Case, divergences_in_force, recipe_side

EXAMPLES = 200
RATIO = 1.3
STORE = "sqlite"
INPUTS = {"name": "loss", "value": 0.25, "step": 3}


@contextmanager
def both_loops(folder: Path) -> Iterator[tuple[TestBed, Callable[[], None], Callable[[], None]]]:
    """A test bed, one example through the harness, and the same calls written by hand."""
    (loaded,) = load_entries([SPECS / "metrics" / "log-number.yaml"]).entries
    with open_testbed(folder / "bed", [STORE]) as bed:
        entry = make_ready(loaded)
        divergences = divergences_in_force(entry, "guide", STORE, bed.versions)
        subject = Subject(bed, entry, "guide", STORE, recipe_side(entry, "guide"), divergences)
        case = Case(INPUTS, "ticking")
        yield bed, lambda: through_the_harness(subject, case), by_hand(bed)


def through_the_harness(subject: Subject, case: Case) -> None:
    trial = observe(subject, case)
    finding = judge(subject, trial, walk(subject, trial))
    if finding is not None:
        raise AssertionError(finding.sentence)


def by_hand(bed: TestBed) -> Callable[[], None]:
    import mlflow

    store = bed.stores[STORE]
    name, value, step = INPUTS.values()

    def loop() -> None:
        run = bed.experiment.start_logging(snapshot_directory=None)
        run.log(name, value, step=step)
        run.flush()
        v1 = run.get_metrics()
        run.complete()
        bed.workspace.release_runs()
        run_id = store.client.create_run(store.experiment_id).info.run_id
        mlflow.start_run(run_id=run_id)
        mlflow.log_metric(name, value, step=step)
        mlflow.end_run()
        if store.client.get_run(run_id).data.metrics != v1:
            raise AssertionError("the values are not the same")

    mlflow.set_tracking_uri(store.tracking_uri)
    return loop


def main() -> None:
    with own_folder() as folder, both_loops(folder) as (_, harness, hand):
        by_harness, by_itself = measured(harness, hand, count=EXAMPLES, warm_up=20)
    show(
        f"One example of log-number on {STORE} ({EXAMPLES} of each, in turns)",
        [
            *by_harness.figures("through the harness"),
            *by_itself.figures("the same calls by hand"),
            Figure("ratio of the medians", by_harness.median / by_itself.median, "", RATIO),
            Figure("  of processor time", median(by_harness.processor) / median(by_itself.processor)),
        ],
    )


if __name__ == "__main__":
    main()
