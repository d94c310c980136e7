"""What to write in the place of a call: a recipe with the script's own names and values in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from harness.spec import names_in
from harness.spec.free_names import bound_names, free_names
from harness.tracing.deciding import decided
from harness.tracing.records import Other
from harness.tracing.substituting import renamed, substituted
from harness.tracing.tidying import of_the_call, tidied, with_own_files
from harness.values import Built, to_expression
from harness.verify.reproduce import import_lines, plain

INLINE = 48
"""Characters of a value that is written where it is used; a longer one gets a line of its own above."""


WORDS = 72
"""The same of what is written once, in place of where it is used."""

LONGEST = 400
"""Characters of a value that is written at all in the short form; of a longer one there is a remark."""

NOTHING = "pass  # nothing is to be written here"

GIVEN = {
    "time": "import time",
    "client": "client = mlflow.MlflowClient()",
    "mlflow_run": "mlflow_run = mlflow.active_run()",
    "run_id": "run_id = mlflow.active_run().info.run_id",
    "experiment_id": "experiment_id = mlflow.active_run().info.experiment_id",
    "tracking_uri": "tracking_uri = mlflow.get_tracking_uri()",
}
"""Names that a recipe finds when the harness runs it, and how a script has them."""


@dataclass(frozen=True)
class Instead:
    """Python to write.

    Attributes:
        code: The recipe, with every input replaced by its value.
        short: The same as one would write it in the script: with the script's own words where these are known, and
            with an ellipsis for a long value of which they are not.
        imports: The lines that it needs before it: imports, and the run.
        helpers: Functions of the harness in it, with what they do: what a user writes there is their own.
    """

    code: str
    short: str
    imports: tuple[str, ...]
    helpers: Mapping[str, str]


def prepared(code: str, call: str, alike: Sequence[Mapping[str, object]]) -> str:
    """The code of a recipe for a call of SDK v1, without what these inputs never come to; they are still names."""
    return decided(of_the_call(plain(code), call), alike)


def instead(
    code: str,
    inputs: Mapping[str, object],
    short: str | None = None,
    words: Mapping[str, str] | None = None,
    taken: Container[str] = (),
) -> Instead:
    """The code for a case.

    Args:
        code: The code, with the names of the inputs.
        inputs: The inputs, which are replaced by their values.
        short: The same for the short form, which may hold for other cases too.
        words: What the script itself has written for an input, for the short form.
        taken: The names that the script has, none of which the short form may give another value.
    """
    known, ours = names_in("mlflow"), _ours()
    whole = _finished(code, inputs, {})
    short = code if short is None else short
    new = {
        name: f"{name}_" for name in _stored(short) | set(inputs) if name in taken and f"{name}_" not in taken
    }
    short = _finished(
        renamed(short, new),
        {new.get(name, name): value for name, value in inputs.items()},
        {new.get(name, name): text for name, text in (words or {}).items()},
        longest=LONGEST,
    )
    free = {node.id for form in (whole, short) for node in free_names(ast.parse(form))}
    used = {name: known[name] for name in known if name in free and name not in inputs}
    sources = {name: row.source for name, row in used.items() if row.source and name not in ours}
    return Instead(
        code=whole,
        short=short,
        imports=(
            *import_lines(sources).splitlines(),
            *(line for name, line in GIVEN.items() if name in used),
        ),
        helpers={name: row.says for name, row in used.items() if name in ours},
    )


def _stored(code: str) -> set[str]:
    """The names that the code gives values, those of functions and imports apart."""
    return {
        node.id if isinstance(node, ast.Name) else node.arg
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.arg) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    }


def _ours() -> set[str]:
    """The names in a recipe that are functions of the harness."""
    return {name for name, row in names_in("mlflow").items() if (row.source or "").startswith("harness.")}


def _finished(
    text: str, inputs: Mapping[str, object], words: Mapping[str, str], longest: int | None = None
) -> str:
    """The code with words or values in it: where they are used, or in lines above."""
    tree = ast.parse(text)
    bound, free = bound_names(tree), [node.id for node in free_names(tree)]
    repeats = any(isinstance(node, ast.For | ast.FunctionDef | ast.ListComp) for node in ast.walk(tree))
    inside, above = {}, []
    for name, value in inputs.items():
        if name not in free and name not in bound:
            continue
        written = words.get(name)
        if written is None:
            written = to_expression(value)
            if longest is not None and len(written) > longest:
                above.append(f"{name} = ...  # {short_expression(value)}")
                continue
        own = ast.parse(written, mode="eval").body
        is_one = _is_one_item(own)
        is_once = free.count(name) == 1 and (not repeats or is_one)
        may_stand = is_once or name not in words or isinstance(own, ast.Name) or _is_literal(own)
        fits = len(written) <= INLINE or (is_once and len(written) <= (LONGEST if is_one else WORDS))
        clashes = {node.id for node in ast.walk(own) if isinstance(node, ast.Name)} & bound
        if may_stand and fits and name not in bound and not clashes:
            inside[name] = written
        elif written != name:
            above.append(f"{name} = {written}")
    text = "\n".join([*above, substituted(text, inside)])
    if words:
        text = with_own_files(tidied(text))
    text = _without_blank_ends(tidied(text))
    return text if ast.parse(text).body else f"{text}\n{NOTHING}".lstrip("\n")


def shown(value: object) -> str:
    """A value as an expression, or the type of one that has none; nothing is left out."""
    try:
        return to_expression(value)
    except TypeError:
        return f"<{value.type_name}>" if isinstance(value, Other) else "<a value with others in it>"


def short_expression(value: object, longest: int = 160) -> str:
    """A value as an expression for people: of what is long the beginning, and how much is left out."""
    text = shown(value)
    if len(text) <= longest or isinstance(value, Built):
        return text if len(text) <= longest else f"{text[: longest - 4]} ..."
    if isinstance(value, dict):
        items = [
            f"{to_expression(key)}: {short_expression(item, longest // 2)}" for key, item in value.items()
        ]
        return f"{{{_some(items, longest)}}}"
    if isinstance(value, list | tuple):
        return f"[{_some([short_expression(item, longest // 2) for item in value], longest)}]"
    if isinstance(value, bytes):
        return f"<{len(value):,} bytes>"
    return f"{text[: longest // 2]} ... ({len(text):,} characters)"


def abbreviated(text: str, longest: int = 300) -> str:
    """What a client gave, as text, for people: of a plain value that is long the beginning of each part."""
    if len(text) <= longest:
        return text
    try:
        return short_expression(ast.literal_eval(text), longest)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


def _some(items: list[str], longest: int) -> str:
    """As many of the items as there is room for, one at least."""
    shown: list[str] = []
    for item in items:
        if shown and sum(map(len, shown)) + len(item) > longest:
            return f"{', '.join(shown)}, ... {len(items) - len(shown):,} more"
        shown.append(item)
    return ", ".join(shown)


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True


def _is_one_item(node: ast.expr) -> bool:
    """Whether a loop over this is none."""
    return (isinstance(node, ast.List) and len(node.elts) < 2) or (
        isinstance(node, ast.Dict) and len(node.keys) < 2
    )


def _without_blank_ends(text: str) -> str:
    """Without blank lines at the beginning and the end, and with one at most between others."""
    return re.sub(r"\n{3,}", "\n\n", text.strip("\n"))
