"""The logical clock: time as an input of every example, the same for recipes and for MLflow.

What a store does with two points of one millisecond must be found every time, not when the machine happens to be fast.
So an example runs under one of two clocks, drawn like any other input (`CLOCKS`): `ticking` moves on by 1 ms when a
call of the MLflow client ends, `stopped` never moves by itself. Reading the clock never moves it.
"""

from __future__ import annotations

import functools
import inspect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, get_args

ClockName = Literal["ticking", "stopped"]

CLOCKS: tuple[ClockName, ...] = get_args(ClockName)
"""The clocks that an example may run under."""

START_MS = 1_750_000_000_000
"""Where every example's clock starts: a fixed moment of June 2025, in milliseconds since 1970, so that runs repeat."""


class LogicalClock:
    """A clock that moves on only when it is told to. It is also what recipes see as `time`.

    What it does not define (`perf_counter`, `strftime`, ...) is the standard library's.
    """

    def __init__(self, name: ClockName = "ticking") -> None:
        self._lock = threading.Lock()
        self.restart(name)

    def restart(self, name: ClockName) -> None:
        """Begins an example: back to `START_MS`, under the clock called `name`."""
        with self._lock:
            self._name = name
            self._now_ns = START_MS * 1_000_000

    def tick(self) -> None:
        """Moves on by 1 ms, unless the clock is stopped."""
        if self._name == "ticking":
            self.sleep(0.001)

    def sleep(self, seconds: float) -> None:
        """Moves on by `seconds` at once: a recipe that waits does so under either clock, and costs nothing."""
        with self._lock:
            self._now_ns += round(seconds * 1_000_000_000)

    def time(self) -> float:
        """Seconds since 1970, as `time.time`.

        The half millisecond keeps `int(time.time() * 1000)` on its millisecond whatever the rounding of doubles does.
        """
        return (self.time_ns() + 500_000) / 1_000_000_000

    def time_ns(self) -> int:
        """Nanoseconds since 1970, as `time.time_ns`."""
        with self._lock:
            return self._now_ns

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


@contextmanager
def installed(clock: LogicalClock) -> Iterator[LogicalClock]:
    """Lets MLflow read `clock`, and moves it on after each call of the MLflow client, while the block is open.

    MLflow has no setting for its clock. It reads it in `mlflow.utils.time` through that module's name `time`, so that
    one name is exchanged. The fluent API (`mlflow.log_metric`) works through `MlflowClient`, whose public methods
    are wrapped; a call that such a method makes of another one is part of the same call. Both are put back at the end.
    """
    from mlflow import MlflowClient
    from mlflow.utils import time as mlflow_time

    depth = threading.local()

    def ticking(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            outermost = not getattr(depth, "inside", False)
            depth.inside = True
            try:
                return method(*args, **kwargs)
            finally:
                if outermost:
                    depth.inside = False
                    clock.tick()

        return call

    methods = {
        name: method
        for name, method in vars(MlflowClient).items()
        if inspect.isfunction(method) and not name.startswith("_")
    }
    real_time = vars(mlflow_time)["time"]
    try:
        setattr(mlflow_time, "time", clock)  # noqa: B010  # the module does not export the name
        for name, method in methods.items():
            setattr(MlflowClient, name, ticking(method))
        yield clock
    finally:
        setattr(mlflow_time, "time", real_time)  # noqa: B010  # as above
        for name, method in methods.items():
            setattr(MlflowClient, name, method)
