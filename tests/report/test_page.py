from __future__ import annotations

import base64
import hashlib
import re
from importlib import resources
from itertools import pairwise

import pytest
from parsed_pages import Page
from report_samples import (
    HOSTILE,
    MAPPING,
    guide_report,
    header,
    hostile_report,
    report,
    result,
    rich_report,
    whole,
    wide_report,
    with_script,
)

from harness.report.facts import Code
from harness.report.html import render_html
from harness.report.model import Observation, Report
from harness.report.page.anchors import anchor
from harness.report.page.engine import LONGEST, SHORT, SYMBOLS
from harness.report.verdicts import VERDICTS


def page(of: Report) -> Page:
    return Page(render_html(of))


def one_failure(message: str = "", **changes: object) -> Report:
    return report(whole(result("property", outcome="failed", message=message, **changes)))


@pytest.mark.parametrize(
    "of",
    [rich_report(), report([], []), wide_report(2), guide_report()],
    ids=["rich", "empty", "wide", "guide"],
)
def test_every_link_leads_somewhere_and_no_id_is_there_twice(of: Report) -> None:
    found = page(of)
    ids = found.values("id")
    assert len(set(ids)) == len(ids)
    assert not any(re.search(r"\s", item) for item in ids)
    links = [link for link in found.values("href") if link != "data:,"]
    assert {link for link in links if not link.startswith("#")} == ({"guide.html"} if of.guide else set())
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert set(found.values("for")) <= set(ids)
    labelled = {name for value in found.values("aria-labelledby") for name in value.split()}
    assert labelled <= set(ids)


def test_ids_are_those_of_the_entry() -> None:
    ids = page(rich_report()).values("id")
    for name in ("log-list", "log-list.merge", "log-list.claim.note", "view-metric-history"):
        assert name in ids


def test_names_that_are_no_ids_get_one_each() -> None:
    odd = ["a b", "a/b", "a.b", "_a", "", "a" * 60, "a" * 61, "\u202e", "<", ">"]
    found = [anchor(name) for name in odd]
    assert len(set(found)) == len(odd)
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}", item) for item in found)
    assert anchor("log-list", "equal-points-merge") == "log-list.equal-points-merge"


