from __future__ import annotations

import pytest
from markdown_samples import HOSTILE_MARKDOWN, linked, shape, tokens
from report_samples import MAPPING, header, report, result, rich_report, whole

from harness.report.facts import ClaimInfo, DivergenceInfo
from harness.report.markdown import code, escape, fenced, render_markdown


def test_the_parts_of_the_page() -> None:
    text = render_markdown(rich_report())
    assert "| mapping | recipe | sqlite | file |" in text
    assert "| `log-list` | `guide` | broken | not-verified |" in text
    assert "- **broken**: " in text
    for part in ("Needs attention", "What differs", "Does not hold in the guide", "Cannot be checked here"):
        assert f"## {part}\n" in text
    assert "only within one millisecond" in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize("hostile", HOSTILE_MARKDOWN, ids=range(len(HOSTILE_MARKDOWN)))
def test_escaped_text_means_itself(hostile: str) -> None:
    assert set(tokens(f"- {escape(hostile)}")) <= {
        "bullet_list_open",
        "list_item_open",
        "paragraph_open",
        "inline",
        "text",
        "text_special",
        "paragraph_close",
        "list_item_close",
        "bullet_list_close",
    }
    assert len(escape(hostile)) < 1_000


@pytest.mark.parametrize("hostile", HOSTILE_MARKDOWN, ids=range(len(HOSTILE_MARKDOWN)))
def test_a_hostile_value_changes_nothing_of_the_page(hostile: str) -> None:
    def page(text: str) -> str:
        mapping = MAPPING.model_copy(
            update={
                "title": text,
                "divergences": (
                    DivergenceInfo(id="merge", effect="altered", because=text, recipes=("guide",)),
                ),
                "claims": (ClaimInfo(id="note", says=text, cites=text, refuted=text),),
            }
        )
        results = whole(
            result("property", outcome="failed", message=text, counterexample={"name": text}),
            result("witness", text, applied={"merge": 1}),
            result("claim", "note", refuted=True),
        )
        results = [item for item in results if item.id != "ours"]
        return render_markdown(report(results, [mapping], header=header(platform=text)))

    harmless, found = page("harmless"), page(hostile)
    # One line of the counterexample or of the message is one line of the page; only those may be several.
    assert shape(found) == shape(harmless)
    assert not {"html_inline", "html_block"} & set(shape(found))
    assert linked(found) == []
    assert not {"\x1b", "\x00", "\u202e"} & set(found)
    assert len(found) < 15_000


def test_a_hostile_name_stays_in_its_cell() -> None:
    names = ("a|b", "`x`", "<b>", "y\nz")
    mapping = MAPPING.model_copy(update={"stores": names})
    results = [item.model_copy(update={"store": name}) for item in whole() for name in names]
    text = render_markdown(report(results, [mapping], header=header(stores=names)))
    kinds = tokens(text)
    assert kinds.count("th_open") == kinds.count("td_open") == 2 + len(names)


def test_a_fence_is_longer_than_what_is_in_it() -> None:
    assert fenced("`````").startswith("``````text\n")
    assert tokens(fenced("a\n```\n# b\n~~~\n<p>")) == ["fence"]


def test_long_messages_are_cut_and_it_is_said() -> None:
    text = fenced("\n".join(["y" * 10_000] * 1_000))
    assert "(9,400 more characters)" in text
    assert "... and 800 more lines" in text


def test_no_html_is_left() -> None:
    assert escape("<b>&") == "&lt;b&gt;&amp;"


def test_names_are_code() -> None:
    assert code("log-list") == "`log-list`"
    assert code("a`b") == "a\\`b"
