"""The shipped entries are as tight as they look: nothing can be taken out, altered or added without a failure.

Each change is tried on the checks that should notice it first, cheapest first, until one fails.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from harness.profiles import Profile
from harness.spec import LoadedEntry
from harness.stores import STORES, store_matches
from harness.testbed import TestBed

pytestmark = pytest.mark.once

ENTRIES = sorted((Path(__file__).parents[2] / "specs").rglob("*.yaml"))

PROFILE = Profile("enough", examples=100, directed=20, all_applied=False, says="as on every change")

Verify = Callable[..., Any]
EntryFrom = Callable[..., LoadedEntry]


TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in ENTRIES}
PARSED: dict[str, Any] = {name: YAML().load(text) for name, text in TEXTS.items()}


def store_of(entry: str, divergence: str) -> str:
    """The first store on which a divergence is in force."""
    of_entry = PARSED[entry].get("stores")
    (stores,) = (each.get("stores") for each in PARSED[entry]["divergences"] if each["id"] == divergence)
    return next(store for store in STORES if store_matches(of_entry, store) and store_matches(stores, store))


def divergences(key: str) -> list[Any]:
    """Each divergence that has the key, of every shipped entry."""
    return [
        pytest.param(name, each["id"], each[key], id=f"{name}-{each['id']}")
        for name, entry in PARSED.items()
        for each in entry.get("divergences", ())
        if key in each
    ]


def told_by_witness(id_: str) -> Callable[[str], bool]:
    return lambda name: name.startswith(f"witness.{id_}[")


@pytest.mark.parametrize(("entry", "divergence", "witness"), divergences("witness"))
def test_a_divergence_that_is_taken_out_is_missed(
    bed_of_all: TestBed, entry_from: EntryFrom, verify: Verify, entry: str, divergence: str, witness: Any
) -> None:
    # Its witness was an example too; it stays one.
    changes = {f"-divergences/{divergence}": None, "examples/+": {"id": "witness", **witness}}
    loaded = entry_from(TEXTS[entry], changes)
    store = store_of(entry, divergence)
    verified = verify(
        bed_of_all,
        loaded,
        stores=[store],
        only=lambda name: name.startswith("example.witness-"),
        until_one_fails=True,
    )
    if not verified.not_passed:
        # Another one may explain the witness as well; then what is generated has to show it.
        generated = tuple(f"property[{recipe}-{store}]" for recipe in loaded.entry.mlflow)
        verified = verify(
            bed_of_all,
            loaded,
            stores=[store],
            only=generated.__contains__,
            profile=PROFILE,
            until_one_fails=True,
        )
    assert verified.not_passed
    found = verified.results[next(iter(verified.not_passed))]
    assert found.counterexample is not None
    assert all(len(value) < 400 for value in found.counterexample.values())


@pytest.mark.parametrize("becomes", ["12345", "expected"])
@pytest.mark.parametrize(("entry", "divergence", "was"), divergences("becomes"))
def test_another_becomes_is_noticed(
    bed_of_all: TestBed,
    entry_from: EntryFrom,
    verify: Verify,
    entry: str,
    divergence: str,
    was: str,
    becomes: str,
) -> None:
    assert was != becomes
    loaded = entry_from(TEXTS[entry], {f"divergences/{divergence}/becomes": becomes})
    stores = [store_of(entry, divergence)]
    verified = verify(
        bed_of_all, loaded, stores=stores, only=told_by_witness(divergence), until_one_fails=True
    )
    assert verified.not_passed
    found = verified.results[next(iter(verified.not_passed))]
    assert found.counterexample is not None
    assert divergence in found.message


@pytest.mark.parametrize("entry", TEXTS)
def test_a_divergence_that_never_applies_is_noticed(
    bed_of_all: TestBed, entry_from: EntryFrom, verify: Verify, entry: str
) -> None:
    known = PARSED[entry].get("divergences", [])
    example = {name: PARSED[entry]["examples"][-1][name] for name in PARSED[entry]["inputs"]}
    added = {
        "id": "never",
        "when": "False",
        "becomes": "12345",
        "witness": known[0]["witness"] if known else example,
        "because": "It is made up.",
    }
    loaded = entry_from(TEXTS[entry], {"divergences/+": added} if known else {"divergences": [added]})
    stores = [next(store for store in STORES if store_matches(PARSED[entry].get("stores"), store))]
    witness = verify(bed_of_all, loaded, stores=stores, only=told_by_witness("never"))
    assert set(witness.not_passed.values()) == {"failed: divergence never does not apply to its own witness"}
    assert len(witness.not_passed) == len(witness.results)
    directed = verify(
        bed_of_all,
        loaded,
        stores=stores,
        only=lambda name: name.startswith("directed.never["),
        until_one_fails=True,
    )
    (result,) = directed.results.values()
    assert "`when` of never holds for too few of the inputs" in result.message
