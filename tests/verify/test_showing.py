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
  - id: of-a-file
    says: A file is logged as it is.
    check: |
      with open("taken.txt", "w", newline="") as file:
          file.write('''one
      two''')
      mlflow.log_artifact("taken.txt")
      with mlflow.start_run(nested=True):
          mlflow.log_text("text", "of-another.txt")
      mlflow.artifacts.load_text(f"runs:/{run_id}/taken.txt").splitlines()
  - id: unseen
    says: It is seen.
    unverifiable: By nobody.
"""

ODD_NAMES = ("folder", "store", "bed", "log", "show", "inputs", "type", "os", "tempfile", "Path")
"""Names that inputs may have, and that a script may need for itself."""

VALUES = ", ".join(f"{name}: a {name}" for name in ODD_NAMES)

OF_ODD_NAMES = f"""\
harness: 1
id: odd-names
title: Inputs called as a script calls something else
guide: Names
inputs: {{{", ".join(f"{name}: st.text()" for name in ODD_NAMES)}}}
usual: "True"
examples:
  - {{guide: true, {VALUES}}}
  - {{{VALUES}}}
v1:
  log: run.set_tags(dict(type=type))
  read: run.get_tags()
mlflow:
  guide:
    log: mlflow.log_params(dict({", ".join(f"{name}={name}" for name in ODD_NAMES)}))
    read: |
      read = client.get_run(run_id).data.params
      [name for name in read if read[name] != f"a {{name}}"], len(read), type
compare: json
divergences:
  - {{id: plain, when: "True", becomes: expected, witness: {{{VALUES}}}, because: For the test.}}
  - id: stopped
    when: "True"
    becomes: expected
    witness: {{{VALUES}, clock: stopped}}
    because: For the test.
"""


def _loaded(text: str, name: str) -> LoadedEntry:
    loaded = load_text(text, Path(name))
    assert isinstance(loaded, LoadedEntry), loaded
    return loaded


@pytest.fixture(scope="module")
def entry() -> LoadedEntry:
    return _loaded(ENTRY, "log-pair.yaml")


@pytest.fixture(scope="module")
def odd_names() -> LoadedEntry:
    return _loaded(OF_ODD_NAMES, "odd-names.yaml")


def _claim(entry: LoadedEntry, id_: str) -> str | None:
    return claim_script(entry, next(claim for claim in entry.entry.claims if claim.id == id_))


def _witness(entry: LoadedEntry, id_: str) -> dict[str, str]:
    return witness_scripts(entry, next(each for each in entry.entry.divergences if each.id == id_))


def _run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a script in a folder with a file of the reader's, and sees that it leaves everything there as it was."""
    file, taken = folder / "script.py", folder / "taken.txt"
    file.write_text(script, encoding="utf-8")
    taken.write_text("the reader's", encoding="utf-8")
    done = subprocess.run([sys.executable, file], cwd=folder, capture_output=True, text=True, timeout=300)
    assert sorted(folder.iterdir()) == [file, taken], done.stderr
    assert taken.read_text(encoding="utf-8") == "the reader's"
    return done


def test_a_script_that_needs_mlflow_alone_has_nothing_else(entry: LoadedEntry) -> None:
    script = _claim(entry, "of-mlflow")
    assert script is not None
    assert "harness" not in script
    assert "import mlflow\n" in script
    assert "    name = 'a'\n    values = [1, 2]\n" in script
    assert script.endswith(
        '    print(sorted(\n        client.get_run(run_id).data.metrics\n    ) == ["b"])  # it is "a"\n'
    )


def test_such_a_script_brings_its_own_way_to_see_an_exception(entry: LoadedEntry) -> None:
    claim = entry.entry.claims[0]
    script = claim_script(entry, claim.model_copy(update={"check": "raises(ValueError, lambda: int(name))"}))
    assert script is not None
    assert "harness" not in script
    scope: dict[str, object] = {}
    exec(script[script.index("def raises") : script.index("with tempfile.")], scope)
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


