"""Texts: what a string metric, a tag or a cell of a table can hold."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.domains.numeric import LARGEST_IN_A_LIST, numbers

UTF8 = st.characters(exclude_categories=["Cs"])
"""Every character that UTF-8 can carry."""
CONTROL = st.characters(categories=["Cc"])
SURROGATES = st.characters(categories=["Cs"])
UNICODE_SAMPLES = (
    "é",  # composed; the next is the same to the eye, in two characters
    "e\u0301",
    "か\u3099",
    "Straße",
    "İstanbul",
    "損失",
    "شكل",
    "\U0001f600",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "a\u200bb",
    "\ufeffa",
    "\uffff",
    "\U0010ffff",
)


def texts(*, surrogates: bool = False) -> SearchStrategy[str]:
    """Strings that UTF-8 can carry, and with `surrogates` also such as it cannot.

    Arms of their own: the empty text; line ends of all sorts; control characters, NUL among them; blanks only
    and about a word; more than 255 characters, where the service's columns end, and more than 255 bytes in
    fewer characters; texts that look like other values (`nan`, `1e5`, `null`, `{}`); marks, emoji,
    right-to-left.
    """
    arms = [
        st.text("abcdefghijklmnopqrstuvwxyz ", min_size=1, max_size=12),
        st.text(UTF8, max_size=20),
        st.sampled_from(["", " "]),
        st.sampled_from(["a\nb", "\n", "a\r\nb", "a\r", "a\u2028b", "a\x85b", "a\n\nb\n"]),
        st.text(CONTROL, min_size=1, max_size=3).map(lambda text: f"a{text}"),
        st.sampled_from(["a\x00b", "\x00", "\x1b[31mred", "\x7f"]),
        st.sampled_from(["  ", "\t", " a", "a ", "a  b", "\u00a0", "\u3000a"]),
        long_texts(256, 257, 300, 1000, 5001),
        st.sampled_from(
            ["nan", "inf", "1", "1.0", "1e5", "0x10", "true", "None", "null", "{}", "[1]", '"a"', "'"]
        ),
        st.sampled_from(UNICODE_SAMPLES),
    ]
    if surrogates:
        arms.append(
            st.builds("{}{}".format, st.sampled_from(["", "a"]), st.text(SURROGATES, min_size=1, max_size=2))
        )
    return st.one_of(arms)


def long_texts(*lengths: int) -> SearchStrategy[str]:
    """Texts of these lengths in characters, and one of fewer whose UTF-8 is longer than the first.

    They repeat a short piece, which costs a draw no more than that piece.
    """
    plain = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=3)
    wide = st.sampled_from(["é", "損失", "\U0001f600"])
    return st.one_of(
        st.builds(_fill, plain, st.sampled_from(lengths)),
        st.builds(_fill, wide, st.sampled_from([lengths[0] // 2 + 1, *lengths])),
    )


def scalars(*, largest: int = LARGEST_IN_A_LIST) -> SearchStrategy[int | float | bool | str | None]:
    """What `log_list` takes as an item and `log_row` as a cell: numbers, booleans, texts, None.

    Numpy scalars are taken too: draw `scalars() | numpy_numbers(...)` where they matter.
    """
    # None not as an arm by itself, which would be simpler than any number.
    return st.one_of(numbers(largest=largest), st.booleans(), st.sampled_from([None, False, True]), texts())


def _fill(piece: str, length: int) -> str:
    return (piece * length)[:length]
