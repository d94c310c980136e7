"""The v1 side end to end: start, log, flush, read, complete, with the real client on the embedded workspace."""

from __future__ import annotations

from measuring import measured, own_folder, show

from harness.workspace import open_workspace

RUNS = 200
MEDIAN_MS = 15.0


def main() -> None:
    with own_folder() as folder, open_workspace(folder / "workspace") as workspace:
        from azureml.core import Experiment

        experiment = Experiment(workspace.sdk, "bench")

        def whole_run(**how: object) -> None:
            run = experiment.start_logging(**how)
            run.log("loss", 0.25)
            run.flush()
            if run.get_metrics() != {"loss": 0.25}:
                raise AssertionError("the value was not read back")
            run.complete()
            workspace.release_runs()

        plain, with_snapshot = measured(
            lambda: whole_run(snapshot_directory=None), whole_run, count=RUNS, warm_up=20
        )
    show(
        f"SDK v1 on the embedded workspace: start_logging, log, flush, get_metrics, complete ({RUNS} runs)",
        [
            *plain.figures("as the harness calls it (no snapshot)", MEDIAN_MS),
            *with_snapshot.figures("with the snapshot of an empty folder", MEDIAN_MS),
        ],
    )


if __name__ == "__main__":
    main()
