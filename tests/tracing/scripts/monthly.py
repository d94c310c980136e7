"""The monthly forecast, grown over the years: rows, tables, tags, and whatever somebody wanted to see."""

import sys

from azureml.core import Run

run = Run.get_context()
month = sys.argv[1] if len(sys.argv) > 1 else "2024-05"
run.set_tags({"month": month, "owner": "Jane Doe"})
run.log("stage", "loading")

for region, sales, error in (("north", 120, 0.11), ("south", 95, 0.07), ("west", 95, 0.2)):
    run.log_row("regions", region=region, sales=sales)
    run.log_row("errors", sales=sales, mape=error)

run.log_table("quantiles", {"q": [0.1, 0.5, 0.9], "low": [80, 95, 110], "high": [120, 131, 140]})
run.log_list("daily", [3, 1, 2, 3])
run.log("stage", "done")
run.log("mape (%)", 11.5)
run.log_residuals(
    "residuals",
    {
        "schema_type": "residuals",
        "schema_version": "1.0.0",
        "data": {"bin_edges": [-1, 0, 1], "bin_counts": [4, 6], "mean_absolute_error": 0.1},
    },
)
try:
    run.log_list("empty", [])
except Exception as error:
    print("not logged:", type(error).__name__, file=sys.stderr)
print("tags", sorted(run.get_tags()))
