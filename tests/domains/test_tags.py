from __future__ import annotations

from harness.domains import run_tags, tags_in_turn
from harness.expressions import is_plain_name, is_text, utf16_length


def texts_of(tags):
    return [value for value in tags.values() if is_text(value)]


TAGS = {
    "none": lambda tags: not tags,
    "several": lambda tags: len(tags) > 1,
    "plain": lambda tags: bool(tags) and all(map(is_plain_name, tags)),
    "no value": lambda tags: None in tags.values(),
    "the text of no value": lambda tags: "None" in tags.values(),
    "an empty value": lambda tags: "" in texts_of(tags),
    "a quote at the beginning": lambda tags: any(text.startswith('"') for text in texts_of(tags)),
    "a line end": lambda tags: any("\n" in text for text in texts_of(tags)),
    "a number": lambda tags: any(type(value) in (int, float) for value in tags.values()),
    "a boolean": lambda tags: any(isinstance(value, bool) for value in tags.values()),
    "neither text nor number": lambda tags: any(isinstance(value, (list, bytes)) for value in tags.values()),
    "1000 characters": lambda tags: any(utf16_length(text) == 1000 for text in texts_of(tags)),
    "1001 characters": lambda tags: any(utf16_length(text) == 1001 for text in texts_of(tags)),
    "a name of 100 characters": lambda tags: any(utf16_length(name) == 100 for name in tags),
    "a name of 101 characters": lambda tags: any(utf16_length(name) == 101 for name in tags),
    "an empty name": lambda tags: "" in tags,
    "a folder of another": lambda tags: "a" in tags and "a/b" in tags,
    "a name that MLflow has for itself": lambda tags: any(name.startswith("mlflow.") for name in tags),
    "the name of the run": lambda tags: "mlflow.runName" in tags,
    "other characters in a name": lambda tags: any(not name.isascii() for name in tags),
    "39 tags": lambda tags: len(tags) == 39,
    "46 tags": lambda tags: len(tags) == 46,
    "50 tags": lambda tags: len(tags) == 50,
    "51 tags": lambda tags: len(tags) == 51,
}


def test_tags_bring_in_every_edge(at_least):
    at_least(run_tags(), TAGS, 1, count=2000)


def test_tags_in_turn_are_set_once_or_again(at_least):
    at_least(
        tags_in_turn(),
        {
            "none": lambda values: values == [],
            "one call": lambda values: len(values) == 1,
            "set again": lambda values: len(values) == 2 and bool(values[0].keys() & values[1].keys()),
            "set again to no value": lambda values: len(values) == 2 and None in values[1].values(),
            "set beside others": lambda values: (
                len(values) == 2 and bool(values[0]) and not values[0].keys() & values[1].keys()
            ),
        },
        10,
        count=500,
    )


def test_there_is_either_room_for_all_tags_on_the_service_or_for_too_few(draw):
    sizes = {len(set().union(*values)) for values in draw(tags_in_turn(), count=1500)}
    assert not sizes & {43, 44, 45}


def test_what_tags_shrink_to(simplest):
    assert simplest(tags_in_turn(), bool) == [{}]
    assert simplest(tags_in_turn(), any) == [{"stage": "training"}]
    assert simplest(run_tags(), lambda tags: None in tags.values()) == {"stage": None}
