"""Files of images and figures of matplotlib, as plain descriptions of which `harness.pictures` builds them.

An image is a dict:

* `path`: where the file lies, as a client is given it; from the root (`/a.png`) the working folder takes its place;
* `format`, `mode`, `size`, `pixels`: how Pillow writes it; `pixels` are bytes that are repeated until all is filled;
* `content`: the bytes of the file in place of these four, for what is no image and what only begins as one;
* `as`: where a client is given something else than the path of a file: `missing`, `folder`, `Path`, `stream`.

A figure is a dict:

* `axes`: how many, side by side (1 if left out); each has all of the `lines` (of the numbers that are plotted), the
  `title`, and `ticks` unless these are false;
* `size` in pixels, and `dpi` with it (20 if left out); both are matplotlib's own where there is no `size`;
* `picture`: a PNG that is all of the figure, in place of these; none is drawn, it is what a script's figure was;
* `closed`: it is closed after it was drawn; `current`: it is made the current one in the end.
"""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.domains.naming import metric_names

Description = dict[str, Any]

_USUAL_PATHS = ("Azure.png", "roc.png", "confusion.jpg", "plots/Azure.png", "plots/val/roc.png")
_NESTED = ("plots/Azure.png", "a/b/c/roc.jpg", "plots/roc curve.png", "plots.png/a.png")
_ABSOLUTE = ("/Azure.png", "/plots/Azure.png", "/plots/val/roc.jpg")
_OTHERWISE_SPELT = ("./Azure.png", "plots//Azure.png", "plots/./Azure.png", ".//a.png")
_SENT_ANYWAY = ("outputs/Azure.png", "./outputs/a/roc.png", "logs/Azure.png", "/outputs/Azure.png")
_LEADING_ELSEWHERE = ("../Azure.png", "plots/../Azure.png", "..\\a.png", "C:\\a.png", "\\a.png")
_ODD_NAMES = (
    "Azure.png.",
    " a .png",
    "a\tb.png",
    "a\nb.png",
    "\u00e9.png",
    "e\u0301.png",
    "\u56fe/\u56fe.png",
    "\U0001f600.png",
    "100%.png",
    "%2F.png",
    "a#b?.png",
    "a&b=c+d;e.png",
    "*'\".png",
    "~.png",
    "NUL.png",
    "a\\b.png",
    "a\\",
    "plots/C:\\a.png",
    "plots/\\a.png",
    "a\udc80.png",
)
_LONG_NAMES = ("x" * 251 + ".png", "\u00e9" * 125 + ".png", "/".join(["x" * 250] * 3) + "/a.png")
_SUFFIXES = ("Azure", "Azure.txt", "Azure.PNG", ".png")
_FORMATS = (
    ("PNG", ("RGBA", "LA")),
    ("PNG", ("1", "P", "I;16")),
    ("JPEG", ("RGB", "L", "CMYK")),
    ("GIF", ("P", "L")),
    ("BMP", ("RGB", "L")),
    ("TIFF", ("RGB", "CMYK")),
    ("PPM", ("RGB", "L")),
    ("ICO", ("RGBA",)),
)
_CONTENTS = (
    b"",
    b"no image",
    b"\x89PNG",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"BM",
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    b"\xff\xd8\xff\xdb\x00C\x00\x08\x06",
    b"\xff\xd8\xff\xd9",
    b"RIFF\x1a\x00\x00\x00WEBPVP8L",
    b"#define width 1",
    b"P1 ",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"%PDF-1.4",
)
"""Files that are no images, and some that only begin as one."""


def images() -> SearchStrategy[Description]:
    """Files of images, at first small ones in PNG and JPEG under plain names. Arms of their own:

    * nested paths, paths from the root, paths that are spelt otherwise, and such as lead elsewhere;
    * files in the folders `outputs` and `logs`, which SDK v1 sends, or does not, whatever is logged;
    * odd names of files: with no suffix or with another, blanks, control characters, letters beyond ASCII, marks that
      mean something in an address, backslashes, 255 bytes;
    * each format and mode: palettes, greys, transparency, 16 bits, and formats that SDK v1 knows nothing of;
    * contents that are no image, or only begin as one; an empty file; no file at all; a folder; a path that is no text.
    """
    plain = st.sampled_from(_USUAL_PATHS)
    names = metric_names().map(lambda name: f"{name.replace('/', '_')[:100]}.png")
    return st.one_of(
        _image(plain),
        _image(st.sampled_from(_NESTED)),
        _image(st.sampled_from(_ABSOLUTE)),
        _image(st.sampled_from(_OTHERWISE_SPELT)),
        _image(st.sampled_from(_LEADING_ELSEWHERE)),
        _image(st.sampled_from(_SENT_ANYWAY)),
        _image(st.sampled_from(_SUFFIXES)),
        _image(st.sampled_from(_ODD_NAMES)),
        _image(st.sampled_from(_LONG_NAMES)),
        _image(names.filter(lambda name: "\0" not in name and len(name.encode()) <= 255)),
        *(_image(plain, st.just(form), st.sampled_from(modes)) for form, modes in _FORMATS),
        st.builds(
            lambda path, content: {"path": path, "content": content}, plain, st.sampled_from(_CONTENTS)
        ),
        st.builds(lambda path, content: {"path": path, "content": content}, plain, st.binary(max_size=8)),
        st.builds(
            lambda path, kind: {"path": path, "as": kind}, plain, st.sampled_from(["missing", "folder"])
        ),
        st.builds(
            lambda image, kind: {**image, "as": kind}, _image(plain), st.sampled_from(["Path", "stream"])
        ),
    )


