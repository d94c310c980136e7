"""Experiments: making, finding, changing, archiving."""

from __future__ import annotations

from typing import Any, NoReturn

from harness.workspace.routes.mlflow.reading import Endpoints, find_experiment, key_of, pairs
from harness.workspace.rules import experiments, limits, times
from harness.workspace.rules.mlflow_runs import TICKS_PER_MS, text
from harness.workspace.wire.calls import Answer, Call, ServiceError


def create(call: Call) -> Answer:
    """Makes an experiment. Unlike SDK v1, MLflow refuses a name that is taken."""
    body = call.json()
    name = key_of(call, call.a_storable(body.get("name"), "name"), "name")
    tags: dict[str, str | None] = {**pairs(call, body.get("tags"), "tags")}
    limits.check_experiment(name, tags, None, call.executed)
    if body.get("artifact_location"):
        call.executed("mlflow-artifact-location-ignored")
    with call.store.write() as connection:
        if experiments.find_active(connection, name) is not None:
            call.executed("mlflow-experiment-name-taken")
            raise ServiceError(400, "AlreadyExists", f"Experiment {name} already exists.")
        created = experiments.create_or_get(connection, name, times.now(), call.executed, tags)
    return Answer({"experiment_id": created.experiment_id})


def get(call: Call) -> Answer:
    """The experiment with an id."""
    # The default experiment is made when somebody asks for it.
    with call.store.write() as connection:
        found = find_experiment(connection, call, call.query.get("experiment_id"))
    return Answer({"experiment": shown(call, found)})


def get_by_name(call: Call) -> Answer:
    """The experiment with a name; an archived one only if no active one has it."""
    name = call.query.get("experiment_name", "")
    with call.store.read() as connection:
        found = experiments.find_by_name(connection, name)
    if found is None:
        call.executed("mlflow-experiment-not-found")
        raise ServiceError(404, "NotFoundError", f"Experiment {name} was not found")
    return Answer({"experiment": shown(call, found)})


def update(call: Call) -> NoReturn:
    """Refused: all that MLflow could change here is the name."""
    call.executed("mlflow-experiment-not-renamed")
    raise ServiceError(400, "BadArgument", "An experiment cannot be renamed.")


def delete(call: Call) -> Answer:
    """Archives the experiment."""
    return _set_archived(call, times.now())


def restore(call: Call) -> Answer:
    """Makes an archived experiment active again."""
    return _set_archived(call, None)


def set_tag(call: Call) -> Answer:
    """Adds a tag to the experiment, or replaces its value."""
    body = call.json()
    tags = pairs(call, [body], "A tag")
    with call.store.write() as connection:
        found = find_experiment(connection, call, body.get("experiment_id"))
        found.tags.update(tags)
        limits.check_experiment(found.name, found.tags, found.description, call.executed)
        experiments.save(connection, found)
    call.executed("mlflow-experiment-tags")
    return Answer({})


def shown(call: Call, experiment: experiments.Experiment) -> dict[str, Any]:
    """The experiment as MLflow reads it."""
    call.executed("mlflow-experiment-shown")
    return {
        "experiment_id": experiment.experiment_id,
        "name": text(experiment.name, call.executed),
        "artifact_location": "",
        "lifecycle_stage": "active" if experiment.archived is None else "deleted",
        "creation_time": experiment.created // TICKS_PER_MS,
        "tags": [
            {"key": text(key, call.executed), "value": text(value or "", call.executed)}
            for key, value in experiment.tags.items()
        ],
    }


def _set_archived(call: Call, archived: int | None) -> Answer:
    body = call.json()
    with call.store.write() as connection:
        found = find_experiment(connection, call, body.get("experiment_id"))
        call.executed("mlflow-experiment-archived")
        try:
            experiments.set_archived(connection, found, archived, call.executed)
        except experiments.ExperimentRefused as error:
            raise ServiceError(400, "AlreadyExists", str(error)) from error
        experiments.save(connection, found)
    return Answer({})


ENDPOINTS: Endpoints = (
    ("POST", "mlflow/experiments/create", create),
    ("GET", "mlflow/experiments/get", get),
    ("GET", "mlflow/experiments/get-by-name", get_by_name),
    ("POST", "mlflow/experiments/update", update),
    ("POST", "mlflow/experiments/delete", delete),
    ("POST", "mlflow/experiments/restore", restore),
    ("POST", "mlflow/experiments/set-experiment-tag", set_tag),
)
