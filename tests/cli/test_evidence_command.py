"""`harness evidence`: what the embedded workspace rests on, as it is shown."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_samples import harness

from harness.cli import main
from harness.workspace import load_evidence
from harness.workspace.evidence.methods import load_methods

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls the command: its exit code, what it says, and what it complains of."""
    monkeypatch.setenv("COLUMNS", "140")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def called(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["evidence", *arguments])
        assert isinstance(ended.value.code, int)
        return ended.value.code, *capsys.readouterr()

    return called


def words(text: str) -> str:
    """The text without any white space: wherever a line was broken, it is the same."""
    return "".join(text.split())


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_every_behaviour_is_told_in_any_width(
    call: Call, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    code, out, err = call()
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= int(columns)
    # Labels stand beside the first line of a value only, so values are one piece in each width.
    said = words(out)
    for row in load_evidence().values():
        assert words(f"{row.id} {row.provenance} {row.says}") in said
        assert words(row.test) in said


def test_without_a_terminal_nothing_is_coloured(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in call()[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in call()[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", call()[1])


def test_shares_are_rounded_down_by_topic_and_in_all(call: Call) -> None:
    told = json.loads(call("--format", "json")[1])
    rows = list(load_evidence().values())
    assert [row["id"] for row in told["behaviours"]] == [row.id for row in rows]
    assert set(told["behaviours"][0]) == {"id", "topic", "says", "provenance", "source", "test"}
    expected = Counter(row.provenance for row in rows)
    for kind, share in told["shares"]["all"].items():
        assert share == {"count": expected[kind], "percent": expected[kind] * 100 // len(rows)}
    for topic, shares in told["shares"]["groups"].items():
        assert sum(share["count"] for share in shares.values()) == sum(row.topic == topic for row in rows)
    assert list(told["shares"]["groups"]) == list(dict.fromkeys(row.topic for row in rows))


def test_the_last_line_has_the_shares_in_all(call: Call) -> None:
    rows = list(load_evidence().values())
    kinds = ("client", "documented", "recorded", "assumed")
    counts = {kind: sum(row.provenance == kind for row in rows) for kind in kinds}
    cells = [f"{count} ({100 * count // len(rows)} %)" for count in counts.values()]
    assert re.split(r"\s{2,}", call()[1].splitlines()[-1].strip()) == ["all", *cells, str(len(rows))]


def test_topics_and_provenances_are_filters(call: Call) -> None:
    told = json.loads(call("metrics", "limits", "--provenance", "assumed", "--format", "json")[1])
    expected = [
        row.id
        for row in load_evidence().values()
        if row.topic in ("metrics", "limits") and row.provenance == "assumed"
    ]
    assert expected
    assert sorted(row["id"] for row in told["behaviours"]) == sorted(expected)
    out = call("limits")[1]
    assert "limit-error" in out
    assert "metric-first-schema" not in out


def test_an_unknown_topic_is_a_mistake(call: Call) -> None:
    code, out, err = call("metric")
    assert (code, out) == (2, "")
    assert "there is no topic 'metric'. Did you mean metrics?" in err


def test_methods_are_told_with_the_reasons_of_those_that_are_not_served(call: Call) -> None:
    code, out, _ = call("--methods")
    assert code == 0
    methods = load_methods()
    assert out.splitlines()[-1].split()[0] == "all"
    assert out.splitlines()[-1].split()[-1] == str(len(methods))
    for method in methods:
        assert method.name in out
        assert words(method.why or "") in words(out)


def test_methods_are_data_too(call: Call) -> None:
    told: dict[str, Any] = json.loads(call("--methods", "--format", "json")[1])
    methods = load_methods()
    assert [(row["class"], row["name"], row["answered"]) for row in told["methods"]] == [
        (method.owner, method.name, method.answered) for method in methods
    ]
    assert sum(share["count"] for share in told["shares"]["all"].values()) == len(methods)


def test_methods_have_no_topics(call: Call) -> None:
    code, _, err = call("--methods", "metrics")
    assert code == 2
    assert "takes no topic" in err


def test_no_client_is_imported(tmp_path: Path) -> None:
    check = "import atexit, sys; atexit.register(lambda: print({'azureml', 'mlflow', 'requests'} & set(sys.modules)))"
    code, said = harness(tmp_path, "evidence", "limits", before=check)
    assert (code, said.splitlines()[-1]) == (0, "set()")
