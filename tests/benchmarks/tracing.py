"""A script of SDK v1 with its calls written down, beside the same script without that.

Both run in turns, as `harness exec` and `harness trace` run them; verifying what was written down is in neither. The
script takes the time of its loop of calls itself, so that starting Python and importing the SDK do not hide it.
"""

from __future__ import annotations

import os
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from statistics import median

from measuring import Figure, measured, own_folder, show

from harness.tracing.running import trace
from harness.workspace.serving.launching import Launch, launch

CALLS = 500
ROUNDS = 5
RATIO = 1.1

SCRIPT = f"""
import time

from azureml.core import Run

run = Run.get_context()
run.log("first", 0)  # makes the queues of the run
clock, processor = time.perf_counter(), time.process_time()
for step in range({CALLS}):
    run.log(f"loss {{step % 40}}", 1 / (step + 1), step=step)
    if step % 50 == 0:
        run.log_row("rows", step=step, loss=0.5)
processor = time.process_time() - processor
run.flush()
print(time.perf_counter() - clock, processor)
"""


def main() -> None:
    with own_folder() as folder:
        script = folder / "script.py"
        script.write_text(textwrap.dedent(SCRIPT), encoding="utf-8")
        plain = Path(folder / "plain.txt")
        traced = Path(folder / "traced.txt")
        what = Launch(folder / "workspace", "bench", script.name, [sys.executable, str(script)])

        def run(target: Path, *, is_traced: bool) -> None:
            output = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            try:
                told = replace(what, output=output)
                done = trace(told, _nothing).launched if is_traced else launch(told, _nothing)
            finally:
                os.close(output)
            if done.code != 0:
                raise RuntimeError(f"the script ended with {done.code}")

        without, with_ = measured(
            lambda: run(plain, is_traced=False),
            lambda: run(traced, is_traced=True),
            count=ROUNDS,
            warm_up=1,
        )
        loop, loop_traced = _loop(plain), _loop(traced)
        calls = CALLS + CALLS // 50
        show(
            f"A script with {calls} calls of SDK v1, without and with its calls written down ({ROUNDS} runs each)",
            [
                Figure("the script, without: median", without.median, "ms"),
                Figure("the script, traced: median", with_.median, "ms"),
                Figure("  ratio", with_.median / without.median, bar=RATIO),
                Figure("its calls until they are stored, without: median", loop[0], "ms"),
                Figure("its calls until they are stored, traced: median", loop_traced[0], "ms"),
                Figure("  ratio", loop_traced[0] / loop[0]),
                Figure("a call, processor time, without: median", loop[1] / calls * 1000, "us"),
                Figure("a call, processor time, traced: median", loop_traced[1] / calls * 1000, "us"),
            ],
        )


def _nothing(run_id: str) -> None:
    """What is done with the id of the run."""


def _loop(printed: Path) -> tuple[float, float]:
    """The medians of what the script has printed, in milliseconds: by the clock, and of processor time."""
    lines = printed.read_text(encoding="utf-8").splitlines()[1:]  # the first is to warm up
    clock, processor = zip(*(map(float, line.split()) for line in lines), strict=True)
    return median(clock) * 1000, median(processor) * 1000
