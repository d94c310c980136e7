"""Every public method of `Run` and `Experiment` has its row, and what is not served says so where it is called."""

from __future__ import annotations

import ast
import inspect
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests

from harness.workspace import EmbeddedWorkspace, UnservedRequest
from harness.workspace.evidence.methods import Method, load_methods

HERE = Path(__file__).parent


def script(folder: Path) -> Any:
    from azureml.core import ScriptRunConfig

    (folder / "train.py").write_text("1")
    return ScriptRunConfig(str(folder), "train.py", compute_target="local")


class Compute:
    """As much of a compute target as the client looks at."""

    def __init__(self, workspace: Any) -> None:
        self.workspace = workspace
        self.name = "cluster"


def register(run: Any, folder: Path) -> Any:
    (folder / "model").write_text("1")
    run.upload_file("model", str(folder / "model"))
    return run.register_model("model", model_path="model")


UNSERVED: Mapping[str, Callable[[Any, Path], object]] = {
    "Run.get_secret": lambda run, folder: run.get_secret("name"),
    "Run.get_secrets": lambda run, folder: run.get_secrets(["name"]),
    "Run.list_by_compute": lambda run, folder: list(run.list_by_compute(Compute(run.experiment.workspace))),
    "Run.register_model": register,
    "Run.submit_child": lambda run, folder: run.submit_child(script(folder)),
    "Experiment.submit": lambda run, folder: run.experiment.submit(script(folder)),
}
"""With the least arguments that lead to a request."""

REFUSED_BY_CLIENT = {"Run.clean": AttributeError, "Experiment.from_directory": Exception}
"""These look for the project of a submitted run on this machine, and fail without one."""

LOCAL: Mapping[str, Callable[[Any, Path], object]] = {
    "Run.clean": lambda run, folder: run.clean(),
    "Run.add_type_provider": lambda run, folder: run.add_type_provider("harness.none", lambda *_: None),
    "Run.get_docs_url": lambda run, folder: run.get_docs_url(),
    "Run.get_portal_url": lambda run, folder: run.get_portal_url(),
    "Experiment.from_directory": lambda run, folder: run.experiment.from_directory(str(folder)),
    "Experiment.get_docs_url": lambda run, folder: run.experiment.get_docs_url(),
    "Experiment.get_portal_url": lambda run, folder: run.experiment.get_portal_url(),
}
"""With the least arguments; properties need no entry."""


def rows(answered: str) -> list[Any]:
    return [
        pytest.param(row, id=f"{row.owner}.{row.name}") for row in load_methods() if row.answered == answered
    ]


def public(owner: Any) -> Iterator[str]:
    """The public methods and properties of a class; its constants are neither."""
    for name in dir(owner):
        found = inspect.getattr_static(owner, name)
        if not name.startswith("_") and (
            callable(found) or isinstance(found, (property, staticmethod, classmethod))
        ):
            yield name


def test_the_rows_are_the_methods_of_the_installed_package() -> None:
    from azureml.core import Experiment, Run

    installed = {(owner.__name__, name) for owner in (Run, Experiment) for name in public(owner)}
    assert {(row.owner, row.name) for row in load_methods()} == installed
    assert len(load_methods()) == len(installed)


@cache
def functions(file: Path) -> Mapping[str, ast.FunctionDef]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def attributes(file: Path, name: str, seen: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """The attributes that a function of a module uses, itself or through others there, and of what."""
    for node in ast.walk(functions(file)[name]):
        if isinstance(node, ast.Attribute):
            yield node.attr, ast.unparse(node.value)
        elif isinstance(node, ast.Name) and node.id in functions(file) and node.id not in {*seen, name}:
            yield from attributes(file, node.id, seen | {name})


@pytest.mark.parametrize("row", rows("served"))
def test_what_is_served_names_a_test_that_calls_it(row: Method) -> None:
    import azureml.core

    path, _, test = row.test.partition("::")
    assert test in functions(HERE / path), row.test
    static = inspect.getattr_static(getattr(azureml.core, row.owner), row.name)
    of = {value for name, value in attributes(HERE / path, test) if name == row.name}
    assert of, f"{row.test} does not use {row.name}"
    if isinstance(static, (staticmethod, classmethod)):
        assert row.owner in of, f"{row.test} does not call {row.owner}.{row.name}"


@pytest.fixture(autouse=True)
def temporary_files(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client copies what is to be submitted below the folder of temporary files, and leaves it there."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temporary")))


def wait_until(it_is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not it_is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("row", rows("not-served"))
def test_what_is_not_served_says_so(
    workspace: EmbeddedWorkspace, run: Any, tmp_path: Path, row: Method
) -> None:
    assert row.test == "test_methods.py::test_what_is_not_served_says_so"
    with workspace.recording() as executed:
        with pytest.raises(UnservedRequest) as raised:
            UNSERVED[f"{row.owner}.{row.name}"](run, tmp_path)
        if "submit" in row.name:
            # The client takes a snapshot of the script at the same time, in a thread for which it does not wait now.
            wait_until(lambda: "snapshot-kept" in executed)
    assert raised.value.method in ("GET", "POST", "PUT", "PATCH")
    assert raised.value.url.startswith("https://")
    assert f"{raised.value.method} {raised.value.url}" in str(raised.value)
    workspace.unserved.clear()


@pytest.mark.parametrize("row", rows("local"))
def test_what_is_local_sends_nothing(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: Method
) -> None:
    assert row.test == "test_methods.py::test_what_is_local_sends_nothing"
    sent = []
    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", lambda *args, **_: sent.append(args))
    name = f"{row.owner}.{row.name}"
    call = LOCAL.get(name)
    if name in REFUSED_BY_CLIENT:
        assert call is not None
        with pytest.raises(REFUSED_BY_CLIENT[name]):
            call(run, tmp_path)
    elif call is not None:
        call(run, tmp_path)
    else:
        owner = run if row.owner == "Run" else run.experiment
        assert isinstance(inspect.getattr_static(type(owner), row.name), property)
        getattr(owner, row.name)
    assert sent == []


def test_the_run_that_a_script_is_submitted_as(workspace: EmbeddedWorkspace, run: Any) -> None:
    from azureml.core import Run

    with workspace.attached(run):
        assert Run.get_submitted_run().id == run.id
