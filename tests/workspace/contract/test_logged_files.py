"""Metrics of SDK v1 that are files: what `get_metrics` gives of them, and what is in the file."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def schema(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"schema_type": kind, "schema_version": "v1", "data": data}


CONFUSION_MATRIX = schema(
    "confusion_matrix", {"class_labels": ["0", "\u00fc"], "matrix": [[3, 0], [1, 2**53 + 1]]}
)
ACCURACY_TABLE = schema(
    "accuracy_table",
    {
        "probability_tables": [[[1, 2, 0, 1], [0, 3, 0, 1]]],
        "percentile_tables": [[[1, 2, 0, 1], [0, 3, 0, 1]]],
        "probability_thresholds": [0.0, 1.0],
        "percentile_thresholds": [0.0, 1.0],
        "class_labels": ["0"],
    },
)
RESIDUALS = schema("residuals", {"bin_edges": [0.5, 1.5], "bin_counts": [4]})
PREDICTIONS = schema(
    "predictions", {"bin_averages": [0.25], "bin_errors": [0.1], "bin_counts": [3], "bin_edges": [0, 1]}
)

LOGGED = {
    "log_confusion_matrix": CONFUSION_MATRIX,
    "log_accuracy_table": ACCURACY_TABLE,
    "log_residuals": RESIDUALS,
    "log_predictions": PREDICTIONS,
}


def location(run: Any, path: str) -> str:
    return f"aml://artifactId/ExperimentRun/dcid.{run.id}/{path}"


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("method", LOGGED)
def test_a_table_of_its_own_kind_is_a_file(run: Any, tmp_path: Path, method: str, text: bool) -> None:
    value = LOGGED[method]
    getattr(run, method)("my table", json.dumps(value) if text else value)
    run.flush()
    assert run.get_metrics() == {"my table": location(run, "my table")}
    assert run.get_metrics("my table") == {"my table": location(run, "my table")}
    assert run.get_file_names() == ["my table"]
    run.download_file("my table", str(tmp_path / "file"))
    assert json.loads((tmp_path / "file").read_bytes()) == value
    (populated,) = run.get_metrics(populate=True).values()
    assert json.loads(populated.data) == value


@pytest.mark.parametrize("method", LOGGED)
def test_a_table_is_logged_once(run: Any, method: str) -> None:
    getattr(run, method)("m", LOGGED[method])
    with pytest.raises(Exception, match="already exists"):
        getattr(run, method)("m", LOGGED[method])
    run.flush()
    assert run.get_metrics() == {"m": location(run, "m")}


@pytest.mark.parametrize("method", LOGGED)
def test_a_table_of_no_form_is_kept(run: Any, tmp_path: Path, method: str) -> None:
    getattr(run, method)("m", {"no": "schema"})
    run.flush()
    assert run.get_metrics() == {"m": location(run, "m")}
    run.download_file("m", str(tmp_path / "file"))
    assert json.loads((tmp_path / "file").read_bytes()) == {"no": "schema"}


# One black pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)


# The client uploads an image under the path where it found it.
PLACES = {"image.png": "image.png", "./plots/image": "plots/image", "{tmp}/image.png": "{tmp}/image.png"}


@pytest.mark.parametrize("place", PLACES)
def test_an_image_by_its_path(run: Any, tmp_path: Path, working_directory: Path, place: str) -> None:
    path = place.replace("{tmp}", str(tmp_path))
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_bytes(PNG)
    run.log_image("my image", path=path)
    run.flush()
    assert run.get_metrics() == {"my image": location(run, path)}
    assert run.get_file_names() == [PLACES[place].replace("{tmp}", str(tmp_path)).lstrip("/")]
    run.download_file(path, str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == PNG
    (populated,) = run.get_metrics(populate=True).values()
    assert populated.data == PNG


def test_an_image_that_is_none_is_refused_by_the_client(run: Any, tmp_path: Path) -> None:
    (tmp_path / "image.txt").write_bytes(b"no image")
    with pytest.raises(Exception, match="image"):
        run.log_image("my image", path=str(tmp_path / "image.txt"))
    run.flush()
    assert (run.get_metrics(), run.get_file_names()) == ({}, [])


class Plot:
    """As much of `pyplot` as the client uses."""

    def savefig(self, stream: io.BytesIO, format: str) -> None:
        assert format == "png"
        stream.write(PNG)


@pytest.fixture(params=["pyplot", "stub"])
def plot(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "stub":
        yield Plot()
        return
    pytest.importorskip("matplotlib").use("agg")
    from matplotlib import pyplot

    pyplot.figure()
    pyplot.plot([1, 3, 2])
    yield pyplot
    pyplot.close("all")


def test_an_image_by_its_plot(run: Any, tmp_path: Path, plot: Any) -> None:
    run.log_image("my plot", plot=plot)
    run.flush()
    (logged,) = run.get_metrics().values()
    (name,) = run.get_file_names()
    assert logged == location(run, name)
    assert re.fullmatch(r"my plot_\d+\.png", name)
    run.download_file(name, str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes().startswith(PNG[:8])


def test_several_images_of_one_name(run: Any, working_directory: Path) -> None:
    for name in ("2.png", "1.png"):
        Path(name).write_bytes(PNG)
        run.log_image("image", path=name)
        run.flush()
    assert run.get_file_names() == ["1.png", "2.png"]
    # The client gives the first of them only.
    assert run.get_metrics() == {"image": location(run, "2.png")}


def test_files_and_numbers_side_by_side(run: Any) -> None:
    run.log("number", 1)
    run.log_residuals("residuals", RESIDUALS)
    run.flush()
    assert run.get_metrics() == {"number": 1, "residuals": location(run, "residuals")}
