"""The command that runs entries. It is pytest with the plugin: one engine, one seed rule."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import click

from harness.cli.common import EXIT_CODES, all_known, load, specs_argument
from harness.errors import (
    EXIT_BAD_INPUT,
    EXIT_ENVIRONMENT,
    EXIT_EXPLAINED,
    EXIT_INTERRUPTED,
    EXIT_UNEXPLAINED,
    EnvironmentProblem,
)
from harness.profiles import DEFAULT_PROFILE, DEFAULT_SEED, PROFILES
from harness.stores.catalogue import STORES


@click.command(epilog=EXIT_CODES)
@specs_argument
@click.option("--mapping", "mappings", multiple=True, metavar="ID", help="Only this entry (may be repeated).")
@click.option(
    "--store",
    "stores",
    multiple=True,
    type=click.Choice(list(STORES)),
    help="Only this MLflow store (may be repeated; default: all).",
)
@click.option(
    "--recipe", "recipes", multiple=True, metavar="NAME", help="Only this recipe (may be repeated)."
)
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default=DEFAULT_PROFILE,
    show_default=True,
    help="; ".join(f"{profile.name}: {profile.says}" for profile in PROFILES.values()) + ".",
)
@click.option(
    "--seed", type=int, default=DEFAULT_SEED, show_default=True, metavar="N", help="Same seed, same inputs."
)
@click.option(
    "-n",
    "workers",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="WORKERS",
    help="Processes that work side by side; 0: this one alone.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write report.json and summary.md into this folder.",
)
def run(
    specs: Sequence[Path],
    mappings: Sequence[str],
    stores: Sequence[str],
    recipes: Sequence[str],
    profile: str,
    seed: int,
    workers: int,
    report: Path | None,
) -> None:
    """Verify entries with both clients: SPEC is a file or a folder (default: specs)."""
    entries = load(specs)
    all_known("mapping", mappings, [entry.id for entry in entries])
    chosen = [entry for entry in entries if not mappings or entry.id in mappings]
    all_known("recipe", recipes, sorted({recipe for entry in chosen for recipe in entry.entry.mlflow}))
    _needed_packages()
    if report:
        _writable(report)
    sys.exit(
        _pytest(
            [
                *(f"--harness-mapping={mapping}" for mapping in mappings),
                *(f"--harness-store={store}" for store in stores),
                *(f"--harness-recipe={recipe}" for recipe in recipes),
                f"--harness-profile={profile}",
                f"--harness-seed={seed}",
                *([f"--harness-report={report}"] if report else []),
                *([f"--numprocesses={workers}", "--dist=worksteal"] if workers else []),
                *(str(entry.path) for entry in chosen),
            ]
        )
    )


def _pytest(arguments: Sequence[str]) -> int:
    """Runs pytest with the plugin, and with none of the settings of the folder it is called in."""
    import pytest

    class Ending:
        """What pytest's exit codes do not tell apart from others that mean something else here."""

        exit_code: int | None = None

        def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
            # pytest also calls this when it stops itself.
            if excinfo.type is KeyboardInterrupt:
                self.exit_code = EXIT_INTERRUPTED

        def pytest_internalerror(self) -> None:
            self.exit_code = EXIT_UNEXPLAINED

    # The user's settings for other test suites are not for this one.
    os.environ.pop("PYTEST_ADDOPTS", None)
    ending = Ending()
    ini = Path(__file__).parents[1] / "run.ini"
    with tempfile.TemporaryDirectory(prefix="harness-") as storage:
        # Hypothesis keeps what it found out about modules and characters, by default in the working directory.
        os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", storage)
        ended = pytest.main(
            [
                f"--config-file={ini}",
                f"--rootdir={Path.cwd()}",
                "--noconftest",
                "--quiet",
                "--tb=no",
                "-rN",
                "-pno:cacheprovider",
                "-pno:warnings",
                "-pharness.plugin",
                *arguments,
            ],
            plugins=[ending],
        )
    if ending.exit_code is not None:
        return ending.exit_code
    codes: dict[int, int] = {
        pytest.ExitCode.OK: EXIT_EXPLAINED,
        pytest.ExitCode.TESTS_FAILED: EXIT_UNEXPLAINED,
        EXIT_BAD_INPUT: EXIT_BAD_INPUT,
        EXIT_ENVIRONMENT: EXIT_ENVIRONMENT,
        pytest.ExitCode.USAGE_ERROR: EXIT_BAD_INPUT,
        pytest.ExitCode.NO_TESTS_COLLECTED: EXIT_BAD_INPUT,
    }
    return codes.get(int(ended), EXIT_UNEXPLAINED)


def _needed_packages() -> None:
    from harness.session import CLIENTS

    missing = [package for package, module in CLIENTS.items() if not _is_there(module)]
    if missing:
        raise EnvironmentProblem(
            f"not installed: {', '.join(missing)}. Install with: pip install {' '.join(missing)}"
        )


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:  # not even the package that it would be in
        return False


def _writable(folder: Path) -> None:
    """Makes the folder of the report: better to say before the run than after it that this cannot be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot write a report into the folder {folder}: {error.strerror}"
        ) from error
