"""Functions of snippets that build what is drawn as a description: files of images, and figures of matplotlib.

A description is a plain value (see `harness.domains.images`); a file lies in the working folder of the example, and a
figure is one of pyplot's, both only after a snippet has asked for them. Nothing here knows MLflow or Azure; Pillow and
matplotlib are imported when they are needed.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "begins_as_an_image",
    "content_of",
    "current_figure",
    "draw_figures",
    "from_here",
    "picture_of",
    "write_image",
]

Description = Mapping[str, Any]

_DPI = 20  # of figures of few pixels, whose text is then small too


def content_of(image: Description) -> bytes:
    """The bytes of the file that is described: those given as `content`, else an image as Pillow writes it."""
    if "content" in image:
        return bytes(image["content"])
    from PIL import Image

    blank = Image.new(image["mode"], tuple(image["size"]))
    pixels = bytes(islice(cycle(image["pixels"]), len(blank.tobytes())))
    picture = Image.frombytes(blank.mode, blank.size, pixels)
    if picture.mode == "P":
        picture.putpalette([level for index in range(256) for level in (index, 255 - index, 128)])
    stream = io.BytesIO()
    picture.save(stream, image["format"])
    return stream.getvalue()


def write_image(image: Description) -> str | Path | io.BytesIO:
    """Writes the file that is described, with the folders above it, and gives what a client is given to find it.

    That is mostly its path, as it is described; where that begins with a slash, the path from the root of a file that
    lies below the working folder. Where the file is to be missing or a folder, it is.

    Raises:
        OSError: There can be no such file.
    """
    path = f"{os.getcwd()}{image['path']}" if image["path"].startswith("/") else str(image["path"])
    kind = image.get("as", "path")
    if kind == "missing":
        return path
    if kind == "folder":
        os.makedirs(path)
        return path
    content = content_of(image)
    if kind == "stream":
        return io.BytesIO(content)
    if os.path.dirname(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    return Path(path) if kind == "Path" else path


def begins_as_an_image(image: Description) -> bool:
    """Whether Python's `imghdr` finds the beginning of an image in the file that is described; so SDK v1 decides."""
    import imghdr  # Python 3.13 has it no more, and a package brings it back

    return imghdr.what("", content_of(image)[:32]) is not None


def from_here(path: str) -> str:
    """The path as it would be if the working folder were the root: which folder that is differs from run to run.

    A path that does not lead to the working folder from the root, with or without its first slash, is given as it is.
    """
    here = f"{os.getcwd().strip('/')}/"
    inside = path.removeprefix("/").removeprefix(here)
    return f"/{inside}" if path.removeprefix("/") != inside else path


def draw_figures(figures: Sequence[Description]) -> list[Figure]:
    """Draws each figure that is described with pyplot, one after the other; the last one is then the current one.

    Those that are to be closed are closed in the end, and then one that is to be the current one becomes it.
    """
    import matplotlib.pyplot as plt

    drawn = []
    for figure in figures:
        drawn.append(plt.figure(**_options(figure)))
        _draw(drawn[-1], figure)
    for figure, made in zip(figures, drawn, strict=True):
        if figure.get("closed"):
            plt.close(made)
    for figure, made in zip(figures, drawn, strict=True):
        if figure.get("current") and not figure.get("closed"):
            plt.figure(made)
    return drawn


def current_figure(figures: Sequence[Description]) -> int | None:
    """The index of the figure that is the current one after `draw_figures`; None where all are closed."""
    is_open = [index for index, figure in enumerate(figures) if not figure.get("closed")]
    chosen = [index for index in is_open if figures[index].get("current")]
    return next(reversed(chosen or is_open), None)


def picture_of(figure: Description) -> bytes:
    """The figure that is described as matplotlib saves it as PNG, drawn by itself and without pyplot."""
    from matplotlib.figure import Figure

    made = Figure(**_options(figure))
    _draw(made, figure)
    stream = io.BytesIO()
    made.savefig(stream, format="png")
    return stream.getvalue()


def _options(figure: Description) -> dict[str, Any]:
    """What matplotlib is told of the size, which is its own where none is described."""
    if "picture" in figure:
        height, width = _pixels(figure["picture"]).shape[:2]
        return {"figsize": (width / _DPI, height / _DPI), "dpi": _DPI}
    if "size" not in figure:
        return {}
    dpi = figure.get("dpi", _DPI)
    return {"figsize": [pixels / dpi for pixels in figure["size"]], "dpi": dpi}


def _pixels(picture: bytes) -> Any:
    """The pixels of a PNG, as matplotlib reads them."""
    from matplotlib.image import imread

    return imread(io.BytesIO(picture), format="png")


def _draw(made: Figure, figure: Description) -> None:
    """Draws the axes side by side, each with the lines, the title and the ticks; or the picture, as it is."""
    if "picture" in figure:
        made.figimage(_pixels(figure["picture"]))
        return
    count = figure.get("axes", 1)
    for place in range(1, count + 1):
        axes = made.add_subplot(1, count, place)
        for line in figure["lines"]:
            axes.plot(line)
        axes.set_title(figure.get("title", ""))
        if not figure.get("ticks", True):
            axes.set_axis_off()
