"""Every behaviour that the code names has its row of evidence, every row is used, and its test is one that can fail.

That the test executes the behaviour is checked where the test runs: by the fixture `workspace`.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

import harness.workspace
from harness.workspace import Behaviour, load_evidence

PACKAGE = Path(harness.workspace.__file__).parent
HERE = Path(__file__).parent

TABLE_OF_LIMITS = PACKAGE / "rules" / "limits.py"
"""Here alone the id is not written where it is executed, but in a `Limit`, which is checked in one place."""


def name_of(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", ""))).lstrip("_")


def named_in_code() -> set[str]:
    """The literal arguments of all calls of something named `executed` or `_executed`, and those of limits."""
    names = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or name_of(node) not in ("executed", "Limit"):
                continue
            argument = node.args[-1]
            if file == TABLE_OF_LIMITS and ast.unparse(node) == "executed(limit.behaviour)":
                continue
            assert isinstance(argument, ast.Constant), f"{file.name}:{node.lineno}: not a literal"
            names.add(str(argument.value))
    return names


@cache
def functions(file: Path) -> Mapping[str, ast.FunctionDef]:
    """The functions that stand in a module, also under an `if`."""
    if not file.is_file():
        return {}
    body = ast.parse(file.read_text(encoding="utf-8")).body
    body += [inner for node in body if isinstance(node, ast.If) for inner in node.body]
    return {node.name: node for node in reversed(body) if isinstance(node, ast.FunctionDef)}


def needs(function: ast.FunctionDef) -> Iterator[str]:
    """The fixtures that a test or a fixture asks for, by its arguments or while it runs."""
    yield from (argument.arg for argument in function.args.args)
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and name_of(node) == "getfixturevalue":
            (argument,) = node.args
            assert isinstance(argument, ast.Constant), f"{function.name}: not a literal"
            yield str(argument.value)


def uses(file: Path, function: ast.FunctionDef, fixture: str) -> bool:
    """Whether a test needs a fixture, itself or through others that its module or a conftest has."""
    folders = [folder for folder in file.parents if folder.is_relative_to(HERE)]
    modules = [file, *(folder / "conftest.py" for folder in folders)]
    left, seen = list(needs(function)), {function.name}
    while left:
        name = left.pop()
        if name == fixture:
            return True
        # A fixture may use the one of the same name that it stands for.
        found = [functions(module)[name] for module in modules if name in functions(module)]
        if name not in seen:
            left += [needed for each in found for needed in needs(each)]
        seen.add(name)
    return False


@pytest.fixture(params=load_evidence().values(), ids=lambda behaviour: behaviour.id)
def behaviour(request: pytest.FixtureRequest) -> Behaviour:
    assert isinstance(request.param, Behaviour)
    return request.param


def test_code_and_evidence_name_the_same_behaviours() -> None:
    assert named_in_code() == set(load_evidence())


def test_a_row_says_what_and_from_where(behaviour: Behaviour) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", behaviour.id)
    assert behaviour.says.endswith(".")
    assert behaviour.source.endswith(".")


@pytest.mark.parametrize(
    "assumed",
    [row for row in load_evidence().values() if row.provenance == "assumed"],
    ids=lambda behaviour: behaviour.id,
)
def test_what_is_assumed_says_what_else_could_be(assumed: Behaviour) -> None:
    assert re.search(r"\b(might|may|could|would|not known|unknown|instead)\b", assumed.source)


def test_the_test_of_a_row_is_there_and_uses_a_workspace(behaviour: Behaviour) -> None:
    path, _, name = behaviour.test.partition("::")
    file = (HERE / path).resolve()
    assert file.is_relative_to(HERE)
    assert name.startswith("test_")
    assert name in functions(file), f"{path} has no {name}"
    assert uses(file, functions(file)[name], "workspace")


def test_the_check_sees_what_a_test_uses(tmp_path: Path) -> None:
    """It must be able to say no."""
    by = functions(HERE / "test_processes.py")
    assert not uses(
        HERE / "test_processes.py", by["test_two_processes_write_at_once_and_nothing_is_lost"], "workspace"
    )
    file = HERE / "contract" / "test_runs.py"
    assert uses(file, functions(file)["test_a_run_ends_once"], "workspace")
    assert functions(tmp_path / "nothing.py") == {}


SILENCED = """
import sys
from harness.workspace import opening
executed = opening.Record.executed
opening.Record.executed = lambda self, name: name == sys.argv[1] or executed(self, name)
import pytest
sys.exit(pytest.main([sys.argv[2], "-q", "-n", "0", "-p", "no:cacheprovider"]))
"""


@pytest.mark.once
@pytest.mark.parametrize("identifier", ["snapshot-once"])
def test_the_test_of_a_row_fails_where_the_behaviour_is_not_told(identifier: str) -> None:
    """Else what a handler assumes could be left out of the verdicts that rest on it."""
    row = load_evidence()[identifier]
    assert row.provenance == "assumed"
    for silenced, status in ((identifier, 1), ("nothing", 0)):
        ran = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", SILENCED, silenced, str(HERE / row.test)],
            capture_output=True,
            text=True,
        )
        assert ran.returncode == status, ran.stdout
        assert ("the files of behaviours say that this test shows them all" in ran.stdout) == bool(status)
