"""A thousand runs in one process: what they leave behind, and whether the last ones cost more than the first."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from measuring import Figure, held, measured, own_folder, show
from overhead import both_loops

RUNS = 1_000
EDGE = 100
RATIO = 1.2


def growth(times: Sequence[float]) -> float:
    """What the last runs cost, with what the first ones cost as the unit."""
    return sum(times[-EDGE:]) / sum(times[:EDGE])


def main() -> None:
    with own_folder() as folder:
        # The test bed's own folder keeps the runs, which is what it is for; everything else counts.
        counted = (folder / "tmp", folder / "cwd", folder / "bed" / "scratch")
        closed_before = held(folder)
        with both_loops(folder) as (_, harness, _):
            measured(harness, count=0, warm_up=20)
            before = held(*counted)
            (times,) = measured(harness, count=RUNS, warm_up=0)
            after = held(*counted)
        closed_after = held(folder / "tmp", folder / "cwd")
    show(
        f"{RUNS:,} examples in one process, each a run of SDK v1 and one of MLflow",
        [
            Figure(f"first {EDGE}: median", median(times.clock[:EDGE]), "ms"),
            Figure(f"last {EDGE}: median", median(times.clock[-EDGE:]), "ms"),
            Figure(f"last {EDGE} / first {EDGE}", growth(times.clock), "", RATIO),
            Figure("  of processor time", growth(times.processor), "", RATIO),
            Figure("threads more than before", after.threads - before.threads, "", 0),
            Figure("open files more than before", after.open_files - before.open_files, "", 0),
            Figure("temporary files more than before", after.temporary_files - before.temporary_files, "", 0),
            Figure("resident memory more than before", (after.kilobytes - before.kilobytes) / 1024, "MiB"),
            Figure("threads left once closed", closed_after.threads - closed_before.threads, "", 0),
            Figure("temporary files left once closed", closed_after.temporary_files, "", 0),
        ],
    )


if __name__ == "__main__":
    main()
