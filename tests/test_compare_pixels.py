"""The relation `pixels`: what counts as the same picture, and how a difference is told."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from harness.compare import ABSENT, RELATIONS, agree, any_order, find_difference

PIXELS = RELATIONS["pixels"]


def saved(image: Image.Image, file_format: str = "PNG", **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


def grey(rows: Any) -> Image.Image:
    return Image.fromarray(np.array(rows, dtype=np.uint8))


SQUARE = grey([[0, 50], [100, 255]])


def commented(image: Image.Image) -> bytes:
    comment = PngImagePlugin.PngInfo()
    comment.add_text("Software", "another one")
    return saved(image, pnginfo=comment, dpi=(72, 72))


SAME = {
    "another strength of compression": saved(SQUARE, compress_level=0),
    "other text and resolution": commented(SQUARE),
    "grey as colours": saved(SQUARE.convert("RGB")),
    "an opaque alpha channel": saved(SQUARE.convert("RGBA")),
    "a palette": saved(SQUARE.convert("P")),
    "another file format": saved(SQUARE, "BMP"),
}


@pytest.mark.parametrize("other", SAME.values(), ids=SAME)
def test_the_same_picture_in_another_file_is_the_same(other: bytes) -> None:
    assert other != saved(SQUARE)
    assert agree(PIXELS, {"roc": [saved(SQUARE)]}, {"roc": [other]})
    assert find_difference(PIXELS, saved(SQUARE), other) is None


ANIMATED = saved(SQUARE, "GIF", save_all=True, append_images=[grey([[0, 50], [100, 254]])])
DEEP = Image.fromarray(np.array([[0, 256], [257, 65535]], dtype=np.uint16))
OTHER: dict[str, tuple[bytes, bytes, str]] = {
    "one pixel": (
        saved(SQUARE),
        saved(grey([[0, 50], [101, 255]])),
        "at .pixel(0, 1), expected (100, 100, 100, 255), got (101, 101, 101, 255)",
    ),
    "transparency": (
        saved(Image.new("RGBA", (1, 1), (1, 2, 3, 255))),
        saved(Image.new("RGBA", (1, 1), (1, 2, 3, 0))),
        "at .pixel(0, 0), expected (1, 2, 3, 255), got (1, 2, 3, 0)",
    ),
    "turned": (
        saved(grey([[0, 1]])),
        saved(grey([[0], [1]])),
        "expected an image of 2 x 1 pixels, got an image of 1 x 2 pixels",
    ),
    "larger": (
        saved(SQUARE),
        saved(SQUARE.resize((4, 2))),
        "expected an image of 2 x 2 pixels, got an image of 4 x 2 pixels",
    ),
    "16 bits made 8": (
        saved(DEEP),
        saved(SQUARE),
        "expected an image of 2 x 2 pixels of mode I;16, got an image of 2 x 2 pixels",
    ),
    "the lower 8 of 16 bits": (
        saved(DEEP),
        saved(Image.fromarray(np.array([[0, 256], [256, 65535]], dtype=np.uint16))),
        "at .pixel(0, 1), expected 257, got 256",
    ),
    "a frame less": (
        ANIMATED,
        saved(SQUARE, "GIF"),
        "expected an image of 2 frames, got one of 1, which is of another shape",
    ),
    "no image": (
        saved(SQUARE),
        b"text",
        "expected an image of 2 x 2 pixels, got 4 bytes that are no image, which is of another type",
    ),
    "other bytes": (b"one", b"other", "expected b'one', got b'other'"),
}


@pytest.mark.parametrize(("one", "other", "sentence"), OTHER.values(), ids=OTHER)
def test_another_picture_is_told(one: bytes, other: bytes, sentence: str) -> None:
    assert not agree(PIXELS, one, other)
    difference = find_difference(PIXELS, one, other)
    assert difference is not None
    assert difference.sentence() == sentence


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "GIF"])
def test_a_file_that_is_cut_off_or_goes_on_is_another(file_format: str) -> None:
    content = saved(SQUARE, file_format)
    assert not agree(PIXELS, content, content + b"x")
    assert not agree(PIXELS, content, content[:-1])


def test_pictures_are_found_wherever_they_are() -> None:
    one, other = saved(SQUARE), saved(SQUARE.transpose(Image.Transpose.ROTATE_180))
    difference = find_difference(PIXELS, {"roc": [one, one]}, {"roc": [one, other]})
    assert difference is not None
    assert (difference.kind, difference.where) == ("value", "['roc'][1].pixel(0, 0)")
    assert agree(PIXELS, any_order([one, other]), [other, SAME["a palette"]])
    order = find_difference(PIXELS, [one, other], [other, one])
    assert order is not None
    assert order.kind == "order"
    missing = find_difference(PIXELS, {"roc": one}, {"roc": ABSENT})
    assert missing is not None
    assert missing.kind == "missing"


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_each_pixel_counts(data: st.DataObject) -> None:
    width, height = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    mode = data.draw(st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]))
    one = Image.new(mode, (width, height))
    other = one.copy()
    if mode == "P":
        one.putpalette([0, 0, 0, 255, 255, 255])
        other.putpalette([0, 0, 0, 255, 255, 255])
    other.putpixel(
        (x, y),
        (0, 1) if mode == "LA" else (0, 0, 1) if mode == "RGB" else (0, 0, 0, 1) if mode == "RGBA" else 1,
    )
    difference = find_difference(PIXELS, saved(one), saved(other))
    assert difference is not None
    assert difference.where == f".pixel({x}, {y})"


def test_a_file_that_says_how_it_is_turned_is_seen_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # by half a turn
    turned = saved(SQUARE, exif=exif)
    assert not agree(PIXELS, saved(SQUARE), turned)
    assert agree(PIXELS, saved(SQUARE.rotate(180)), turned)


def test_one_pixel_of_many_is_found_in_its_row() -> None:
    rows = np.zeros((500, 400), dtype=np.uint8)
    one = saved(grey(rows))
    rows[300, 7] = 1
    difference = find_difference(PIXELS, bytearray(one), saved(grey(rows)))
    assert difference is not None
    assert "(1, 1, 1, 255)" in difference.sentence()
