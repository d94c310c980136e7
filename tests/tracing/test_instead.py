from __future__ import annotations

import ast
import re

import numpy as np
import pytest
from traced import SPECS

from harness.spec import load_entries
from harness.tracing.deciding import decided
from harness.tracing.instead import NOTHING, abbreviated, instead, prepared, short_expression
from harness.tracing.records import Other
from harness.tracing.tidying import tidied


@pytest.mark.parametrize(
    ("code", "inputs", "expected"),
    [
        (
            "mlflow.log_metric(name, value, step=step)",
            {"name": "loss", "value": 0.5, "step": 3},
            "mlflow.log_metric('loss', 0.5, step=3)",
        ),
        (
            "# why\nfor v in values:\n    log(v, name)  # as it is",
            {"name": "ä", "values": [1, 2]},
            "# why\nfor v in [1, 2]:\n    log(v, 'ä')  # as it is",
        ),
        ('log(f"{name}.png")', {"name": "a b"}, "log('a b.png')"),
        ('log(f"{name}.{column}")', {"name": "a"}, "log(f'a.{column}')"),
        ("log(f'{name!r}')", {"name": "a"}, "log(f\"{'a'!r}\")"),
        ("drawn[0] if whole else f(name)", {"whole": False, "name": "a"}, "f('a')"),
        ("name = name or 1\nlog(name)", {"name": "a"}, "log('a')"),
        ("log([name for name in names], name)", {"name": "a"}, "log([name for name in names], 'a')"),
        ("value.item() ** value", {"value": -1}, "(-1).item() ** (-1)"),
        ("value.item()", {"value": 1}, "(1).item()"),
        ("# each\nfor tag in tags:\n    log(tag)\nlog(1)", {"tags": []}, "log(1)"),
        ("log(values)", {"values": list(range(40))}, f"values = {list(range(40))!r}\nlog(values)"),
    ],
)
def test_inputs_are_replaced_where_they_are_read(code: str, inputs: dict[str, object], expected: str) -> None:
    assert ast.unparse(ast.parse(whole(code, inputs))) == ast.unparse(ast.parse(expected))
    if "f'" not in expected and 'f"' not in expected:
        assert whole(code, inputs) == expected


def whole(code: str, inputs: dict[str, object], call: str = "Run.log") -> str:
    return instead(prepared(code, call, [inputs]), inputs).code


NUMBER = """
# What is more than a double is text.
number = value.item() if isinstance(value, np.generic) else value
if number is None:
    pass
elif number != number or abs(number) <= 2**53:
    mlflow.log_metric(name, number, step=step)
else:
    # A parameter.
    mlflow.log_param(name, str(number))
"""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.5, "# What is more than a double is text.\nmlflow.log_metric('a', 1.5)"),
        (float("nan"), "# What is more than a double is text.\nmlflow.log_metric('a', float('nan'))"),
        (
            2**60,
            f"# What is more than a double is text.\n# A parameter.\nmlflow.log_param('a', str({2**60}))",
        ),
        (None, f"# What is more than a double is text.\n{NOTHING}"),
        (
            np.float32(2),
            "# What is more than a double is text.\nnumber = np.float32(2.0).item()\nmlflow.log_metric('a', number)",
        ),
    ],
    ids=repr,
)
def test_conditions_that_the_value_decides_are_gone(value: object, expected: str) -> None:
    assert whole(NUMBER, {"name": "a", "value": value, "step": None}) == expected


def test_what_only_some_values_of_a_place_decide_stays() -> None:
    some: list[dict[str, object]] = [{"name": "a", "value": value, "step": 1} for value in (1.5, 2**60)]
    short = instead(NUMBER, some[0], prepared(NUMBER, "Run.log", some), {"value": "losses[i]"}).short
    assert "if value is None" not in short
    assert "if value != value or abs(value) <= 2**53:\n" in short
    assert "else:\n    # A parameter.\n    mlflow.log_param('a', str(value))" in short
    assert short.startswith("value = losses[i]\n")


