"""Locks that a fork does not leave locked. What they guard is the business of others.

A fork copies a lock as it is, but not the thread that holds it: the child would wait for it without end. So whoever
forks takes all of these first, and gives them back on both sides. A fork is of the whole process, and so is the list
of locks.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any, Protocol, TypeVar


class _Lock(Protocol):
    def acquire(self) -> Any: ...

    def release(self) -> Any: ...


L = TypeVar("L", bound=_Lock)

_guard = threading.Lock()
_known: list[weakref.ref[Any]] = []
_taken: list[_Lock] = []


def kept_from_forks(lock: L) -> L:
    """The lock, of which no fork makes a copy while another thread holds it.

    Who holds such a lock may take one that was given here later, but none that was given here earlier.
    """
    with _guard:
        _known[:] = [known for known in _known if known() is not None]
        _known.append(weakref.ref(lock))
    return lock


def _take() -> None:
    _guard.acquire()
    for lock in [lock for known in _known if (lock := known()) is not None]:
        lock.acquire()
        _taken.append(lock)


def _give_back() -> None:
    while _taken:
        _taken.pop().release()
    _guard.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_take, after_in_parent=_give_back, after_in_child=_give_back)
