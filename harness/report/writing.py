"""The report's files: written whole or not at all, and read back only when they do not contradict themselves.

What is in them is decided elsewhere; here are bytes, folders and what can go wrong with them.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from pydantic import ValidationError

from harness.errors import BadInput, EnvironmentProblem
from harness.report.assembly import check_report
from harness.report.files import GUIDE_FILE, JUNIT_FILE, PAGE_FILE, SUMMARY_FILE
from harness.report.files import REPORT_FILE as REPORT_FILE
from harness.report.junit import render_junit
from harness.report.markdown import render_markdown
from harness.report.model import SCHEMA_VERSION, Report


def report_json(report: Report) -> str:
    """The report as the text of its file: the model's order of keys, ASCII, a final newline."""
    return json.dumps(report.model_dump(mode="json"), indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def write_report(report: Report, directory: Path) -> tuple[Path, ...]:
    """Write `report.json` and its views for people and for CI into a folder, which is made if it is not there.

    All texts are made and all files written under other names before the first is replaced, each in one step: where the
    disk is full, all files are as they were.

    Returns:
        The files, the report first.

    Raises:
        EnvironmentProblem: The folder cannot be made or written to.
    """
    # The template engine is loaded by who writes a page.
    from harness.report.html import render_guide, render_html

    texts = {
        REPORT_FILE: report_json(report),
        SUMMARY_FILE: render_markdown(report),
        PAGE_FILE: render_html(report),
        GUIDE_FILE: render_guide(report),
        JUNIT_FILE: render_junit(report),
    }
    files = {directory / name: text for name, text in texts.items()}
    _replace_all(files)
    return tuple(files)


def write_atomically(path: Path, text: str) -> None:
    """Write a text file as UTF-8 in one step; whatever goes wrong, an old file of that name stays as it was.

    Raises:
        EnvironmentProblem: The folder cannot be made or written to, or `path` is a folder.
    """
    _replace_all({path: text})


def _replace_all(files: Mapping[Path, str]) -> None:
    """Writes all files aside, then puts each in its place; until the last is written no place is touched."""
    aside: dict[Path, Path] = {}
    try:
        for path, text in files.items():
            with _explained(f"cannot write {path}"):
                path.parent.mkdir(parents=True, exist_ok=True)
                if path.is_dir():
                    raise IsADirectoryError(f"{path} is a folder")
                aside[path] = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
                _write_new(aside[path], text)
        for path in files:
            with _explained(f"cannot write {path}"):
                os.replace(aside[path], path)
    except BaseException:
        for temporary in aside.values():
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        raise
    for folder in {path.parent for path in files}:
        _sync_folder(folder)


def _write_new(path: Path, text: str) -> None:
    # Not tempfile: its files are the owner's alone, and a report is for whom the folder lets in.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read_report(path: Path) -> Report:
    """Read a report; `path` is the file, or the folder that has it as `report.json`.

    A report without a footer is read: it was cut short, which `footer is None` says and every view shows.

    Raises:
        BadInput: There is no such file, it is not JSON or cut off, not of this schema version, not of the
            schema, or contradicts itself (for instance a verdict that its results do not give).
        EnvironmentProblem: It is there and cannot be read.
    """
    file = path / REPORT_FILE if path.is_dir() else path
    with _explained(f"cannot read {file}"):
        try:
            raw = file.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise BadInput(f"{file}: there is no such report; a run with --report DIR writes one") from None
    data = _parse(file, raw)
    if not isinstance(data, dict) or "schema_version" not in data:
        raise BadInput(f"{file}: this is JSON, but not a report of this harness (it has no schema_version)")
    version = data["schema_version"]
    if type(version) is not int or version != SCHEMA_VERSION:
        raise BadInput(
            f"{file}: the report has schema_version {version!r:.40}, this harness reads {SCHEMA_VERSION}; "
            "make it again, or read it with the harness that wrote it"
        )
    try:
        report = Report.model_validate_json(json.dumps(data))
    except ValidationError as error:
        raise BadInput(f"{file}: not a valid report\n{_first_errors(error)}") from None
    if problems := check_report(report):
        listed = "\n".join(f"  {problem}" for problem in problems[:10])
        raise BadInput(f"{file}: the report contradicts itself (was it edited?)\n{listed}")
    return report


def _parse(file: Path, raw: bytes) -> object:
    try:
        text = raw.decode("utf-8")
        return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise BadInput(f"{file}: not a text file in UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        cut = not text[error.pos :].strip() or error.msg.startswith("Unterminated")
        what = "the file is cut off here" if cut else f"not JSON: {error.msg}"
        raise BadInput(f"{file}:{error.lineno}:{error.colno}: {what}") from None
    except RecursionError:
        raise BadInput(f"{file}: not a report: nested too deeply") from None
    except ValueError as error:
        raise BadInput(f"{file}: not a report: {error}") from None


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(
            f"the key {next(name for name in names if names.count(name) > 1)!r:.60} is there twice"
        )
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _first_errors(error: ValidationError, limit: int = 10) -> str:
    """`results.3.outcome: Input should be ...`, the first few, without the values: they may be long."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    lines = [f"  {'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in found[:limit]]
    return "\n".join([*lines, *([f"  and {len(found) - limit} more"] if len(found) > limit else [])])


@contextlib.contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        is_file = isinstance(error, FileExistsError)  # what making a folder raises
        reason = "its folder is a file" if is_file else error.strerror or str(error)
        hint = f" ({error.filename})" if error.filename and str(error.filename) not in what else ""
        raise EnvironmentProblem(f"{what}: {reason}{hint}") from error


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a crash, where the system can (Windows cannot open folders)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
