from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from harness.spec import (
    BadSnippet,
    Location,
    PyExpression,
    Snippet,
    compile_block,
    compile_expression,
)
from harness.spec.reading import read_document

HERE = Location(Path("entry.yaml"), 10, 5)


def snippet_of(yaml: str, path: Path = Path("entry.yaml")) -> Snippet:
    return read_document(yaml, path).snippet(("code",))


def test_statements_run_in_the_namespace() -> None:
    namespace: dict[str, object] = {"a": 2}
    assert compile_block(Snippet("b = a + 1\nc = b", HERE), value=False).run(namespace) is None
    assert (namespace["b"], namespace["c"]) == (3, 3)


def test_the_last_expression_is_the_value() -> None:
    namespace: dict[str, object] = {"a": 2}
    block = compile_block(Snippet("b = a + 1\n[b for _ in range(a)]", HERE), value=True)
    assert block.run(namespace) == [3, 3]
    assert block.run({"a": 1}) == [2]


def test_functions_and_classes_of_a_block_see_its_names() -> None:
    text = "import math\ndef half(x):\n  return math.floor(x / two)\nclass A:\n  b = half(9)\nA.b"
    assert compile_block(Snippet(text, HERE), value=True).run({"two": 2}) == 4


def test_an_expression() -> None:
    assert compile_expression(Snippet("a + 1", HERE)).run({"a": 1}) == 2
    assert compile_expression(PyExpression("(yield_ := 1)", HERE)).run({}) == 1


def test_a_text_alone_is_no_docstring() -> None:
    """Python 3.13 encodes docstrings, and strips them."""
    half = r'"\ud800 "'
    assert compile_expression(Snippet(half, HERE)).run({}) == "\ud800 "
    assert compile_block(Snippet(f"{half}\n1", HERE), value=True).run({}) == 1


def test_future_statements_of_the_harness_do_not_reach_snippets() -> None:
    namespace: dict[str, object] = {}
    compile_block(Snippet("def f(x: int): pass", HERE), value=False).run(namespace)
    assert namespace["f"].__annotations__ == {"x": int}


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a = 1\nb = 2", "no-value", 11, 5),
        ("", "no-value", 10, 5),
        ("# nothing", "no-value", 10, 5),
        ("a = 1\n  b", "python-syntax", 11, 7),
        ("f(1\n", "python-syntax", 10, 6),
        ("x\nreturn 1\nx", "python-syntax", 11, 5),
        ("break\nx", "python-syntax", 10, 5),
        ("x = 'é' + await y\nx", "python-syntax", 10, 15),
    ],
)
def test_what_is_no_block_says_where(text: str, code: str, line: int, column: int) -> None:
    with pytest.raises(BadSnippet) as caught:
        compile_block(Snippet(text, HERE), value=True)
    problem = caught.value.problem
    assert (problem.code, problem.location.line, problem.location.column) == (code, line, column)
    assert str(caught.value).startswith(f"entry.yaml:{line}:{column}: ")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "text", ["a = 1", "", "a\nb", "pass", "import math", "del a", "# only this", "for a in b: a"]
)
def test_what_is_no_single_expression(text: str) -> None:
    with pytest.raises(BadSnippet) as caught:
        compile_expression(Snippet(text, HERE))
    assert caught.value.problem.code == "not-an-expression"


