"""What `harness run` writes where: the result to the standard output, everything else to the error stream."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from cli_samples import GOOD, write

from harness.cli import main
from harness.cli.engine import Ended
from harness.progress import Display
from harness.report.assembly import build_report
from harness.report.facts import MappingInfo
from harness.report.model import Header, Report, Result
from harness.report.writing import report_json

Call = Callable[..., tuple[int, str, str]]

PLANNED = Result(
    mapping="good",
    recipe="guide",
    store="sqlite",
    kind="property",
    id="property",
    outcome="skipped",
    skipped_because="not-run",
)
FAILED = Result.model_validate(
    PLANNED.model_dump()
    | {"outcome": "failed", "skipped_because": None, "examples": 3, "message": "v1 gave 1\nMLflow gave 2"}
)


def made() -> Report:
    return build_report(
        Header(
            versions={"python": "3.11.7"},
            stores=("sqlite",),
            profile="dev",
            seed=0,
            started="2026-01-01T10:00:00Z",
            platform="Linux",
        ),
        [MappingInfo(id="good", title="A number", recipes=("guide",), stores=("sqlite",), compare="numbers")],
        [FAILED],
        finished="2026-01-01T10:00:09Z",
    )


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    """Calls `harness run` with an engine that finds one failure: exit code, standard output, error stream."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    write(tmp_path / "specs", "good", GOOD)

    def engine(arguments: Sequence[str], display: Display) -> Ended:
        rows: Mapping[tuple[str, str], Result] = {("good", "property[guide-sqlite]"): PLANNED}
        display.plan(rows)
        display.take(FAILED)
        display.stop()
        return Ended(1, made(), [Path("report/report.json")], ["the disk is full"])

    monkeypatch.setattr("harness.cli.running.run_pytest", engine)

    def called(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["run", *arguments])
        captured = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, captured.out, captured.err

    return called


def test_the_table_goes_out_and_progress_beside_it(call: Call) -> None:
    code, out, err = call()
    assert code == 1
    assert out.startswith("good, guide on sqlite: property failed\nv1 gave 1\nMLflow gave 2\n")
    assert "unexplained  a difference that the entry does not explain" in out
    assert out.endswith("\nexit 1: 1 of 1 results failed\n")
    assert [line.partition("] ")[2] or line for line in err.splitlines()] == [
        "1 check to run",
        "good, guide on sqlite: property failed: v1 gave 1",
        "good on sqlite: 0 passed, 1 failed (1 of 1 checks)",
        "wrote report/report.json",
        "the disk is full",
    ]


def test_json_is_the_report_and_nothing_else(call: Call) -> None:
    code, out, err = call("--format=json")
    assert code == 1
    assert out == report_json(made())
    assert json.loads(out)["footer"]["totals"]["failed"] == 1
    assert "good, guide on sqlite: property failed: v1 gave 1" in err


def test_quiet_tells_failures_and_the_last_lines(call: Call) -> None:
    code, out, err = call("-q")
    assert (code, err) == (1, "the disk is full\n")
    assert out == (
        "good, guide on sqlite: property failed\nv1 gave 1\nMLflow gave 2\n\n"
        "3 examples; 1 result: 0 passed, 1 failed, 0 errors, 0 skipped\n"
        "exit 1: 1 of 1 results failed\n"
    )


def test_twice_quiet_tells_only_what_went_wrong_outside_the_checks(call: Call) -> None:
    assert call("-qq") == (1, "", "the disk is full\n")
    assert call("--quiet", "--quiet", "--format=json") == (1, report_json(made()), "the disk is full\n")


def test_colour_is_forced_or_forbidden_by_the_environment(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    _, out, err = call()
    assert "\x1b[1;31m" in out
    assert "\x1b[31m" in err
    monkeypatch.setenv("NO_COLOR", "1")
    _, out, err = call()
    assert "\x1b[3" not in out + err
    monkeypatch.setenv("TERM", "dumb")
    _, out, err = call()
    assert "\x1b" not in out + err


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", [[], ["--format=json"], ["-q"]])
def test_a_standard_output_that_is_full_ends_with_3(
    call: Call, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    with open("/dev/full", "wb", buffering=0) as full:
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(full, write_through=True))
        code, _, err = call(*arguments)
    assert code == 3
    assert err.endswith("cannot write to the standard output: No space left on device\n")
