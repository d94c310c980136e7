"""Names of metrics: SDK v1 takes any string, MLflow some, and stores make paths and addresses of them."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.domains.text import CONTROL, SURROGATES, UNICODE_SAMPLES, UTF8, long_texts

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SEPARATORS = "#?%:&='\""
_PUNCTUATION = "#?%:&='\"+@!$*()[]{}<>|,;^~`\\"


def metric_names(
    *, empty: bool = False, surrogates: bool = False, long_parts: bool = False
) -> SearchStrategy[str]:
    """Names that v1 logs a metric under.

    Args:
        empty: Also the empty name.
        surrogates: Also names with lone surrogates, which UTF-8 cannot carry.
        long_parts: Also names with a folder, and with a file in one, of more than 255 bytes, where a metric is a file.

    Arms of their own, since each is treated in a way of its own by some client or store:

    * slashes, which make folders of a name where a metric is a file;
    * `..`, `/abs`, `a//b`, `./a`, a trailing slash, backslashes: paths that lead elsewhere or are spelt
      otherwise;
    * more than 250 characters, where MLflow's keys end, and more than 255, where file names and columns end;
      in bytes too;
    * letters beyond ASCII, in composed and decomposed form, right-to-left, emoji;
    * blanks, also at the ends; punctuation that means something in an address, in SQL or in a filter;
    * control characters and line ends;
    * a single character; names in several cases, for stores that do not tell case apart;
    * names that look like other values, devices of an operating system, or names that MLflow keeps for
      itself.
    """
    word = st.text(_LETTERS, min_size=1, max_size=6)
    arms = [
        st.sampled_from(["loss", "accuracy", "val_loss", "f1-score", "lr", "epoch"]),
        st.text(_LETTERS + "0123456789_-.", min_size=2, max_size=12).map(lambda rest: f"m{rest}"),
        st.lists(word, min_size=2, max_size=4).map("/".join),
        *(st.builds(_path, st.sampled_from(templates), word) for templates in _PATHS),
        long_texts(251, 252, 255, 256, 300, 1000),
        long_texts(249, 250),
        st.text(st.characters(min_codepoint=128, categories=["L", "M", "N", "S"]), min_size=1, max_size=8),
        st.sampled_from(UNICODE_SAMPLES),
        st.sampled_from(["train loss", " loss", "loss ", "a  b", " ", "a\u00a0b", "\t"]),
        st.builds("{}{}{}".format, word, st.sampled_from(_SEPARATORS), st.sampled_from(["", "b"])),
        st.builds("{}{}".format, word, st.text(_PUNCTUATION, min_size=1, max_size=4)),
        st.sampled_from(
            ["100%", "%2F", "%00", "a%20b", "a?b#c", "'", "#", "f1@0.5", "a=b&c", "a;b", "{a}", "a*"]
        ),
        st.builds(
            "{}{}{}".format, word, st.text(CONTROL, min_size=1, max_size=2), st.sampled_from(["", "b"])
        ),
        st.sampled_from(["a\nb", "a\n", "\n", "a\r\nb"]),
        st.sampled_from(["a\x00b", "\x7f", "a\u2028b", "\x1b[1m"]),
        st.text(_LETTERS + "0123456789._-", min_size=1, max_size=1),
        st.sampled_from(["Loss", "LOSS", "lOSS", "Accuracy", "ACCURACY"]),
        st.sampled_from(
            ["1", "nan", "true", "null", "None", "con", "NUL", "mlflow.runName", "system/cpu", "__proto__"]
        ),
        st.text(UTF8, min_size=1, max_size=20),
    ]
    if empty:
        arms.append(st.just(""))
    if surrogates:
        arms.append(
            st.builds("{}{}".format, st.sampled_from(["", "a"]), st.text(SURROGATES, min_size=1, max_size=2))
        )
    if long_parts:
        template = st.sampled_from(["{}/a", "a/{}"])
        arms.append(st.builds(str.format, template, st.integers(128, 250).map(lambda size: "é" * size)))
    return st.one_of(arms)


def experiment_names() -> SearchStrategy[str]:
    """Names that SDK v1 takes for an experiment, and a few that it refuses.

    It takes 1 to 255 letters, digits, `_` and `-` that begin with a letter or digit of ASCII. Arms of their own:

    * letters and digits beyond ASCII behind the first character, which its check lets pass, and a line end last;
    * one character, 254 and 255 of them, also where that is more than 255 bytes;
    * names in several cases, and names that look like other values or like an id;
    * what it refuses: an empty name, blanks, slashes, another first character, 256 characters.
    """
    first = st.sampled_from(_LETTERS + "0123456789")
    plain = st.text(_LETTERS + "ABC0123456789_-", max_size=12)
    wide = st.text(st.characters(min_codepoint=128, categories=["L", "N"]), min_size=1, max_size=8)
    return st.one_of(
        st.sampled_from(["training", "train-resnet_50", "sweep", "exp1"]),
        st.builds("{}{}".format, first, plain),
        st.builds("{}{}".format, first, wide),
        st.builds("{}\n".format, first),
        st.builds("{}{}".format, first, long_texts(253, 254)).filter(lambda name: len(name) <= 255),
        st.sampled_from(["Loss", "LOSS", "lOSS", "Default", "default"]),
        st.sampled_from(["null", "true", "1e5", "0x10", "0", "1", "2024-01-01", "1_000", "nan", "NUL"]),
        st.sampled_from(["", "_a", "-a", "a b", "a/b", "a.b", "..", "é", "a" * 256]),
    )


# Templates of paths: those that lead elsewhere, absolute ones, and such as have a shorter spelling.
_PATHS = (
    ["..", "../@", "@/..", "@/../b", "~", ".", "C:\\@", "@\\b"],
    ["/@", "/", "//@", "/@/b", "\\@"],
    ["@//b", "./@", "@/./b", "@/", "@."],
)


def _path(template: str, word: str) -> str:
    return template.replace("@", word)
