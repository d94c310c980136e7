from __future__ import annotations

import inspect
import sys

import pytest

from harness.spec import RELATION_NAMES, SCOPES, all_names, names_in, resolve, resolve_exception
from harness.spec.names import exception_names, resolve_source


def test_a_name_is_in_the_table_once_with_one_clear_line() -> None:
    names = [name.name for name in all_names()]
    assert len(names) == len(set(names))
    for name in all_names():
        assert name.name.isidentifier()
        assert name.says
        assert "\n" not in name.says
        assert not name.says.endswith(".")
        assert len(name.says) <= 100
        assert name.scopes
        assert name.scopes <= set(SCOPES)


@pytest.mark.parametrize("name", [name for name in all_names() if name.source], ids=lambda name: name.name)
def test_every_source_is_there(name) -> None:  # type: ignore[no-untyped-def]
    for package in ("azureml", "mlflow"):
        if name.source.partition(":")[0].partition(".")[0] == package:
            pytest.importorskip(package)
    assert resolve_source(name.source) is not None


def test_every_public_function_of_expressions_and_domains_is_in_the_table() -> None:
    import harness.domains
    import harness.expressions

    functions = {
        name
        for name, value in vars(harness.expressions).items()
        if inspect.isfunction(value)
        and value.__module__ == "harness.expressions"
        and not name.startswith("_")
    }
    functions |= set(harness.expressions.__all__)
    assert functions - {name.name for name in all_names()} == set()
    assert set(harness.domains.__all__) - set(names_in("strategy")) == set()


def test_the_relations_are_those_of_the_comparison() -> None:
    from harness.compare import RELATIONS

    assert set(RELATION_NAMES) == set(RELATIONS)


def test_a_scope_has_what_can_be_imported_and_names_what_the_runner_gives() -> None:
    usual = resolve("usual")
    assert usual["math"].pi > 3
    assert usual["is_usual_number"](1)
    assert "clock" not in usual
    assert names_in("divergence")["clock"].source is None
    assert {"v1", "expected", "clock"} <= set(names_in("divergence"))
    assert not {"v1", "expected"} & set(names_in("refusal"))
    assert not set(names_in("value")) & {"run", "client", "st", "as_list"}
    with pytest.raises(KeyError):
        names_in("elsewhere")


def test_a_claim_sees_both_sides() -> None:
    started = {"started"}  # a claim starts no runs of its own
    assert set(names_in("claim")) >= (set(names_in("v1")) | set(names_in("mlflow")) | {"raises"}) - started


def test_resolving_a_scope_imports_only_what_it_needs() -> None:
    import subprocess

    code = (
        "import sys; from harness.spec import resolve; resolve('divergence'); print('mlflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_exceptions_are_found_by_name_or_path() -> None:
    assert resolve_exception("KeyError") is KeyError
    assert resolve_exception("json.JSONDecodeError").__name__ == "JSONDecodeError"
    with pytest.raises(TypeError):
        resolve_exception("json.JSONDecoder")
    with pytest.raises((ImportError, AttributeError)):
        resolve_exception("json.NoSuchError")
    assert "MlflowException" in exception_names()
