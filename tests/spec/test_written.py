"""The text of what an entry writes is the same exactly as long as that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.spec import LoadedEntry, load_text
from harness.spec.written import expression_of, given_to, hashes_of

TEXT = """\
harness: 1
id: written
title: Something
sources: [ours]
inputs: {value: "st.floats()"}
usual: "True"
examples:
  - {clock: stopped, value: [1.5, .nan, -.inf, {a: !py "2 ** 60"}, null, true, "it's"]}
  - {id: second, value: !py "float('nan')"}
v1:
  log: run.log("m", value)
  read: run.get_metrics()
  refuses:
    - id: no-text
      when: is_text(value)
      raises: {type: TypeError, match: text}
      witness: {value: a}
      because: So.
mlflow:
  guide: {log: "mlflow.log_metric('m', value)", read: value}
compare: json
divergences:
  - id: refused
    when: value == 1
    raises: {type: ValueError, match: one, phase: log}
    leaves: "3"
    witness: {value: 1}
    because: So.
claims:
  - {id: first, says: So., check: "True"}
  - {id: own, says: So., check: "True", given: {value: !py "1 + 1 "}}
  - {id: unseen, says: So., unverifiable: So.}
"""


def _loaded(text: str = TEXT) -> LoadedEntry:
    loaded = load_text(text, Path("written.yaml"))
    assert isinstance(loaded, LoadedEntry), loaded
    return loaded


def test_values_are_expressions() -> None:
    first, second = (example.inputs["value"] for example in _loaded().entry.examples)
    text = "[1.5, float('nan'), float('-inf'), {'a': (2 ** 60)}, None, True, \"it's\"]"
    assert expression_of(first) == text
    assert eval(text)[3] == {"a": 2**60}
    assert expression_of(second) == "float('nan')"


def test_a_claim_sees_its_own_inputs_or_those_of_the_first_example() -> None:
    entry = _loaded().entry
    of_first, own, unseen = (given_to(entry, claim) for claim in entry.claims)
    assert of_first == {"value": expression_of(entry.examples[0].inputs["value"]), "clock": "stopped"}
    assert own == {"value": "1 + 1"}
    assert unseen is None


def test_equal_parts_have_equal_hashes() -> None:
    moved = TEXT.replace("{clock: stopped, value:", "{value:").replace(
        '"it\'s"]}', '"it\'s"], clock: stopped}'
    )
    assert moved != TEXT
    assert hashes_of(_loaded(moved).entry) == hashes_of(_loaded().entry)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("2 ** 60", "2 ** 61", "examples"),
        ('!py "2 ** 60"', '"2 ** 60"', "examples"),
        ("id: second, ", "id: third, ", "examples"),
        ("match: text", "match: texts", "v1.refuses"),
        ("witness: {value: a}", "witness: {value: b}", "v1.refuses"),
        ('leaves: "3"', 'leaves: "4"', "leaves"),
        ("inputs:", "stores: [sqlite]\ninputs:", "stores"),
    ],
)
def test_a_part_that_is_another_has_another_hash(old: str, new: str, part: str) -> None:
    assert TEXT.count(old) == 1
    before, now = hashes_of(_loaded().entry), hashes_of(_loaded(TEXT.replace(old, new)).entry)
    assert {name for name in before if before[name] != now[name]} == {part}


def test_whether_an_entry_starts_its_runs_itself_is_a_part() -> None:
    entry = _loaded().entry
    before, now = hashes_of(entry), hashes_of(entry.model_copy(update={"starts_runs": True}))
    assert {name for name in before if before[name] != now[name]} == {"starts_runs"}
