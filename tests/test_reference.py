"""What `specs/README.md` tells authors: its reference is that of the code, and its example is accepted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.guide.schema import schema_text as index_schema_text
from harness.reference import BEGIN, END, signature_of, with_reference
from harness.spec import RELATION_NAMES, LoadedEntry, all_names, load_text
from harness.spec.load import INDEX_KEY
from harness.spec.model import STRUCTURE
from harness.spec.schema import schema_text
from harness.stores.catalogue import known_store_names

GUIDE = Path(__file__).parents[1] / "specs" / "README.md"
TEXT = GUIDE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?ms)^```yaml\n(.*?)^```$", TEXT)


def test_the_reference_is_up_to_date() -> None:
    assert with_reference(TEXT) == TEXT, "write it anew: python -m harness.reference"


def test_the_reference_has_everything() -> None:
    generated = TEXT.partition(BEGIN)[2].partition(END)[0]
    told = set(re.findall(r"(?m)^\| `(\w+)", generated))
    assert {name.name for name in all_names()} <= told
    assert {*RELATION_NAMES, *known_store_names()} <= told
    for part in STRUCTURE.values():
        assert set(part.model_fields) - {"inputs"} <= told


def test_the_worked_example_is_accepted() -> None:
    (whole,) = (block for block in BLOCKS if block.startswith("harness: 1\n"))
    loaded = load_text(whole, Path("log-word.yaml"))
    assert isinstance(loaded, LoadedEntry), "\n".join(map(str, loaded))


def test_each_step_shows_a_part_of_the_whole_example() -> None:
    whole = next(block for block in BLOCKS if block.startswith("harness: 1\n"))
    parts = [block for block in BLOCKS if block != whole and not block.startswith(("#", "calls:"))]
    assert len(parts) == 2
    for part in parts:
        for line in part.splitlines():
            assert f"\n{line}\n" in whole


@pytest.mark.parametrize("path", sorted(GUIDE.parent.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_file_tells_editors_its_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    schema = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    expected = index_schema_text() if f"\n{INDEX_KEY}:" in text else schema_text()
    assert (path.parent / schema).read_text(encoding="utf-8") == expected


def test_every_command_is_one() -> None:
    from harness.cli import cli

    told = set(re.findall(r"`harness ([a-z]+)", TEXT)) | set(re.findall(r"(?m)^\$ harness ([a-z]+)", TEXT))
    assert told
    assert told <= set(cli.commands)


def test_every_link_leads_somewhere() -> None:
    headings = re.findall(r"(?m)^##+ (.+)$", TEXT)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif not target.startswith("https://"):
            assert (GUIDE.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}\n{BEGIN}", f"{BEGIN}{BEGIN}{END}"])
def test_a_text_without_room_for_the_reference_is_left_alone(text: str) -> None:
    with pytest.raises(BadInput, match="needs these two lines"):
        with_reference(text)


def test_a_signature_is_short() -> None:
    def call(one: int, *others: str, size: int = 3, table: tuple[int, ...] = tuple(range(50))) -> None: ...

    assert signature_of(call) == (
        "(one: int, *others: str, size: int = 3, table: tuple[int, ...] = ...) -> None"
    )
    assert signature_of(call, types=False) == "(one, *others, size=3, table=...)"
    assert signature_of(5) == signature_of(type) == ""


def test_the_divergence_that_raises_is_that_of_the_entry_that_it_is_said_to_be_of() -> None:
    shown = next(block for block in BLOCKS if "raises:" in block)
    named = re.search(r"divergences of (specs/\S+)", shown)
    assert named
    entry = (GUIDE.parents[1] / named.group(1)).read_text(encoding="utf-8")
    for line in shown.splitlines()[1:]:
        assert f"  {line}\n" in entry
