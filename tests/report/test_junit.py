from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from report_samples import HOSTILE, MAPPING, hostile_report, report, result, rich_report, whole, wide_report

from harness.report.junit import TEXT_LIMIT, render_junit
from harness.report.model import Report

NUMBER = r"\d+"
SECONDS = r"\d+\.\d{3}"
COUNTS = {"tests": NUMBER, "failures": NUMBER, "errors": NUMBER, "skipped": NUMBER, "time": SECONDS}
SHAPE: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    # What CI systems agree on: tag to the attributes that it must have, and the tags that may be in it, in order.
    "testsuites": ({"name": ".+", **COUNTS}, ("testsuite",)),
    "testsuite": (
        {"name": ".+", "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", **COUNTS},
        ("properties", "testcase"),
    ),
    "properties": ({}, ("property",)),
    "property": ({"name": ".+", "value": ".*"}, ()),
    "testcase": (
        {"classname": ".+", "name": ".+", "time": SECONDS},
        ("skipped", "error", "failure", "system-out"),
    ),
    "skipped": ({"message": ".+"}, ()),
    "error": ({"message": ".+", "type": ".+"}, ()),
    "failure": ({"message": ".+", "type": ".+"}, ()),
    "system-out": ({}, ()),
}


def check_shape(element: ET.Element) -> None:
    attributes, children = SHAPE[element.tag]
    assert set(element.attrib) == set(attributes)
    for name, pattern in attributes.items():
        assert re.fullmatch(pattern, element.attrib[name], re.DOTALL), f"{element.tag} {name}"
    order = [children.index(child.tag) for child in element]
    assert order == sorted(order)
    for child in element:
        check_shape(child)


def parse(of: Report) -> ET.Element:
    root = ET.fromstring(render_junit(of).encode())
    check_shape(root)
    for suite in [root, *root]:
        cases = list(suite.iter("testcase"))
        assert suite.get("tests") == str(len(cases))
        for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert suite.get(name) == str(sum(case.find(tag) is not None for case in cases))
        assert all(len(case) <= 1 for case in cases)
    return root


def case(root: ET.Element, name: str) -> ET.Element:
    [found] = [item for item in root.iter("testcase") if item.get("name") == name]
    return found


def message(root: ET.Element, name: str, tag: str) -> str:
    found = case(root, name).find(tag)
    assert found is not None
    return found.attrib["message"]


def test_a_suite_for_each_mapping_and_a_case_for_each_result_and_verdict() -> None:
    of = rich_report()
    root = parse(of)
    assert [suite.get("name") for suite in root] == ["log-list", "view-metric-history"]
    assert root.get("tests") == str(len(of.results) + len(of.verdicts))
    keys = [(item.get("classname"), item.get("name")) for item in root.iter("testcase")]
    assert len(set(keys)) == len(keys)
    assert ("conformance.log-list", "witness.raise[recommended-sqlite]") in keys
    assert ("conformance.log-list", "property[guide-file]") in keys
    assert ("conformance.log-list", "claim.note[sqlite]") in keys
    assert ("conformance.log-list", "verdict[guide-sqlite]") in keys


def test_the_setting_stands_once_in_each_suite_and_in_no_case() -> None:
    for suite in parse(rich_report()):
        names = [item.get("name") for item in suite.iter("property")]
        assert names == ["profile", "seed", "platform", "azureml-core", "mlflow", "python"]


def test_the_times_are_those_of_the_results() -> None:
    root = parse(report(whole(result("property", seconds=1.25), result("example", "1", seconds=0.5))))
    assert case(root, "property[guide-sqlite]").get("time") == "1.250"
    assert root.get("time") == root[0].get("time") == "1.750"


def test_a_failure_has_its_first_line_as_message_and_all_of_it_as_text() -> None:
    root = parse(report(whole(result("property", outcome="failed", message="\n They  differ.\nvery"))))
    failure = case(root, "property[guide-sqlite]").find("failure")
    assert failure is not None
    assert failure.attrib == {"message": "They differ.", "type": "difference"}
    assert failure.text == "\n They  differ.\nvery"
    assert message(root, "verdict[guide-sqlite]", "failure") == "unexplained: property failed"


