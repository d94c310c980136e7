"""The report as JUnit XML, for the pages of CI systems. A pure function of the report.

One suite for each mapping, one case for each result and for each verdict, so that what was left out shows as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from harness.report import summary
from harness.report.model import Report, Result, Verdict
from harness.report.verdicts import VERDICTS

TEXT_LIMIT = 20_000
"""Characters of one failure's text; the report's file has it whole."""
MESSAGE_LIMIT = 300
"""Characters of the one line that CI systems show beside a case."""
NAME_LIMIT = 300
"""Characters of a name."""

_PACKAGE = "conformance"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\ufdd0-\ufdef]")
_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def render_junit(report: Report) -> str:
    """The whole file, ending in a newline."""
    root = ET.Element("testsuites", name="conformance")
    suites = [_run_suite(report)] if summary.run_warnings(report) else []
    suites += [_mapping_suite(report, info.id) for info in report.mappings]
    root.extend(suites)
    _count(root, root.iter("testcase"))
    ET.indent(root, space=" ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _run_suite(report: Report) -> ET.Element:
    """What is wrong with the run as a whole: no result of its own would show that it was stopped."""
    suite = _suite(report, "run")
    case = _case(suite, "run", "whole", 0.0)
    warnings = summary.run_warnings(report)
    _outcome(case, "error", warnings[0], "\n".join(warnings), kind="incomplete")
    _count(suite, [case])
    return suite


def _mapping_suite(report: Report, mapping: str) -> ET.Element:
    suite = _suite(report, mapping)
    for verdict in report.verdicts:
        if verdict.mapping == mapping:
            _verdict_case(suite, verdict)
    for result in report.results:
        if result.mapping == mapping:
            _result_case(suite, result)
    _count(suite, suite.iter("testcase"))
    return suite


def _suite(report: Report, name: str) -> ET.Element:
    timestamp = report.header.started[:19]
    suite = ET.Element("testsuite", name=_name(name), timestamp=timestamp)
    properties = ET.SubElement(suite, "properties")
    facts = {"profile": report.header.profile, "seed": str(report.header.seed)}
    facts |= {"platform": report.header.platform, **report.header.versions}
    for key, value in facts.items():
        ET.SubElement(properties, "property", name=_name(key), value=_name(value))
    return suite


def _verdict_case(suite: ET.Element, verdict: Verdict) -> None:
    """A verdict as a case: red or left out also where each result by itself is not."""
    case = _case(suite, verdict.mapping, f"verdict[{verdict.recipe}-{verdict.store}]", 0.0)
    reasons = "; ".join(verdict.reasons)
    if verdict.verdict == "unexplained":
        _outcome(case, "failure", f"unexplained: {reasons}", "\n".join(verdict.reasons), kind="unexplained")
    elif verdict.verdict == "not-verified":
        _outcome(case, "skipped", f"not verified: {reasons}", "")
    else:
        said = ET.SubElement(case, "system-out")
        said.text = f"{verdict.verdict}: {VERDICTS[verdict.verdict]}"


def _result_case(suite: ET.Element, result: Result) -> None:
    what = result.kind if result.id == result.kind else f"{result.kind}.{result.id}"
    where = result.store if result.recipe is None else f"{result.recipe}-{result.store}"
    case = _case(suite, result.mapping, f"{what}[{where}]", result.seconds)
    if result.skipped_because is not None:
        why = f": {result.message}" if result.message else ""
        _outcome(case, "skipped", f"{summary.SKIPPED[result.skipped_because]}{why}", "")
    elif result.outcome in ("failed", "error"):
        text = _full(result)
        first = next((line for line in text.split("\n") if line.strip()), summary.title_of(result))
        tag, kind = ("failure", "difference") if result.outcome == "failed" else ("error", "not run")
        _outcome(case, tag, first, text, kind=kind)


def _full(result: Result) -> str:
    """The message, and the input where the message does not have it."""
    if result.message or not result.counterexample:
        return result.message
    lines = [f"  {name} = {value}" for name, value in result.counterexample.items()]
    return "\n".join([summary.title_of(result), "", *lines])


def _case(suite: ET.Element, mapping: str, name: str, seconds: float) -> ET.Element:
    # Jenkins takes what stands before the last dot for a package, and shows a page for each.
    classname = f"{_PACKAGE}.{mapping.replace('.', '-')}"
    return ET.SubElement(
        suite, "testcase", classname=_name(classname), name=_name(name), time=f"{seconds:.3f}"
    )


def _outcome(case: ET.Element, tag: str, message: str, text: str, *, kind: str = "") -> None:
    element = ET.SubElement(case, tag, message=visible(summary.one_line(summary.cut(message, MESSAGE_LIMIT))))
    if kind:
        element.set("type", kind)
    if text:
        element.text = visible(summary.printable(summary.cut(text, TEXT_LIMIT)))


def _count(suite: ET.Element, cases: Iterable[ET.Element]) -> None:
    """Writes how many cases ended how, and how long they took."""
    found = list(cases)
    suite.set("tests", str(len(found)))
    for tag, attribute in _COUNTED.items():
        suite.set(attribute, str(sum(case.find(tag) is not None for case in found)))
    suite.set("time", f"{sum(float(case.get('time', 0)) for case in found):.3f}")


def _name(text: str) -> str:
    """A name on one line. A long one keeps its beginning and its end, where the brackets are."""
    line = visible(summary.one_line(text))
    half = NAME_LIMIT // 2
    return line if len(line) <= NAME_LIMIT else f"{line[:half]}...{line[-half:]}"


def visible(text: str) -> str:
    """The text with what XML 1.0 forbids, or has no meaning in any text, as its Python escape."""
    return _FORBIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
