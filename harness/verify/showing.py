"""Writes small scripts for those who do not know the harness: what a claim checks, what a recipe makes of a witness.

Where nothing but MLflow is needed, nothing else is in the script, which then runs wherever MLflow is installed.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Mapping, Sequence

from harness.report.guide import is_of_guide
from harness.report.printing import one_line
from harness.spec import Claim, Divergence, LoadedEntry, build_value, names_in, resolve
from harness.spec.free_names import bound_names
from harness.stores import STORES, store_matches
from harness.values import to_expression
from harness.verify.reproduce import body_of, import_lines, names_read, plain

PLAIN_STORE = "sqlite"
"""The store of scripts that need MLflow alone."""

ENCODING = "# -*- coding: utf-8 -*-"
"""The first line of each script: with it, no words of an entry in the lines below it can name another encoding."""

WIDTH = 100
"""Columns of the comment in which a script says what it is for."""

OF_MLFLOW = {
    "client": "MlflowClient()",
    "run_id": "mlflow_run.info.run_id",
    "experiment_id": "mlflow_run.info.experiment_id",
    "mlflow_run": "mlflow_run",
}
"""The names that such a script gives by itself, with what they are in it."""

OF_HARNESS = {
    "client": "store.client",
    "run_id": "mlflow_run.info.run_id",
    "experiment_id": "store.experiment_id",
    "mlflow_run": "mlflow_run",
    "tracking_uri": "store.tracking_uri",
    "on_compute": "bed.on_compute",
    "run": "run",
    "experiment": "bed.experiment",
    "workspace": "bed.workspace.sdk",
    "time": "bed.clock",
}
"""The names that a script gives which needs both clients, and the harness with its embedded workspace."""

RAISES = """

def raises(expected, call):
    try:
        call()
    except expected:
        return True
    return False

"""
"""The one function of the harness that such a script brings itself."""

PLAIN_TEMPLATE = """\
{title}
{imports}
{raises}
with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, ExitStack() as at_end:
    at_end.callback(os.chdir, os.getcwd())
    os.chdir(folder)
    mlflow.set_tracking_uri(f"sqlite:///{{folder}}/example.db")
    mlflow_run = at_end.enter_context(mlflow.start_run())
{given}
{steps}
"""
"""Nothing of it is left in the folder of who runs it; where the database is still open, Windows does not remove it.

Its own names are not used any more where those of the entry begin, which may be the same.
"""

PLAIN_IMPORTS = {
    "ExitStack": "contextlib:ExitStack",
    "mlflow": "mlflow",
    "os": "os",
    "tempfile": "tempfile",
}

HARNESS_TEMPLATE = """\
{title}
{imports}

{inputs}
{functions}

