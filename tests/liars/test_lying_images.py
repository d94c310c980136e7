"""Recipes, readings, stores and a comparison that lose something of an image: a check that is named must notice."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository
from PIL import Image, ImageOps

from harness.compare import RELATIONS, Difference, Relation
from harness.compare.pixels import frames_of
from harness.spec import LoadedEntry
from harness.testbed import TestBed

pytestmark = pytest.mark.once

FOLDER = Path(__file__).parents[2] / "specs" / "images"
FILE = (FOLDER / "log-image-file.yaml").read_text(encoding="utf-8")
PYPLOT = (FOLDER / "log-image-pyplot.yaml").read_text(encoding="utf-8")

SENSITIVITY = "sensitivity[recommended-sqlite]"


def example(number: int, recipe: str = "recommended") -> str:
    """The name of an example of an entry, counted from 1."""
    return f"example.{number}-ticking[{recipe}-sqlite]"


def of_recipe(text: str, part: str) -> str:
    """The snippet `log` or `read` of the recipe that is recommended."""
    recipe = text.partition("  recommended:\n")[2].partition("\nreads_across:")[0].partition("\ncompare:")[0]
    lines = recipe.partition(f"    {part}: |\n")[2].partition("    read: |\n")[0].splitlines()
    return "\n".join([*(line.removeprefix("      ") for line in lines), ""])


def altered(text: str, part: str, old: str, new: str) -> dict[str, str]:
    """The recommended recipe with one thing told otherwise."""
    snippet = of_recipe(text, part)
    assert old in snippet
    return {f"mlflow/recommended/{part}": snippet.replace(old, new)}


RECIPES: dict[str, tuple[str, Mapping[str, Any], str, str]] = {
    "the name is not logged": (
        FILE,
        altered(FILE, "log", '"name": name', '"name": ""'),
        example(1),
        "sample_image",
    ),
    "names in capitals": (
        FILE,
        altered(FILE, "log", '"name": name', '"name": name.upper()'),
        example(1),
        "sample",
    ),
    "the path without its folders": (
        FILE,
        altered(FILE, "log", '"path": path', '"path": path.rpartition("/")[2]'),
        example(2),
        "plots/val/roc.jpg",
    ),
    "the image is written anew": (
        FILE,
        altered(
            FILE,
            "log",
            "shutil.copyfile(path, file)",
            "open(file, 'wb').write(open(path, 'rb').read()[::-1])",
        ),
        example(1),
        "expected",
    ),
    "the first image alone": (
        FILE,
        altered(FILE, "log", "enumerate(values)", "enumerate(values[:1])"),
        example(5),
        "2",
    ),
    "the last image first": (
        FILE,
        altered(FILE, "log", '"number": number', '"number": -number'),
        example(5),
        "roc_1",
    ),
    "the last figure": (
        PYPLOT,
        altered(PYPLOT, "log", "plt.gcf()", "drawn[-1]"),
        example(5),
        "20 x 20 pixels",
    ),
    "a new figure": (
        PYPLOT,
        altered(PYPLOT, "log", "plt.gcf()", "plt.subplots()[0]"),
        example(1),
        "an image of",
    ),
    "the name of the figure is not logged": (
        PYPLOT,
        altered(PYPLOT, "log", '"name": name', '"name": file'),
        example(2),
        "sample_pyplot",
    ),
    "another density": (
        PYPLOT,
        altered(PYPLOT, "log", "plt.gcf(), file)", "plt.gcf(), file, save_kwargs={'dpi': 40})"),
        example(1),
        "40 x 40 pixels",
    ),
}


def check(verify: Callable[..., Any], bed: TestBed, loaded: LoadedEntry, name: str, **ready: Any) -> Any:
    return verify(bed, loaded, only=name.__eq__, **ready).results[name]


@pytest.mark.parametrize(("text", "changes", "noticed_by", "says"), RECIPES.values(), ids=RECIPES)
def test_an_image_that_is_logged_wrong_is_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    text: str,
    changes: Mapping[str, Any],
    noticed_by: str,
    says: str,
) -> None:
    result = check(verify, bed, entry_from(text, changes), noticed_by)
    assert (result.outcome, says in result.message) == ("failed", True), result.message


Fault = Callable[[Image.Image], Image.Image]


def one_pixel_darker(image: Image.Image) -> Image.Image:
    image = image.convert("RGBA")
    image.putpixel((image.width - 1, image.height - 1), (0, 0, 0, 255))
    return image


SPOILT: dict[str, Fault] = {
    "upside down": ImageOps.flip,
    "the other way round": ImageOps.mirror,
    "one pixel": one_pixel_darker,
    "in grey": lambda image: image.convert("L"),
    "half the size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "without a margin": lambda image: image.crop((1, 1, image.width, image.height)),
    "few colours": lambda image: image.convert("RGB").quantize(4),
}


def spoil(patch: pytest.MonkeyPatch, spoilt: Callable[[bytes], bytes]) -> None:
    """The store of artifacts keeps other images than it got."""
    honest = LocalArtifactRepository.log_artifact

    def faulty(self: LocalArtifactRepository, local_file: Any, artifact_path: Any = None) -> Any:
        path = Path(local_file)
        if path.suffix == ".png":
            path.write_bytes(spoilt(path.read_bytes()))
        return honest(self, local_file, artifact_path)

    patch.setattr(LocalArtifactRepository, "log_artifact", faulty)


@pytest.mark.parametrize("fault", SPOILT.values(), ids=SPOILT)
def test_a_store_that_spoils_pictures_is_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
) -> None:
    def spoilt(content: bytes) -> bytes:
        stream = io.BytesIO()
        fault(Image.open(io.BytesIO(content))).save(stream, "PNG")
        return stream.getvalue()

    loaded, name = entry_from(PYPLOT), example(1)
    assert check(verify, bed, loaded, name).outcome == "passed"
    spoil(monkeypatch, spoilt)
    assert check(verify, bed, loaded, name).outcome == "failed"


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda content: content[:-1],
    "one byte more": lambda content: content + b"\n",
    "as text": lambda content: content.replace(b"\r\n", b"\n"),
    "empty": lambda content: b"",
}


@pytest.mark.parametrize("spoilt", BYTES.values(), ids=BYTES)
@pytest.mark.parametrize("recipe", ["guide", "recommended"])
def test_a_store_that_spoils_bytes_is_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    recipe: str,
    spoilt: Callable[[bytes], bytes],
) -> None:
    spoil(monkeypatch, spoilt)
    assert check(verify, bed, entry_from(FILE), example(1, recipe)).outcome == "failed"


FEW: Mapping[str, Any] = {"-mlflow/guide": None, "-divergences": None, "-claims": None, "-v1/refuses": None}
"""Nothing is left that a comparison or a reading that is at fault does not need."""
LAST = of_recipe(FILE, "read").splitlines()[-1]
READINGS: dict[str, tuple[Mapping[str, Any], str]] = {
    "how long the files are": (
        {
            "v1/read": "run.download_files(output_directory='d')\n{p: len(c) for p, c in files_below('d').items()}\n",
            "mlflow/recommended/read": of_recipe(FILE, "read").replace(
                LAST, "{path: len(files[image['file']]) for image, path in zip(logged, paths)}"
            ),
        },
        "the value of input `values`",
    ),
    "what was given": (
        {
            "mlflow/recommended/read": "{'metrics': {name: values[0]['path']}, 'files': {values[0]['path']: b''}}"
        },
        "reads the same when nothing is logged",
    ),
}


@pytest.mark.parametrize(("changes", "says"), READINGS.values(), ids=READINGS)
def test_a_reading_that_sees_too_little_is_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    changes: Mapping[str, Any],
    says: str,
) -> None:
    result = check(verify, bed, entry_from(FILE, {**FEW, **changes}), SENSITIVITY)
    assert (result.outcome, says in result.message) == ("failed", True), result.message


def sizes_only(expected: object, actual: object) -> Difference | None:
    """Pictures of one size are the same to it."""
    if not (isinstance(expected, dict) and isinstance(actual, dict)):
        return None if expected == actual else Difference("value", "", "", "")
    sizes = [
        {key: [frame.size for frame in frames_of(content)] for key, content in each.items()}
        for each in (expected, actual)
    ]
    return None if sizes[0] == sizes[1] else Difference("value", "", str(sizes[0]), str(sizes[1]))


def test_a_comparison_that_sees_no_pixels_is_noticed(
    bed: TestBed, entry_from: Callable[..., LoadedEntry], verify: Callable[..., Any]
) -> None:
    blind = Relation("pixels", "Pictures of one size are equal.", sizes_only)
    figure = {"lines": [[1, 2, 4]], "size": [20, 20], "ticks": False}
    examples = [
        {"guide": True, "name": "one", "values": [figure], "as_figure": False},
        {"name": "two", "values": [figure, {**figure, "size": [10, 20]}], "as_figure": False},
    ]
    loaded = entry_from(PYPLOT, {**FEW, "examples": examples})
    result = check(verify, bed, loaded, SENSITIVITY, relations={**RELATIONS, "pixels": blind})
    assert (result.outcome, "v1 reads the same" in result.message) == ("failed", True), result.message
