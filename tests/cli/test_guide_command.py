"""The guide's table of contents on the command line, and the index where entries are checked and run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from guide_samples import (
    ENTRIES,
    GUIDE,
    INDEX,
    changed,
    changed_entries,
    loaded_entries,
    loaded_index,
    write_all,
)
from markdown_it import MarkdownIt

from harness.cli import main
from harness.guide.facts import guide_info
from harness.report.assembly import build_report
from harness.report.guide import NO_BETTER
from harness.report.model import Header, Observation, Report, Result
from harness.report.writing import write_report
from harness.verify import mapping_info

Call = Callable[..., tuple[int, str, str]]

NO_REPORT = "not checked: no report; run `harness run --report conformance`"


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "140")
    (tmp_path / "GUIDE.md").write_text(GUIDE, encoding="utf-8")
    return write_all(tmp_path / "specs")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls a command in this process; nothing is run by it."""

    def nothing_is_run(*_: object) -> Any:
        raise AssertionError("pytest was started")

    monkeypatch.setattr("harness.cli.running.run_pytest", nothing_is_run)

    def called(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        assert "Traceback" not in captured.out + captured.err
        return ended.value.code, captured.out, captured.err

    return called


def _results(**changes: dict[str, object]) -> list[Result]:
    """One result for each claim, by its name."""
    plain: dict[str, dict[str, object]] = {
        "is-a-number": {},
        "nobody-counts": {"outcome": "skipped", "skipped_because": "unverifiable"},
        "ours": {},
        "is-no-number": {},
        "words-are-counted": {"refuted": True},
    }
    found = []
    for entry in loaded_entries():
        for claim in entry.entry.claims:
            about = {"mapping": entry.id, "recipe": None, "store": "sqlite", "kind": "claim", "id": claim.id}
            fields = {"outcome": "passed", **about, **plain[claim.id], **changes.get(claim.id, {})}
            found.append(Result.model_validate(fields))
    return found


def _report(entries: dict[str, str] = ENTRIES, *more: Result, **changes: dict[str, object]) -> Report:
    header = Header(
        versions={"python": "3.11.7"},
        stores=("sqlite",),
        profile="ci",
        seed=0,
        started="2026-01-01T10:00:00Z",
        platform="here",
    )
    return build_report(
        header,
        [mapping_info(entry, ["sqlite"], None, 3) for entry in loaded_entries(entries)],
        [*_results(**changes), *more],
        finished="2026-01-01T10:00:09Z",
        guide=guide_info(loaded_index()),
    )


def test_without_a_report_nothing_counts_as_checked(specs: Path, call: Call) -> None:
    code, said, _ = call("guide")
    told = " ".join(said.split())
    assert code == 0
    assert (
        "2 of 2 sections covered, 20 of 20 lines, 3 statements, every one accounted for; "
        "4 claims: 1 unverifiable, 3 not checked."
    ) in told
    assert f"{NO_REPORT}." in told
    assert "holds" not in told
    assert "checked no: this is what the entry says" in told


def test_what_was_checked_is_taken_from_the_last_report(specs: Path, call: Call) -> None:
    write_report(_report(), Path("conformance"))
    code, said, _ = call("guide")
    told = " ".join(said.split())
    assert code == 0
    assert "4 claims: 2 holds, 1 refuted, 1 unverifiable." in told
    assert NO_REPORT not in told
    assert "Errata: 1" in told
    for part in (
        "1. Counting (line 7; telling, words-are-counted)",
        "the guide Nobody counts words by hand either.",
        "what happens Somebody does.",
        "shown sqlite",
        "instead Say that some do.",
    ):
        assert part in told


@pytest.mark.parametrize("width", ["40", "99", "100", "200"])
def test_it_is_told_in_any_width(
    specs: Path, call: Call, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    write_report(_report(), Path("conformance"))
    code, said, _ = call("guide")
    assert code == 0
    for part in ("Counting", "Telling", "1 holds, 1 refuted, 1 unverifiable", "2 of 2 sections covered"):
        assert part in " ".join(said.split())
    assert max(map(len, said.splitlines())) <= int(width)


def test_as_json(specs: Path, call: Call) -> None:
    write_report(_report(), Path("out"))
    code, said, _ = call("guide", "specs", "--report", "out", "--format", "json")
    data = json.loads(said)
    assert code == 0
    assert [section["entry"] for section in data["sections"]] == ["counting", "telling"]
    states = {claim["claim"]: claim["state"] for part in data["sections"] for claim in part["claims"]}
    assert states == {
        "counting/is-a-number": "holds",
        "counting/nobody-counts": "unverifiable",
        "telling/words-are-counted": "refuted",
        "telling/is-no-number": "holds",
    }
    assert [erratum["id"] for erratum in data["errata"]] == ["words-are-counted"]
    assert data["notes"] == []
    code, said, _ = call("guide", "--format", "json")
    assert json.loads(said)["notes"] == [NO_REPORT]


def test_as_markdown_to_send(specs: Path, call: Call) -> None:
    write_report(_report(), Path("conformance"))
    code, said, err = call("guide", "--format", "markdown")
    assert (code, err) == (0, "")
    assert "# Errata: Counting and telling\n" in said
    assert "## 1. Counting, line 7\n" in said
    fences = [token for token in MarkdownIt("commonmark").parse(said) if token.type == "fence"]
    assert [token.info for token in fences] == ["python"]
    compile(fences[0].content, "the script", "exec")


def test_a_claim_that_fails_ends_with_one(specs: Path, call: Call) -> None:
    write_report(_report(**{"is-no-number": {"outcome": "failed", "message": "No."}}), Path("conformance"))
    code, said, _ = call("guide")
    assert code == 1
    assert "1 not as its entry says" in " ".join(said.split())


def test_a_failing_claim_of_ours_is_not_the_guides(specs: Path, call: Call) -> None:
    write_report(_report(ours={"outcome": "failed", "message": "No."}), Path("conformance"))
    assert call("guide")[0] == 0


def test_a_claim_that_has_changed_since_is_not_checked(specs: Path, call: Call) -> None:
    write_report(_report(), Path("conformance"))
    texts = changed_entries("telling", 'check: not is_number("1")', 'check: not is_number("2")')
    write_all(specs, entries=texts)
    code, said, err = call("guide")
    assert code == 0
    assert "changed since the report, so not checked: telling/is-no-number" in err
    assert "4 claims: 1 holds, 1 refuted, 1 unverifiable, 1 not checked." in " ".join(said.split())


@pytest.mark.parametrize(
    "more",
    ["given: {value: 4}", "stores: [file]", 'versions: {mlflow: "<1"}', "refuted: It is.", "cites: Telling"],
)
def test_a_claim_that_is_checked_elsewhere_or_with_something_else_is_another(
    specs: Path, call: Call, more: str
) -> None:
    write_report(_report(), Path("conformance"))
    check = 'check: not is_number("1")'
    write_all(specs, entries=changed_entries("telling", check, f"{check}\n    {more}"))
    _, said, err = call("guide")
    is_same = more == "cites: Telling"  # it cites that anyway
    assert ("changed since the report, so not checked: telling/is-no-number\n" in err) != is_same
    assert ("2 holds" if is_same else "1 holds, 1 refuted, 1 unverifiable, 1 not checked") in " ".join(
        said.split()
    )


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("- {guide: true, value: 1}", "- {guide: true, value: 3}", "examples"),
        ("- {guide: true, value: 1}", "- {guide: true, clock: stopped, value: 1}", "examples"),
        ("- {value: 2}", '- {value: !py "2"}', "examples"),
        ("inputs:", "stores: [sqlite]\ninputs:", "stores"),
        ("inputs:", "unobserved: {value: Nobody sees it.}\ninputs:", "unobserved"),
        (
            "compare:",
            "  guide-too: {log: 'mlflow.log_metric(\"m\", value)', read: 'value'}\ncompare:",
            "mlflow.guide-too",
        ),
    ],
)
def test_what_claims_and_verdicts_rest_on_is_looked_at(
    specs: Path, call: Call, old: str, new: str, part: str
) -> None:
    write_report(_report(), Path("conformance"))
    write_all(specs, entries=changed_entries("telling", old, new))
    _, said, err = call("guide")
    assert f"telling has changed since the report: {part}\n" in err
    assert "changed since the report, so not checked: telling\n" in err
    assert "4 claims: 1 holds, 1 unverifiable, 2 not checked." in " ".join(said.split())


