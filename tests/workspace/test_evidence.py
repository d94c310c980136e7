"""Every behaviour that the code names has its row of evidence, and every row is used."""

from __future__ import annotations

import ast
from pathlib import Path

import harness.workspace
from harness.workspace import load_evidence

PACKAGE = Path(harness.workspace.__file__).parent


def named_in_code() -> set[str]:
    """The literal arguments of all calls of something named `executed` or `_executed`."""
    names = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name.lstrip("_") == "executed":
                (argument,) = node.args
                assert isinstance(argument, ast.Constant), f"{file}:{node.lineno}: not a literal"
                names.add(str(argument.value))
    return names


def test_code_and_evidence_name_the_same_behaviours() -> None:
    assert named_in_code() == set(load_evidence())


def test_each_row_says_what_and_from_where() -> None:
    for identifier, behaviour in load_evidence().items():
        assert behaviour.id == identifier
        assert behaviour.says.endswith(".")
        assert behaviour.source
