"""A small guide of our own, the index of it, and the entries that check it; and how each is made wrong."""

from __future__ import annotations

from pathlib import Path

from harness.guide import LoadedIndex, checked_index, load_index
from harness.guide.matching import hash_of, lines_of
from harness.spec import Loaded, LoadedEntry, Problem, load_text
from harness.spec.load import load_entries

GUIDE = """\
---
title: Counting and telling
---

# Counting

Whatever is counted is a number. Nobody counts by hand.

__Then__

```python
count("steps", 3)
```

## Telling

> [!NOTE]
> A word is no number.

* [More on words](words.md).
"""

INDEX_PATH = Path("guide-index.yaml")


def _hash(first: int, last: int) -> str:
    return hash_of(lines_of(GUIDE)[first - 1 : last])


INDEX = f"""\
harness-index: 1
title: Counting and telling
published: our own library
date: "2026"
lines: 20
sha256: {_hash(1, 20)}
sections:
  - {{line: 5, title: Counting}}
  - {{line: 15, title: Telling}}
parts:
  - entry: counting
    section: Counting
    text:
      - lines: 7
        sha256: {_hash(7, 7)}
        states:
          - says: What is counted is a number.
            claims: [is-a-number]
          - says: People leave counting to others.
            claims: [nobody-counts, telling/words-are-counted]
    code:
      - lines: [11, 13]
        sha256: {_hash(11, 13)}
        claims: [is-a-number]
  - entry: telling
    section: Telling
    text:
      - lines: 18
        sha256: {_hash(18, 18)}
        states:
          - says: Words are not numbers.
            claims: [is-no-number]
other:
  - {{what: front matter, lines: [[1, 3]]}}
  - {{what: label, lines: [9, 17]}}
  - {{what: links, lines: [20]}}
  - {{what: blank, lines: [4, 6, 8, 10, 14, 16, 19]}}
"""

ENTRY = """\
harness: 1
id: {id}
title: {id}
{origin}
inputs:
  value: st.integers(0, 100)
usual: "True"
examples:
  - {{guide: {guide}, value: 1}}
  - {{value: 2}}
v1:
  log: run.log("m", value)
  read: run.get_metrics()["m"]
mlflow:
  guide:
    log: mlflow.log_metric("m", value)
    read: client.get_run(run_id).data.metrics["m"]
compare: numbers
{claims}"""

COUNTING = """\
claims:
  - id: is-a-number
    says: What is counted is a number.
    check: value + 0 == value
  - id: nobody-counts
    says: Nobody counts by hand.
    unverifiable: Hands cannot be seen from here.
  - id: ours
    says: One follows zero.
    cites: null
    check: 0 + 1 == 1
"""
TELLING = """\
claims:
  - id: is-no-number
    says: A word is no number.
    check: not is_number("1")
  - id: words-are-counted
    says: Nobody counts words by hand either.
    cites: Counting
    check: len("word") == value
    refuted: Somebody does.
    instead: Say that some do.
"""


def entry_text(name: str, section: str | None, claims: str) -> str:
    """An entry that checks a section of the guide, or none."""
    origin = "sources: [ours]" if section is None else f"guide: {section}"
    return ENTRY.format(id=name, origin=origin, guide=str(section is not None).lower(), claims=claims)


ENTRIES = {
    "counting": entry_text("counting", "Counting", COUNTING),
    "telling": entry_text("telling", "Telling", TELLING),
}


def loaded_index(text: str = INDEX) -> LoadedIndex:
    """The index, which must be of the right shape."""
    index = load_index(text, INDEX_PATH)
    assert isinstance(index, LoadedIndex), index
    return index


def loaded_entries(texts: dict[str, str] = ENTRIES) -> list[LoadedEntry]:
    """The entries, which must be without problems."""
    entries = [load_text(text, Path(f"{name}.yaml")) for name, text in texts.items()]
    assert all(isinstance(entry, LoadedEntry) for entry in entries), entries
    return [entry for entry in entries if isinstance(entry, LoadedEntry)]


def changed(old: str, new: str, text: str = INDEX) -> str:
    """The text with the one place where `old` stands changed."""
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)


def changed_entries(name: str, old: str, new: str) -> dict[str, str]:
    """The entries, one of them changed in one place."""
    return {**ENTRIES, name: changed(old, new, ENTRIES[name])}


def problems_of(
    index: str = INDEX, entries: dict[str, str] = ENTRIES, guide: str | None = None
) -> list[Problem]:
    """Everything that is wrong with an index, entries and a guide together."""
    outcome = load_index(index, INDEX_PATH)
    if not isinstance(outcome, LoadedIndex):
        return list(outcome)
    loaded = Loaded(tuple(loaded_entries(entries)), (), (outcome.document,))
    return list(checked_index(loaded, guide)[1])


def codes_of(problems: list[Problem]) -> set[str]:
    """Which kinds of problem there are."""
    return {problem.code for problem in problems}


def write_all(folder: Path, index: str = INDEX, entries: dict[str, str] = ENTRIES) -> Path:
    """Writes index and entries as files, and says where."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / INDEX_PATH).write_text(index, encoding="utf-8")
    for name, text in entries.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert load_entries([folder]).problems == ()
    return folder
