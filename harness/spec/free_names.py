"""Which names a piece of Python reads without binding them, and which it binds.

Knows Python's scopes and nothing else. Order is not looked at: a name that is bound anywhere in a scope
counts as bound in all of it.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field

BUILTINS = frozenset(dir(builtins)) - {"_", "copyright", "credits", "exit", "license", "quit"}
"""What every snippet sees; without what only an interactive session adds."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


@dataclass
class _Scope:
    kind: str
    parent: _Scope | None = None
    bound: set[str] = field(default_factory=set)
    declared_global: set[str] = field(default_factory=set)

    def top(self) -> _Scope:
        return self if self.parent is None else self.parent.top()

    def bind(self, name: str) -> None:
        (self.top() if name in self.declared_global else self).bound.add(name)

    def sees(self, name: str) -> bool:
        scope: _Scope | None = self
        if name in self.declared_global:
            scope = self.top()
        while scope is not None:
            if name in scope.bound and (scope is self or scope.kind != "class"):
                return True
            scope = scope.parent
        return False


def free_names(tree: ast.Module) -> list[ast.Name]:
    """Every reading of a name that nothing in the tree binds, builtins among them, as they stand."""
    walker = _Walker()
    walker.visit(tree)
    free = [node for scope, node in walker.loads if not scope.sees(node.id)]
    return sorted(free, key=lambda node: (node.lineno, node.col_offset))


def bound_names(tree: ast.Module) -> frozenset[str]:
    """The names that running the tree binds in its namespace."""
    walker = _Walker()
    walker.visit(tree)
    return frozenset(walker.scope.bound)


class _Walker(ast.NodeVisitor):
    """Visits each node in the scope in which Python evaluates it; what a name means is decided afterwards."""

    def __init__(self) -> None:
        self.scope = _Scope("module")
        self.loads: list[tuple[_Scope, ast.Name]] = []

    def _inside(self, kind: str, bound: list[str], *parts: list[ast.AST]) -> None:
        outer = self.scope
        self.scope = _Scope(kind, outer, set(bound))
        for part in parts:
            for node in part:
                self.visit(node)
        self.scope = outer

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.loads.append((self.scope, node))
        else:
            self.scope.bind(node.id)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        scope = self.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        scope.bind(node.target.id)

    def _function(self, node: _Function) -> None:
        self.scope.bind(node.name)
        for decorator in node.decorator_list:
            self.visit(decorator)
        types = _type_parameters(node)
        self._inside("function", types, getattr(node, "type_params", []))
        if node.returns is not None:
            self._inside("function", types, [node.returns])
        self._arguments(node.args, types)
        self._inside("function", [*types, "__class__", *_argument_names(node.args)], list(node.body))

    visit_FunctionDef = _function
    visit_AsyncFunctionDef = _function

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._arguments(node.args, [])
        self._inside("function", _argument_names(node.args), [node.body])

    def _arguments(self, arguments: ast.arguments, types: list[str]) -> None:
        """Defaults and annotations belong to the scope around the function."""
        for default in [*arguments.defaults, *arguments.kw_defaults]:
            if default is not None:
                self.visit(default)
        for argument in _arguments(arguments):
            if argument.annotation is not None:
                self._inside("function", types, [argument.annotation])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.scope.bind(node.name)
        for decorator in node.decorator_list:
            self.visit(decorator)
        types: list[ast.AST] = getattr(node, "type_params", [])
        self._inside("function", _type_parameters(node), types, [*node.bases, *node.keywords])
        self._inside("class", ["__module__", "__qualname__", *_type_parameters(node)], list(node.body))

    def _comprehension(self, node: _Comprehension) -> None:
        first, *others = node.generators
        self.visit(first.iter)
        results: list[ast.AST] = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._inside("comprehension", [], [first.target, *first.ifs], list(others), results)

    visit_ListComp = _comprehension
    visit_SetComp = _comprehension
    visit_GeneratorExp = _comprehension
    visit_DictComp = _comprehension

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.scope.bind(alias.asname or alias.name.partition(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.scope.bind(alias.asname or alias.name)

    def visit_Global(self, node: ast.Global) -> None:
        self.scope.declared_global.update(node.names)

    def generic_visit(self, node: ast.AST) -> None:
        # except ... as name, case name, case {**rest}, type parameters: plain strings in the tree.
        for attribute in ("name", "rest"):
            name = getattr(node, attribute, None)
            if isinstance(name, str):
                self.scope.bind(name)
        super().generic_visit(node)


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    several = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return several + [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]


def _argument_names(arguments: ast.arguments) -> list[str]:
    return [argument.arg for argument in _arguments(arguments)]


def _type_parameters(node: ast.AST) -> list[str]:
    return [parameter.name for parameter in getattr(node, "type_params", [])]
