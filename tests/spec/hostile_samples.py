"""Entries made to fill the memory, to run for ever, or to break what reads them; each with the code that it gets."""

from __future__ import annotations

from spec_samples import SHORT

LONGEST = 2_500
"""Characters that one problem may take on the screen."""

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

HOSTILE = {
    "alias bomb": (BOMB, "too-many-values"),
    "deep lists": ("[" * 100_000, "too-deep"),
    "deep mappings": ("{a: " * 30_000, "too-deep"),
    "deep blocks": ("- " * 60_000 + "x", "too-deep"),
    "deep expression": (
        SHORT.replace("is_usual_number(value)", "(" * 5000 + "value" + ")" * 5000),
        "python-syntax",
    ),
    "long sum": (SHORT.replace("is_usual_number(value)", "value" + " + value" * 3000), "python-syntax"),
    "long chain": (SHORT.replace("is_usual_number(value)", "value" + ".real" * 3000), "python-syntax"),
    "many names": (
        SHORT.replace("is_usual_number(value)", " + ".join(f"v{number}" for number in range(200))),
        "unknown-name",
    ),
    "many keys": (SHORT + "".join(f"key{number}: 1\n" for number in range(3000)), "unknown-key"),
    "many inputs": (
        SHORT.replace("usual:", "".join(f"  i{number}: nmbers()\n" for number in range(2000)) + "usual:"),
        "missing-input",
    ),
    "long integer": (SHORT.replace("2.5", "9" * 100_000), "wrong-value"),
    "long text": (SHORT.replace("2.5", '"' + "9" * 200_000 + '"'), "too-large"),
    "a million digits": (SHORT.replace("2.5", "9" * 1_000_000), "too-large"),
    "a hundred thousand keys": ("".join(f"key{number}: 1\n" for number in range(100_000)), "too-large"),
    "ten million characters": ("harness: 1 #" + "x" * 10_000_000, "too-large"),
    "many unary operators": (
        SHORT.replace("is_usual_number(value)", "-" * 100_000 + "value"),
        "python-syntax",
    ),
    "deep lambdas": (
        SHORT.replace("is_usual_number(value)", "'" + "lambda: " * 10_000 + "1'"),
        "python-syntax",
    ),
    "deep brackets of an expression tag": (
        SHORT.replace("2.5", '!py "' + "[" * 50_000 + '"'),
        "python-syntax",
    ),
    "an alias bomb of a known key": (
        SHORT.replace("value: 2.5", "value: &a [&b [&c [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]]]")
        .replace("unobserved", "x")
        .replace("compare: numbers", BOMB + "compare: numbers"),
        "too-many-values",
    ),
    "merge keys": (SHORT.replace("v1:\n", "v1: &v\n").replace("compare:", "<<: *v\ncompare:"), "unknown-key"),
    "a pattern that backtracks for ever": (
        SHORT.replace(
            "becomes: as_double(value)",
            "raises: {phase: log, type: Keyerror, match: '" + "(a?|b?)" * 40 + "x'}",
        ),
        "unknown-exception",
    ),
    "a pattern that repeats for ever": (
        SHORT.replace(
            "becomes: as_double(value)",
            "raises: {phase: log, type: Keyerror, match: '(?:(?:(?:(?:a?){999}){999}){999}){999}x'}",
        ),
        "unknown-exception",
    ),
    "a pattern that is nested deep": (
        SHORT.replace(
            "becomes: as_double(value)",
            "raises: {phase: log, type: KeyError, match: '" + "(" * 20_000 + ")" * 20_000 + "'}",
        ),
        "bad-regex",
    ),
    "python tags": (SHORT.replace("2.5", "!!python/object/apply:os.system [ls]"), "unknown-tag"),
    "null character": (SHORT.replace("usual: is", 'usual: "\\0" #'), "python-syntax"),
}
