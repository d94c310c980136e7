"""Scripts for those who do not know the harness: they run as they are, and print what was claimed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from harness.report.guide_markdown import LONGEST_OF_CODE
from harness.spec import LoadedEntry, load_entries, load_text
from harness.verify.showing import WIDTH, claim_script, witness_scripts

ENTRY = """\
harness: 1
id: log-pair
title: Two numbers
guide: Pairs
inputs:
  name: st.sampled_from(["a", "b"])
  values: st.lists(numbers(), min_size=2, max_size=2)
usual: "True"
examples:
  - {guide: true, name: a, values: [1, 2]}
  - {name: b, values: !py "[float('nan'), 2]"}
v1:
  log: run.log_list(name, values)
  read: run.get_metrics()
mlflow:
  guide: &recipe
    log: |
      for value in values:
          mlflow.log_metric(name, value)
    read: "[metric.value for metric in client.get_metric_history(run_id, name)]"
  guide-now:
    log: |
      now = int(time.time() * 1000)
      client.log_batch(run_id, metrics=[Metric(name, value, now, 0) for value in values])
    read: client.get_run(run_id).data.metrics
  recommended: *recipe
compare: numbers
divergences:
  - id: in-lines
    recipes: [guide, guide-now, recommended]
    when: "True"
    becomes: expected
    witness: {name: a, values: [1, 1]}
    because: For the test.
  - id: stopped
    recipes: [guide]
    when: "True"
    becomes: expected
    witness: {name: a, values: [3, 3], clock: stopped}
    because: For the test.
  - id: in-files
    recipes: [guide]
    stores: [file]
    when: "True"
    becomes: expected
    witness: {name: a, values: [4, 4]}
    because: For the test.
claims:
  - id: of-mlflow
    says: Text is logged.
    check: |
      mlflow.log_metric(name, values[0])
      sorted(
          client.get_run(run_id).data.metrics
      ) == ["b"]  # it is "a"
    refuted: It is another.
  - id: of-both
    says: Both have it.
    check: |
      run.log(name, values[0])
      run.flush()
      mlflow.log_metric(name, values[0])
      run.get_metrics() == client.get_run(run_id).data.metrics
    given: {name: "näme", values: [7]}
  - id: unseen
    says: It is seen.
    unverifiable: By nobody.
"""


@pytest.fixture(scope="module")
def entry() -> LoadedEntry:
    loaded = load_text(ENTRY, Path("log-pair.yaml"))
    assert isinstance(loaded, LoadedEntry), loaded
    return loaded


def _claim(entry: LoadedEntry, id_: str) -> str | None:
    return claim_script(entry, next(claim for claim in entry.entry.claims if claim.id == id_))


def _witness(entry: LoadedEntry, id_: str) -> dict[str, str]:
    return witness_scripts(entry, next(each for each in entry.entry.divergences if each.id == id_))


def test_a_script_that_needs_mlflow_alone_has_nothing_else(entry: LoadedEntry) -> None:
    script = _claim(entry, "of-mlflow")
    assert script is not None
    assert "harness" not in script
    assert "import mlflow\n" in script
    assert "name = 'a'\nvalues = [1, 2]\n" in script
    assert script.endswith(
        'print(sorted(\n    client.get_run(run_id).data.metrics\n) == ["b"])  # it is "a"\n'
    )


def test_such_a_script_brings_its_own_way_to_see_an_exception(entry: LoadedEntry) -> None:
    claim = entry.entry.claims[0]
    script = claim_script(entry, claim.model_copy(update={"check": "raises(ValueError, lambda: int(name))"}))
    assert script is not None
    assert "harness" not in script
    scope: dict[str, object] = {}
    exec(script[script.index("def raises") : script.index("mlflow.set_tracking_uri")], scope)
    raises = scope["raises"]
    assert callable(raises)
    assert raises(ValueError, lambda: int("x"))
    assert not raises(ValueError, lambda: int("1"))


def test_what_cannot_be_checked_has_no_script(entry: LoadedEntry) -> None:
    assert _claim(entry, "unseen") is None


def test_the_recipes_of_the_guide_have_a_script_for_each_witness(entry: LoadedEntry) -> None:
    scripts = _witness(entry, "in-lines")
    assert set(scripts) == {"guide", "guide-now"}
    assert "harness" not in scripts["guide"]
    assert "values = [1, 1]\n" in scripts["guide"]
    # Whether its calls are of one millisecond depends on the clock, which only the harness has.
    assert "from harness.testbed import open_testbed" in scripts["guide-now"]
    assert set(_witness(entry, "stopped")) == {"guide"}


def test_clock_and_store_are_those_of_the_witness(entry: LoadedEntry) -> None:
    assert 'bed.clock.restart("stopped")' in _witness(entry, "stopped")["guide"]
    assert 'open_testbed(Path(folder), ["file"])' in _witness(entry, "in-files")["guide"]


@pytest.mark.parametrize(
    "says",
    [
        'He calls it "loss"',
        "C:\\users\\new",
        'say """x"""',
        "one line\nraise SystemExit(7)",
        "another\rraise SystemExit(7)\x0craise SystemExit(7)\x85raise SystemExit(7)\u2028raise SystemExit(7)",
        "coding: utf-7 +AAo-raise SystemExit(7)",
        "raise SystemExit(7) " * 50,
        "raise_SystemExit(7);" * 50,
        "{title} {imports}",
    ],
    ids=range(9),
)
@pytest.mark.parametrize("id_", ["of-mlflow", "of-both"])
def test_no_words_of_an_entry_get_out_of_the_comment(entry: LoadedEntry, id_: str, says: str) -> None:
    claim = next(claim for claim in entry.entry.claims if claim.id == id_)
    harmless = claim_script(entry, claim)
    script = claim_script(entry, claim.model_copy(update={"says": says}))
    assert harmless is not None
    assert script is not None
    # As bytes, so that the first lines may name an encoding.
    assert ast.dump(ast.parse(script.encode())) == ast.dump(ast.parse(harmless))
    comment = [line for line in script.split("\n") if line.startswith("# ")]
    assert " ".join(says.split())[:5] in " ".join(line[2:] for line in comment)
    assert max(map(len, comment)) <= WIDTH


@pytest.mark.once
@pytest.mark.parametrize(
    ("script", "printed"),
    [
        ("of-mlflow", "False"),
        ("of-both", "True"),
        ("in-lines", "[1.0, 1.0]"),
        ("stopped", "[3.0]"),
        ("in-files", "[4.0, 4.0]"),
    ],
)
def test_a_script_runs_as_it_is(entry: LoadedEntry, tmp_path: Path, script: str, printed: str) -> None:
    text = _claim(entry, script) if script.startswith("of-") else _witness(entry, script)["guide"]
    file = tmp_path / "script.py"
    file.write_text(str(text), encoding="utf-8")
    done = subprocess.run([sys.executable, file], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.stdout.splitlines()[-1:] == [printed], done.stderr


SHIPPED = load_entries([Path(__file__).parents[2] / "specs"]).entries


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda entry: entry.id)
def test_every_script_of_a_shipped_entry_is_python_and_short_enough_to_be_shown(
    shipped: LoadedEntry,
) -> None:
    claims = [claim_script(shipped, claim) for claim in shipped.entry.claims]
    witnesses = [witness_scripts(shipped, each) for each in shipped.entry.divergences]
    for script in (*filter(None, claims), *(text for found in witnesses for text in found.values())):
        compile(script, "script", "exec")
        assert max(map(len, script.splitlines())) <= LONGEST_OF_CODE, "such a line is cut where it is shown"