def test_a_report_of_before_counts_as_far_as_it_goes(specs: Path, call: Call) -> None:
    """Reports were once written without what claims are given and without hashes."""
    told = "unverifiable: Hands cannot be seen from here."
    texts = changed_entries("counting", told, f"{told}\n    stores: [sqlite]")
    write_all(specs, entries=texts)
    report = _report(texts)
    claims = {"given", "stores", "versions"}
    bare = {"all_recipes": True, "hashes": True, "claims": {"__all__": claims}}
    before = Report.model_validate(report.model_dump(exclude={"mappings": {"__all__": bare}}))
    assert before != report
    write_report(before, Path("conformance"))
    code, said, err = call("guide")
    assert (code, err) == (0, "")
    assert "4 claims: 2 holds, 1 refuted, 1 unverifiable." in " ".join(said.split())


def _entry_changed_since() -> dict[str, str]:
    return changed_entries("telling", "  value: st.integers(0, 100)", "  value: st.integers(0, 99)")


def test_nothing_of_an_entry_that_has_changed_since_is_checked(specs: Path, call: Call) -> None:
    write_report(_report(), Path("conformance"))
    write_all(specs, entries=_entry_changed_since())
    code, said, err = call("guide")
    told = " ".join(said.split())
    assert code == 0
    assert "telling has changed since the report: inputs" in err
    assert "changed since the report, so not checked: telling\n" in err
    assert "4 claims: 1 holds, 1 unverifiable, 2 not checked." in told
    assert "Errata: 0 shown, 1 not checked" in told
    assert "checked no: this is what the entry says" in told


