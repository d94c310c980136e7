"""Entries that start their runs themselves and are wrong in one thing: a check that is named here must notice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.profiles import Profile
from harness.spec import LoadedEntry
from harness.stores import STORES, OpenStore, Place, load_store
from harness.testbed import TestBed, open_testbed

pytestmark = pytest.mark.once

SHIPPED = Path(__file__).parents[2] / "specs" / "runs" / "experiment-and-run.yaml"

FORGETS_THE_EXPERIMENT = "for _ in range(runs):\n    mlflow.end_run()\n    mlflow.start_run()\n"
ONE_RUN_ONLY = "mlflow.set_experiment(name)\nmlflow.start_run()\n"
ANOTHER_NAME = """
for _ in range(runs):
    mlflow.end_run()
    mlflow.set_experiment(name.lower())
    mlflow.start_run()
"""

THOROUGH = Profile("thorough", examples=60, directed=4, all_applied=False, says="enough for any letter")

LIARS: dict[str, tuple[Mapping[str, Any], str, str]] = {
    "the experiment is forgotten": (
        {"mlflow/recommended/log": FORGETS_THE_EXPERIMENT},
        "example.1-ticking[recommended-{store}]",
        "got 'Default'",
    ),
    "one run instead of several": (
        {"mlflow/recommended/log": ONE_RUN_ONLY},
        "example.3-ticking[recommended-{store}]",
        "which is missing",
    ),
    "names in small letters": (
        {"mlflow/recommended/log": ANOTHER_NAME},
        "property[recommended-{store}]",
        "expected '",
    ),
    "the name that was given, not the one that is stored": (
        {"mlflow/recommended/read": "[name for _ in started]"},
        "sensitivity[recommended-{store}]",
        "it has from the input `name` what it is to have from the store",
    ),
    "the name that was given, not the one that v1 stored": (
        {"v1/read": "[name for _ in started]"},
        "sensitivity[recommended-{store}]",
        "it has from the input `name` what it is to have from the store",
    ),
    "how many runs there are, not where": (
        {
            "v1/read": "[str(len(started))]",
            "mlflow/recommended/read": "[str(len(started))]",
            "compare": "json",
        },
        "sensitivity[recommended-{store}]",
        "input `name`",
    ),
    "a second run that is not refused": (
        {"divergences/second-run-is-refused/recipes": ["guide", "recommended"]},
        "witness.second-run-is-refused[recommended-{store}]",
        "MLflow did not raise",
    ),
    "another exception than the bare one": (
        {"divergences/second-run-is-refused/raises/type": "RuntimeError"},
        "witness.second-run-is-refused[guide-{store}]",
        "but MLflow raised Exception",
    ),
    "what is left forgotten": (
        {"-divergences/second-run-is-refused/leaves": None},
        "witness.second-run-is-refused[guide-{store}]",
        "expected",
    ),
}


@pytest.mark.parametrize("store", ["sqlite", "file"])
@pytest.mark.parametrize("liar", LIARS)
def test_a_liar_is_caught(
    bed_of_all: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    liar: str,
    store: str,
) -> None:
    changes, noticed_by, says = LIARS[liar]
    check = noticed_by.format(store=store)
    verified = verify(
        bed_of_all,
        entry_from(SHIPPED.read_text(encoding="utf-8"), changes),
        stores=[store],
        only=check.__eq__,
        profile=THOROUGH,
    )
    assert check in verified.not_passed, verified.results
    assert says in verified.results[check].message


@pytest.mark.parametrize("puts_aside", [True, False])
def test_a_store_that_keeps_the_experiments_of_examples_is_noticed(
    puts_aside: bool,
    tmp_path: Path,
    template: Path,
    changed_text: Callable[..., str],
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
) -> None:
    if STORES["mysql"].variable not in os.environ:
        pytest.skip("not verified: there is no mysql to test on")

    @contextmanager
    def keeping(place: Place) -> Iterator[OpenStore]:
        with load_store(STORES["mysql"])(place) as store:
            yield store if puts_aside else replace(store, put_aside=lambda: None)

    changes = {"examples/+": {"id": "small", "name": "abc", "runs": 1}}
    text = changed_text(SHIPPED.read_text(encoding="utf-8"), changes)
    loaded = entry_from(text, {"examples/+": {"id": "capital", "name": "ABC", "runs": 1}})
    bed = open_testbed(tmp_path, ["mysql"], template=template, find_store=lambda info: keeping)
    with bed as opened:
        verified = verify(
            opened,
            loaded,
            stores=["mysql"],
            only=lambda name: name.startswith(("example.small-t", "example.capital-t")),
        )
    assert bool(verified.not_passed) is not puts_aside
    assert all("got 'abc'" in told for told in verified.not_passed.values())
