"""The shipped entries are as tight as they look: nothing can be taken out, altered or added without a failure.

Each change is tried on the checks that should notice it first, cheapest first, until one fails. One of the changes is
tried on a tenth of the divergences and one on none; on all of them with `HARNESS_TESTS=long` (see `lengths`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from lengths import LONG, share
from ruamel.yaml import YAML

from harness.profiles import PROFILES
from harness.spec import READS_ACROSS, READS_ACROSS_STORE, LoadedEntry, build_value, load_text, resolve
from harness.stores import STORES, WITHOUT_SERVICE, store_matches
from harness.testbed import TestBed, open_testbed
from harness.values import fresh, to_expression
from harness.versions import installed_versions, versions_match

pytestmark = pytest.mark.once

SPECS = Path(__file__).parents[2] / "specs"
ENTRIES = sorted(path for path in SPECS.rglob("*.yaml") if path.name != "guide-index.yaml")


Verify = Callable[..., Any]
EntryFrom = Callable[..., LoadedEntry]


TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in ENTRIES}
PARSED: dict[str, Any] = {name: YAML().load(text) for name, text in TEXTS.items()}


def stores_in_force(entry: str, divergence: str) -> list[str]:
    """The stores on which a divergence is in force, first those for which no other process has to run."""
    of_entry = PARSED[entry].get("stores")
    (found,) = (each for each in PARSED[entry]["divergences"] if each["id"] == divergence)
    stores = [READS_ACROSS_STORE] if found.get("recipes") == [READS_ACROSS] else found.get("stores")
    ordered = [*WITHOUT_SERVICE, *(name for name in STORES if name not in WITHOUT_SERVICE)]
    return [store for store in ordered if store_matches(of_entry, store) and store_matches(stores, store)]


def store_of(bed: TestBed, entry: str, divergence: str) -> str:
    """The first store on which a divergence is in force, of those that can be had."""
    stores = stores_in_force(entry, divergence)
    there = [store for store in stores if store in bed.stores]
    if not there:
        pytest.skip(f"not verified here: in force on {', '.join(stores)} alone, which cannot be had")
    return there[0]


def divergences(key: str) -> list[Any]:
    """Each divergence that has the key and is in force with what is installed, of every shipped entry."""
    installed = installed_versions()
    return [
        pytest.param(name, each["id"], each[key], id=f"{name}-{each['id']}")
        for name, entry in PARSED.items()
        for each in entry.get("divergences", ())
        if key in each and versions_match(each.get("versions"), installed)
    ]


@pytest.fixture(scope="module")
def bed_of_all(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBed]:
    """A test bed with each store that can be had here."""
    lacking: dict[str, str] = {}
    folder = tmp_path_factory.mktemp("every")
    with open_testbed(folder, tuple(STORES), template=template, lacking=lacking.__setitem__) as opened:
        assert set(WITHOUT_SERVICE) <= set(opened.stores), lacking
        yield opened


def told_by_witness(id_: str) -> Callable[[str], bool]:
    return lambda name: name.startswith(f"witness.{id_}[")


@lru_cache
def as_shipped(entry: str) -> LoadedEntry:
    """An entry as it is; read once, since some have hundreds of lines."""
    return load_text(TEXTS[entry], Path(f"{entry}.yaml"))


def witness_of(entry: str, divergence: str) -> dict[str, str]:
    """The inputs of a witness as expressions, which is what a counterexample is told in."""
    (witness,) = (each.witness for each in as_shipped(entry).entry.divergences if each.id == divergence)
    return {
        name: to_expression(fresh(build_value(value, resolve("value"))))
        for name, value in witness.inputs.items()
    }


def length(inputs: Mapping[str, str]) -> int:
    """How long inputs are, each as an expression; a clock counts for nothing."""
    return sum(len(text) for name, text in inputs.items() if name != "clock")


@pytest.mark.parametrize(("entry", "divergence", "witness"), divergences("witness"))
def test_a_divergence_that_is_taken_out_is_missed(
    bed_of_all: TestBed, entry_from: EntryFrom, verify: Verify, entry: str, divergence: str, witness: Any
) -> None:
    # Its witness was an example too; it stays one.
    changes = {f"-divergences/{divergence}": None, "examples/+": {"id": "witness", **witness}}
    loaded = entry_from(TEXTS[entry], changes)
    store = store_of(bed_of_all, entry, divergence)
    verified = verify(
        bed_of_all,
        loaded,
        stores=[store],
        only=lambda name: name.startswith("example.witness-"),
        until_one_fails=True,
    )
    if not verified.not_passed:
        # Another one may explain the witness as well; then what is generated has to show it.
        generated = tuple(f"property[{recipe}-{store}]" for recipe in loaded.entry.recipes)
        verified = verify(
            bed_of_all,
            loaded,
            stores=[store],
            only=generated.__contains__,
            profile=PROFILES["ci"],
            until_one_fails=True,
        )
    assert verified.not_passed
    found = verified.results[next(iter(verified.not_passed))]
    assert found.counterexample is not None
    assert length(found.counterexample) <= length(witness_of(entry, divergence))


@pytest.mark.skipif(not LONG, reason="a search for each divergence takes an hour: HARNESS_TESTS=long")
@pytest.mark.parametrize(("entry", "divergence", "because"), divergences("because"))
def test_a_divergence_that_is_taken_out_with_its_witness_is_found_again(
    bed_of_all: TestBed, entry_from: EntryFrom, verify: Verify, entry: str, divergence: str, because: str
) -> None:
    """By what is generated alone, and shrunk to an input that is no longer than the witness."""
    loaded = entry_from(TEXTS[entry], {f"-divergences/{divergence}": None})
    (taken,) = (each for each in PARSED[entry]["divergences"] if each["id"] == divergence)
    store = store_of(bed_of_all, entry, divergence)
    generated = [f"property[{name}-{store}]" for name in taken.get("recipes", loaded.entry.mlflow)]
    for profile in (PROFILES["ci"], PROFILES["deep"]):
        verified = verify(
            bed_of_all,
            loaded,
            stores=[store],
            only=generated.__contains__,
            profile=profile,
            until_one_fails=True,
        )
        if verified.not_passed:
            break
    assert verified.not_passed
    found = verified.results[next(iter(verified.not_passed))]
    assert found.counterexample is not None
    witness = witness_of(entry, divergence)
    assert length(found.counterexample) <= length(witness), (found.counterexample, witness)


@pytest.mark.parametrize("becomes", ["12345", "expected"])
@pytest.mark.parametrize(("entry", "divergence", "was"), share(divergences("becomes"), 9))
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
    stores = [store_of(bed_of_all, entry, divergence)]
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
