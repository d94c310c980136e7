"""A sweep over learning rates of a small network, each in a child run of its own; one of them diverges."""

import numpy as np
from azureml.core import Run

run = Run.get_context()
rng = np.random.default_rng(3)
inputs = rng.normal(size=(64, 4)).astype(np.float32)
targets = np.tanh(inputs @ np.array([1.0, -2.0, 0.5, 0.0], dtype=np.float32))


def train(child, rate, epochs=3):
    first = rng.normal(0, 0.5, (4, 8)).astype(np.float32)
    second = rng.normal(0, 0.5, 8).astype(np.float32)
    for epoch in range(epochs):
        for _ in range(40):
            hidden = np.maximum(inputs @ first, 0)
            error = hidden @ second - targets
            back = np.outer(error, second) * (hidden > 0)
            second = second - np.float32(rate) * (hidden.T @ error) / np.float32(64)
            first = first - np.float32(rate) * (inputs.T @ back) / np.float32(64)
        loss = np.mean(error**2)
        child.log("loss", loss, step=epoch)
        child.log("learning rate", rate)
    return float(loss)


best = None
with np.errstate(all="ignore"):
    for rate in (0.05, 50.0):
        child = run.child_run(name=f"rate-{rate}")
        loss = train(child, rate)
        if np.isfinite(loss):
            child.complete()
            best = loss if best is None else min(best, loss)
        else:
            child.fail("the loss is no number any more")
run.log("best loss", best)
run.log("samples seen", 2**53 + 1)
print("best loss", best)