def test_a_failure_without_a_message_has_its_input() -> None:
    of = report(whole(result("property", outcome="failed", counterexample={"values": "[0]"})))
    failure = case(parse(of), "property[guide-sqlite]").find("failure")
    assert failure is not None
    assert failure.text == "log-list, guide on sqlite: property failed\n\n  values = [0]"
    bare = report(whole(result("property", outcome="failed")))
    assert "property failed" in message(parse(bare), "property[guide-sqlite]", "failure")


def test_what_could_not_be_run_is_an_error() -> None:
    root = parse(report(whole(result("property", outcome="error", message="NameError: x"))))
    assert message(root, "property[guide-sqlite]", "error") == "NameError: x"
    assert root.get("errors") == "1"


@pytest.mark.parametrize(
    ("reason", "words"),
    [("not-run", "not run: -k"), ("unreachable", "store not reachable: -k")],
)
def test_what_was_skipped_says_why(reason: str, words: str) -> None:
    of = report(
        whole(result("property", outcome="skipped", skipped_because=reason, examples=0, message="-k"))
    )
    root = parse(of)
    assert message(root, "property[guide-sqlite]", "skipped") == words
    assert message(root, "verdict[guide-sqlite]", "skipped").startswith("not verified: ")


def test_what_falls_short_is_not_green_although_each_result_passed() -> None:
    root = parse(report(whole(result("property", examples=3))))
    assert root.get("failures") == "0"
    wanted = "not verified: property ran 3 of 100 examples"
    assert message(root, "verdict[guide-sqlite]", "skipped") == wanted


def test_a_verdict_says_its_word() -> None:
    said = case(parse(report(whole())), "verdict[guide-sqlite]").findtext("system-out")
    assert said == "equivalent: reads back as in SDK v1 for everything that was tried"


def test_a_run_that_was_stopped_or_compared_nothing_is_an_error() -> None:
    of = report(whole())
    assert "run" not in [suite.get("name") for suite in parse(of)]
    assert "cut short" in message(parse(of.model_copy(update={"footer": None})), "whole", "error")
    assert "nothing was checked" in message(parse(report([], [])), "whole", "error")


@pytest.mark.parametrize("text", [*HOSTILE, "\ud800", "\x85\ufdd0\uffff\U0001fffe"], ids=str.__len__)
def test_a_hostile_text_is_only_text(text: str) -> None:
    def shape(root: ET.Element) -> list[str]:
        return [element.tag for element in root.iter()]

    written = render_junit(hostile_report(text))
    root = parse(hostile_report(text))
    assert shape(root) == shape(parse(hostile_report("harmless")))
    assert not re.search("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", written)
    assert not {"\u200b", "\u2028", "\u202e"} & set(written)
    assert all(len(item.attrib["name"]) <= 303 for item in root.iter("testcase"))


def test_a_forbidden_character_stays_visible() -> None:
    of = report(whole(result("property", outcome="failed", message="a\x00b\ufffec")))
    assert message(parse(of), "property[guide-sqlite]", "failure") == "a\\x00b\\ufffec"


def test_the_brackets_stand_last_however_long_the_name_is() -> None:
    name = "n" * 1_000
    infos = [MAPPING.model_copy(update={"id": "a.b"})]
    of = report(
        [item.model_copy(update={"mapping": "a.b"}) for item in whole(result("directed", name))], infos
    )
    names = [item.attrib["name"] for item in parse(of).iter("testcase")]
    assert sum(item.endswith("n[guide-sqlite]") for item in names) == 1
    # A dot would be a package of its own.
    assert {item.get("classname") for item in parse(of).iter("testcase")} == {"conformance.a-b"}


def test_it_is_not_flooded() -> None:
    more = [result("directed", f"d{number}", outcome="failed", message="y" * 10**5) for number in range(20)]
    text = render_junit(report(whole(*more)))
    assert len(text) < 20 * (TEXT_LIMIT + 1_000)
    assert f"({10**5 - TEXT_LIMIT:,} more characters)" in text
    assert len(render_junit(wide_report())) < 250_000