@pytest.mark.parametrize(
    ("check", "printed"),
    [
        ("name, 2", "print((name, 2))"),
        ("(name), (2)", "print(((name), (2)))"),
        ("name,", "print((name,))"),
        ("*name, 2", "print((*name, 2))"),
        ("(name, 2)", "print((name, 2))"),
        ("max(name, 2)", "print(max(name, 2))"),
        ("(each for each in name)", "print((each for each in name))"),
        ("each = name\neach, 2  # both", "print((each, 2))  # both"),
    ],
)
def test_what_is_printed_is_one_value(entry: LoadedEntry, check: str, printed: str) -> None:
    claim = entry.entry.claims[0]
    script = claim_script(entry, claim.model_copy(update={"check": check}))
    assert script is not None
    assert script.splitlines()[-1].strip() == printed


def test_an_input_is_there_whatever_it_is_called(odd_names: LoadedEntry) -> None:
    assert "type = 'a type'\n" in _witness(odd_names, "plain")["guide"]
    assert "'type': 'a type',\n" in _witness(odd_names, "stopped")["guide"]


@pytest.mark.parametrize("name", ["name", "run_id"])
def test_what_logging_binds_is_not_what_is_read(name: str) -> None:
    """In a script that needs MLflow alone both stand in one scope."""
    call = "mlflow.log_metric(name, value)"
    text = ENTRY.replace(call, f"{name} = {call}")
    assert text != ENTRY
    script = _witness(_loaded(text, "log-pair.yaml"), "in-lines")["guide"]
    assert "def log(" in script
    assert "def show(" in script


def test_an_input_hides_nothing_that_the_script_needs() -> None:
    text = ENTRY.replace("name", "float").replace("[1, 1]", "!py \"[float('nan')]\"")
    script = _witness(_loaded(text, "log-pair.yaml"), "in-lines")["guide"]
    assert "    'float': 'a',\n    'values': [float('nan')],\n" in script
    script = _witness(_loaded(ENTRY.replace("name", "print"), "log-pair.yaml"), "in-lines")["guide"]
    assert "    'print': 'a',\n" in script


@pytest.mark.once
@pytest.mark.parametrize(
    ("script", "printed"),
    [
        ("of-mlflow", "False"),
        ("of-both", "True"),
        ("of-a-file", "['one', 'two']"),
        ("in-lines", "[1.0, 1.0]"),
        ("stopped", "[3.0]"),
        ("in-files", "[4.0, 4.0]"),
    ],
)
def test_a_script_runs_as_it_is(entry: LoadedEntry, tmp_path: Path, script: str, printed: str) -> None:
    text = _claim(entry, script) if script.startswith("of-") else _witness(entry, script)["guide"]
    done = _run(str(text), tmp_path)
    assert done.stdout.splitlines()[-1:] == [printed], done.stderr


@pytest.mark.once
@pytest.mark.parametrize(
    "check",
    ["open('taken.txt', 'w').close() or name.missing", "mlflow.start_run(nested=True) and name.missing"],
)
def test_a_script_that_ends_in_an_error_leaves_everything_as_it_was(
    entry: LoadedEntry, tmp_path: Path, check: str
) -> None:
    script = claim_script(entry, entry.entry.claims[0].model_copy(update={"check": check}))
    done = _run(str(script), tmp_path)
    assert "AttributeError" in done.stderr
    assert done.returncode == 1


@pytest.mark.once
@pytest.mark.parametrize("script", ["plain", "stopped"])
def test_a_script_runs_whatever_its_inputs_are_called(
    odd_names: LoadedEntry, tmp_path: Path, script: str
) -> None:
    done = _run(_witness(odd_names, script)["guide"], tmp_path)
    assert done.stdout.splitlines()[-1:] == [str(([], len(ODD_NAMES), "a type"))], done.stderr


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
