from __future__ import annotations

import math
import unicodedata

from hypothesis import given

from harness.domains import scalars, texts
from harness.expressions import is_number

TEXTS = {
    "plain": lambda text: text.isascii() and text.replace(" ", "").isalpha(),
    "empty": lambda text: text == "",
    "line end": lambda text: "\n" in text,
    "carriage return": lambda text: "\r" in text,
    "NUL": lambda text: "\x00" in text,
    "control character": lambda text: any(unicodedata.category(character) == "Cc" for character in text),
    "blanks only": lambda text: bool(text) and not text.strip(),
    "blank at an end": lambda text: bool(text.strip()) and text != text.strip(),
    "over 255 characters": lambda text: len(text) > 255,
    "over 1000 characters": lambda text: len(text) > 1000,
    "over 255 bytes, not characters": lambda text: (
        len(text) <= 255 < len(text.encode("utf-8", "surrogatepass"))
    ),
    "beyond ASCII": lambda text: not text.isascii(),
    "beyond 16 bits": lambda text: any(ord(character) > 0xFFFF for character in text),
    "looks like another value": lambda text: (
        text in ("nan", "inf", "1", "1.0", "1e5", "true", "None", "null", "{}")
    ),
    "changes when normalised": lambda text: len(text) < 20 and unicodedata.normalize("NFC", text) != text,
}


def has_surrogate(text):
    return any("\ud800" <= character <= "\udfff" for character in text)


def test_texts_bring_in_every_edge(at_least):
    at_least(texts(), TEXTS, 3)


def test_texts_with_surrogates_if_asked(at_least):
    at_least(texts(surrogates=True), {"surrogate": has_surrogate}, 15)


@given(texts())
def test_texts_can_be_sent_as_utf8(text):
    assert text.encode("utf-8").decode("utf-8") == text


def test_scalars_are_of_every_type(at_least):
    at_least(
        scalars(),
        {
            "integer": lambda value: type(value) is int,
            "float": lambda value: type(value) is float,
            "nan": lambda value: is_number(value) and math.isnan(value) if type(value) is float else False,
            "true": lambda value: value is True,
            "false": lambda value: value is False,
            "none": lambda value: value is None,
            "text": lambda value: isinstance(value, str),
            "empty text": lambda value: value == "",
        },
        3,
    )


def test_what_texts_and_scalars_shrink_to(simplest):
    assert simplest(texts()) in ("", "a")
    assert simplest(texts(), lambda text: len(text) > 255) == "a" * 256
    assert simplest(texts(), lambda text: "\x00" in text) in ("\x00", "a\x00", "a\x00b")
    assert simplest(scalars()) == 0
    assert simplest(scalars(), lambda value: isinstance(value, str)) in ("", "a")