@pytest.mark.parametrize(
    ("code", "inputs", "expected"),
    [
        ("for i, v in enumerate(values):\n    log(i, v)", {"values": ["x"]}, "log(0, 'x')"),
        (
            "for k, v in found.items():\n    log(k)\n    log(k, v)",
            {"found": {"a": 1}},
            "log('a')\nlog('a', 1)",
        ),
        ("for v in values:\n    v = v + 1\n    log(v)", {"values": [1]}, "v = 1 + 1\nlog(v)"),
        (
            "for v in values:\n    if v:\n        break",
            {"values": [1]},
            "for v in [1]:\n    if v:\n        break",
        ),
        (
            "for v in a:\n    for w in b:\n        log(v, w)",
            {"a": [1], "b": [2, 3]},
            "for w in [2, 3]:\n    log(1, w)",
        ),
        ("log({'x': 'A', 'y': 'B'}[end])", {"end": "y"}, "log('B')"),
        ("value = 1 if value is None else int(value)\nlog(value)", {"value": None}, "log(1)"),
        (
            "value = 1 if value is None else int(value)\nlog(value)",
            {"value": "2"},
            "value = int('2')\nlog(value)",
        ),
        (
            "def f(v):\n    return v if v else 1\nlog(f(v))",
            {"v": 2},
            "def f(v):\n    return v if v else 1\nlog(f(2))",
        ),
        ("if a:\n    log(1)\n\nlog(2)", {"a": 0}, "log(2)"),
        ("if mlflow.active_run():\n    log(a)", {"a": 0}, "if mlflow.active_run():\n    log(0)"),
        ("if a > 'x':\n    log(1)", {"a": 0}, "if 0 > 'x':\n    log(1)"),
    ],
)
def test_what_the_values_never_come_to_is_gone(code: str, inputs: dict[str, object], expected: str) -> None:
    assert whole(code, inputs) == expected


RUN = "mlflow.set_experiment('e')\nrun = mlflow.start_run()\nmlflow.log_metric('a', 1)\nmlflow.end_run()"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("Run.tag", ["log_metric"]),
        ("Run.complete", ["log_metric", "end_run"]),
        ("Experiment.start_logging", ["set_experiment", "start_run", "end_run"]),
    ],
)
def test_only_what_belongs_to_the_call_is_to_be_written(call: str, expected: list[str]) -> None:
    assert re.findall(r"mlflow\.(\w+)", whole(RUN, {}, call)) == expected


def test_what_the_harness_alone_needs_is_not_to_be_written() -> None:
    inputs: dict[str, object] = {"name": "sample", "value": 1}
    code = "with on_compute(run_id):\n    mlflow.log_metric(name, value)"
    assert whole(code, inputs, "Run.get_context") == NOTHING
    code = "with remotely():\n    with mlflow.start_run():\n        mlflow.log_metric(name, value)"
    assert whole(code, inputs, "Experiment.start_logging") == "with mlflow.start_run():\n    ..."


def test_the_scripts_own_words_stand_in_the_short_form() -> None:
    inputs: dict[str, object] = {"name": "fold 1", "value": 0.5, "files": {"a": b"x"}}
    words = {"name": "f'fold {n}'", "value": "loss.mean()", "files": "{path: open(path, 'rb').read()}"}
    found = instead("log(name, value, value)\nlog(f'{name}.txt')", inputs, None, words)
    assert found.code == "log('fold 1', 0.5, 0.5)\nlog('fold 1.txt')"
    assert found.short == (
        "name = f'fold {n}'\nvalue = loss.mean()\nlog(name, value, value)\nlog(f'{name}.txt')"
    )
    # A name that the code binds too is not the script's any more.
    assert instead("path = 1\nlog(files)", inputs, None, words).short.startswith("files = {path: open")


def test_no_name_of_the_script_gets_another_value() -> None:
    code = "for step, value in enumerate(values):\n    log(f'{name}', [name for _ in value], step)"
    inputs: dict[str, object] = {"name": "fold 1", "values": [1, 2]}
    words = {"name": "name.strip()", "values": "values"}
    short = instead(code, inputs, None, words, {"name", "values", "step", "name_"}).short
    assert short == (
        "name = name.strip()\nfor step_, value in enumerate(values):\n    log(f'{name}', [name for _ in value], step_)"
    )
    short = instead(code, inputs, None, words, {"name", "values", "step"}).short
    assert short.startswith(
        "name_ = name.strip()\nfor step_, value in enumerate(values):\n    log(f'{name_}', [name_ for"
    )