DIVERGENCES = """\
divergences:
  - id: lost
    when: "True"
    becomes: expected
    witness: {value: !py 1 + 2}
    because: For the test.
  - id: gone
    when: "True"
    becomes: expected
    witness: {clock: stopped, value: 4}
    because: For another test.
claims:"""


def _losing(specs: Path, recipe: str = "") -> dict[str, str]:
    """Entries of which one loses something, twice, and a report in which both are shown."""
    losing = ENTRIES["counting"].replace("claims:", DIVERGENCES, 1)
    texts = {**ENTRIES, "counting": changed("compare:", f"{recipe}compare:", losing)}
    write_all(specs, entries=texts)
    about = {"mapping": "counting", "recipe": "guide", "store": "sqlite", "outcome": "passed", "examples": 1}
    seen = {name: Observation(v1=f"v1 of {name}", expected="2", mlflow="2") for name in ("lost", "gone")}
    applied = {"lost": 2, "gone": 1}
    results = [
        {"kind": "property", "id": "property", "applied": applied, "applied_usual": applied},
        *({"kind": "witness", "id": name, "observed": each} for name, each in seen.items()),
    ]
    write_report(
        _report(texts, *(Result.model_validate({**about, **each}) for each in results)), Path("conformance")
    )
    return texts


def test_the_words_of_a_divergence_are_those_of_the_entry(specs: Path, call: Call) -> None:
    texts = _losing(specs)
    words = "because: It is so.\n    instead: Say that it is."
    write_all(
        specs, entries={**texts, "counting": changed("because: For the test.", words, texts["counting"])}
    )
    code, said, err = call("guide", "--format", "json")
    assert (code, err) == (0, "")
    lost = next(each for each in json.loads(said)["errata"] if each["id"] == "lost")
    assert (lost["happens"], lost["instead"], lost["is_shown"]) == ("It is so.", "Say that it is.", True)
    assert (lost["witness"], lost["observed"]["v1"]) == ({"value": "3"}, "v1 of lost")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("because: For the test.", "because: For the test.\n    disclosed_by: is-a-number"),
        ("!py 1 + 2", "!py 1 + 3"),
        ("!py 1 + 2", "!py 1 / 0"),
        ("{value: !py 1 + 2}", "{clock: ticking, value: 3}"),
    ],
)
def test_a_divergence_with_another_witness_or_disclosure_is_not_shown(
    specs: Path, call: Call, old: str, new: str
) -> None:
    texts = _losing(specs)
    write_all(specs, entries={**texts, "counting": changed(old, new, texts["counting"])})
    code, said, err = call("guide", "--format", "json")
    assert code == 0
    note = "changed since the report, so not checked: counting/lost"
    assert err == f"{note}\n"
    data = json.loads(said)
    assert data["notes"] == [note]
    assert [each["id"] for each in data["errata"]] == ["words-are-counted", "gone"]
    assert [each["verdict"] for each in data["sections"][0]["verdicts"]] == ["not-verified"]
    assert "v1 of lost" not in said


