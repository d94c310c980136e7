"""The page's ids: a link to a mapping or a divergence stays valid from one run to the next."""

from __future__ import annotations

import hashlib
import re

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}")


def anchor(*names: str) -> str:
    """`log-list.equal-points-merge`: the names, with a dot between them, as an id that is one word.

    A name that is not a plain one (letters, digits, `-`, `_`) is written with what is plain of it and a part of its
    hash, so that ids never meet. The page's own ids begin with an underscore; none from here does.
    """
    return ".".join(map(_word, names))


def _word(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return name
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40]
    return f"{plain or 'x'}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
