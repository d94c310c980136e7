from __future__ import annotations

import math

from harness.domains import figures, figures_in_turn, images, images_in_turn
from harness.files import service_path
from harness.pictures import begins_as_an_image, content_of, current_figure
from harness.values import fresh, to_expression


def path(image):
    return image["path"]


def form(image):
    return image.get("format"), image.get("mode")


IMAGES = {
    "PNG in colours": lambda image: form(image) == ("PNG", "RGB"),
    "JPEG": lambda image: form(image) in (("JPEG", "RGB"), ("JPEG", "L")),
    "JPEG for print": lambda image: form(image) == ("JPEG", "CMYK"),
    **{
        f"PNG of mode {mode}": (lambda image, mode=mode: form(image) == ("PNG", mode))
        for mode in ("RGBA", "L", "LA", "1", "P", "I;16")
    },
    **{
        name: (lambda image, name=name: image.get("format") == name)
        for name in ("GIF", "BMP", "TIFF", "PPM", "ICO")
    },
    "plain and nested": lambda image: path(image) == "plots/Azure.png",
    "from the root": lambda image: path(image).startswith("/"),
    "otherwise spelt": lambda image: service_path(path(image)) not in (None, path(image).lstrip("/")),
    "leads elsewhere": lambda image: ".." in path(image),
    "in the folder outputs": lambda image: path(image).lstrip("./").startswith("outputs/"),
    "no suffix": lambda image: "." not in path(image),
    "another suffix": lambda image: path(image).endswith(".txt"),
    "a backslash": lambda image: "\\" in path(image),
    "a control character": lambda image: any(ord(character) < 32 for character in path(image)),
    "beyond ASCII": lambda image: not path(image).isascii(),
    "marks of addresses": lambda image: any(mark in path(image) for mark in "%#?&"),
    "250 bytes or more in a name": lambda image: any(len(part) >= 250 for part in path(image).split("/")),
    "an empty file": lambda image: image.get("content") == b"",
    "no image": lambda image: (
        "content" in image and image["content"] != b"" and not begins_as_an_image(image)
    ),
    "begins as an image": lambda image: "content" in image and begins_as_an_image(image),
    "a missing file": lambda image: image.get("as") == "missing",
    "a folder": lambda image: image.get("as") == "folder",
    "a path object": lambda image: image.get("as") == "Path",
    "a stream": lambda image: image.get("as") == "stream",
}

FIGURES = {
    "one line": lambda figure: figure.get("axes", 1) == 1 and len(figure["lines"]) == 1,
    "two lines": lambda figure: len(figure["lines"]) == 2,
    "no axes": lambda figure: figure.get("axes") == 0,
    "several axes": lambda figure: figure.get("axes", 1) > 1 and bool(figure["lines"]),
    "axes without lines": lambda figure: figure.get("axes", 1) > 0 and not figure["lines"],
    "a line of no point": lambda figure: [] in figure["lines"],
    "a line of one point": lambda figure: [1] in figure["lines"],
    "NaN": lambda figure: any(
        isinstance(y, float) and math.isnan(y) for line in figure["lines"] for y in line
    ),
    "a title": lambda figure: bool(figure.get("title")),
    "ticks": lambda figure: figure["ticks"],
    "not square": lambda figure: figure["size"][0] != figure["size"][1],
    "another density": lambda figure: figure.get("dpi", 20) != 20,
}

IN_TURN = {
    "one": lambda values: len(values) == 1,
    "two": lambda values: len(values) == 2,
    "the first is the current one": lambda values: len(values) == 2 and current_figure(values) == 0,
    "one of two is closed": lambda values: (
        len(values) == 2 and any(figure.get("closed") for figure in values)
    ),
    "all are closed": lambda values: current_figure(values) is None,
}


def test_images_bring_in_every_edge(at_least):
    at_least(images(), IMAGES, 1, count=2000)


def test_images_in_turn_are_of_one_path_or_of_others(at_least):
    at_least(
        images_in_turn(),
        {
            "one": lambda values: len(values) == 1,
            "two": lambda values: len(values) == 2 and path(values[0]) != path(values[1]),
            "in two folders": lambda values: (
                len(values) == 2
                and path(values[0]) != path(values[1])
                and path(values[0]).rpartition("/")[2] == path(values[1]).rpartition("/")[2]
            ),
            "of one path": lambda values: len(values) == 2 and path(values[0]) == path(values[1]),
        },
        20,
        count=500,
    )


def test_figures_bring_in_every_edge(at_least):
    at_least(figures(), FIGURES, 5)


def test_figures_in_turn_are_current_or_closed(at_least):
    at_least(figures_in_turn(), IN_TURN, 20, count=500)


def test_descriptions_are_plain_values(draw):
    for value in [*draw(images_in_turn(), count=200), *draw(figures_in_turn(), count=100)]:
        assert repr(eval(to_expression(value), {})) == repr(fresh(value))


def test_each_image_can_be_made_and_is_small(draw):
    for image in draw(images(), count=300):
        if image.get("as") not in ("missing", "folder"):
            assert len(content_of(image)) < 3000
            assert begins_as_an_image(image) or "content" in image or form(image)[0] in ("ICO", "JPEG")


def test_what_images_and_figures_shrink_to(simplest):
    """To the simplest of one arm or another, which is nowhere long."""
    assert len(repr(simplest(images(), lambda image: "format" in image))) <= 110
    assert len(repr(simplest(figures(), lambda figure: any(figure["lines"])))) <= 75
    assert len(simplest(images_in_turn())) == len(simplest(figures_in_turn())) == 1