def test_a_loss_that_the_recommended_recipe_shares_is_told_with_nothing_instead(
    specs: Path, call: Call
) -> None:
    _losing(specs, "  recommended: {log: 'mlflow.log_metric(\"m\", value, step=1)', read: value}\n")
    said = " ".join(call("guide")[1].split())
    assert said.count(NO_BETTER) == 2
    assert said.count("instead") == 1
    assert "step=1" not in said


def test_what_a_witness_is_written_as_is_no_matter(specs: Path, call: Call) -> None:
    texts = _losing(specs)
    write_all(specs, entries={**texts, "counting": changed("!py 1 + 2", "3", texts["counting"])})
    code, said, err = call("guide")
    assert (code, err) == (0, "")
    assert "Errata: 3 shown" in said


def test_what_the_code_of_a_changed_entry_lost_is_not_shown(specs: Path, call: Call) -> None:
    texts = _losing(specs)
    assert "Errata: 3 shown" in call("guide")[1]
    texts["counting"] = texts["counting"].replace('log_metric("m", value)', 'log_metric("m", int(value))')
    write_all(specs, entries=texts)
    code, said, err = call("guide")
    assert code == 0
    assert "changed since the report, so not checked: counting\n" in err
    assert "Errata: 1 shown" in said
    assert "lost" not in said


def test_the_errata_to_send_say_what_is_to_be_known_of_the_report(specs: Path, call: Call) -> None:
    write_report(_report().model_copy(update={"footer": None}), Path("conformance"))
    write_all(specs, entries=_entry_changed_since())
    code, said, err = call("guide", "--format", "markdown")
    assert code == 0
    for told in (
        "conformance: the run was cut short, and the report is only a part",
        "telling has changed since the report: inputs",
        "changed since the report, so not checked: telling",
    ):
        assert f"\n\n**Note:** {told}.\n\n" in said
        assert told in err
    assert "_This is what the entry says; the report has no check of it._" in said
    assert (
        "changed since the report, so not checked: telling"
        in json.loads(call("guide", "--format", "json")[1])["notes"]
    )


def test_a_claim_that_has_changed_has_no_script_of_what_it_was(specs: Path, call: Call) -> None:
    write_report(_report(), Path("conformance"))
    write_all(specs, entries=changed_entries("telling", 'len("word") == value', 'len("words") == value'))
    data = json.loads(call("guide", "--format", "json")[1])
    assert [(each["is_shown"], each["script"]) for each in data["errata"]] == [(False, None)]


