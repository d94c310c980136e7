"""A training script as written for MLflow on Azure ML; it knows nothing of any stand-in."""

import mlflow

mlflow.log_param("alpha", 0.5)
mlflow.set_tags({"model": "ridge", "stage": "test"})
for step, loss in enumerate((4, 3, 2, 1)):
    mlflow.log_metric("loss", loss, step=step)
mlflow.log_text("größer als β", "notes/notes.txt")
for number in range(2):
    with mlflow.start_run(nested=True, run_name=f"fold {number}"):
        mlflow.log_metric("score", number + 0.5)
        mlflow.set_tag("fold", number)
