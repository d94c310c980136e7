"""A training script as written for SDK v1; it knows nothing of any stand-in."""

import os
import sys

from azureml.core import Run

run = Run.get_context()
run.set_tags({"model": "ridge", "stage": "test"})
run.log("alpha", 0.5)
for loss in (4, 3, 2, 1):
    run.log("loss", loss)
run.log_list("folds", [0.25, 0.5, 0.75])

os.makedirs(sys.argv[1], exist_ok=True)
with open(os.path.join(sys.argv[1], "notes.txt"), "w", encoding="utf-8") as file:
    file.write("größer als β")
run.upload_file("notes/notes.txt", os.path.join(sys.argv[1], "notes.txt"))

for number in range(2):
    child = run.child_run(name=f"fold {number}")
    child.log("score", number + 0.5)
    child.tag("fold", str(number))
    child.complete()
run.complete()