def test_headings_do_not_leave_out_a_level() -> None:
    levels = [int(tag[1]) for tag in page(rich_report()).shape if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_policy_allows_nothing_but_the_pages_own_style_and_script() -> None:
    found = page(rich_report())
    [policy] = [attrs["content"] or "" for tag, attrs in found.tags if "http-equiv" in attrs]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for tag in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(found.raw[tag].encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert found.shape.count("style") == found.shape.count("script") == 1
    names = {name for _, attrs in found.tags for name in attrs}
    assert not {name for name in names if name.startswith("on")} | names & {
        "style",
        "src",
        "srcset",
        "action",
    }
    assert not re.search(r"url\(|@import|//\w", found.raw["style"])


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_only_text_wherever_it_stands(text: str) -> None:
    # Of the same length as far as that matters, so that the same boxes are there.
    plain = re.sub(r"[^ ]", "x", text)
    harmless, found = page(hostile_report(plain)), page(hostile_report(text))
    assert found.shape == harmless.shape
    assert [list(attrs) for _, attrs in found.tags] == [list(attrs) for _, attrs in harmless.tags]
    assert found.raw == harmless.raw
    shown = "".join(found.texts) + "".join(found.values("data-store"))
    assert not {"\x00", "\x1b", "\u200b", "\u2028", "\u202c", "\u202e"} & set(shown)


def test_what_a_screen_obeys_is_shown_as_its_escape() -> None:
    found = page(hostile_report("a\u202eb\u200bc\x1b[0m"))
    assert "a\\u202eb\\u200bc\\x1b[0m" in found.text
    assert "a\\u202eb\\u200bc\\x1b[0m" in found.values("data-store")


def test_a_long_name_is_shortened_and_a_long_value_whole_in_a_box() -> None:
    value, name = "v" * 10_000, "n" * 10_000
    infos = [MAPPING.model_copy(update={"title": name, "usual": value, "inputs": {"x": value}})]
    text = render_html(report(whole(), infos))
    assert text.count(value) == 2
    assert f"{'n' * SHORT}... ({10_000 - SHORT:,} more characters)" in text
    assert "n" * 10_000 in text
    assert len(text) < 70_000


def test_what_is_very_long_is_cut_and_it_is_said() -> None:
    text = render_html(one_failure("y" * 1_000_000))
    assert "y" * (LONGEST + 1) not in text
    assert f"({1_000_000 - LONGEST:,} more characters)" in text


def test_a_verdict_is_a_word_and_a_shape_not_a_colour() -> None:
    assert set(SYMBOLS) == set(VERDICTS)
    assert len(set(SYMBOLS.values())) == len(VERDICTS)
    assert "? not-verified" in page(rich_report()).text.replace("?not", "? not")


def test_the_words_are_explained_once_with_their_number() -> None:
    text = page(rich_report()).text
    for name in ("not-verified", "broken", "lossy-at-edges", "refuses-at-edges", "equivalent"):
        assert text.count(VERDICTS[name]) == 1  # type: ignore[index]
    assert f"not-verified 2 {VERDICTS['not-verified']}" in text


def test_what_failed_is_open_and_what_passed_is_folded() -> None:
    found = page(rich_report())
    panels = {
        attrs["id"]: "open" in attrs for _, attrs in found.tags if "panel" in str(attrs.get("class")).split()
    }
    assert panels == {"log-list": True, "view-metric-history": False}


def test_of_many_failures_the_first_few_are_open() -> None:
    more = [result("directed", f"d{number}", outcome="failed", message="m") for number in range(50)]
    found = page(report(whole(*more)))
    states = ["open" in attrs for _, attrs in found.tags if attrs.get("class") == "failure"]
    assert states == [True] * 5 + [False] * 45


def test_a_failure_has_its_message_and_its_script_apart() -> None:
    text = render_html(one_failure(with_script("They differ.", "if True:\n    print('<run>')")))
    assert ">They differ.</pre>" in text
    assert "<code>if True:\n    print(&#x27;&lt;run&gt;&#x27;)</code>" in text


def test_the_input_stands_there_where_no_script_has_it() -> None:
    text = page(one_failure("", counterexample={"values": "[0, -0.0]", "clock": "stopped"})).text
    assert "Input clock stopped values [0, -0.0]" in text


@pytest.mark.parametrize(
    ("compare", "told"), [("numbers", "that run."), ("text", "that run, compared as text")]
)
def test_of_a_reading_across_it_shows_what_reads(compare: str, told: str) -> None:
    info = MAPPING.model_copy(
        update={
            "v1": Code(log="run.log_list(name, values)", read="run.get_metrics()"),
            "recipes": ("reads-across",),
            "mlflow": {
                "reads-across": Code(
                    log="run.log_list(name, values)", read="client.get_run(run_id)", compare=compare
                )
            },
        }
    )
    text = page(report(whole(), [info])).text
    assert text.count("run.log_list(name, values)") == 1
    assert "client.get_run(run_id)" in text
    assert f"SDK v1 logs, and MLflow reads {told}" in text


def test_a_divergence_shows_what_both_sides_gave_for_its_witness() -> None:
    infos = [
        MAPPING.model_copy(
            update={
                "divergences": tuple(
                    item.model_copy(update={"witness": {"values": "[0, 0]"}, "when": "has_equal(v1)"})
                    for item in MAPPING.divergences
                )
            }
        )
    ]
    seen = Observation(v1="[0, 0]", expected="[0]", mlflow="[0]", applied=("merge",))
    hits = {"applied": {"merge": 3}, "applied_usual": {"merge": 2}, "applied_clocks": {"merge": ("stopped",)}}
    text = page(report(whole(result("witness", "merge", observed=seen, **hits)), infos)).text
    assert "For instance values = [0, 0] :" in text
    assert "[0, 0] [0] 3 inputs, 2 of them usual; only within one millisecond" in text
    assert "when has_equal(v1)" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "✓ holds"),
        ({"refuted": True}, "\N{MULTIPLICATION SIGN} refuted"),
        ({"outcome": "failed"}, "! fails its check"),
        ({"outcome": "error"}, "! could not be run"),
        ({"outcome": "skipped", "skipped_because": "unreachable"}, "\N{EN DASH} store not reachable"),
    ],
)
def test_a_claim_says_what_became_of_it(changes: dict[str, object], words: str) -> None:
    assert f"{words} Points may merge." in page(report(whole(result("claim", "note", **changes)))).text


def test_a_stopped_and_a_cut_report_say_so_first() -> None:
    whole_report = rich_report()
    assert whole_report.footer is not None
    cut = page(whole_report.model_copy(update={"footer": None})).text
    assert "Cut short." in cut
    assert "the run was cut short, and what follows is only a part" in cut
    stopped = whole_report.footer.model_copy(update={"complete": False})
    assert "Stopped before its end." in page(whole_report.model_copy(update={"footer": stopped})).text
    assert "Complete." in page(whole_report).text


def test_an_empty_report_is_a_page_too() -> None:
    text = page(report([], [])).text
    assert "There are no results: nothing was checked." in text
    assert "There are none" in text


def test_a_time_that_no_calendar_has_is_shown_as_it_is() -> None:
    text = page(report([], [], header=header(started="2026-99-99T10:00:00Z"))).text
    assert "started 2026-99-99 10:00 UTC took until 2026-01-01 10:00 UTC" in text


def test_the_same_report_gives_the_same_page() -> None:
    assert render_html(rich_report()) == render_html(rich_report())


def _luminance(colour: str) -> float:
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_colours_have_contrast_in_light_and_dark() -> None:
    css = (resources.files("harness.report.page") / "page.css").read_text(encoding="utf-8")
    themes = [dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", part)) for part in css.split("@media")[:2]]
    assert [len(theme) for theme in themes] == [13, 13]
    for theme in themes:
        for name in ("ink", "soft", "link", "red", "amber", "blue", "green", "violet"):
            for ground in ("paper", "shade"):
                bright, dim = sorted((_luminance(theme[name]), _luminance(theme[ground])), reverse=True)
                assert (bright + 0.05) / (dim + 0.05) >= 4.5, f"{name} on {ground} of {theme}"
