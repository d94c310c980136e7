"""Trains a small network for each fold in a child run: metrics by step, checkpoints and folders, as teams have it."""

import json
import os

import numpy as np
from azureml.core import Run

run = Run.get_context()
rng = np.random.default_rng(5)
points = rng.normal(size=(90, 3)).astype(np.float32)
labels = (points[:, 0] * points[:, 1] > 0).astype(np.float32)
run.add_properties({"data": "synthetic-v2"})
run.tag("framework", "numpy")
run.tag("baseline")
os.makedirs("outputs/checkpoints", exist_ok=True)


def note(child, name, value, step):
    """The team's own helper: every metric goes through it."""
    child.log(name, value, step=step)


def train(child, fold, epochs=4):
    weights = rng.normal(0, 0.3, (3, 16)).astype(np.float32)
    top = rng.normal(0, 0.3, 16).astype(np.float32)
    held = np.arange(len(points)) % 3 == fold
    for epoch in range(epochs):
        for _ in range(60):
            hidden = np.maximum(points[~held] @ weights, 0)
            guess = 1 / (1 + np.exp(-(hidden @ top)))
            error = guess - labels[~held]
            back = np.outer(error, top) * (hidden > 0)
            top = top - np.float32(0.5) * (hidden.T @ error) / np.float32(len(error))
            weights = weights - np.float32(0.5) * (points[~held].T @ back) / np.float32(len(error))
        seen = np.maximum(points[held] @ weights, 0) @ top > 0
        note(child, "loss", np.mean(error**2), epoch)
        note(child, "accuracy", float(np.mean(seen == (labels[held] > 0))), epoch)
        np.savetxt(f"outputs/checkpoints/{fold}-{epoch}.csv", weights, delimiter=",")
    child.upload_file(f"weights/{fold}.csv", f"outputs/checkpoints/{fold}-{epochs - 1}.csv")
    return float(np.mean(seen == (labels[held] > 0)))


scores = []
for fold in range(2):
    with run.child_run(name=f"fold-{fold}") as child:
        child.set_tags({"fold": str(fold)})
        scores.append(train(child, fold))
for number, child in enumerate(run.create_children(count=2)):
    child.log("retrained", scores[number])
    child.complete()
print("children", len(list(run.get_children())))

with open("scores.json", "w", encoding="utf-8") as file:
    json.dump(scores, file)
run.upload_files(
    names=["scores.json", "curves/first.csv"], paths=["scores.json", "outputs/checkpoints/0-0.csv"]
)
run.upload_folder(name="checkpoints", path="outputs/checkpoints")
run.download_file("scores.json", output_file_path="again.json")
run.download_files(prefix="curves", output_directory="fetched")
print("files", len(run.get_file_names()))
run.log_list("scores", scores)
run.log("folds", len(scores))
