"""What is written down of a script's calls, and that the script does not notice: one process, no services."""

from __future__ import annotations

import inspect
import io
import math
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from harness.tracing import recorder
from harness.tracing.records import Other, RecordedCall, read_records
from harness.values import Built, to_expression


class Base:
    def kept(self, name: str, *, step: int | None = None) -> tuple[str, int | None]:
        """Its words."""
        return name, step

    def raises(self) -> None:
        raise KeyError("as before")


class Run(Base):
    id = "run-1"
    experiment = SimpleNamespace(name="training")

    def log(self, name: str, value: object = None, **kwargs: object) -> object:
        return value

    def log_image(self, name: str, path: object = None, plot: object = None) -> None: ...

    @staticmethod
    def get(workspace: object, run_id: str) -> str:
        return run_id

    @classmethod
    def get_context(cls) -> Run:
        return cls()


class Submitted(Run):
    def log(self, name: str, value: object = None, **kwargs: object) -> object:
        return super().log(name, value, **kwargs)


class Experiment:
    name = "training"

    def start_logging(self) -> None: ...


@pytest.fixture
def sdk(tmp_path: Path) -> SimpleNamespace:
    """Classes like those of the SDK, freshly made, with their calls written into `tmp_path`."""
    names: dict[str, Any] = {"__name__": "scripts", "SimpleNamespace": SimpleNamespace, "annotations": None}
    source = "\n\n".join(map(inspect.getsource, (Base, Run, Submitted, Experiment)))
    exec(f"from __future__ import annotations\n{source}", names)
    # Its own calls are told by the name of the module that they are made in.
    names["__name__"] = "azureml.core"
    module = SimpleNamespace(**{name: names[name] for name in ("Run", "Experiment", "Submitted")})
    recorder.wrap(recorder.Recorder(str(tmp_path)), module)
    return module


def written(tmp_path: Path) -> list[RecordedCall]:
    found = read_records(tmp_path)
    assert found.missing == 0
    return list(found.calls)


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, 2**70, -0.0, math.inf, math.nan, "ä\ud800", b"\0", [1, (2, {"a": {3}})],
        {1: frozenset({2})}, np.float32(0.1), np.int64(3), np.bool_(True), np.str_("a"), np.longdouble("0.1"),
    ],
    ids=repr,
)  # fmt: skip
def test_a_value_comes_back_as_it_was(sdk: SimpleNamespace, tmp_path: Path, value: object) -> None:
    assert sdk.Run().log("m", value) is value
    (call,) = written(tmp_path)
    assert call.arguments is not None
    back = call.arguments["value"]
    assert (to_expression(back), type(back)) == (to_expression(value), type(value))


def test_what_is_no_plain_value_is_told_by_its_type(sdk: SimpleNamespace, tmp_path: Path) -> None:
    class Text(str):
        __slots__ = ()

    for value in (object(), Text("a"), np.array([object()])):
        sdk.Run().log("m", [value])
    sdk.Run().log("m", np.array([[1, 2]], dtype=np.int8))
    *others, array = written(tmp_path)
    for call in others:
        assert call.arguments is not None
        (found,) = call.arguments["value"]  # type: ignore[misc]  # a list, as it was given
        assert isinstance(found, Other)
    assert array.arguments is not None
    built = array.arguments["value"]
    assert isinstance(built, Built)
    assert built.build().tolist() == [[1, 2]]


def test_arguments_are_those_from_before_the_call(sdk: SimpleNamespace, tmp_path: Path) -> None:
    values = [1]
    sdk.Run().log("m", values, extra=2)
    values.append(2)
    (call,) = written(tmp_path)
    assert call.arguments == {"name": "m", "value": [1], "kwargs": {"extra": 2}}
    assert call.given == ("name", "value", "kwargs")
    assert (call.run, call.experiment, call.function) == (
        "run-1",
        "training",
        "test_arguments_are_those_from_before_the_call",
    )
    assert call.site.file == __file__


def test_only_calls_of_the_script_itself_count(sdk: SimpleNamespace, tmp_path: Path) -> None:
    sdk.Submitted().log("m", 1)  # which calls that of the class above
    assert [call.call for call in written(tmp_path)] == ["Run.log"]


def test_methods_stay_what_they_are(sdk: SimpleNamespace, tmp_path: Path) -> None:
    run = sdk.Run.get_context()
    assert type(run) is sdk.Run
    assert type(sdk.Submitted.get_context()) is sdk.Submitted
    assert sdk.Run.get("ws", run_id="x") == "x"
    assert str(inspect.signature(sdk.Run.kept)) == str(inspect.signature(Base.kept))
    assert (sdk.Run.kept.__doc__, sdk.Run.kept.__qualname__) == (Base.kept.__doc__, "Base.kept")
    assert run.kept("a", step=2) == ("a", 2)
    with pytest.raises(KeyError, match="as before") as caught:
        run.raises()
    assert caught.value.__context__ is None
    with pytest.raises(TypeError, match="unexpected keyword"):
        run.kept("a", stpe=2)
    kept, raises, wrong = written(tmp_path)[-3:]
    assert (kept.raised, raises.raised) == (None, "KeyError: 'as before'")
    assert wrong.arguments is None
    assert "stpe" in str(wrong.raised)


def test_files_and_figures_are_kept_as_they_were(sdk: SimpleNamespace, tmp_path: Path) -> None:
    from matplotlib.figure import Figure

    path = tmp_path / "a.png"
    path.write_bytes(b"before")
    sdk.Run().log_image("a", path=str(path))
    path.write_bytes(b"after")
    figure = Figure((1, 1))
    sdk.Run().log_image("b", plot=figure)
    file, drawn = written(tmp_path)
    assert file.file == b"before"
    assert drawn.picture is not None
    assert drawn.picture.startswith(b"\x89PNG")
    assert drawn.arguments == {"name": "b", "path": None, "plot": "figure"}


def test_streams_stay_where_they_are() -> None:
    stream = io.BufferedReader(io.BytesIO(b"12345"))  # type: ignore[arg-type]  # any raw stream will do
    stream.read(2)
    assert recorder._file(stream) == {"content": "MzQ1"}
    assert stream.read() == b"345"


def test_an_argument_that_cannot_be_looked_at_does_not_reach_the_script(
    sdk: SimpleNamespace, tmp_path: Path
) -> None:
    class Plot:
        def savefig(self, *_: object, **__: object) -> None:
            raise RuntimeError("no screen")

    sdk.Run().log_image("a", plot=Plot())
    (call,) = written(tmp_path)
    assert call.failed == "RuntimeError: no screen"


def test_a_record_that_could_not_be_written_is_missed(sdk: SimpleNamespace, tmp_path: Path) -> None:
    for value in range(3):
        sdk.Run().log("m", value)
    (file,) = tmp_path.glob("*.jsonl")
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], lines[1][:20], lines[2]]))
    assert read_records(tmp_path).missing == 1


def test_nothing_is_patched_or_said_where_the_sdk_is_not_imported(tmp_path: Path) -> None:
    source = Path(recorder.__file__).read_text(encoding="utf-8")
    code = f"{source}\nstart({str(tmp_path)!r})\nimport json\nprint('azureml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
