from __future__ import annotations

from dataclasses import replace

import pytest
from golden_index_messages import CASES, GOLDEN, golden
from guide_samples import INDEX, INDEX_PATH, changed
from pydantic import ValidationError

from harness.guide.loading import FORM
from harness.guide.model import GuideIndex
from harness.spec.complaints import schema_problems
from harness.spec.reading import read_document

MESSAGES = golden()


@pytest.mark.parametrize("name", MESSAGES)
def test_what_is_read(name: str) -> None:
    kept = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert f"{MESSAGES[name]}\n" == kept, (
        "write it anew: PYTHONPATH=tests python tests/guide/golden_index_messages.py"
    )


def test_every_index_has_a_problem_and_its_message() -> None:
    assert all(MESSAGES.values())
    assert {path.stem for path in GOLDEN.iterdir()} == set(MESSAGES)
    assert len(MESSAGES) == len(CASES)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (changed("harness-index: 1", "harness-index: 2"), "this release reads version 7: `harness-index: 7`"),
        ("just: this", "an other needs the keys"),
    ],
    ids=["version", "name"],
)
def test_messages_have_the_version_and_the_name_of_their_own_format(text: str, told: str) -> None:
    document = read_document(text, INDEX_PATH)
    with pytest.raises(ValidationError) as caught:
        GuideIndex.model_validate(document.data)
    form = replace(FORM, whole="an other", version=7)
    problems = schema_problems(caught.value.errors(include_url=False), document, form)
    assert told in " ".join(f"{problem.message} {problem.hint}" for problem in problems)


def test_a_file_that_is_not_even_a_mapping_is_called_by_its_format() -> None:
    document = read_document(INDEX, INDEX_PATH)
    with pytest.raises(ValidationError) as caught:
        GuideIndex.model_validate([])
    [problem] = schema_problems(caught.value.errors(include_url=False), document, FORM)
    assert problem.message == "an index must be a mapping of keys to values, but is a list"
