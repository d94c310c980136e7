"""Requests about runs that the client's public methods do not send, malformed ones among them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from harness.workspace import EmbeddedWorkspace, UnservedRequest

Send = Callable[..., requests.Response]
EVENTS = "Microsoft.MachineLearning.Run."


@pytest.fixture
def ask(send: Send, experiment: Any) -> Send:
    """Asks run history about the experiment; `rest` goes on behind its name."""
    return lambda method, rest, **kwargs: send(
        method, "history/v1.0", f"experiments/contract/{rest}", **kwargs
    )


def make(ask: Send, run_id: str, **body: Any) -> dict[str, Any]:
    answer = ask("PATCH", f"runs/{run_id}", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def happen(ask: Send, run_id: str, name: str, **data: Any) -> requests.Response:
    event = {"name": EVENTS + name, "timestamp": "2024-01-01T00:00:00Z", "data": {"RunId": run_id, **data}}
    return ask("POST", f"runs/{run_id}/events", json=event)


def found(ask: Send, **body: Any) -> list[str]:
    """The ids of all runs that a query finds, page by page."""
    ids: list[str] = []
    while True:
        answer = ask("POST", "runs:query", json=body).json()
        ids += [run["runId"] for run in answer["value"]]
        body["continuationToken"] = answer["continuationToken"]
        if body["continuationToken"] is None:
            return ids


def test_a_run_begins_not_started(ask: Send) -> None:
    run = make(ask, "a")
    assert (run["status"], run["startTimeUtc"], run["endTimeUtc"]) == ("NotStarted", None, None)
    assert (run["rootRunId"], run["parentRunId"], run["runNumber"]) == ("a", None, 1)
    assert make(ask, "a")["runNumber"] == 1
    assert make(ask, "b")["runNumber"] == 2


def test_a_status_may_come_without_an_event(ask: Send) -> None:
    assert make(ask, "a", status="Preparing")["status"] == "Preparing"
    run = make(ask, "a", status="Completed")
    assert (run["status"], run["endTimeUtc"]) == ("Completed", None)
    assert make(ask, "a", status="Completed", tags={"late": "1"})["tags"] == {"late": "1"}
    assert ask("PATCH", "runs/a", json={"status": "Running", "tags": {"x": ""}}).status_code == 400
    assert make(ask, "a")["tags"] == {"late": "1"}


@pytest.mark.parametrize("end", ["Completed", "Failed", "Canceled"])
def test_events_give_a_run_its_status_and_times(ask: Send, end: str) -> None:
    make(ask, "a")
    for name, status in (("Queued", "Queued"), ("Start", "Running"), ("CancelRequested", "CancelRequested")):
        assert happen(ask, "a", name).status_code == 200
        assert make(ask, "a")["status"] == status
    assert happen(ask, "a", end, EndTime="2024-01-01T01:00:00.1234567+01:00").status_code == 200
    run = make(ask, "a")
    assert run["status"] == end
    assert (run["startTimeUtc"], run["endTimeUtc"]) == (
        "2024-01-01T00:00:00+00:00",
        "2024-01-01T00:00:00.1234567+00:00",
    )
    for name in ("Queued", "Start", "CancelRequested", "Completed", "Failed", "Canceled"):
        assert happen(ask, "a", name).status_code == 400
    assert make(ask, "a") == run


def test_warnings_are_kept_in_order(ask: Send) -> None:
    make(ask, "a")
    for message in ("one", "two"):
        happen(ask, "a", "Warning", Source="here", Message=message)
    warnings = [{"source": "here", "message": message} for message in ("one", "two")]
    assert make(ask, "a")["warnings"] == warnings
    assert ask("GET", "runs/a/details").json()["warnings"] == warnings


def test_a_heartbeat_changes_nothing(ask: Send) -> None:
    before = make(ask, "a")
    assert happen(ask, "a", "Heartbeat", TimeToLiveSeconds=30).status_code == 200
    assert make(ask, "a") == before


def test_an_event_that_is_not_known_is_not_served(workspace: EmbeddedWorkspace, ask: Send) -> None:
    make(ask, "a")
    with pytest.raises(UnservedRequest, match="Sleep"):
        happen(ask, "a", "Sleep")
    workspace.unserved.clear()


def test_numbers_become_texts_in_tags_and_properties(ask: Send) -> None:
    values = {"whole": 42, "part": 0.5, "text": "42"}
    run = make(ask, "a", tags=values, properties=values)
    assert run["tags"] == run["properties"] == {"whole": "42", "part": "0.5", "text": "42"}


def test_a_run_has_a_token(ask: Send, send: Send, experiment: Any) -> None:
    make(ask, "a")
    by_name = ask("GET", "runs/a/token").json()
    by_id = send("GET", "history/v1.0", f"experimentids/{experiment.id}/runs/a/token").json()
    assert by_name["token"].count(".") == by_id["token"].count(".") == 2
    assert by_name["expiryTimeUtc"].startswith("2100-")
    assert ask("GET", "runs/nobody/token").status_code == 404


def test_a_refusal_has_the_service_s_envelope(ask: Send) -> None:
    answer = ask("GET", "runs/nobody")
    assert answer.status_code == 404
    body = answer.json()
    assert (body["error"]["code"], body["error"]["innerError"]["code"]) == ("UserError", "NotFoundError")
    assert body["error"]["message"] == "Run runId=nobody was not found"
    assert body["statusCode"] == 404
    assert {"correlation", "environment", "location", "time", "componentName"} <= set(body)


def test_a_run_is_found_in_its_own_experiment_only(ask: Send, send: Send, sdk: Any, experiment: Any) -> None:
    from azureml.core import Experiment

    other = Experiment(sdk, "other")
    make(ask, "a")
    for path, status in (
        ("experiments/contract/runs/a", 200),
        (f"experimentids/{experiment.id}/runs/a", 200),
        ("runs/a", 200),
        ("experiments/other/runs/a", 404),
        ("experiments/none/runs/a", 404),
        (f"experimentids/{other.id}/runs/a", 404),
        ("experimentids/none/runs/a", 404),
    ):
        assert send("GET", "history/v1.0", path).status_code == status
    assert send("PATCH", "history/v1.0", "experiments/other/runs/a", json={}).status_code == 404


def test_a_parent_must_be_in_the_experiment(ask: Send, send: Send, sdk: Any) -> None:
    from azureml.core import Experiment

    Experiment(sdk, "other")
    make(ask, "a")
    assert (
        send("PATCH", "history/v1.0", "experiments/other/runs/b", json={"parentRunId": "a"}).status_code
        == 400
    )
    for parent in ("nobody", "b", "\x00"):
        assert ask("PATCH", "runs/b", json={"parentRunId": parent}).status_code == 400
    assert ask("GET", "runs/b").status_code == 404


def test_a_parent_cannot_be_changed(ask: Send) -> None:
    make(ask, "a")
    make(ask, "b", parentRunId="a")
    assert make(ask, "b", parentRunId="a")["parentRunId"] == "a"
    assert ask("PATCH", "runs/b", json={"parentRunId": "b"}).status_code == 400
    assert ask("PATCH", "runs/a", json={"parentRunId": "b"}).status_code == 400


def test_what_a_batch_of_runs_refuses_is_named(ask: Send) -> None:
    make(ask, "a", properties={"p": "1"})
    runs = [
        {"runId": "b", "tags": {"t": "1"}},
        {"runId": "a", "tags": {"t": "1"}, "properties": {"p": "2"}},
        {"runId": "c", "parentRunId": "nobody"},
        {"runId": "d", "parentRunId": "b"},
    ]
    answer = ask("PATCH", "batch/runs", json={"runs": runs})
    assert answer.status_code == 200
    assert set(answer.json()["runs"]) == {"b", "d"}
    assert set(answer.json()["errors"]) == {"a", "c"}
    assert "cannot be changed" in answer.json()["errors"]["a"]["error"]["message"]
    assert make(ask, "a")["tags"] == {}
    assert sorted(found(ask)) == ["a", "b", "d"]


def test_what_a_batch_of_events_refuses_is_named(ask: Send) -> None:
    for run in "abc":
        make(ask, run)
    happen(ask, "b", "Completed")
    events = [{"name": EVENTS + "Start", "data": {"RunId": run}} for run in ("a", "b", "nobody", "c")]
    answer = ask("POST", "batch/events", json={"events": events})
    assert answer.status_code == 200
    assert [error["key"]["data"]["RunId"] for error in answer.json()["errors"]] == ["b", "nobody"]
    assert all(error["value"]["error"]["code"] == "UserError" for error in answer.json()["errors"])
    assert [make(ask, run)["status"] for run in "abc"] == ["Running", "Completed", "Running"]


def test_an_experiment_cannot_be_renamed(send: Send, experiment: Any) -> None:
    path = f"experimentids/{experiment.id}"
    assert send("PATCH", "history/v1.0", path, json={"name": "other"}).status_code == 400
    answer = send("PATCH", "history/v1.0", path, json={"name": "contract", "description": "of a kind"})
    assert (answer.json()["name"], answer.json()["description"]) == ("contract", "of a kind")


def test_hidden_runs_are_left_out_by_the_client(ask: Send, experiment: Any) -> None:
    make(ask, "a", hidden=True)
    make(ask, "b")
    assert found(ask) == ["b", "a"]
    assert [run.id for run in experiment.get_runs()] == ["b"]
    make(ask, "a", hidden=False)
    assert [run.id for run in experiment.get_runs()] == ["b", "a"]


def test_runs_that_never_started_come_last(ask: Send) -> None:
    for number, start in enumerate(["2024-01-02", None, "2024-01-01", None, "2024-01-02"]):
        make(ask, str(number), **({"startTimeUtc": f"{start}T00:00:00Z"} if start else {}))
    assert found(ask, orderby="StartTimeUtc desc") == ["4", "0", "2", "3", "1"]
    assert found(ask, orderby="StartTimeUtc asc") == ["1", "3", "2", "0", "4"]
    for top in (1, 2, 3):
        assert found(ask, orderby="StartTimeUtc desc", top=top) == ["4", "0", "2", "3", "1"]
        assert found(ask, orderby="StartTimeUtc asc", top=top) == ["1", "3", "2", "0", "4"]
    assert found(ask, orderby="RunId desc", top=2) == ["4", "3", "2", "1", "0"]
    assert found(ask, orderby="CreatedUtc", top=2) == ["0", "1", "2", "3", "4"]
    assert found(ask, orderby="Status", top=2) == ["0", "1", "2", "3", "4"]


def test_a_thousand_runs_come_page_by_page(ask: Send, experiment: Any) -> None:
    for hundred in range(10):
        runs = [{"runId": f"{hundred}{number:02}"} for number in range(100)]
        assert ask("PATCH", "batch/runs", json={"runs": runs}).json()["errors"] == {}
    ids = [f"{number:03}" for number in reversed(range(1000))]
    assert [run.id for run in experiment.get_runs()] == ids
    assert found(ask, top=300) == ids
    assert found(ask, filter="(RunId gt 500 and RunId ne 700)", top=7) == [
        identifier for identifier in ids if identifier > "500" and identifier != "700"
    ]


def test_a_page_has_at_most_500_runs(ask: Send) -> None:
    for hundred in range(6):
        runs = [{"runId": f"{hundred}{number:02}"} for number in range(100)]
        ask("PATCH", "batch/runs", json={"runs": runs})
    for top in ({}, {"top": 500}, {"top": 5000}):
        assert len(ask("POST", "runs:query", json=top).json()["value"]) == 500


def test_runs_that_come_between_two_pages_repeat_none(ask: Send) -> None:
    for number in range(4):
        make(ask, str(number), startTimeUtc=f"2024-01-0{number + 1}T00:00:00Z")
    first = ask("POST", "runs:query", json={"top": 2}).json()
    make(ask, "new", startTimeUtc="2024-02-01T00:00:00Z")
    second = ask(
        "POST", "runs:query", json={"top": 2, "continuationToken": first["continuationToken"]}
    ).json()
    assert [run["runId"] for run in first["value"] + second["value"]] == ["3", "2", "1", "0"]
    assert second["continuationToken"] is None


def test_children_come_page_by_page(ask: Send) -> None:
    make(ask, "a")
    runs = [{"runId": f"b{number}", "parentRunId": "a"} for number in range(5)]
    ask("PATCH", "batch/runs", json={"runs": runs})
    ids: list[str] = []
    token = ""
    while token is not None:
        query = {
            "$top": "2",
            "$orderby": "StartTimeUtc desc",
            "$continuationToken": token,
            "$filter": "RunId ne b2",
        }
        answer = ask("GET", "runs/a/children", params=query).json()
        ids += [run["runId"] for run in answer["value"]]
        token = answer["continuationToken"]
    assert ids == ["b4", "b3", "b1", "b0"]
    assert ask("GET", "runs/nobody/children").status_code == 404


@pytest.mark.parametrize(
    ("filter", "ids"),
    [
        (None, ["a", "b"]),
        ("", ["a", "b"]),
        ("RunId eq a or RunId eq b or RunId eq c", ["a", "b"]),
        ("(CreatedUtc ge 2024-01-01 00:00:00)", ["a", "b"]),
        ("(CreatedUtc ge 2999-01-01 00:00:00+00:00)", []),
        ("(Target eq sdk)", ["a"]),
        ("(Target eq null)", ["b"]),
        ("(RunTypeV2/Orchestrator eq External)", ["a"]),
        ("(RunTypeV2/Traits/x.y ne null) or (RunTypeV2/Traits/x.y eq null)", ["a"]),
        ("RunTypeV2/Traits/z ne null", []),
        ("RunNumber gt 1", ["b"]),
        ("StartTimeUtc eq null", ["b"]),
        ("EndTimeUtc eq 2024-01-02T00:00:00Z", ["a"]),
        ("RootRunId eq a and RunId ne a", ["b"]),
        ("ParentRunId eq a", ["b"]),
        ("ParentRunId eq null", ["a"]),
        ("Status eq \x00", []),
        ("RunId eq \ud800", []),
        ("DisplayName eq \ud800", ["b"]),
    ],
    ids=ascii,
)
def test_fields_that_runs_are_found_by(ask: Send, filter: str | None, ids: list[str]) -> None:
    kind = {"orchestrator": "External", "traits": ["x.y"]}
    times = {"startTimeUtc": "2024-01-01T00:00:00Z", "endTimeUtc": "2024-01-02T00:00:00Z"}
    make(ask, "a", target="sdk", runTypeV2=kind, **times)
    make(ask, "b", parentRunId="a", displayName="\ud800", runTypeV2={"traits": 5, "orchestrator": []})
    assert found(ask, filter=filter) == ids
    assert found(ask, filter=filter, top=1) == ids


TOKENS = [
    "x",
    "e30=",
    "W10=",
    "bnVsbA==",
    "é",
    "\ud800",
    5,
    {},
    "WyJzdGFydHRpbWV1dGMiLCB0cnVlLCAwLCBudWxsXQ==",
]


@pytest.mark.parametrize(
    "body",
    [
        {"filter": 5},
        {"filter": "("},
        {"filter": "(" * 100_000},
        {"filter": "Colour eq red"},
        {"filter": "CreatedUtc ge soon"},
        {"filter": "RunNumber eq " + "9" * 5000},
        {"orderby": 5},
        {"orderby": "Colour"},
        {"orderby": "down"},
        {"top": 0},
        {"top": -1},
        {"top": 0.5},
        {"top": "many"},
        {"top": True},
        {"top": 10**30},
        *({"continuationToken": token} for token in TOKENS),
    ],
    ids=lambda body: ascii(body)[:40],
)
@pytest.mark.parametrize("path", ["experiments/contract/runs:query", "experiments:query"])
def test_a_malformed_query_is_refused(send: Send, experiment: Any, path: str, body: Any) -> None:
    answer = send("POST", "history/v1.0", path, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "UserError")


def test_a_token_of_another_query_is_refused(ask: Send) -> None:
    for run in "abc":
        make(ask, run)
    token = ask("POST", "runs:query", json={"top": 1, "orderby": "RunId"}).json()["continuationToken"]
    for other in ("RunId desc", "Status", "StartTimeUtc"):
        body = {"orderby": other, "continuationToken": token}
        assert ask("POST", "runs:query", json=body).status_code == 400


DEEP: Any = []
for _ in range(200):
    DEEP = [DEEP]
START = EVENTS + "Start"


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        ("PATCH", "runs/a", {"runDefinition": DEEP}),
        ("PATCH", "runs/a", {"runDefinition": {"x": float("nan")}}),
        ("PATCH", "runs/a", {"inputDatasets": [float("inf")]}),
        ("PATCH", "runs/a", {"queueingInfo": []}),
        ("PATCH", "runs/a", {"parentRunId": "\ud800"}),
        ("PATCH", "runs/a", {"startTimeUtc": "9999-12-31T23:59:59-10:00"}),
        ("PATCH", "runs/a", {"startTimeUtc": "0001-01-01T00:00:00+10:00"}),
        ("PATCH", "batch/runs", {}),
        ("PATCH", "batch/runs", {"runs": {}}),
        ("PATCH", "batch/runs", {"runs": [5]}),
        ("PATCH", "batch/runs", {"runs": [{}]}),
        ("PATCH", "batch/runs", {"runs": [{"runId": "\ud800"}]}),
        ("PATCH", "batch/runs", {"runs": [{"runId": "b"}, {"runId": "c", "tags": 5}]}),
        ("POST", "batch/events", {"events": 5}),
        ("POST", "batch/events", {"events": [5]}),
        ("POST", "batch/events", {"events": [{"name": START}]}),
        ("POST", "batch/events", {"events": [{"name": START, "data": {"RunId": "\ud800"}}]}),
        ("POST", "runs/a/events", {"name": START, "data": {"RunId": "b"}}),
        ("POST", "runs/a/events", {"name": START, "data": {"RunId": []}}),
        ("POST", "runs/a/events", {"name": START, "data": {"StartTime": 5}}),
        ("POST", "runs/a/events", {"name": START, "timestamp": []}),
        ("POST", "runs/a/events", {"name": EVENTS + "Error", "data": {"ErrorResponse": "x"}}),
        ("POST", "runs/a/events", {"name": EVENTS + "Error", "data": {"ErrorResponse": {"x": float("nan")}}}),
        ("POST", "runs/a/events", {"name": EVENTS + "Error", "data": {"ErrorResponse": {"x": DEEP}}}),
        ("POST", "runs/a/events", {"name": EVENTS + "Warning", "data": {"Source": "x"}}),
        ("DELETE", "runs/a/tags", {}),
        ("DELETE", "runs/a/tags", [5]),
        ("DELETE", "runs/a/tags", None),
    ],
    ids=lambda part: ascii(part)[:60],
)
def test_a_malformed_message_about_runs_is_refused(ask: Send, method: str, rest: str, body: Any) -> None:
    before = make(ask, "a")
    answer = ask(method, rest, data=json.dumps(body))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "UserError")
    assert make(ask, "a") == before
    assert found(ask) == ["a"]


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        ("PATCH", "", {"tags": []}),
        ("PATCH", "", {"tags": {"a": []}}),
        ("PATCH", "", {"archive": 1}),
        ("PATCH", "", {"archive": "true"}),
        ("PATCH", "", {"name": 5}),
        ("PATCH", "", {"description": 5}),
        ("POST", "/tags:delete", {}),
        ("POST", "/tags:delete", {"tags": "a"}),
        ("POST", "/tags:delete", {"tags": [5]}),
        ("POST", "/tags:delete", []),
    ],
    ids=ascii,
)
def test_a_malformed_message_about_an_experiment_is_refused(
    send: Send, experiment: Any, method: str, rest: str, body: Any
) -> None:
    answer = send(method, "history/v1.0", f"experimentids/{experiment.id}{rest}", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "UserError")


def test_experiments_come_page_by_page(send: Send, sdk: Any) -> None:
    from azureml.core import Experiment

    names = [Experiment(sdk, f"name{number}").name for number in range(5)]

    def listed(**body: Any) -> list[str]:
        found: list[str] = []
        while True:
            answer = send("POST", "history/v1.0", "experiments:query", json=body).json()
            found += [one["name"] for one in answer["value"]]
            body["continuationToken"] = answer["continuationToken"]
            if body["continuationToken"] is None:
                return found

    assert listed(top=2) == names[::-1]
    assert listed(top=2, orderby="Name asc") == names
    assert listed(top=1, filter="(Name gt name2)") == ["name4", "name3"]
    assert send("POST", "history/v1.0", "experiments:query", json={"viewType": "Some"}).status_code == 400


def test_a_filter_that_no_client_sends_is_not_served(workspace: EmbeddedWorkspace, ask: Send) -> None:
    for body in ({"filter": "not (RunId eq a)"}, {"orderby": "Status,RunId"}):
        with pytest.raises(UnservedRequest):
            ask("POST", "runs:query", json=body)
    workspace.unserved.clear()


def test_years_are_written_with_four_digits(ask: Send) -> None:
    for sent in ("0001-01-01T00:00:00Z", "0999-12-31T23:59:59.5Z", "9999-12-31T23:59:59.9999999Z"):
        assert make(ask, "a", startTimeUtc=sent)["startTimeUtc"] == sent.replace("Z", "+00:00")


def test_a_filter_may_have_thousands_of_conditions(ask: Send) -> None:
    make(ask, "a")
    for condition in ("RunId ne b", "RunId eq a", "ParentRunId eq null"):
        assert found(ask, filter=" and ".join([condition] * 3000)) == ["a"]
    assert found(ask, filter=" and ".join(["RunId eq a"] * 3000 + ["RunId eq b"])) == []
