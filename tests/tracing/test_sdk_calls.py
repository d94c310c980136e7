from __future__ import annotations

import inspect

from azureml.core import Experiment, Run

from harness.spec.sdk_calls import CALLS


def parameters(owner: type, name: str) -> tuple[str, ...]:
    found = inspect.getattr_static(owner, name)
    has_self = not isinstance(found, staticmethod)
    function = found if inspect.isfunction(found) else found.__func__
    return tuple(inspect.signature(function).parameters)[has_self:]


def test_the_table_has_the_methods_of_the_sdk_with_their_parameters() -> None:
    left_out = {"Run.get_docs_url", "Experiment.get_docs_url", "Run.add_type_provider"}
    found = {
        f"{owner.__name__}.{name}": parameters(owner, name)
        for owner in (Run, Experiment)
        for name in dir(owner)
        if not name.startswith("_")
        and isinstance(inspect.getattr_static(owner, name), staticmethod | classmethod | type(lambda: 0))
    }
    assert {name: found[name] for name in found if name not in left_out} == dict(CALLS)
