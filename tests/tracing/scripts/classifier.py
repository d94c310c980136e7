"""Trains a classifier of flowers by the nearest centre, as a team with the Azure ML SDK v1 would have written it."""

import argparse

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from azureml.core import Run

CLASSES = ["setosa", "versicolor", "virginica"]


def load_flowers(seed, count=60):
    rng = np.random.default_rng(seed)
    centres = np.array([[5.0, 1.5], [5.9, 4.3], [6.6, 5.6]])
    labels = rng.integers(0, 3, count)
    return centres[labels] + rng.normal(0, 0.55, (count, 2)), labels


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    run = Run.get_context()
    run.tag("model", "nearest centre")
    run.log("seed", args.seed)

    points, labels = load_flowers(args.seed)
    half = len(points) // 2
    centres = np.array([points[:half][labels[:half] == k].mean(axis=0) for k in range(3)])
    distances = np.linalg.norm(points[half:, None] - centres, axis=2)
    guesses, truth = distances.argmin(axis=1), labels[half:]

    run.log("accuracy", np.mean(guesses == truth))
    run.log("converged", True)
    recall = [float(np.mean(guesses[truth == k] == k)) for k in range(3)]
    run.log_list("recall per class", recall)

    matrix = np.zeros((3, 3), dtype=int)
    for is_, said in zip(truth, guesses, strict=True):
        matrix[is_, said] += 1
    run.log_confusion_matrix(
        "confusion matrix",
        {
            "schema_type": "confusion_matrix",
            "schema_version": "1.0.0",
            "data": {"class_labels": CLASSES, "matrix": matrix.tolist()},
        },
    )

    plt.figure(figsize=(2, 2), dpi=50)
    plt.scatter(points[:, 0], points[:, 1], c=labels, s=4)
    run.log_image("flowers", plot=plt)
    plt.close("all")

    figure = plt.figure(figsize=(2, 2), dpi=50)
    figure.add_subplot().imshow(matrix)
    figure.savefig("confusion.png")
    plt.close(figure)
    run.log_image("confusion", path="confusion.png")

    np.savetxt("centres.csv", centres, delimiter=",")
    run.upload_file("model/centres.csv", "centres.csv")
    print("accuracy", np.mean(guesses == truth))


if __name__ == "__main__":
    main()
