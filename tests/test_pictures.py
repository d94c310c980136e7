"""Files and figures that are built of their descriptions, and that nothing of them reaches another example."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.compare import RELATIONS, agree
from harness.pictures import (
    begins_as_an_image,
    content_of,
    current_figure,
    draw_figures,
    from_here,
    picture_of,
    write_image,
)
from harness.testbed import TestBed, isolated

DOT = {"format": "PNG", "mode": "L", "size": [1, 1], "pixels": [7]}
SMALL = {"lines": [[0, 1]], "size": [20, 20]}


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("path", ["a.png", "a/b/c.png", "./a//b.png", "a\\b.png", "\u00e9.png"])
def test_an_image_lies_where_it_is_described(path: str) -> None:
    assert write_image({"path": path, **DOT}) == path
    assert Path(path).read_bytes() == content_of(DOT)


def test_a_path_from_the_root_is_below_the_working_folder() -> None:
    written = write_image({"path": "/plots/a.png", **DOT})
    assert written == f"{os.getcwd()}/plots/a.png"
    assert Path("plots/a.png").read_bytes() == content_of(DOT)
    assert from_here(str(written)) == from_here(str(written)[1:]) == "/plots/a.png"
    assert from_here("plots/a.png") == "plots/a.png"


def test_pixels_are_repeated_until_all_is_filled() -> None:
    from PIL import Image

    write_image({"path": "a.png", "format": "PNG", "mode": "RGB", "size": [2, 1], "pixels": [1, 2, 3, 4]})
    assert Image.open("a.png").tobytes() == bytes([1, 2, 3, 4, 1, 2])


def test_other_things_than_the_path_of_a_file() -> None:
    assert not Path(str(write_image({"path": "a.png", "as": "missing"}))).exists()
    assert Path(str(write_image({"path": "plots", "as": "folder"}))).is_dir()
    assert write_image({"path": "b.png", "as": "Path", **DOT}) == Path("b.png")
    stream = write_image({"path": "c.png", "as": "stream", **DOT})
    assert not isinstance(stream, str | Path)
    assert stream.read() == content_of(DOT)


def test_what_begins_as_an_image_is_taken_for_one() -> None:
    assert begins_as_an_image(DOT)
    assert begins_as_an_image({"content": b"#define a"})
    assert not begins_as_an_image({**DOT, "format": "JPEG", "mode": "CMYK"})
    assert not begins_as_an_image({"content": b""})


FIGURES = {
    "the last": ([SMALL, SMALL], 1),
    "one that is made it": ([{**SMALL, "current": True}, SMALL], 0),
    "the one that is left": ([SMALL, {**SMALL, "closed": True}], 0),
    "none": ([{**SMALL, "closed": True}], None),
}


@pytest.mark.parametrize(("figures", "current"), FIGURES.values(), ids=FIGURES)
def test_which_figure_is_the_current_one(
    bed: TestBed, figures: list[dict[str, object]], current: int | None
) -> None:
    with isolated(bed):
        import matplotlib.pyplot as plt

        drawn = draw_figures(figures)
        assert current_figure(figures) == current
        assert (plt.gcf() in drawn) == (current is not None)
        if current is not None:
            assert plt.gcf() is drawn[current]


def test_a_figure_by_itself_is_the_same_picture_as_one_of_pyplot(bed: TestBed) -> None:
    figure = {"axes": 2, "lines": [[0, 2, 1], [1]], "title": "Loss", "size": [60, 40]}
    with isolated(bed):
        draw_figures([figure])[0].savefig("a.png")
        assert agree(RELATIONS["pixels"], Path("a.png").read_bytes(), picture_of(figure))


def test_no_figure_reaches_another_example(bed: TestBed) -> None:
    import matplotlib.pyplot as plt

    plt.figure()
    with isolated(bed):
        assert plt.get_fignums() == []
        draw_figures([SMALL])
    assert plt.get_fignums() == []
