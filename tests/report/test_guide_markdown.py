"""The errata as they could be sent: complete, runnable, and escaped."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_samples import HOSTILE_MARKDOWN, linked, shape
from report_samples import GUIDE, HOSTILE, guide_report, hostile_errata, report, rich_report, whole

from harness.report.guide import NO_BETTER, overview, overview_of
from harness.report.guide_markdown import prose, render_errata
from harness.report.model import Report


def _text(of: Report, setting: str = "mlflow 3", *notes: str) -> str:
    found = overview_of(of)
    assert found is not None
    return render_errata(found, setting, notes)


def test_it_has_everything_that_whoever_mends_it_needs() -> None:
    text = _text(guide_report())
    for told in (
        "# Errata: From here to there\n",
        "our own library, as of 2026.",
        "Thank you for the guide.",
        "2 points did not turn out as the guide has them: 1 about what it says, 1 about what its code keeps. "
        "With 0 of them stands what we would write instead, with 0 a script that shows it.",
        "Found with mlflow 3.",
        "## 1. Log a list of metrics, lines 5-9\n",
        "## 2. View run info and data, lines 20 and 22-30\n",
        "**The guide:** Only the most recent value is in metrics.\n",
        "**What happens:** It is the largest of those with the newest timestamp and step.\n",
        "Shown on sqlite.",
    ):
        assert told in text
    assert "\n\n\n" not in text
    assert text.endswith("\n")


def test_scripts_and_code_are_fenced_as_python() -> None:
    text = _text(hostile_errata("print(1)"))
    assert text.count("```python\nprint(1)\n```") == 3
    assert "For instance with `print(1)` = `print(1)`:" in text
    assert "- SDK v1 gives `print(1)`\n- MLflow gives `print(1)`" in text


@pytest.mark.parametrize(
    "text", [*HOSTILE, *HOSTILE_MARKDOWN], ids=range(len(HOSTILE) + len(HOSTILE_MARKDOWN))
)
def test_a_hostile_text_is_only_text_wherever_it_stands(text: str) -> None:
    # A line of code in a fence is cut where it is very long, but never ends its fence.
    found, harmless = (_text(hostile_errata(each), each, each) for each in (text, "words"))
    assert shape(found) == shape(harmless)
    assert linked(found) == []


def test_a_point_that_was_not_shown_is_counted_apart() -> None:
    found = overview_of(hostile_errata("words"))
    assert found is not None
    first, second = found.errata
    said = replace(first, is_shown=False)
    one = render_errata(replace(found, errata=(said, second)))
    assert "1 point did not turn out as the guide has them: 0 about what it says, 1 about" in one
    assert "With 1 of them stands what we would write instead, with 1 a script that shows it." in one
    assert "1 more point below is what our entries say, not checked in this run." in one
    three = render_errata(replace(found, errata=(said, second, said, said)))
    assert "3 more points below are what our entries say, not checked in this run." in three
    none = render_errata(replace(found, errata=(said,)))
    assert "No point was found" in none
    assert "1 point below is what our entries say, not checked in this run." in none


def test_what_is_to_be_known_of_the_results_stands_under_the_introduction() -> None:
    found = overview_of(guide_report())
    assert found is not None
    text = render_errata(found, "mlflow 3", ["the run was cut short", "*a* <b>"])
    assert "\n\n**Note:** the run was cut short.\n\n**Note:** \\*a\\* &lt;b&gt;.\n\n" in text
    assert text.index("Thank you") < text.index("**Note:**") < text.index("2 of 3 sections")


def test_code_of_ours_has_what_is_wrong_with_it() -> None:
    assert "**But:** It was not verified.\n" in _text(hostile_errata("words"))


def test_where_the_recommended_recipe_does_no_better_nothing_stands_there_instead() -> None:
    found = overview_of(hostile_errata("words"))
    assert found is not None
    words, code = found.errata
    no_better = replace(code, code="", caveat=NO_BETTER)
    text = render_errata(replace(found, errata=(words, no_better)))
    assert f"**Note:** {NO_BETTER}\n" in text
    assert "**But:**" not in text
    assert "With 1 of them stands what we would write instead" in text


def test_nothing_is_cut_that_the_guides_authors_need() -> None:
    long, script = "word " * 400 + "end", "\n".join(f"print({number})" for number in range(500))
    assert long in _text(hostile_errata(long))
    assert script in _text(hostile_errata(script))
    assert "more lines" in _text(hostile_errata("x\n" * 5_000))


def test_where_nothing_was_found_it_says_so() -> None:
    of = report(whole(), guide=GUIDE.model_copy(update={"parts": GUIDE.parts[:1]}))
    text = _text(of)
    assert "No point was found" in text
    assert "##" not in text


def test_what_was_not_checked_is_not_said_to_be() -> None:
    text = render_errata(overview(GUIDE, rich_report().mappings))
    assert "Nothing of this was checked" in text
    assert "We checked" not in text
    assert "_This is what the entry says; the report has no check of it._" in text


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("`log` logs it.", "`log` logs it."),
        ("Use `log_dict` *now*", "Use `log_dict` \\*now\\*"),
        ("one ` alone", "one \\` alone"),
        ("see `[0, 0]` and <b>", "see \\[0, 0\\] and &lt;b&gt;"),
    ],
)
def test_code_in_a_sentence_stays_code(sentence: str, told: str) -> None:
    assert prose(sentence) == told
