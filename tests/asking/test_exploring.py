"""A search beyond what an entry says: what it finds, and that what it proposes is right when it is pasted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.asking.evidence import Seen
from harness.asking.exploring import Explored, Found, explore, with_guesses
from harness.asking.found_view import Told, tell
from harness.asking.guessing import Guess
from harness.asking.merging import merge
from harness.asking.pasting import power_of_two, value_yaml
from harness.spec import LoadedEntry, load_entries, load_text
from harness.testbed import TestBed
from harness.verify import make_ready
from harness.verify.pipeline import Subject, observe, walk
from harness.verify.ready import Case, divergences_in_force, recipe_side

# What is searched for does not depend on the Python.
pytestmark = pytest.mark.once

SPECS = Path(__file__).parents[2] / "specs" / "metrics"

Search = Callable[..., tuple[Explored, list[Told]]]


@pytest.fixture
def searched(bed: TestBed) -> Search:
    def run(loaded: LoadedEntry, recipes: Sequence[str] = ("guide",), rounds: int = 1, **options: Any) -> Any:
        found = explore(
            bed,
            make_ready(loaded),
            recipes,
            ["sqlite"],
            **{"seconds": 600, "seed": 0, **options},
            rounds=rounds,
        )
        return found, tell(merge(found.hunts), loaded, ["sqlite"])

    return run


def pasted(text: str, findings: Sequence[Told]) -> str:
    """The entry with the divergences where the findings say that they belong."""
    for finding in findings:
        assert finding.paste is not None
        place = text.index(f"- id: {finding.before}\n") if finding.before else text.find("\nclaims:") + 1
        text = f"{text[:place]}{finding.paste}\n{text[place:]}" if place else f"{text}\n{finding.paste}\n"
    return text


@pytest.fixture
def short_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.asking.exploring.ROUND", 12)


@pytest.mark.parametrize(
    ("entry", "deleted", "seed"),
    [
        ("log-list", ["equal-points-merge", "order-is-lost"], 0),
        ("view-metric-history", ["equal-points-merge-within-a-millisecond"], 1),
    ],
)
def test_what_is_found_can_be_pasted_and_explains_its_witness(
    searched: Search,
    bed: TestBed,
    changed_text: Callable[..., str],
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    entry: str,
    deleted: list[str],
    seed: int,
) -> None:
    text = changed_text(
        (SPECS / f"{entry}.yaml").read_text(), {f"-divergences/{id_}": None for id_ in deleted}
    )
    _, findings = searched(entry_from(text), seed=seed)
    assert findings
    assert not any(finding.is_beyond_inputs for finding in findings)
    mended_text = pasted(text, findings)
    unfinished = load_text(mended_text, Path(f"{entry}.yaml"))
    assert isinstance(unfinished, tuple)
    assert [problem.code for problem in unfinished] == ["to-do"] * len(findings)
    mended = entry_from(mended_text.replace("because: TODO", "because: It was found."))
    ids = {f"witness.{finding.id}[guide-sqlite]" for finding in findings}
    verified = verify(bed, mended, only=ids.__contains__)
    assert verified.results.keys() == ids
    assert verified.not_passed == {}


KEPT = """
harness: 1
id: kept
title: A list
guide: A section
inputs:
  values: st.lists(st.integers(0, 9), min_size=1, max_size=4)
usual: "True"
examples:
  - {guide: true, values: [1]}
  - {values: [2]}
v1:
  log: run.log_list("loss", values)
  read: as_list(run.get_metrics().get("loss"))
mlflow:
  guide:
    log: 'client.log_batch(run_id, [Metric("loss", value, 0, step) for step, value in enumerate(values)])'
    read: '[metric.value for metric in client.get_metric_history(run_id, "loss")]'
compare: numbers
"""


@pytest.mark.usefixtures("short_rounds")
def test_where_nothing_is_to_be_found_it_says_how_many_inputs_it_tried(
    searched: Search, entry_from: Callable[..., LoadedEntry]
) -> None:
    explored, findings = searched(entry_from(KEPT))
    assert findings == []
    assert explored.hunts[0].tried >= 12


@pytest.mark.usefixtures("short_rounds")
def test_what_lies_beyond_the_inputs_is_found_and_said_to_be_there(
    searched: Search, entry_from: Callable[..., LoadedEntry]
) -> None:
    _, findings = searched(entry_from(KEPT), rounds=2)
    assert findings
    assert all(finding.is_beyond_inputs for finding in findings)


@pytest.mark.usefixtures("short_rounds")
def test_the_seed_says_what_is_tried(searched: Search, entry_from: Callable[..., LoadedEntry]) -> None:
    first, second, other = (
        list(searched(entry_from(KEPT), seed=seed)[0].hunts[0].seen) for seed in (1, 1, 2)
    )
    assert first == second != other


def test_it_ends_when_the_time_is_up_and_when_it_is_stopped(
    searched: Search, entry_from: Callable[..., LoadedEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    explored, _ = searched(entry_from(KEPT), rounds=50, seconds=0)
    assert explored.hunts[0].tried == 0
    calls = 0

    def stopped(*_: Any) -> Any:
        nonlocal calls
        calls += 1
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.asking.exploring.observe_v1", stopped)
    explored, _ = searched(entry_from(KEPT), rounds=50)
    assert (explored.was_stopped, calls) == (True, 1)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (-3, "-3"),
        (0.5, "0.5"),
        (1e300, '!py "1e+300"'),
        (float("nan"), "!py \"float('nan')\""),
        (2**53 + 1, '!py "2**53 + 1"'),
        (-(2**70) + 2, '!py "-(2**70 - 2)"'),
        ("on", '"on"'),
        ("é\n", "!py \"'\\u00e9\\\\n'\""),
        ([1, None], "[1, null]"),
        ((1,), '!py "(1,)"'),
    ],
)
def test_values_are_written_as_yaml_that_says_the_same(value: Any, written: str) -> None:
    assert value_yaml(value) == written


def test_only_what_is_next_to_a_power_of_two_is_written_as_one() -> None:
    assert power_of_two(10**30) is None
    assert power_of_two(2**1024) == "2**1024"


def test_what_belongs_before_a_divergence_has_its_place_where_that_is_not_in_force(bed: TestBed) -> None:
    """As when a guess of one store is tried on another."""
    (loaded,) = load_entries([SPECS / "log-number.yaml"]).entries
    entry = make_ready(loaded)
    side = recipe_side(entry, "guide")
    witness = Case({"name": "loss", "value": 1, "step": None}, "ticking")
    subject = Subject(
        bed, entry, "guide", "sqlite", side, divergences_in_force(entry, "guide", "sqlite", bed.versions)
    )
    trial = observe(subject, witness)
    seen = Seen(subject, trial, walk(subject, trial), None, False)
    order = [each.id for each in entry.loaded.entry.divergences]
    assert "empty-name" not in [each.id for each in subject.divergences]
    for before in ("empty-name", None):
        guess = Found(("value", "value"), seen, Guess("False", becomes="expected"), "", before)
        ids = [each.id for each in with_guesses(subject, [guess]).divergences]
        behind = order[order.index("empty-name") :] if before else []
        assert set(ids[ids.index("guess-0") + 1 :]) == set(ids) & set(behind)