def test_a_broken_report_costs_what_was_checked_and_nothing_else(specs: Path, call: Call) -> None:
    Path("conformance").mkdir()
    Path("conformance/report.json").write_text("{")
    code, said, err = call("guide")
    assert code == 0
    assert "no verdicts: conformance/report.json:1:2: the file is cut off here" in err
    assert NO_REPORT in said


def test_a_copy_of_the_guide_is_compared(specs: Path, call: Call) -> None:
    for command in (["guide"], ["check"]):
        assert call(*command, "--guide", "GUIDE.md")[0] == 0
        Path("OTHER.md").write_text(GUIDE.replace("by hand", "by foot"), encoding="utf-8")
        code, _, err = call(*command, "--guide", "OTHER.md")
        assert code == 2
        assert "specs/guide-index.yaml:14:16: error[changed-guide]: line 7 of the guide has changed" in err


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [(None, 3, "cannot read the guide nothing.md"), (b"\xff", 2, "nothing.md: not a text file in UTF-8")],
)
def test_a_guide_that_cannot_be_read_is_told(
    specs: Path, call: Call, content: bytes | None, code: int, told: str
) -> None:
    if content is not None:
        Path("nothing.md").write_bytes(content)
    ended, _, err = call("guide", "--guide", "nothing.md")
    assert ended == code
    assert told in err


def test_check_counts_the_index(specs: Path, call: Call) -> None:
    told = "2 entries and the index of the guide, all 20 lines, checked, no problem found\n"
    assert call("check") == (0, told, "")
    assert call("check", "specs/counting.yaml")[:2] == (0, "1 entry checked, no problem found\n")


@pytest.mark.parametrize("command", ["check", "run", "guide"])
@pytest.mark.parametrize(
    ("index", "entries", "told"),
    [
        (changed("[4, 6,", "[4,"), ENTRIES, "specs/guide-index.yaml:8:12: error[uncovered-line]"),
        (changed("[nobody-counts, ", "["), ENTRIES, "specs/counting.yaml:23:9: error[unindexed-claim]"),
        (INDEX.replace("parts:", "part:"), ENTRIES, "specs/guide-index.yaml:10:1: error[unknown-key]"),
        (INDEX, {"counting": ENTRIES["counting"]}, "specs/guide-index.yaml:25:12: error[unknown-entry]"),
    ],
    ids=["line", "claim", "key", "entry"],
)
def test_an_index_that_does_not_account_for_all_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: Call,
    command: str,
    index: str,
    entries: dict[str, str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_all(tmp_path / "specs", index, entries)
    code, _, err = call(command)
    assert code == 2
    assert told in err


def test_where_entries_are_wrong_the_index_does_not_miss_them(specs: Path, call: Call) -> None:
    text = ENTRIES["telling"].replace("compare:", "compares:")
    (specs / "telling.yaml").write_text(text, encoding="utf-8")
    code, _, err = call("check")
    assert code == 2
    assert "unknown-key" in err
    assert "unknown-entry" not in err


def test_some_entries_by_themselves_need_no_index(specs: Path, call: Call) -> None:
    assert call("check", "specs/telling.yaml")[0] == 0
    code, _, err = call("guide", "specs/telling.yaml")
    assert code == 2
    assert "there is no index of a guide among these files" in err


def test_a_guide_without_an_index_is_told(specs: Path, call: Call) -> None:
    code, _, err = call("check", "specs/telling.yaml", "--guide", "GUIDE.md")
    assert code == 2
    assert "specs/telling.yaml: there is no index of a guide, so there is nothing to compare" in err


def test_questions_about_one_entry_do_not_ask_for_the_index(specs: Path, call: Call) -> None:
    (specs / "guide-index.yaml").write_text("harness-index: 1\n", encoding="utf-8")
    assert call("list")[0] == 0
    assert call("show", "telling", "--no-run")[0] == 0
