"""How long name and description of an experiment may be, which the client of SDK v1 does not let one find out."""

from __future__ import annotations

from collections.abc import Callable

import requests


def test_an_experiment_s_name_over_the_limit_is_refused(send: Callable[..., requests.Response]) -> None:
    assert send("POST", "history/v1.0", f"experiments/{'x' * 256}").status_code == 200
    answer = send("POST", "history/v1.0", f"experiments/{'x' * 257}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "ValidationError"
    assert "Limit=256, Size=257" in answer.json()["error"]["message"]
    assert send("GET", "history/v1.0", f"experiments/{'x' * 257}").status_code == 404


def test_an_experiment_s_description_over_the_limit_is_refused(
    send: Callable[..., requests.Response],
) -> None:
    where = "experimentids/" + send("POST", "history/v1.0", "experiments/mine").json()["experimentId"]
    assert send("PATCH", "history/v1.0", where, json={"description": "x" * 5000}).status_code == 200
    answer = send("PATCH", "history/v1.0", where, json={"description": "x" * 5001})
    assert answer.status_code == 400
    assert "Limit=5000, Size=5001" in answer.json()["error"]["message"]
    assert send("GET", "history/v1.0", where).json()["description"] == "x" * 5000
