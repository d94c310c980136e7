from __future__ import annotations

import ast

import numpy as np
import pytest
from traced import SPECS

from harness.spec import load_entries
from harness.tracing.instead import abbreviated, instead, short_expression
from harness.tracing.records import Other


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
            {"name": "ä", "values": [1]},
            "# why\nfor v in [1]:\n    log(v, 'ä')  # as it is",
        ),
        ('log(f"{name}.png")', {"name": "a b"}, "log('a b.png')"),
        ('log(f"{name}.{column}")', {"name": "a"}, "log(f'a.{column}')"),
        ("log(f'{name!r}')", {"name": "a"}, "log(f\"{'a'!r}\")"),
        ("drawn[0] if whole else f(name)", {"whole": False, "name": "a"}, "f('a')"),
        ("name = name or 1\nlog(name)", {"name": "a"}, "name = 'a'\nname = name or 1\nlog(name)"),
        ("log([name for name in names], name)", {"name": "a"}, "log([name for name in names], 'a')"),
        ("value.item() ** value", {"value": -1}, "(-1).item() ** (-1)"),
        ("value.item()", {"value": 1}, "(1).item()"),
        ("# each\nfor tag in tags:\n    log(tag)\nlog(1)", {"tags": []}, "log(1)"),
        ("log(values)", {"values": list(range(40))}, f"values = {list(range(40))!r}\nlog(values)"),
    ],
)
def test_inputs_are_replaced_where_they_are_read(code: str, inputs: dict[str, object], expected: str) -> None:
    assert ast.unparse(ast.parse(instead(code, inputs).code)) == ast.unparse(ast.parse(expected))
    if "f'" not in expected and 'f"' not in expected:
        assert instead(code, inputs).code == expected


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
                ast.parse(instead(text, inputs).code)


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
