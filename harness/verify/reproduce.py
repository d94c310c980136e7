"""Writes the script that shows one input with both clients, outside of the harness's checks."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.spec import READS_ACROSS, names_in
from harness.values import to_expression
from harness.verify.ready import Case, ReadyEntry

IMPORTS = {
    "Path": "pathlib:Path",
    "tempfile": "tempfile",
    "mlflow": "mlflow",
    "open_testbed": "harness.testbed:open_testbed",
    "isolated": "harness.testbed:isolated",
}
"""What the script needs besides the names that the snippets use."""
IMPORTS_OF_OWN_RUNS = {"StartedRuns": "harness.stores.mlflow_internals:StartedRuns"}
GIVEN = {"tracking_uri": "store.tracking_uri", "on_compute": "bed.on_compute"}
"""Names that are given to the snippets that read them, with what they are in the script."""

V1_IN_ONE_RUN = ("run", "experiment", "workspace")
V1_OF_OWN_RUNS = ("experiment", "workspace", "started")
MLFLOW_IN_ONE_RUN = ("client", "run_id", "experiment_id", "mlflow_run")
MLFLOW_OF_OWN_RUNS = ("client", "experiment_id", "started")

TEMPLATE = '''\
"""{title}: {recipe} on {store}, under the clock `{clock}`."""
{imports}

def inputs():
    return {{
{inputs}
    }}


def v1_log({v1}, time{names}):
{v1_log}


def v1_read({v1}, time{names}):
{v1_read}


def mlflow_log({mlflow}, time{names}):
{mlflow_log}


def mlflow_read({mlflow}, time{names}):
{mlflow_read}


def show(who, log, read, end, *given):
    for does, step in (("logging", log), ("reading", read)):
        try:
            try:
                value = step(*given, **inputs())
            finally:
                if step is log:
                    end()
        except Exception as error:
            print(f"{{who}}, {{does}}: {{type(error).__name__}}: {{error}}")
        else:
            if step is read:
                print(f"{{who}} gave: {{value!r}}")


with tempfile.TemporaryDirectory() as folder, open_testbed(Path(folder), ["{store}"]) as bed, isolated(bed):
    store = bed.stores["{store}"]
    mlflow.set_tracking_uri(store.tracking_uri)
{both}'''

IN_ONE_RUN = """\
run = bed.experiment.start_logging(snapshot_directory=None)
bed.clock.restart("{clock}")
show("v1", v1_log, v1_read, run.flush, run, bed.experiment, bed.workspace.sdk{to_v1}, bed.clock)
active = mlflow.start_run(experiment_id=store.experiment_id)
bed.clock.restart("{clock}")
show("MLflow", mlflow_log, mlflow_read, mlflow.end_run,
     store.client, active.info.run_id, store.experiment_id, active{to_mlflow}, bed.clock)
"""
"""How both sides are run, each in a run that is there before `log`."""

IN_THEIR_OWN_RUNS = """\
of_v1, of_mlflow, started = [], [], StartedRuns()

def end_v1():
    bed.workspace.release_runs()
    of_v1.extend(bed.workspace.run_ids())

def end_mlflow():
    while mlflow.active_run():
        mlflow.end_run()
    of_mlflow.extend(started.ids(store.client))

bed.clock.restart("{clock}")
show("v1", v1_log, v1_read, end_v1, bed.experiment, bed.workspace.sdk, of_v1{to_v1}, bed.clock)
bed.clock.restart("{clock}")
with started.listening():
    show("MLflow", mlflow_log, mlflow_read, end_mlflow,
         store.client, store.experiment_id, of_mlflow{to_mlflow}, bed.clock)
"""
"""How both sides are run where `log` starts its runs itself; `end_v1` and `end_mlflow` find them for `read`."""


LOGGED_BY_V1 = "pass  # SDK v1 has logged it"
"""What stands in place of the code that logs, where MLflow reads the run of SDK v1."""

ACROSS = """\
run = bed.experiment.start_logging(snapshot_directory=None)
bed.clock.restart("{clock}")
show("v1", v1_log, v1_read, run.flush, run, bed.experiment, bed.workspace.sdk{to_v1}, bed.clock)
show("MLflow", mlflow_log, mlflow_read, run.complete,
     store.client, run.id, bed.experiment.id{to_mlflow}, bed.clock)
"""
"""How a run of SDK v1 is read by both clients."""

ACROSS_THEIR_OWN_RUNS = """\
of_v1 = []

def end_v1():
    bed.workspace.release_runs()
    of_v1.extend(bed.workspace.run_ids())

