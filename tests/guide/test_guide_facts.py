"""What a report says of the guide is what the index says."""

from __future__ import annotations

from guide_samples import changed, changed_entries, loaded_entries, loaded_index

from harness.guide.facts import claim_info, declared, guide_info, is_same_claim
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
    entry = loaded_entries()[1]
    claim = entry.entry.claims[1]
    assert claim_info(entry, claim).script is None
    assert claim_info(entry, claim, "print()").script == "print()"


def test_a_claim_has_what_its_check_sees() -> None:
    entry, _ = loaded_entries()
    checked, unverifiable, _ = (claim_info(entry, claim) for claim in entry.entry.claims)
    assert (checked.given, unverifiable.given) == ({"value": "1"}, None)
    more = "given: {value: !py 1 + 1}\n    stores: [sqlite]\n    versions: {mlflow: '>=3'}"
    texts = changed_entries("counting", "check: value + 0", f"{more}\n    check: value + 0")
    changed_one = loaded_entries(texts)[0]
    own = claim_info(changed_one, changed_one.entry.claims[0])
    assert (own.given, own.stores, own.versions) == ({"value": "1 + 1"}, ("sqlite",), {"mlflow": ">=3"})
    assert not is_same_claim(checked, own)
