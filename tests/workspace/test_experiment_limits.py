"""How long the name of an experiment may be, which the client of SDK v1 does not let one find out."""

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
