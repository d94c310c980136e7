"""Pairs up items of two lists, each with one that it can stand for."""

from __future__ import annotations

from collections.abc import Sequence


def matching(partners: Sequence[Sequence[int]]) -> list[int | None]:
    """Gives as many items as possible a partner of their own, out of those that each could take; early items
    first.

    An item keeps a partner once it has one, though not always the same (augmenting paths, breadth first).
    """
    taken: dict[int, int] = {}
    for start in range(len(partners)):
        came_from: dict[int, int] = {}
        queue = [start]
        for item in queue:
            for partner in partners[item]:
                if partner in came_from:
                    continue
                came_from[partner] = item
                if partner in taken:
                    queue.append(taken[partner])
                    continue
                _augment(taken, came_from, partner, start)
                queue.clear()
                break
    result: list[int | None] = [None] * len(partners)
    for partner, item in taken.items():
        result[item] = partner
    return result


def _augment(taken: dict[int, int], came_from: dict[int, int], partner: int, start: int) -> None:
    """Hands each item on the path that ends at `partner` the partner after it; `start` gets its first."""
    holds = {item: place for place, item in taken.items()}
    while True:
        item = came_from[partner]
        taken[partner] = item
        if item == start:
            return
        partner = holds[item]