with tempfile.TemporaryDirectory() as folder, open_testbed(Path(folder), ["{store}"]) as bed, isolated(bed):
    store = bed.stores["{store}"]
    mlflow.set_tracking_uri(store.tracking_uri)
{run}    mlflow_run = mlflow.start_run(experiment_id=store.experiment_id)
    bed.clock.restart("{clock}")
{calls}
"""

HARNESS_IMPORTS = {
    "Path": "pathlib:Path",
    "isolated": "harness.testbed:isolated",
    "open_testbed": "harness.testbed:open_testbed",
    "tempfile": "tempfile",
}


def claim_script(loaded: LoadedEntry, claim: Claim) -> str | None:
    """A script that prints what the check of a claim gives: False where the claim does not hold.

    Returns:
        None for a claim that has no check.
    """
    if claim.check is None:
        return None
    example = loaded.entry.examples[0]
    given = example.inputs if claim.given is None else claim.given
    clock = example.clock if claim.given is None else None
    title = f"{loaded.id}: {claim.id}. Prints whether this holds: {claim.says}"
    return _script(loaded, title, _expressions(given), [claim.check], claim.stores, clock)


def witness_scripts(loaded: LoadedEntry, divergence: Divergence) -> dict[str, str]:
    """For each recipe of the guide a script that logs the witness with it, and prints what is read back.

    Where an entry starts its runs itself a recipe is no script by itself, and has none.
    """
    entry = loaded.entry
    if entry.starts_runs:
        return {}
    inputs, clock = _expressions(divergence.witness.inputs), divergence.witness.clock
    return {
        name: _script(
            loaded,
            f"{loaded.id}: {divergence.id}. Logs with the guide's code ({name}), and prints what is read back.",
            inputs,
            [recipe.log, recipe.read],
            divergence.stores,
            clock,
        )
        for name, recipe in entry.mlflow.items()
        if divergence.concerns(name) and is_of_guide(name)
    }


def _expressions(given: Mapping[str, object]) -> dict[str, str]:
    names = resolve("value")
    return {name: to_expression(build_value(value, names)) for name, value in given.items()}


def _script(
    loaded: LoadedEntry,
    title: str,
    inputs: Mapping[str, str],
    steps: Sequence[str],
    stores: Iterable[str] | None,
    clock: str | None,
) -> str:
    used = names_read(steps)
    inputs = {name: text for name, text in inputs.items() if name in used}
    used |= names_read(f"{{{text}}}" for text in inputs.values())
    sources = {
        name: row.source
        for scope in ("value", "v1", "mlflow", "claim")
        for name, row in names_in(scope).items()
        if row.source and name in used and name not in inputs
    }
    bound = tuple(stores) if stores is not None else None
    store = next(
        (name for name in STORES if store_matches(loaded.entry.stores, name) and store_matches(bound, name)),
        PLAIN_STORE,
    )
    given = used & (OF_HARNESS.keys() | {"remotely"}) - inputs.keys()
    needs_mlflow_alone = store == PLAIN_STORE and clock is None and given <= OF_MLFLOW.keys()
    if needs_mlflow_alone and _are_apart(inputs, steps, given):
        return _plain_script(title, inputs, steps, sources, given)
    return _harness_script(title, inputs, steps, sources, given, store, clock or "ticking")


def _are_apart(inputs: Mapping[str, str], steps: Sequence[str], given: Iterable[str]) -> bool:
    """Whether a script may have everything in one scope, each name meaning one thing in all of it."""
    *before, last = steps
    made = {name for step in before for name in bound_names(ast.parse(plain(step)))}
    reads_what_was_made = made & {*inputs, *given} & names_read([last])
    hides_what_it_needs = inputs.keys() & {"print", *names_read(inputs.values())}
    return not reads_what_was_made and not hides_what_it_needs


def _heading(title: str) -> str:
    """The first lines of a script. The title has words of the entry: all of it stays in comments, whatever it is."""
    lines = textwrap.wrap(one_line(title), WIDTH, initial_indent="# ", subsequent_indent="# ")
    return "\n".join([ENCODING, *lines])


def _plain_script(
    title: str,
    inputs: Mapping[str, str],
    steps: Sequence[str],
    sources: Mapping[str, str],
    given: Iterable[str],
) -> str:
    needed = PLAIN_IMPORTS | ({"MlflowClient": "mlflow:MlflowClient"} if "client" in given else {})
    names = {name: OF_MLFLOW[name] for name in sorted(given) if name != "mlflow_run"} | dict(inputs)
    *before, last = steps
    return PLAIN_TEMPLATE.format(
        title=_heading(title),
        imports=import_lines(
            {name: each for name, each in {**sources, **needed}.items() if name != "raises"}
        ),
        raises=RAISES if "raises" in sources else "",
        given="".join(f"    {name} = {text}\n" for name, text in names.items()),
        # Between logging and reading the run is ended, as it is when a check of the harness reads.
        steps="\n".join(
            [*(f"{body_of(step)}\n    mlflow.end_run()" for step in before), body_of(_printing(last))]
        ),
    )


def _printing(text: str) -> str:
    """A snippet with its last expression printed: one value, also where it is a tuple without brackets."""
    code = plain(text)
    end = ast.parse(code).body[-1]
    lines = code.encode().split(b"\n")
    start = end.lineno - 1
    before = b"\n".join([*lines[:start], lines[start][: end.col_offset]]).decode()
    rest = b"\n".join([lines[start][end.col_offset :], *lines[start + 1 :]]).decode()
    value = ast.get_source_segment(code, end) or ""
    shown = value if _is_one_argument(value) else f"({value})"
    return f"{before}print({shown}){rest.removeprefix(value)}"


def _is_one_argument(value: str) -> bool:
    """Whether an expression stands for itself between the brackets of a call."""
    (alone, called) = (ast.parse(text, mode="eval").body for text in (f"({value}\n)", f"print({value}\n)"))
    return isinstance(called, ast.Call) and [ast.dump(each) for each in called.args] == [ast.dump(alone)]


def _harness_script(
    title: str,
    inputs: Mapping[str, str],
    steps: Sequence[str],
    sources: Mapping[str, str],
    given: Iterable[str],
    store: str,
    clock: str,
) -> str:
    names = [name for name in OF_HARNESS if name in given]
    taken = ", ".join([*names, *inputs])
    # Never names of the script's own scope, in which an input could be called as something else is.
    passed = ", ".join([*(OF_HARNESS[name] for name in names), *(["**inputs"] if inputs else [])])
    functions = ["log", "show"][-len(steps) :]
    bodies = [
        f"def {function}({taken}):\n{body_of(step, returns=function == 'show')}"
        for function, step in zip(functions, steps, strict=True)
    ]
    calls = [f"log({passed})", "mlflow.end_run()"] if "log" in functions else []
    return HARNESS_TEMPLATE.format(
        title=_heading(title),
        imports=import_lines({**sources, **HARNESS_IMPORTS, "mlflow": "mlflow"}),
        inputs=_dictionary(inputs) if inputs else "",
        functions="\n\n\n".join(bodies) + "\n",
        store=store,
        run="    run = bed.experiment.start_logging(snapshot_directory=None)\n" if "run" in given else "",
        clock=clock,
        calls=textwrap.indent("\n".join([*calls, f"print(show({passed}))"]), "    "),
    )


def _dictionary(inputs: Mapping[str, str]) -> str:
    """The assignment of the inputs, with the blank lines behind it."""
    lines = [f"    {name!r}: {text},\n" for name, text in inputs.items()]
    return "".join(["inputs = {\n", *lines, "}\n\n"])
