"""All benchmarks, or those that are named: `python tests/benchmarks/run.py [NAME...]`.

Ends with 0 also where a bar is missed: machines are noisy, and a person reads the table.
"""

from __future__ import annotations

import argparse
import logging
import warnings
from importlib import import_module

BENCHMARKS = ("cycles", "v1_side", "overhead", "tracing", "endurance", "hostile")


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Benchmarks of the harness: figures beside the bars set for them."
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)} (default: all)"
    )
    names = parser.parse_args().names
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    # What the clients have to say is not what is measured here.
    warnings.simplefilter("ignore")
    logging.disable(logging.INFO)
    for name in names or BENCHMARKS:
        import_module(name).main()


if __name__ == "__main__":
    main()
