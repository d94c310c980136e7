"""What a report says of the guide is what the index says."""

from __future__ import annotations

from guide_samples import changed, loaded_entries, loaded_index

from harness.guide.facts import claim_info, declared, guide_info
from harness.report.facts import GuideInfo


def test_the_index_as_facts() -> None:
    info = guide_info(loaded_index())
    assert (info.title, info.published, info.date) == ("Counting and telling", "our own library", "2026")
    assert (info.lines, info.covered) == (20, 20)
    assert [(part.entry, part.section) for part in info.parts] == [
        ("counting", "Counting"),
        ("telling", "Telling"),
    ]
    text, code = info.parts[0].passages
    assert (text.kind, text.first, text.last) == ("text", 7, 7)
    assert [each.claims for each in text.states] == [
        ("counting/is-a-number",),
        ("counting/nobody-counts", "telling/words-are-counted"),
    ]
    assert (code.kind, code.first, code.last, code.claims) == ("code", 11, 13, ("counting/is-a-number",))


def test_facts_go_to_json_and_back() -> None:
    info = guide_info(loaded_index())
    assert GuideInfo.model_validate_json(info.model_dump_json()) == info


def test_lines_that_are_covered_are_counted() -> None:
    text = changed("[4, 6, 8, 10, 14, 16, 19]", "[4, 6, 8, 10, 14, 14, 0, 99]")
    assert guide_info(loaded_index(text)).covered == 18


def test_what_an_entry_declares() -> None:
    info = declared(loaded_entries()[1])
    assert (info.id, info.guide, info.recipes) == ("telling", "Telling", ("guide",))
    no_number, counted = info.claims
    assert (no_number.cites, no_number.refuted) == ("Telling", None)
    assert (counted.cites, counted.refuted, counted.instead) == (
        "Counting",
        "Somebody does.",
        "Say that some do.",
    )
    assert counted.check == 'len("word") == value'


def test_a_claim_has_its_script_where_there_is_one() -> None:
    claim = loaded_entries()[1].entry.claims[1]
    assert claim_info(claim).script is None
    assert claim_info(claim, "print()").script == "print()"
