from __future__ import annotations

import pytest
from guide_samples import INDEX, INDEX_PATH, changed, loaded_index
from ruamel.yaml import YAML

from harness.guide import LoadedIndex, load_index, only_index
from harness.guide.model import part_at
from harness.spec.load import load_text


def _codes(text: str) -> list[tuple[str, str]]:
    outcome = load_index(text, INDEX_PATH)
    assert not isinstance(outcome, LoadedIndex)
    return [(f"{problem.location.line}:{problem.location.column}", problem.code) for problem in outcome]


def test_a_good_index_is_loaded() -> None:
    index = loaded_index().index
    assert (index.title, index.lines, len(index.sections), len(index.parts)) == (
        "Counting and telling",
        20,
        2,
        2,
    )
    assert index.parts[0].text[0].lines == (7, 7)
    assert index.parts[0].code[0].lines == (11, 13)
    assert [each.claims for each in index.parts[0].text[0].states] == [
        ("is-a-number",),
        ("nobody-counts", "telling/words-are-counted"),
    ]


@pytest.mark.parametrize(("line", "title"), [(4, None), (5, "Counting"), (14, "Counting"), (15, "Telling")])
def test_a_section_reaches_to_the_next_heading(line: int, title: str | None) -> None:
    assert loaded_index().index.section_at(line) == title


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("harness-index: 1", "harness-index: 2", ("1:16", "format-version")),
        ("harness-index: 1", "harness-index: true", ("1:16", "format-version")),
        ("title: Counting and telling\n", "", ("1:1", "missing-key")),
        ("published:", "publisht:", ("3:1", "unknown-key")),
        ("lines: 20\n", "lines: many\n", ("5:8", "wrong-type")),
        ("lines: [11, 13]", "lines: [11, 12, 13]", ("22:16", "wrong-type")),
        ("lines: [11, 13]", "lines: 11-13", ("22:16", "wrong-type")),
        ("lines: [11, 13]", "lines: true", ("22:16", "wrong-type")),
        ("- {line: 5, title: Counting}", "- {line: '5', title: Counting}", ("8:12", "wrong-type")),
        ("what: links", "what: poems", ("36:12", "wrong-value")),
        ("    claims: [is-no-number]", "    claims: []", ("32:21", "too-few")),
        ("entry: telling", "entry: Telling!", ("25:12", "bad-slug")),
    ],
)
def test_what_has_the_wrong_shape_is_told_with_its_place(
    old: str, new: str, problem: tuple[str, str]
) -> None:
    assert problem in _codes(changed(old, new))


def test_a_hash_is_64_digits() -> None:
    text = INDEX.replace("sha256: ", "sha256: x", 1)
    assert ("6:9", "wrong-type") in _codes(text)


@pytest.mark.parametrize(
    "text", ["", "- a list\n", "harness-index: [1\n", "harness-index: 1\nharness-index: 1\n"]
)
def test_what_is_no_index_at_all_is_told_too(text: str) -> None:
    assert _codes(text)


def test_an_index_is_no_entry() -> None:
    outcome = load_text(INDEX, INDEX_PATH)
    assert isinstance(outcome, tuple)
    assert [problem.code for problem in outcome] == ["not-an-entry"]


def test_a_second_index_is_told_with_the_first() -> None:
    document = loaded_index().document
    outcome = only_index([document, document])
    assert isinstance(outcome, tuple)
    assert [(problem.code, problem.hint) for problem in outcome] == [
        ("second-index", f"the other is {INDEX_PATH}")
    ]


def test_no_index_is_none() -> None:
    assert only_index([]) is None


def test_every_mapping_of_an_index_has_its_model() -> None:
    def walk(value: object, path: tuple[object, ...]) -> None:
        if isinstance(value, dict):
            part = part_at(path)
            assert part is not None, path
            allowed = {field.alias or name for name, field in part.model_fields.items()}
            assert set(value) <= allowed
            for key, item in value.items():
                walk(item, (*path, key))
        elif isinstance(value, list):
            for number, item in enumerate(value):
                walk(item, (*path, number))

    walk(YAML(typ="safe").load(INDEX), ())
