"""Compares files of images by what they show, wherever in a structure they are.

Bytes that are an image in a file format that Pillow reads are compared by their frames, their size, and each pixel. How
a pixel is stored carries no meaning: grey as one number or as three, by a palette or without one, with or without an
opaque alpha channel. Where a mode holds more than eight bits a channel, or other colours than red, green and blue, it
does carry meaning, and so do its numbers. A file that says how it is to be turned is turned; what else it says
(resolution, dates, software) is not looked at, but a
PNG, JPEG or GIF that is cut off, or goes on behind its end, is no image. Of PNG with 16 bits for each of several
channels Pillow reads the upper eight.
"""

from __future__ import annotations

import io
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from harness.compare.difference import Difference
from harness.compare.structure import Structure
from harness.values import leaf_key

_SHOWN_AS_RGBA = frozenset({"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX"})
_ENDS = {"PNG": b"\0\0\0\0IEND\xaeB`\x82", "JPEG": b"\xff\xd9", "GIF": b";"}
"""What the last bytes of a file of these formats are; Pillow does not always mind others."""
_BYTES = (bytes, bytearray, memoryview)
_KEPT = 64  # decoded images; each is asked for several times in a row


@dataclass(frozen=True)
class Frame:
    """One image of a file.

    Attributes:
        mode: The mode as Pillow names it, `RGBA` for all that are shown so.
        size: Width and height in pixels.
        pixels: The pixels row by row, as Pillow's raw bytes of this mode.
    """

    mode: str
    size: tuple[int, int]
    pixels: bytes

    def pixel(self, index: int) -> str:
        """The pixel of this index, as a text: its numbers where they are bytes, else its raw bytes."""
        width = self._width()
        raw = self.pixels[index * width : (index + 1) * width]
        return str(tuple(raw) if self.mode in ("RGBA", "CMYK") else int.from_bytes(raw, "little"))

    def differs_at(self, other: Frame) -> int:
        """The index of the first pixel that another frame of this mode and size has not."""
        row = self.size[0] * self._width()
        for start in range(0, len(self.pixels), row):
            one, another = self.pixels[start : start + row], other.pixels[start : start + row]
            if one != another:
                byte = next(i for i, pair in enumerate(zip(one, another, strict=True)) if len(set(pair)) > 1)
                return (start + byte) // self._width()
        raise ValueError("the frames do not differ")

    def _width(self) -> int:
        return max(len(self.pixels) // max(self.size[0] * self.size[1], 1), 1)


@lru_cache(maxsize=_KEPT)
def frames_of(content: bytes) -> tuple[Frame, ...]:
    """The frames of an image file, one for most; none where this is no file of an image."""
    from PIL import Image, ImageSequence

    try:
        with Image.open(io.BytesIO(content)) as image:
            if not content.endswith(_ENDS.get(image.format or "", b"")):
                return ()
            return tuple(_frame(each) for each in ImageSequence.Iterator(image))
    except (
        Exception
    ):  # each of Pillow's readers has exceptions of its own for a file that is not one of its format
        return ()


def _frame(image: Any) -> Frame:
    from PIL import ImageOps

    turned = ImageOps.exif_transpose(image)
    shown = turned.convert("RGBA") if turned.mode in _SHOWN_AS_RGBA else turned
    return Frame(shown.mode, shown.size, shown.tobytes())


def _leaf(value: object) -> tuple[Hashable, ...]:
    key = leaf_key(value)
    if not isinstance(value, _BYTES):
        return (type(value).__qualname__, key)
    frames = frames_of(bytes(value))
    return ("image", frames) if frames else key


class Pixels(Structure):
    """As `Structure`, with the bytes of images by their pixels, and anything else exactly."""

    def __init__(self) -> None:
        super().__init__(_leaf)

    def _explain_whole(self, expected: Any, actual: Any) -> Difference:
        if isinstance(expected, _BYTES) and isinstance(actual, _BYTES):
            one, other = frames_of(bytes(expected)), frames_of(bytes(actual))
            if one and other:
                return _explained(one, other)
            if one or other:
                return Difference("type", "", _told(one, bytes(expected)), _told(other, bytes(actual)))
        return super()._explain_whole(expected, actual)


def _told(frames: tuple[Frame, ...], content: bytes) -> str:
    return _sized(frames[0]) if frames else f"{len(content)} bytes that are no image"


def _sized(frame: Frame) -> str:
    mode = "" if frame.mode == "RGBA" else f" of mode {frame.mode}"
    return f"an image of {frame.size[0]} x {frame.size[1]} pixels{mode}"


def _explained(one: tuple[Frame, ...], other: tuple[Frame, ...]) -> Difference:
    """The first difference of two images that are not the same."""
    if len(one) != len(other):
        return Difference("shape", "", f"an image of {len(one)} frames", f"one of {len(other)}")
    index, frame, its = next(
        (i, *pair) for i, pair in enumerate(zip(one, other, strict=True)) if len(set(pair)) > 1
    )
    where = f".frame({index})" if len(one) > 1 else ""
    if (frame.mode, frame.size) != (its.mode, its.size):
        return Difference("value", where, _sized(frame), _sized(its))
    y, x = divmod(frame.differs_at(its), frame.size[0])
    return Difference(
        "value", f"{where}.pixel({x}, {y})", *(each.pixel(y * frame.size[0] + x) for each in (frame, its))
    )
