from __future__ import annotations

import ast
import dis
import sys
from collections.abc import Iterator
from types import CodeType

import pytest

from harness.spec.free_names import bound_names, free_names

SNIPPETS = {
    "x = y": ["y"],
    "[a for a in b if c]": ["b", "c"],
    "[a for a in a]": ["a"],
    "[(a, b) for a in x for b in a if (last := b)]; last": ["x"],
    "{k: v for k, v in d.items()}; k": ["d", "k"],
    "lambda a, *b, c=d, **e: a + b + c + e + f": ["d", "f"],
    "def f(a: t, b=d, *c, e=g) -> r:\n  h = a + b\n  return h + i\nf(h)": ["d", "g", "h", "i", "r", "t"],
    "def f():\n  global g\n  g = 1\ng": [],
    "def f():\n  x = 1\n  def g():\n    nonlocal x\n    x += y\n  return g": ["y"],
    "class A(b):\n  c = 1\n  d = c\n  def m(self):\n    return c + __class__\nA": ["b", "c"],
    "import a.b, c as d\nfrom e import f, g as h\n(a, d, f, h, b, c, e, g)": ["b", "c", "e", "g"],
    "try:\n  x\nexcept E as error:\n  error\nfinally:\n  y": ["E", "x", "y"],
    "with a as b, c as (d, e):\n  b, d, e": ["a", "c"],
    "for i, (j, *k) in x:\n  i, j, k\nelse:\n  l": ["l", "x"],
    "while (n := f()):\n  n": ["f"],
    "match a:\n  case {'k': v, **rest}:\n    v, rest\n  case [b, *c] | C(b, c):\n    b, c\n  case d.e: x": [
        "C",
        "a",
        "d",
        "x",
    ],
    "del a\na": [],
    "x: t = 1": ["t"],
    "f'{a} {b!r:{c}}'": ["a", "b", "c"],
    "@d\ndef f(): pass": ["d"],
    "@d\nclass A: pass": ["d"],
    "[lambda: a for a in b]": ["b"],
    "class A:\n  x = [1]\n  y = [z for z in x]\n  w = [x for z in y]": ["x"],
    "async def f():\n  async with a as b:\n    await b\n    async for c in d: c": ["a", "d"],
    "a.b.c = d[e] = 1": ["a", "d", "e"],
    "(x := 1) + x + y": ["y"],
    "print(a, *b, **c)": ["a", "b", "c", "print"],
}


@pytest.mark.parametrize("text", SNIPPETS)
def test_free_names_are_those_that_nothing_binds(text: str) -> None:
    assert sorted({node.id for node in free_names(ast.parse(text))}) == SNIPPETS[text]


def codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


@pytest.mark.parametrize("text", SNIPPETS)
def test_python_compiles_the_same_names_to_globals(text: str) -> None:
    top = compile(text, "x", "exec", dont_inherit=True)
    used: set[str] = set()
    bound: set[str] = set()
    for code in codes(top):
        steps = [(step.opname, step.argval) for step in dis.get_instructions(code)]
        stored = {name for kind, name in steps if kind in ("STORE_NAME", "DELETE_NAME")}
        own = set() if code is top else stored
        used |= {name for kind, name in steps if kind == "LOAD_NAME" and name not in own}
        used |= {name for kind, name in steps if kind == "LOAD_GLOBAL"}
        bound |= {name for kind, name in steps if kind == "STORE_GLOBAL"} | (stored if code is top else set())
    assert {name for name in used - bound if not name.startswith("__")} == set(SNIPPETS[text])


def test_names_come_in_the_order_of_the_text_with_their_place() -> None:
    names = free_names(ast.parse("b + (\n  a + b)"))
    assert [(node.id, node.lineno, node.col_offset) for node in names] == [
        ("b", 1, 0),
        ("a", 2, 2),
        ("b", 2, 6),
    ]


def test_bound_names_are_those_that_stay() -> None:
    text = "import a.b\nx = y = 1\nfor i in [z for z in 'q']: pass\ndef f(p): r = 1\nclass C: s = 1\n[w := 1]"
    assert bound_names(ast.parse(text)) == {"a", "x", "y", "i", "f", "C", "w"}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters are new in Python 3.12")
def test_type_parameters() -> None:
    text = "type A[T] = list[T]\ndef f[S: b](x: S) -> S: return S\nclass C[U](G[U]):\n  x: U"
    assert {node.id for node in free_names(ast.parse(text))} - {"list"} == {"b", "G"}
