"""The page about the guide: complete, valid, escaped, and linked with the other page both ways."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise

import pytest
from parsed_pages import Page
from report_samples import (
    GUIDE,
    HOSTILE,
    MAPPING,
    guide_report,
    hostile_errata,
    hostile_report,
    report,
    result,
    rich_report,
    whole,
)

from harness.report.guide import NO_BETTER
from harness.report.html import render_guide, render_html
from harness.report.model import Report

REPORTS = {
    "guide": guide_report(),
    "no guide": rich_report(),
    "no results": report([], [], guide=GUIDE),
    "errata": hostile_errata("text"),
}


def page(of: Report) -> Page:
    return Page(render_guide(of))


@pytest.mark.parametrize("of", REPORTS.values(), ids=REPORTS)
def test_every_link_leads_somewhere_and_no_id_is_there_twice(of: Report) -> None:
    found, other = page(of), Page(render_html(of))
    ids = found.values("id")
    assert len(set(ids)) == len(ids)
    links = [link for link in found.values("href") if link != "data:,"]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    elsewhere = {link for link in links if not link.startswith("#")}
    assert "index.html" in elsewhere
    assert {link.partition("#")[0] for link in elsewhere} == {"index.html"}
    assert {link.partition("#")[2] for link in elsewhere if "#" in link} <= set(other.values("id"))
    labelled = {name for value in found.values("aria-labelledby") for name in value.split()}
    assert labelled <= set(ids)


def test_both_pages_lead_to_each_other() -> None:
    assert "guide.html" in Page(render_html(guide_report())).values("href")
    assert "guide.html" not in Page(render_html(rich_report())).values("href")


@pytest.mark.parametrize("of", REPORTS.values(), ids=REPORTS)
def test_headings_do_not_leave_out_a_level(of: Report) -> None:
    levels = [int(tag[1]) for tag in page(of).shape if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_policy_allows_nothing_but_the_pages_own_style() -> None:
    found = page(guide_report())
    [policy] = [attrs["content"] or "" for tag, attrs in found.tags if "http-equiv" in attrs]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    digest = base64.b64encode(hashlib.sha256(found.raw["style"].encode()).digest()).decode()
    assert rules == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert "script" not in found.shape
    names = {name for _, attrs in found.tags for name in attrs}
    assert not {name for name in names if name.startswith("on")} | names & {"style", "src", "action"}


@pytest.mark.parametrize("make", [hostile_report, hostile_errata])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_only_text_wherever_it_stands(text: str, make: object) -> None:
    assert callable(make)
    plain = re.sub(r"[^ ]", "x", text)
    harmless, found = page(make(plain)), page(make(text))
    assert found.shape == harmless.shape
    assert [list(attrs) for _, attrs in found.tags] == [list(attrs) for _, attrs in harmless.tags]
    assert found.raw == harmless.raw
    assert not {"\x00", "\x1b", "\u200b", "\u2028", "\u202c", "\u202e"} & set("".join(found.texts))


def test_it_has_the_sections_with_what_became_of_their_claims() -> None:
    text = page(guide_report()).text
    assert "2 of 3 sections covered, 40 of 40 lines" in text
    assert "Log a list of metrics log-list 1 1 not checked on every store" in text
    assert "View run info and data view-metric-history 1 1 refuted , 1 unverifiable" in text
    assert "Elsewhere elsewhere 1 1 not checked not in this report" in text


def test_it_has_the_errata_with_their_places() -> None:
    text = page(guide_report()).text
    assert "Errata 2 shown" in text
    assert "View run info and data , lines 20 and 22-30" in text
    assert "What happens: It is the largest of those with the newest timestamp and step." in text


def test_it_has_each_statement_with_its_claims() -> None:
    text = page(guide_report()).text
    assert "20 Says so in line 20." in text
    assert "22-30 Code." in text
    assert "\N{MULTIPLICATION SIGN} refuted view-metric-history/only-last" in text


def test_both_pages_tell_apart_what_is_shown_and_what_is_only_said() -> None:
    of = report([], rich_report().mappings, guide=GUIDE)
    assert "Errata 0 shown, 1 not checked" in page(of).text
    assert "Errata: 0 shown, 1 not checked." in Page(render_html(of)).text
    assert "Errata: 2 shown." in Page(render_html(guide_report())).text


def test_code_of_ours_has_what_is_wrong_with_it() -> None:
    assert "It was not verified." in page(hostile_errata("text")).text


def test_where_the_recommended_recipe_does_no_better_it_says_so() -> None:
    hits = {"applied": {"merge": 2}, "applied_usual": {"merge": 1}}
    both = MAPPING.divergences[0].model_copy(update={"recipes": ("guide", "recommended")})
    mapping = MAPPING.model_copy(update={"divergences": (both,)})
    text = page(report(whole(result("property", **hits)), [mapping], guide=GUIDE)).text
    assert NO_BETTER in text
    assert "Instead:" not in text


def test_without_a_guide_it_says_so() -> None:
    assert "made without an index of the guide" in page(rich_report()).text


def test_without_results_it_claims_nothing() -> None:
    text = page(report([], [], guide=GUIDE)).text
    assert "None: no claim was checked." in text
    assert "holds" not in text


def test_the_same_report_gives_the_same_page() -> None:
    assert render_guide(guide_report()) == render_guide(guide_report())