bed.clock.restart("{clock}")
show("v1", v1_log, v1_read, end_v1, bed.experiment, bed.workspace.sdk, of_v1{to_v1}, bed.clock)
show("MLflow", mlflow_log, mlflow_read, mlflow.end_run, store.client, bed.experiment.id, of_v1{to_mlflow}, bed.clock)
"""
"""How runs that `log` of SDK v1 starts are read by both clients."""


@dataclass(frozen=True)
class _Shape:
    """How a script runs both sides, and the names that it gives to those of MLflow."""

    runs: str
    of_v1: tuple[str, ...]
    of_mlflow: tuple[str, ...]
    imports: Mapping[str, str]


def _shape(recipe: str, starts_runs: bool) -> _Shape:
    of_v1 = V1_OF_OWN_RUNS if starts_runs else V1_IN_ONE_RUN
    if recipe == READS_ACROSS:
        of_mlflow = MLFLOW_OF_OWN_RUNS if starts_runs else MLFLOW_IN_ONE_RUN
        names = tuple(name for name in of_mlflow if name != "mlflow_run")
        return _Shape(ACROSS_THEIR_OWN_RUNS if starts_runs else ACROSS, of_v1, names, {})
    if starts_runs:
        return _Shape(IN_THEIR_OWN_RUNS, of_v1, MLFLOW_OF_OWN_RUNS, IMPORTS_OF_OWN_RUNS)
    return _Shape(IN_ONE_RUN, of_v1, MLFLOW_IN_ONE_RUN, {})


def script(entry: ReadyEntry, recipe: str, store: str, case: Case) -> str:
    """A Python script that needs nothing but the harness to be installed, and prints what both sides give."""
    v1, mlflow = entry.loaded.entry.v1, entry.loaded.entry.recipes[recipe]
    shape = _shape(recipe, entry.loaded.entry.starts_runs)
    if recipe == READS_ACROSS:
        mlflow = mlflow.model_copy(update={"log": LOGGED_BY_V1})
    expressions = [f"{name!r}: {to_expression(value)}," for name, value in case.inputs.items()]
    sources: dict[str, str] = {}
    for scope in ("v1", "mlflow", "value"):
        sources |= {name: row.source for name, row in names_in(scope).items() if row.source}
    texts = [v1.log, v1.read, mlflow.log, mlflow.read, *(f"{{{expression}}}" for expression in expressions)]
    given_to_v1, given_to_mlflow = (
        [name for name in GIVEN if name in names_read([side.log, side.read])] for side in (v1, mlflow)
    )
    both = shape.runs.format(
        clock=case.clock,
        to_v1="".join(f", {GIVEN[name]}" for name in given_to_v1),
        to_mlflow="".join(f", {GIVEN[name]}" for name in given_to_mlflow),
    )
    return TEMPLATE.format(
        title=entry.id,
        recipe=recipe,
        store=store,
        clock=case.clock,
        imports=import_lines(
            {name: sources[name] for name in names_read(texts) if name in sources}
            | IMPORTS
            | dict(shape.imports)
        ),
        inputs=textwrap.indent("\n".join(expressions), " " * 8),
        names="".join(f", {name}" for name in case.inputs),
        v1=", ".join([*shape.of_v1, *given_to_v1]),
        mlflow=", ".join([*shape.of_mlflow, *given_to_mlflow]),
        both=textwrap.indent(both, "    "),
        v1_log=body_of(v1.log),
        v1_read=body_of(v1.read, returns=True),
        mlflow_log=body_of(mlflow.log),
        mlflow_read=body_of(mlflow.read, returns=True),
    )


def import_lines(sources: Mapping[str, str]) -> str:
    """The imports that give these names, each from `module:attribute` or a module."""
    lines = []
    for name, source in sources.items():
        module, _, attribute = source.partition(":")
        line = f"from {module} import {attribute}" if attribute else f"import {module}"
        lines.append(line if (attribute or module) == name else f"{line} as {name}")
    return "\n".join(sorted(lines))


def names_read(texts: Iterable[str]) -> set[str]:
    """The names in these snippets. Python's builtins are among them: an input may be called like one."""
    return {
        node.id for text in texts for node in ast.walk(ast.parse(plain(text))) if isinstance(node, ast.Name)
    }


def body_of(text: str, *, returns: bool = False) -> str:
    """A snippet as the body of a function, with its last expression returned; the author's layout stays."""
    code = plain(text)
    tree = ast.parse(code)
    lines = code.split("\n")
    # What stands before a line; nothing where it goes on with a text that began in an earlier one.
    margins = ["    " if line.strip() else "" for line in lines]
    for node in ast.walk(tree):
        if isinstance(node, (ast.Constant, ast.JoinedStr)):
            for number in range(node.lineno, node.end_lineno or node.lineno):
                margins[number] = ""
    if returns:
        start, end = tree.body[-1].lineno - 1, (tree.body[-1].end_lineno or 0) - 1
        value, after = _cut(lines[end], tree.body[-1].end_col_offset or 0)
        is_closed = after.lstrip().startswith(";")
        lines[end] = value + (after.lstrip()[1:] if is_closed else after)
        before, lines[start] = _cut(lines[start], tree.body[-1].col_offset)
        # In brackets, since it may go over several lines.
        lines = [*lines[:start], *([before.rstrip()] if before else []), "return (", *lines[start:], ")"]
        deeper = [margin and f"    {margin}" for margin in margins[start:]]
        margins = [
            *margins[:start],
            *([margins[start]] if before else []),
            "    ",
            "        ",
            *deeper[1:],
            "    ",
        ]
    return "\n".join(f"{margin}{line}" for margin, line in zip(margins, lines, strict=True))


def _cut(line: str, column: int) -> tuple[str, str]:
    """A line before and from a column, which Python's syntax trees count in bytes."""
    encoded = line.encode()
    return encoded[:column].decode(), encoded[column:].decode()


def plain(text: str) -> str:
    """A snippet without the indentation and the blank lines around it."""
    return textwrap.dedent(text).strip()
