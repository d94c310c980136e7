from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from spec_samples import GOOD, GOOD_PATH

HEAVY = (
    "hypothesis",
    "numpy",
    "pytest",
    "mlflow",
    "azureml",
    "azure",
    "rich",
    "pandas",
    "sqlalchemy",
    "requests",
)

CODE = """
import sys
from pathlib import Path
from harness.spec import load_entries
loaded = load_entries([Path(sys.argv[1])])
assert not loaded.problems, loaded.problems
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_entries_are_checked_without_any_heavy_import(tmp_path: Path) -> None:
    path = tmp_path / GOOD_PATH.name
    path.write_text(GOOD, encoding="utf-8")
    command = [sys.executable, "-c", CODE, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & set(HEAVY) == set()
