"""What the embedded workspace costs: whole cycles of both clients, beside the same calls answered by canned replies.

A cycle makes a run, logs a value, a list of ten and two artifacts, reads all of it back, lists and downloads, and ends
the run. The replies are recorded from one cycle on the workspace and then given back at once by method and URL, so the
difference is what the workspace does: routing, rules, storage. What remains is the clients' own.
"""

from __future__ import annotations

import io
import itertools
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from measuring import Figure, Times, measured, own_folder, show
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from harness.workspace import EmbeddedWorkspace, open_workspace

CYCLES = 60
RATIO = 1.5
VALUES = [float(number) for number in range(10)]
TEXTS = {"notes.txt": "small", "logs/more.txt": "x" * 10_000}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    def answer(self, adapter: HTTPAdapter, request: PreparedRequest) -> Response:
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(b"" if request.method == "HEAD" else self.body),
            headers=self.headers,
            status=self.status,
            preload_content=False,
            request_method=request.method,
        )
        return adapter.build_response(request, raw)


@contextmanager
def transport(send: Callable[..., Response]) -> Iterator[None]:
    """Sends what the clients send by another function while the block is open."""
    before = HTTPAdapter.send
    HTTPAdapter.send = send  # type: ignore[method-assign]
    try:
        yield
    finally:
        HTTPAdapter.send = before  # type: ignore[method-assign]


class Canned:
    """The replies to one cycle, recorded once and given back as often as the same cycle is run."""

    def __init__(self, cycle: Callable[[], object]) -> None:
        self._cycle = cycle
        self._replies: dict[tuple[str, str], deque[Reply]] = defaultdict(deque)
        real = HTTPAdapter.send

        def record(adapter: HTTPAdapter, request: PreparedRequest, **kwargs: Any) -> Response:
            response = real(adapter, request, **kwargs)
            body = response.raw.read()
            reply = Reply(response.status_code, dict(response.headers), body)
            self._replies[str(request.method), str(request.url)].append(reply)
            return reply.answer(adapter, request)

        with transport(record):
            cycle()

    @property
    def requests(self) -> int:
        """How many requests a cycle makes."""
        return sum(map(len, self._replies.values()))

    def run(self) -> None:
        """Runs the cycle on the recorded replies."""

        def replay(adapter: HTTPAdapter, request: PreparedRequest, **kwargs: Any) -> Response:
            replies = self._replies[str(request.method), str(request.url)]
            replies.rotate(-1)
            return replies[-1].answer(adapter, request)

        with transport(replay):
            self._cycle()


def v1_cycle(workspace: EmbeddedWorkspace, source: Path) -> Callable[[str], None]:
    from azureml.core import Experiment

    experiment = Experiment(workspace.sdk, "bench")

    def cycle(run_id: str) -> None:
        run = experiment.start_logging(run_id=run_id, snapshot_directory=None)
        run.log("loss", 0.25)
        run.log_list("list", VALUES)
        for name in TEXTS:
            run.upload_file(name, str(source / name))
        run.flush()
        if run.get_metrics() != {"loss": 0.25, "list": VALUES}:
            raise AssertionError("the metrics were not read back")
        if run.get_file_names() != sorted(TEXTS):
            raise AssertionError("the artifacts were not listed")
        for name, text in TEXTS.items():
            run.download_file(name, "downloaded.txt")
            if Path("downloaded.txt").read_text() != text:
                raise AssertionError(f"{name} was not read back")
        run.complete()
        workspace.release_runs()

    return cycle


def plugin_cycle(workspace: EmbeddedWorkspace) -> Callable[[], None]:
    import mlflow
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    mlflow.set_tracking_uri(workspace.tracking_uri)
    client = MlflowClient(tracking_uri=workspace.tracking_uri, registry_uri=workspace.tracking_uri)
    experiment_id = client.create_experiment("bench-mlflow")

    def cycle() -> None:
        run_id = client.create_run(experiment_id).info.run_id
        client.log_metric(run_id, "loss", 0.25, timestamp=1)
        client.log_batch(run_id, [Metric("list", value, 1, step) for step, value in enumerate(VALUES)])
        for name, text in TEXTS.items():
            client.log_text(run_id, text, name)
        if client.get_run(run_id).data.metrics != {"loss": 0.25, "list": VALUES[-1]}:
            raise AssertionError("the metrics were not read back")
        if [metric.value for metric in client.get_metric_history(run_id, "list")] != VALUES:
            raise AssertionError("the list was not read back")
        if {found.path for found in client.list_artifacts(run_id)} != {"notes.txt", "logs"}:
            raise AssertionError("the artifacts were not listed")
        for name, text in TEXTS.items():
            if Path(client.download_artifacts(run_id, name, ".")).read_text() != text:
                raise AssertionError(f"{name} was not read back")
        client.set_terminated(run_id)

    return cycle


def figures(what: str, requests: int, served: Times, canned: Times) -> list[Figure]:
    each = (served.median - canned.median) / requests
    return [
        Figure(f"{what}: on the workspace, median", served.median, "ms"),
        Figure(f"  with canned replies to its {requests} requests, median", canned.median, "ms"),
        Figure("  ratio of the medians", served.median / canned.median, bar=RATIO),
        Figure("  what the workspace adds to a request", each, "ms"),
    ]


def main() -> None:
    with own_folder() as folder, open_workspace(folder / "workspace") as workspace:
        for name, text in TEXTS.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        v1, plugin = v1_cycle(workspace, folder), plugin_cycle(workspace)
        numbers = itertools.count()
        v1_canned, plugin_canned = Canned(lambda: v1("canned")), Canned(plugin)
        v1_times = measured(lambda: v1(f"run-{next(numbers)}"), v1_canned.run, count=CYCLES, warm_up=5)
        plugin_times = measured(plugin, plugin_canned.run, count=CYCLES, warm_up=5)
    show(
        f"Whole cycles beside canned replies: run, value, list, two artifacts, all read back ({CYCLES} each)",
        [
            *figures("SDK v1", v1_canned.requests, *v1_times),
            *figures("MLflow with azureml-mlflow", plugin_canned.requests, *plugin_times),
        ],
    )


if __name__ == "__main__":
    main()
