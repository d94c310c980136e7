from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from report_samples import report, rich_report, whole

from harness.errors import BadInput, EnvironmentProblem
from harness.report.files import FILES, FILES_IN_WORDS
from harness.report.writing import read_report, report_json, write_atomically, write_report


def test_a_report_is_written_and_read_back(tmp_path: Path) -> None:
    written = write_report(rich_report(), tmp_path / "deep" / "er")
    names = ["report.json", "summary.md", "index.html", "guide.html", "junit.xml"]
    assert [path.name for path in written] == names
    assert read_report(written[0]) == rich_report()
    assert read_report(tmp_path / "deep" / "er") == rich_report()
    assert {path.name for path in written[0].parent.iterdir()} == {path.name for path in written}


def test_what_is_written_is_what_the_help_names(tmp_path: Path) -> None:
    written = write_report(rich_report(), tmp_path / "out")
    assert {path.name for path in written} == set(FILES)
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(FILES)
    assert FILES_IN_WORDS == "report.json, index.html, guide.html, summary.md and junit.xml"


def test_the_text_is_stable_ascii_and_ends_with_its_footer() -> None:
    text = report_json(rich_report())
    assert text == report_json(rich_report())
    assert text.isascii()
    assert text.endswith("}\n")
    assert list(json.loads(text)) == [
        "schema_version",
        "header",
        "guide",
        "mappings",
        "results",
        "verdicts",
        "footer",
    ]


def _fail(number: int) -> Any:
    def failing(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return failing


@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
def test_a_write_that_fails_leaves_the_old_file(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    with monkeypatch.context() as patched:
        patched.setattr(os, call, _fail(errno.ENOSPC))
        with pytest.raises(EnvironmentProblem, match=r"cannot write .*report\.json: No space left on device"):
            write_atomically(path, "new")
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["report.json"]
    write_atomically(path, "new")
    assert path.read_text() == "new"


@pytest.mark.parametrize("number", range(5))
def test_a_disk_that_is_full_at_one_file_leaves_all_files_as_they_were(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = write_report(report(whole()), tmp_path)
    before = {path: path.read_bytes() for path in written}
    done = []

    def fills_up(handle: int) -> None:
        done.append(handle)
        if len(done) > number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fills_up)
    with pytest.raises(EnvironmentProblem, match=f"{written[number].name}: No space left on device"):
        write_report(rich_report(), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_small_disk_leaves_all_files_as_they_were(small_disk: Callable[[str], Path]) -> None:
    folder = small_disk("32k")
    (folder / "summary.md").write_text("of the last run")
    with pytest.raises(EnvironmentProblem, match=r"cannot write .*: No space left on device"):
        write_report(rich_report(), folder)
    assert [path.read_text() for path in folder.iterdir()] == ["of the last run"]


def test_a_disk_that_is_read_only_is_said(small_disk: Callable[[str], Path]) -> None:
    folder = small_disk("1m,ro")
    with pytest.raises(EnvironmentProblem, match=r"cannot write .*report\.json: Read-only file system"):
        write_report(rich_report(), folder)


def test_an_interrupted_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "report.json", "new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentProblem, match=r"cannot write .*file"):
        write_report(report(whole()), tmp_path / "file")
    with pytest.raises(EnvironmentProblem, match=r"cannot write .*inner"):
        write_report(report(whole()), tmp_path / "file" / "inner")
    (tmp_path / "report.json").mkdir()
    with pytest.raises(EnvironmentProblem, match="is a folder"):
        write_report(report(whole()), tmp_path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(EnvironmentProblem, match="Permission denied"):
        write_report(report(whole()), tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="permissions are not these")
def test_the_file_is_for_everybody_whom_the_umask_lets_in(tmp_path: Path) -> None:
    write_report(report(whole()), tmp_path)
    (tmp_path / "plain").write_text("")
    assert (tmp_path / "report.json").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_report_without_footer_is_read_as_cut_short(tmp_path: Path) -> None:
    write_report(report(whole(), finished=None), tmp_path)
    assert read_report(tmp_path).footer is None
    assert "the run was cut short" in (tmp_path / "summary.md").read_text()
    data = json.loads((tmp_path / "report.json").read_text())
    del data["footer"]
    (tmp_path / "report.json").write_text(json.dumps(data))
    assert read_report(tmp_path).footer is None


def _edited(data: dict[str, Any], path: tuple[str | int, ...], value: object) -> str:
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("schema_version",), 2, "schema_version 2, this harness reads 1"),
        (("schema_version",), True, "schema_version True"),
        (("results", 0, "outcome"), "fine", "results.0.outcome: Input should be"),
        (("results", 0, "extra"), 1, "results.0.extra: Extra inputs"),
        (("results", 0, "seconds"), -1, "results.0.seconds"),
        (("verdicts", 0, "verdict"), "equivalent", "contradicts itself"),
        (("footer", "examples"), 0, "contradicts itself"),
    ],
)
def test_a_report_that_was_edited_is_refused(
    path: tuple[str | int, ...], value: object, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "report.json"
    file.write_text(_edited(json.loads(report_json(rich_report())), path, value))
    with pytest.raises(BadInput) as caught:
        read_report(file)
    assert says in str(caught.value)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (report_json(rich_report())[:900].encode(), "cut off here"),
        (b"", "cut off here"),
        (b"verdicts: all fine", ":1:1: not JSON"),
        (b"\xff\xfe", "not a text file in UTF-8 (byte 0)"),
        (b"[]", "not a report of this harness"),
        (b'{"a": 1}', "not a report of this harness"),
        (b'{"schema_version": 1, "schema_version": 1}', "'schema_version' is there twice"),
        (b'{"schema_version": NaN}', "NaN is not JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"schema_version": 1}', "header: Field required"),
    ],
)
def test_what_is_no_report_is_refused(content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_report(tmp_path / "report.json")
    assert says in str(caught.value)


def test_a_report_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no such report"):
        read_report(tmp_path / "nowhere.json")
    with pytest.raises(BadInput, match="there is no such report"):
        read_report(tmp_path)