def images_in_turn() -> SearchStrategy[list[Description]]:
    """One image, or two that are logged under one name: under two paths, in two folders, or under one path again."""
    # A tuple of one, since `one_of` would take each of the arms of `images()` for one of its own.
    one, plain = st.tuples(images()), _image(st.sampled_from(_USUAL_PATHS))
    return st.one_of(
        one.map(list),
        one.map(list),
        one.map(list),
        st.tuples(images(), plain).map(list),
        st.builds(
            lambda first, second: [
                {**first, "path": "train/roc.png"},
                {**second, "path": "val/roc.png"},
            ],
            plain,
            plain,
        ),
        st.builds(lambda first, second: [first, {**second, "path": first["path"]}], plain, plain),
    )


def _image(
    paths: SearchStrategy[str],
    formats: SearchStrategy[str] | None = None,
    modes: SearchStrategy[str] | None = None,
) -> SearchStrategy[Description]:
    """An image of a few pixels; in PNG or JPEG, as its path says, unless a format is given."""
    return st.builds(
        lambda path, form, mode, size, pixels: {
            "path": path,
            "format": form or ("JPEG" if path.endswith(".jpg") else "PNG"),
            "mode": mode,
            "size": size,
            "pixels": pixels,
        },
        paths,
        st.none() if formats is None else formats,
        st.sampled_from(["RGB", "RGB", "L"]) if modes is None else modes,
        st.tuples(st.integers(1, 3), st.integers(1, 3)).map(list),
        st.lists(st.integers(0, 255), min_size=1, max_size=4),
    )


def figures() -> SearchStrategy[Description]:
    """Figures, at first one of one line; they are small, since drawing takes its time. Arms of their own:

    * no axes at all; axes without lines; several axes; several lines, and lines of one point, of none, with NaN;
    * titles, also beyond ASCII and with a formula; ticks;
    * sizes that are not square, and another density.
    """
    usual = st.lists(st.sampled_from([0, 1, 2, 3, 0.5, -1]), min_size=2, max_size=3)
    odd: SearchStrategy[list[float]] = st.sampled_from(
        [[], [1], [1, math.nan, 2], [math.nan], [1e300, -1e300], [0, 0]]
    )
    lines = usual.map(lambda line: [line])
    plain = _figures(lines)
    return st.one_of(
        plain,
        _figures(st.lists(usual, min_size=2, max_size=2)),
        _figures(odd.map(lambda line: [line])),
        _figures(lines, axes=st.integers(2, 3)),
        _figures(st.just([]), axes=st.integers(0, 2)),
        _figures(lines, title=st.sampled_from(["Loss", "\u00e9\u03b1", "$x^2$", "two\nlines", "50 % {a}"])),
        _figures(lines, ticks=st.just(True)),
        _figures(
            lines,
            size=st.sampled_from([[40, 20], [20, 40], [10, 10], [33, 7]]),
            dpi=st.sampled_from([10, 20, 50]),
        ),
    )


def figures_in_turn() -> SearchStrategy[list[Description]]:
    """One figure, or two of pyplot's: the last is the current one, or another is; any of them may have been closed."""
    one = st.tuples(figures())
    two = st.tuples(figures(), figures())

    def marked(drawn: tuple[Description, ...], index: int, mark: str) -> list[Description]:
        return [{**figure, mark: True} if place == index else figure for place, figure in enumerate(drawn)]

    return st.one_of(
        one.map(list),
        one.map(list),
        two.map(list),
        two.map(lambda drawn: marked(drawn, 0, "current")),
        two.map(lambda drawn: marked(drawn, 0, "closed")),
        two.map(lambda drawn: marked(drawn, 1, "closed")),
        one.map(lambda drawn: marked(drawn, 0, "closed")),
    )


def _figures(
    lines: SearchStrategy[list[list[float]]], **others: SearchStrategy[Any]
) -> SearchStrategy[Description]:
    """Figures of 20 x 20 pixels with these lines and no ticks, if nothing else is said."""
    return st.fixed_dictionaries(
        {"lines": lines, "size": st.just([20, 20]), "ticks": st.just(False), **others}
    )