def test_a_file_is_read_before_one_of_its_name_is_written() -> None:
    code = (
        "for path, content in files.items():\n    with open('a', 'wb') as file:\n        file.write(content)"
    )
    short = instead(code, {"files": {"a": b"x"}}, None, {"files": "{'a': open('a', 'rb').read()}"}).short
    assert short.startswith("content = open('a', 'rb').read()\nwith open('a', 'wb') as file:\n")


def test_files_and_figures_of_the_script_need_no_code_of_ones_own() -> None:
    words = {"values": "[{'path': 'a.png', 'content': open('a.png', 'rb').read()}]"}
    inputs: dict[str, object] = {"values": [{"path": "a.png", "content": b"x"}]}
    found = instead("for image in values:\n    mlflow.log_artifact(write_image(image))", inputs, None, words)
    assert found.short == "mlflow.log_artifact('a.png')"
    drawn = "drawn = draw_figures(values)\nmlflow.log_figure(drawn[-1], 'a.png')"
    assert instead(
        drawn, {"values": [{"picture": b"x"}]}, None, {"values": "[{'picture': plt.gcf()}]"}
    ).short == ("mlflow.log_figure(plt.gcf(), 'a.png')")


def test_a_long_value_without_words_is_an_ellipsis() -> None:
    inputs: dict[str, object] = {"values": list(range(400))}
    found = instead("log(values)", inputs)
    assert str(list(range(400))) in found.code
    assert found.short.startswith("values = ...  # [0, 1, ")
    ast.parse(found.short)


def test_what_it_needs_is_told() -> None:
    found = instead("client.log_batch(run_id, [Metric(json.dumps(1), time.time())])", {})
    assert found.imports == (
        "from mlflow.entities import Metric",
        "import json",
        "import time",
        "client = mlflow.MlflowClient()",
        "run_id = mlflow.active_run().info.run_id",
    )
    assert list(instead("write_image(image)", {}).helpers) == ["write_image"]


def test_every_recipe_takes_the_inputs_of_its_examples() -> None:
    from harness.verify.ready import make_ready

    for loaded in load_entries([SPECS]).entries:
        inputs = next(iter(make_ready(loaded).examples.values())).inputs
        for recipe in loaded.entry.mlflow.values():
            for text in (recipe.log, recipe.read):
                found = instead(prepared(text, "Run.log", [inputs]), inputs)
                ast.parse(found.code)
                ast.parse(found.short)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), "np.float32(0.5)"),
        (b"x" * 5000, "<5,000 bytes>"),
        (list(range(200)), f"[{', '.join(map(str, range(72)))}, ... 128 more]"),
        ({"a": Other("pandas.DataFrame")}, "<a value with others in it>"),
        ("y" * 1000, "'y' * 1000"),
    ],
)
def test_long_values_are_abbreviated(value: object, expected: str) -> None:
    found = short_expression(value)
    assert found == expected or (isinstance(value, list) and found.endswith(" more]"))


def test_what_a_client_gave_is_abbreviated_where_it_is_a_plain_value() -> None:
    assert abbreviated(repr({"a.png": b"\x89" * 900})) == "{'a.png': <900 bytes>}"
    assert abbreviated("raised X: " + "y" * 900) == "raised X: " + "y" * 900


@pytest.mark.parametrize(
    "code",
    [
        "rows = []\nfor v in values:\n    rows.append(v)\nif rows:\n    log(rows)",
        "found = {}\nfor v in values:\n    found[v] = 1\nif found:\n    log(found)",
        "values.append(3)\nif len(values) > 1:\n    log(values)",
        "total = 0\ntotal += values[0]\nif total:\n    log(total)",
        "max = f(values)\nlog(max if max else values)",
        "for json in found:\n    if json:\n        log(json)\n    else:\n        skip()",
        "if values[0] ** 10**7 > 3:\n    log(values)",
        "if 'x' * values[0] > 'y':\n    log(values)",
    ],
)
def test_what_is_changed_in_place_or_has_no_bound_is_not_decided(code: str) -> None:
    assert decided(code, [{"values": [1]}]) == code


@pytest.mark.parametrize(
    "code",
    [
        "mlflow.log_metric('a', 1, step=None, **more)",
        "x = [1]\nx += [2]\nx = f(1)",
        "for v in (\n    [1]\n):\n    log(v)",
        'for v in [1]:\n    log(v, """a\n    b""")',
    ],
)
def test_what_cannot_be_tidied_stays_as_it_is(code: str) -> None:
    assert tidied(code) == code