# `X` is where the name X must be found; the text may hold it once.
LAYOUTS = {
    "plain": "code: a + X\n",
    "plain over lines": "code: a +\n  b\n\n  + X\n",
    "single quoted": "code: 'it''s + X'\n",
    "single quoted over lines": "code: 'it''s +\n\n    b + X'\n",
    "double quoted": 'code: "a + X"\n',
    "double quoted, escapes": r'code: "a\t\x2b \"b\" \\ \u00e9 + X"' + "\n",
    "double quoted over lines": 'code: "a + \\\n   \\  b +\n  X"\n',
    "double quoted, escaped line end": 'code: "a\\n\\\n  X"\n',
    "literal": "code: |\n  a\n  X\n",
    "literal with more indentation": "code: |\n  if a:\n\n      X\n",
    "literal that begins with an empty line": "code: |\n\n\n  a\n  X\n",
    "literal with an indentation indicator": "code: |2-\n     a\n   X\n",
    "literal with a comment": "code: |+ # here\n    a\n    b + X\n\n\n",
    "literal after a tag and an anchor": "code: !py &a |\n  a + X\n",
    "tag on a line of its own": "code: !py # why\n  # because\n  'a + X'\n",
    "folded": "code: >\n  a +\n  b + X\n",
    "folded, with kept lines": "code: >-\n  a +\n\n  b\n    + X\n",
    "in a list in a flow": "{b: [1], code: !py a + X}\n",
    "wide characters": "code: |\n  'é😀' + X\n",
    "line ends of Windows": "code: |\r\n  a\r\n  b + X\r\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_character_of_a_snippet_is_found_in_its_file(layout: str) -> None:
    yaml = LAYOUTS[layout]
    before = yaml[: yaml.index("X")]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    snippet = snippet_of(yaml)
    in_snippet = snippet.text[: snippet.text.index("X")]
    found = snippet.at(in_snippet.count("\n") + 1, len(in_snippet) - (in_snippet.rfind("\n") + 1))
    assert (found.line, found.column) == (line, column)


def test_the_end_of_a_snippet_has_a_place_too() -> None:
    assert snippet_of("code: 'a + '\n").at(1, 99) == Location(Path("entry.yaml"), 1, 12)
    assert snippet_of("code: |\n  ab\n").at(1, 2) == Location(Path("entry.yaml"), 2, 5)


@pytest.mark.parametrize(
    ("yaml", "line"),
    [
        ("code: |\n  a = 1\n  a / 0\n", 3),
        ("\n\ncode: a / 0\n".replace("a /", "1 /"), 3),
        ("code: >-\n  1\n  / 0\n", 2),
        ("code: |\n  def f():\n      return 1 / 0\n\n  f()\n", 3),
        ("code: |\n  f'''{1}\n  {1 / 0}'''\n", 2),
    ],
)
def test_a_traceback_shows_the_line_of_the_file(tmp_path: Path, yaml: str, line: int) -> None:
    path = tmp_path / "entry.yaml"
    path.write_text(yaml, encoding="utf-8")
    block = compile_block(snippet_of(yaml, path), value=True)
    with pytest.raises(ZeroDivisionError) as caught:
        block.run({})
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert last.filename == str(path)
    assert last.lineno is not None
    assert last.lineno in (line, line + 1) if "'''" in yaml else last.lineno == line
    assert last.line == yaml.splitlines()[last.lineno - 1].strip()


@pytest.mark.parametrize(
    "text",
    [
        "type Name = int",
        "def first[T](items: list[T]) -> T:\n    return items[0]",
        "try:\n    pass\nexcept* ValueError:\n    pass",
    ],
)
def test_the_grammar_of_a_later_python_is_refused_by_every_python(text: str) -> None:
    with pytest.raises(BadSnippet, match="not valid Python"):
        compile_block(Snippet(text, Location(Path("a.yaml"), 1, 1)), value=False)


@pytest.mark.parametrize(
    "text",
    [
        "nonlocal name",
        "def set_():\n    name = 1\n    global name",
        "def give():\n    return\n    yield from []\n    await give()",
        "[(name := 1) for name in range(3)]",
        "def both(one, one): pass",
        "break",
        "from __future__ import braces",
        "[item async for item in items()]",
        "f(**{}, *[]) = 1",
    ],
)
def test_what_only_the_compiler_finds_is_found(text: str) -> None:
    with pytest.raises(BadSnippet, match="not valid Python"):
        compile_block(Snippet(text, Location(Path("a.yaml"), 1, 1)), value=False)
