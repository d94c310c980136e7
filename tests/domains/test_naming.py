from __future__ import annotations

import re
import unicodedata

from hypothesis import strategies as st

from harness.domains import experiment_names, metric_names

NAMES = {
    "plain": lambda name: name.isidentifier() and name.isascii() and len(name) < 20,
    "slash inside": lambda name: "/" in name.strip("/"),
    "two slashes": lambda name: "//" in name,
    "starts with a slash": lambda name: name.startswith("/"),
    "ends with a slash": lambda name: name.endswith("/"),
    "..": lambda name: ".." in name.split("/"),
    "starts with ./": lambda name: name.startswith("./"),
    "backslash": lambda name: "\\" in name,
    "over 250 characters": lambda name: len(name) > 250,
    "over 255 characters": lambda name: len(name) > 255,
    "250 characters": lambda name: len(name) == 250,
    "over 250 bytes, not characters": lambda name: (
        len(name) <= 250 < len(name.encode("utf-8", "surrogatepass"))
    ),
    "beyond ASCII": lambda name: not name.isascii(),
    "beyond 16 bits": lambda name: any(ord(character) > 0xFFFF for character in name),
    "letters of other scripts": lambda name: not name.isascii() and name.isalpha(),
    "blank inside": lambda name: " " in name.strip(),
    "blank at an end": lambda name: name != name.strip(),
    "punctuation": lambda name: any(character in "#?%:&='\"" for character in name),
    **{f"has {sign}": lambda name, sign=sign: sign in name for sign in "#?%:&='\""},
    "line end": lambda name: "\n" in name,
    "NUL": lambda name: "\x00" in name,
    "control character": lambda name: any(unicodedata.category(character) == "Cc" for character in name),
    "one character": lambda name: len(name) == 1,
    "other case": lambda name: name.lower() in ("loss", "accuracy") and name != name.lower(),
    "looks like another value": lambda name: name in ("1", "nan", "true", "null", "None"),
}


def test_metric_names_bring_in_every_edge(at_least):
    at_least(metric_names(), NAMES, 2)


def test_metric_names_are_plain_often_enough_and_not_always(draw):
    plain = sum(map(NAMES["plain"], draw(metric_names())))
    assert 75 <= plain <= 250


def test_metric_names_are_empty_or_have_surrogates_only_if_asked(draw, at_least):
    names = draw(metric_names())
    assert "" not in names
    assert all(name.encode("utf-8") for name in names)
    at_least(metric_names(empty=True), {"empty": lambda name: name == ""}, 5)
    at_least(
        metric_names(surrogates=True),
        {"surrogate": lambda name: any("\ud800" <= character <= "\udfff" for character in name)},
        5,
    )


def test_names_of_one_run_may_differ_in_case_only(at_least):
    at_least(
        st.lists(metric_names(), min_size=4, max_size=8, unique=True),
        {"case variants": lambda names: len({name.lower() for name in names}) < len(names)},
        5,
        count=400,
    )


def test_what_metric_names_shrink_to(simplest):
    assert simplest(metric_names()) == "loss"
    assert simplest(metric_names(), lambda name: len(name) > 250) == "a" * 251
    assert simplest(metric_names(), lambda name: len(name) > 255) == "a" * 256
    assert simplest(metric_names(), lambda name: ".." in name.split("/")) == ".."
    assert len(simplest(metric_names(), lambda name: "\n" in name)) <= 3


EXPERIMENTS = {
    "accepted by SDK v1": lambda name: bool(re.match(r"[a-zA-Z0-9][\w-]{0,254}$", name)),
    "refused": lambda name: not re.match(r"[a-zA-Z0-9][\w-]{0,254}$", name),
    "beyond ASCII": lambda name: not name.isascii() and name[0].isascii(),
    "line end": lambda name: name.endswith("\n"),
    "255 characters": lambda name: len(name) == 255,
    "over 255 bytes, not characters": lambda name: len(name) <= 255 < len(name.encode()),
    "over 255 characters": lambda name: len(name) > 255,
    "other case": lambda name: name.lower() in ("loss", "default") and name != name.lower(),
    "looks like another value": lambda name: name in ("1", "nan", "true", "null", "1e5", "0x10"),
    "empty": lambda name: name == "",
}


def test_names_of_experiments_bring_in_every_edge(at_least):
    at_least(experiment_names(), EXPERIMENTS, 2)


def test_most_names_of_experiments_are_accepted(draw):
    names = draw(experiment_names())
    assert sum(map(EXPERIMENTS["accepted by SDK v1"], names)) > 0.7 * len(names)
